import Foundation
import Testing

/// What the articles of the library's documentation quote is what stands in the files.
@Suite("Documentation")
struct DocumentationTests {
  private func article(_ name: String) throws -> String {
    try text("Sources/ModelCompiler/ModelCompiler.docc/\(name).md")
  }

  private func text(_ path: String) throws -> String {
    try String(contentsOf: Repository.root.appendingPathComponent(path), encoding: .utf8)
  }

  @Test("The layer of the article on layers is a layer of the catalogue")
  func layer() throws {
    #expect(try article("AddingALayer").contains(try text("Sources/Layers/Catalogue/LeakyReLU.swift")))
  }

  @Test("The block, the claims and the stage of the article on networks are those of ResNet-50")
  func network() throws {
    let fences = try article("DescribingANetwork").components(separatedBy: "```").enumerated()
    let quoted = fences.filter { $0.offset % 2 == 1 }.map { $0.element.trimmingCharacters(in: .newlines) }
    let model = try text("models/resnet50.model")
    let block = try #require(quoted[0].range(of: "block Bottleneck")).lowerBound
    #expect(model.contains(quoted[0][block...]))
    #expect(model.contains(quoted[1]))
    for claim in ["params == 25_636_712 when classes == 1000", "macs == 3_857_973_248 when classes == 1000"] {
      #expect(quoted[2].contains(claim) && model.contains(claim))
    }
    #expect(try text("models/unet.model").contains(quoted[3]))
  }
}
