import Foundation
import ModelCompiler
import Testing

/// Inputs that once trapped or took long, found by made-up ones and made small.
@Suite struct FoundTests {
  static let files: [URL] = {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Found")
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return names.sorted().map { folder.appending(path: $0) }
  }()

  @Test func thereAreFiles() { #expect(!Self.files.isEmpty) }

  @Test(arguments: files) func isHandled(_ file: URL) throws {
    let description = Description(name: file.lastPathComponent, bytes: Array(try Data(contentsOf: file)))
    let result = description.check()
    #expect(!result.problems.text.isEmpty || !result.models.isEmpty)
    var writings = DescriptionFormat.allCases.map { description.converted(to: $0) }
    if !description.isJSON { writings.append(description.formatted()) }
    for writing in writings { #expect(!writing.problems.all.contains { $0.code == "fault" }) }
    for model in result.models { _ = model.summary() }
  }
}
