import Foundation
import Testing

@testable import Runtime

@Suite struct FileTests {
  @Test func regularFilesAreMapped() throws {
    let folder = try TemporaryFolder()
    let file = try MappedFile(try folder.write([1, 2, 3], to: "a"))
    #expect(file.byteCount == 3)
    #expect(file.withBytes { $0.byteCount } == 3)
    let last = file.withBytes { unsafe $0.unsafeLoad(fromByteOffset: 2, as: UInt8.self) }
    #expect(last == 3)
  }

  @Test func nothingElseIsMapped() throws {
    let folder = try TemporaryFolder()
    try FileManager.default.createSymbolicLink(
      atPath: folder.file("link"), withDestinationPath: try folder.write([1], to: "a"))
    let status = unsafe mkfifo(folder.file("pipe"), 0o600)
    #expect(status == 0)
    let expected = [
      folder.file("none"): "does not exist",
      folder.file("a/b"): "lies in something that is no folder",
      folder.file("link"): "is a symbolic link, which is not followed",
      folder.file("pipe"): "is no regular file",
      folder.path: "is a folder",
      try folder.write([], to: "empty"): "is empty",
      "/dev/zero": "is no regular file",
      "a\0b": "is no path: it has a zero byte",
      folder.file(String(repeating: "x", count: 300)): "has too long a name",
    ]
    for (path, reason) in expected {
      #expect(throws: FileProblem(path: path, reason: reason)) { try MappedFile(path) }
    }
  }

  @Test func filesAreReplacedWhole() throws {
    let folder = try TemporaryFolder()
    try WholeFile.write([1, 2, 3], to: folder.file("a"))
    try WholeFile.write([4], to: folder.file("a"))
    #expect(try folder.read("a") == [4])
    #expect(try folder.names() == ["a"])
  }

  @Test func linksAreReplacedNotFollowed() throws {
    let folder = try TemporaryFolder()
    try FileManager.default.createSymbolicLink(
      atPath: folder.file("link"), withDestinationPath: try folder.write([1], to: "victim"))
    try WholeFile.write([2], to: folder.file("link"))
    #expect(try folder.read("victim") == [1])
    #expect(try folder.read("link") == [2])
  }

  @Test func permissionsStay() throws {
    let folder = try TemporaryFolder()
    let file = try folder.write([1], to: "a")
    try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: file)
    try WholeFile.write([2], to: file)
    #expect(try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions] as? Int == 0o640)
  }

  @Test func onlyFilesAndLinksAreReplaced() throws {
    let folder = try TemporaryFolder()
    let status = unsafe mkfifo(folder.file("pipe"), 0o600)
    #expect(status == 0)
    #expect(throws: FileProblem(path: folder.file("pipe"), reason: "is no regular file")) {
      try WholeFile.write([1], to: folder.file("pipe"))
    }
    #expect(try folder.names() == ["pipe"])
  }

  @Test func leftoversAreSweptAndNothingElse() throws {
    let folder = try TemporaryFolder()
    let ours = [".a.modelc-0123456789abcdef", ".a.modelc-0000000000000000"]
    let others = [
      ".a.modelc-0123456789abcde", ".a.modelc-0123456789abcdeg", ".a.modelc-0123456789ABCDEF", ".a.modelc-notes",
      ".a.modelc-0123456789abcdef0", ".b.modelc-0123456789abcdef", "a.modelc-0123456789abcdef", ".a.12.partial", "a~",
    ]
    for name in ours + others { _ = try folder.write([1], to: name) }
    let shelf = ".a.modelc-00000000000000ff"
    try FileManager.default.createDirectory(atPath: folder.file(shelf), withIntermediateDirectories: false)
    try WholeFile.write([2], to: folder.file("a"))
    #expect(try folder.names() == (others + [shelf, "a"]).sorted())
  }

  @Test func writersOfOneFolderTakeTurns() throws {
    let folder = try TemporaryFolder()
    let held = unsafe open(folder.path, O_RDONLY | O_DIRECTORY)
    try #require(held >= 0)
    #expect(FolderLock.take(held))
    let other = unsafe open(folder.path, O_RDONLY | O_DIRECTORY)
    #expect(!FolderLock.tryToTake(other))
    FolderLock.giveBack(held)
    #expect(FolderLock.tryToTake(other))
    close(held)
    close(other)
  }

  @Test func failuresLeaveNothingBehind() throws {
    let folder = try TemporaryFolder()
    try FileManager.default.createDirectory(atPath: folder.file("taken"), withIntermediateDirectories: false)
    #expect(throws: FileProblem.self) { try WholeFile.write([1], to: folder.file("taken")) }
    #expect(throws: FileProblem.self) { try WholeFile.write([1], to: folder.file("none/a")) }
    #expect(throws: FileProblem.self) { try WholeFile.write([1], to: folder.file("taken/")) }
    #expect(throws: FileProblem.self) { try WholeFile.write([1], to: "a\0b") }
    #expect(try folder.names() == ["taken"])
  }

  @Test func foldersAreMadeWithThoseAround() throws {
    let folder = try TemporaryFolder()
    try WholeFile.makeFolder(folder.file("a//b/c/"))
    try WholeFile.makeFolder(folder.file("a/b"))
    try WholeFile.write([1], to: folder.file("a/b/c/d"))
    #expect(throws: FileProblem(path: folder.file("a/b/c/d"), reason: "is in the way of a folder")) {
      try WholeFile.makeFolder(folder.file("a/b/c/d/e"))
    }
  }
}
