import Foundation
import Testing

@testable import Emission

/// What packages carry is what modelc itself runs.
@Suite struct EmbeddedSourceTests {
  private static let sources = URL(filePath: #filePath).appending(path: "../../../Sources").standardizedFileURL

  @Test(arguments: ["Runtime", "CKernels"])
  func carriesEveryFileByteForByte(target: String) throws {
    let embedded = target == "Runtime" ? EmbeddedSource.ofRuntime : EmbeddedSource.ofCKernels
    let folder = Self.sources.appending(path: target)
    let paths = try FileManager.default.subpathsOfDirectory(atPath: folder.path).filter { path in
      try folder.appending(path: path).resourceValues(forKeys: [.isRegularFileKey]).isRegularFile == true
    }
    #expect(embedded.map(\.path.description) == paths.sorted())
    for source in embedded {
      let onDisk = try Data(contentsOf: folder.appending(path: source.path.description))
      #expect(source.bytes == Array(onDisk), "\(source.path)")
    }
  }
}
