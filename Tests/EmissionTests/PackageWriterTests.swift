import Foundation
import Testing

@testable import Emission

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Packages appear whole or not at all, and never over what modelc did not write.
@Suite struct PackageWriterTests {
  /// A temporary folder that goes with the test.
  private final class Scratch {
    let url = FileManager.default.temporaryDirectory.appending(path: "modelc-\(UUID().uuidString)")

    init() throws { try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true) }
    deinit { try? FileManager.default.removeItem(at: url) }

    var package: URL { url.appending(path: "Net") }

    func write(_ text: String, to path: String) throws {
      let file = url.appending(path: path)
      try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(text.utf8).write(to: file)
    }

    func text(_ path: String) -> String? { try? String(contentsOf: url.appending(path: path), encoding: .utf8) }

    /// Everything in it, for seeing that nothing has changed.
    func contents() throws -> [String: String] {
      var contents: [String: String] = [:]
      for path in try FileManager.default.subpathsOfDirectory(atPath: url.path) { contents[path] = text(path) ?? "/" }
      return contents
    }
  }

  private static func files(_ version: String = "1", extra: [String] = []) -> PackageFiles {
    var files = PackageFiles()
    files.add("Package.swift", "// \(version)\n")
    files.add("Sources/Net/Net.swift", "struct Net {}\n")
    for path in extra { files.add(path, "\(version)\n") }
    return files
  }

  private func write(_ scratch: Scratch, _ files: PackageFiles) throws -> PackageWriter.Outcome {
    try PackageWriter(path: scratch.package.path).write(files)
  }

  /// The problem that writing has, when it leaves everything as it was.
  private func problem(_ scratch: Scratch) throws -> PackageWriteProblem? {
    let before = try scratch.contents()
    var problem: PackageWriteProblem?
    do throws(PackageWriteProblem) {
      _ = try PackageWriter(path: scratch.package.path).write(Self.files("2"))
    } catch {
      problem = error
    }
    #expect(try scratch.contents() == before)
    return problem
  }

  @Test func createsAndReplaces() throws {
    let scratch = try Scratch()
    #expect(try write(scratch, Self.files(extra: ["Sources/Old/Old.swift"])) == .created)
    #expect(scratch.text("Net/Package.swift") == "// 1\n")
    #expect(try write(scratch, Self.files("2")) == .replaced)
    #expect(scratch.text("Net/Package.swift") == "// 2\n")
    #expect(scratch.text("Net/Sources/Old/Old.swift") == nil)
    #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.url.path) == ["Net"])
  }

  @Test func samePackageIsLeftAlone() throws {
    let scratch = try Scratch()
    _ = try write(scratch, Self.files())
    #expect(try write(scratch, Self.files()) == .unchanged)
    try FileManager.default.removeItem(at: scratch.package.appending(path: "Package.swift"))
    #expect(try write(scratch, Self.files()) == .replaced)
    #expect(scratch.text("Net/Package.swift") == "// 1\n")
  }

  @Test func emptyFolderIsFilled() throws {
    let scratch = try Scratch()
    try FileManager.default.createDirectory(at: scratch.package, withIntermediateDirectories: false)
    #expect(try write(scratch, Self.files()) == .created)
    #expect(scratch.text("Net/Package.swift") == "// 1\n")
  }

  @Test func buildsAndHistoryStay() throws {
    let scratch = try Scratch()
    _ = try write(scratch, Self.files())
    for path in ["Net/.build/debug/x", "Net/.git/HEAD", "Net/.build-ci/y", "Net/Package.resolved"] {
      try scratch.write(path, to: path)
    }
    #expect(try write(scratch, Self.files("2")) == .replaced)
    for path in ["Net/.build/debug/x", "Net/.git/HEAD", "Net/.build-ci/y", "Net/Package.resolved"] {
      #expect(scratch.text(path) == path)
    }
  }

  @Test func foreignFolderIsRefused() throws {
    let scratch = try Scratch()
    try scratch.write("mine", to: "Net/diary.txt")
    #expect(try problem(scratch) == .foreignFolder(scratch.package.path))
  }

  @Test func foreignFilesAreNamed() throws {
    let scratch = try Scratch()
    _ = try write(scratch, Self.files())
    try scratch.write("mine", to: "Net/Sources/Net/Mine.swift")
    try scratch.write("mine", to: "Net/notes/a.txt")
    #expect(try problem(scratch) == .foreignFiles(scratch.package.path, ["Sources/Net/Mine.swift", "notes"]))
  }

  @Test func editedFilesAreNamed() throws {
    let scratch = try Scratch()
    _ = try write(scratch, Self.files())
    try scratch.write("// mine\n", to: "Net/Package.swift")
    #expect(try problem(scratch) == .editedFiles(scratch.package.path, ["Package.swift"]))
    // Of the same size.
    try scratch.write("// 9\n", to: "Net/Package.swift")
    #expect(try problem(scratch) == .editedFiles(scratch.package.path, ["Package.swift"]))
  }

  @Test func forgedManifestIsNoManifest() throws {
    for manifest in [
      "", "modelc package 1", "modelc package 2\n", "modelc package 1\nx 1 a\n",
      "modelc package 1\n0000000000000000 1 ../a\n", "modelc package 1\n0000000000000000 1 /etc/passwd\n",
      "modelc package 1\n0000000000000000 1 a\n0000000000000000 1 a\n",
    ] {
      let scratch = try Scratch()
      try scratch.write(manifest, to: "Net/.modelc")
      #expect(try problem(scratch) == .foreignFolder(scratch.package.path), "\(manifest)")
    }
  }

  @Test func linksAreNotFollowed() throws {
    let scratch = try Scratch()
    let elsewhere = scratch.url.appending(path: "elsewhere")
    try FileManager.default.createDirectory(at: elsewhere, withIntermediateDirectories: false)
    try FileManager.default.createSymbolicLink(at: scratch.package, withDestinationURL: elsewhere)
    #expect(try problem(scratch) == .notAFolder(scratch.package.path))

    try FileManager.default.removeItem(at: scratch.package)
    _ = try write(scratch, Self.files())
    let sources = scratch.package.appending(path: "Sources")
    try FileManager.default.moveItem(at: sources, to: elsewhere.appending(path: "Sources"))
    try FileManager.default.createSymbolicLink(
      at: sources, withDestinationURL: elsewhere.appending(path: "Sources"))
    #expect(try problem(scratch) == .foreignFiles(scratch.package.path, ["Sources"]))
  }

  @Test func fileInThePlaceIsRefused() throws {
    let scratch = try Scratch()
    try scratch.write("mine", to: "Net")
    #expect(try problem(scratch) == .notAFolder(scratch.package.path))
  }

  @Test(arguments: ["", ".", "/", "a/..", "a/.", "a\0b"]) func pathsWithoutAName(path: String) {
    #expect(throws: PackageWriteProblem.unnamed(path)) { try PackageWriter(path: path) }
  }

  @Test func missingParentIsSaid() throws {
    let scratch = try Scratch()
    let path = scratch.url.appending(path: "no/Net").path
    #expect(throws: PackageWriteProblem.self) { try PackageWriter(path: path) }
  }

  @Test func folderThatCannotBeWritten() throws {
    let scratch = try Scratch()
    // The superuser may write wherever there is a place for files at all.
    let parent = geteuid() == 0 ? "/proc" : scratch.url.path
    if geteuid() != 0 { try FileManager.default.setAttributes([.posixPermissions: 0o500], ofItemAtPath: parent) }
    defer { try? FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: scratch.url.path) }
    #expect(throws: PackageWriteProblem.self) { try PackageWriter(path: parent + "/Net").write(Self.files()) }
    #expect(!FileManager.default.fileExists(atPath: parent + "/Net"))
  }

  @Test func leftoversAreSwept() throws {
    let scratch = try Scratch()
    let partial = ".Net.modelc-0123456789abcdef"
    try scratch.write(String(decoding: PackageManifest(Self.files()).bytes, as: UTF8.self), to: "\(partial)/.modelc")
    try scratch.write("// 1", to: "\(partial)/Package.swift")
    try FileManager.default.createDirectory(
      at: scratch.url.appending(path: ".Net.modelc-0000000000000000"), withIntermediateDirectories: false)
    // Not ours: another name, no number, a folder without a list.
    try scratch.write("x", to: ".Other.modelc-0123456789abcdef/.modelc")
    try scratch.write("x", to: ".Net.modelc-notes/x")
    try scratch.write("x", to: ".Net.modelc-fedcba9876543210/x")
    #expect(try write(scratch, Self.files()) == .created)
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: scratch.url.path).sorted() == [
        ".Net.modelc-fedcba9876543210", ".Net.modelc-notes", ".Other.modelc-0123456789abcdef", "Net",
      ])
  }

  /// A process can be killed before the list is whole.
  @Test(arguments: ["", "modelc", "modelc package 1\n00ff"])
  func cutOffListIsSwept(text: String) throws {
    let scratch = try Scratch()
    try scratch.write(text, to: ".Net.modelc-0123456789abcdef/.modelc")
    // Somebody else's: another beginning, or something beside it.
    try scratch.write("diary", to: ".Net.modelc-0000000000000001/.modelc")
    try scratch.write(text, to: ".Net.modelc-0000000000000002/.modelc")
    try scratch.write("mine", to: ".Net.modelc-0000000000000002/x")
    _ = try write(scratch, Self.files())
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: scratch.url.path).sorted() == [
        ".Net.modelc-0000000000000001", ".Net.modelc-0000000000000002", "Net",
      ])
  }

  /// As if the machine had stopped where two packages change their places in two steps.
  @Test func packageWithoutAPlaceComesBack() throws {
    let scratch = try Scratch()
    _ = try write(scratch, Self.files())
    try FileManager.default.moveItem(
      at: scratch.package, to: scratch.url.appending(path: ".Net.modelc-0123456789abcdef"))
    try Leftovers(parent: Folder(path: scratch.url.path), name: "Net").sweep()
    #expect(scratch.text("Net/Package.swift") == "// 1\n")
    #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.url.path) == ["Net"])
  }

  /// As if the machine had stopped between moving the history into the new package and exchanging the two.
  @Test func historyInALeftoverIsGivenBack() throws {
    let scratch = try Scratch()
    _ = try write(scratch, Self.files())
    let staged = ".Net.modelc-0123456789abcdef"
    try scratch.write(String(decoding: PackageManifest(Self.files("2")).bytes, as: UTF8.self), to: "\(staged)/.modelc")
    try scratch.write("history", to: "\(staged)/.git/HEAD")
    #expect(try write(scratch, Self.files("3")) == .replaced)
    #expect(scratch.text("Net/.git/HEAD") == "history")
    #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.url.path) == ["Net"])
  }

  /// As if nothing could be moved any more after the history, but files could still be removed.
  @Test func historyAloneIsGivenBack() throws {
    let scratch = try Scratch()
    _ = try write(scratch, Self.files())
    try scratch.write("history", to: ".Net.modelc-0123456789abcdef/.git/HEAD")
    #expect(try write(scratch, Self.files("2")) == .replaced)
    #expect(scratch.text("Net/.git/HEAD") == "history")
    #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.url.path) == ["Net"])
  }

  @Test func problemsAreToldInSafeWords() {
    let many = PackageWriteProblem.foreignFiles("Net", (0..<12).map { "\u{1B}[2J\($0)" })
    #expect(many.description.contains("\\u{1B}[2J0"))
    #expect(many.description.contains("and 2 more"))
    #expect(PackageWriteProblem.system(action: "write", path: "a", code: ENOSPC).description.contains("space"))
  }
}
