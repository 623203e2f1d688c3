import Foundation
import Operations
import Testing

@testable import Layers

/// What holds of every layer in the catalogue, the next one too.
@Suite struct CatalogueLawTests {
  static let names = Catalogue.kinds.map(\.name)

  /// Inputs of which every layer accepts one.
  private static let inputs = [Shape("N", 8, 8, 4), Shape("N", 4)]

  @Test func theFolderIsTheCatalogue() throws {
    let folder = URL(filePath: #filePath).appending(path: "../../../Sources/Layers/Catalogue").standardized
    let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
    #expect(files.map { $0.replacing(".swift", with: "") }.sorted() == Self.names)
    #expect(Catalogue.kind(named: "NoSuchLayer") == nil)
    #expect(Catalogue.kind(named: InputLayer.name) == nil)
  }

  @Test(arguments: names) func itIsDocumented(name: String) throws {
    let kind = try LayerKind.named(name)
    #expect(kind.name == name)
    #expect(kind.summary.hasSuffix("."))
    for attribute in kind.attributes {
      #expect(attribute.summary.hasSuffix(".") && attribute.summary.first?.isLowercase == false, "\(attribute.name)")
      #expect(attribute.name.utf8.allSatisfy { (97...122).contains($0) || $0 == 95 }, "\(attribute.name)")
      #expect(attribute.takesWords == !attribute.words.isEmpty)
      #expect(attribute.isRequired == attribute.defaultText.isEmpty)
    }
    #expect(Set(kind.attributes.map(\.name)).count == kind.attributes.count)
    // Positions are worth nothing if a default comes before what has to be given.
    let firstOptional = kind.attributes.firstIndex { !$0.isRequired } ?? kind.attributes.endIndex
    #expect(kind.attributes[firstOptional...].allSatisfy { !$0.isRequired })
  }

  @Test(arguments: names) func itsValuesDecodeToThemselves(name: String) throws {
    let kind = try LayerKind.named(name)
    let made = try kind.layer(kind.requiredArguments)
    #expect(made.arguments.map(\.name) == kind.attributes.map(\.name))
    #expect(try kind.layer(made.arguments).arguments == made.arguments)
    for (attribute, argument) in zip(kind.attributes, made.arguments) where !attribute.isRequired {
      #expect(attribute.defaultText == argument.value.description)
    }
  }

  @Test(arguments: names) func whatIsRequiredIsDemanded(name: String) throws {
    let kind = try LayerKind.named(name)
    let required = try kind.requiredArguments
    for (index, argument) in required.enumerated() {
      var rest = required
      rest.remove(at: index)
      let problems = kind.problems(rest)
      #expect(problems.count == 1)
      #expect(problems.first?.subject == .layer)
      #expect(problems.first?.message == "\(name) needs '\(argument.name)'")
    }
  }

  @Test(arguments: names) func nonsenseIsBlamedOnItsAttribute(name: String) throws {
    let kind = try LayerKind.named(name)
    let required = try kind.requiredArguments
    for attribute in kind.attributes {
      for nonsense in [Literal.string("nonsense"), .list([.string("nonsense")]), .word("nonsense", [])] {
        let others = required.filter { $0.name != attribute.name }
        let problems = kind.problems(others + [Argument(attribute.name, nonsense)])
        #expect(problems.count == 1, "\(attribute.name)")
        let problem = try #require(problems.first)
        #expect(problem.code == .attributeValue)
        #expect(problem.subject == .attribute(attribute.name) || problem.subject == .element(attribute.name, 0))
        #expect(problem.expected != nil && problem.found != nil)
      }
    }
  }

  @Test(arguments: names) func itsLoweringHasTheShapeThatItsRulePromised(name: String) throws {
    let kind = try LayerKind.named(name)
    let made = try kind.layer(kind.requiredArguments)
    let tensors =
      switch kind.arity {
      case .exactly(let count): count
      case .atLeast(let count): count + 1
      }
    var accepted = 0
    for input in Self.inputs {
      let inputs = Array(repeating: input, count: tensors)
      guard let output = try? made.outputShape(inputs) else { continue }
      accepted += 1
      #expect(output[0] == .symbol("N"))
      let (graph, result) = try lowered(made, inputs)
      #expect(graph.values[result].shape == output)
      for (index, operation) in graph.operations.enumerated() {
        #expect(operation.origin.path == "x")
        #expect(operation.result.index == tensors + index)
        #expect(operation.operands.allSatisfy { $0 < operation.result })
      }
      let used = graph.operations.flatMap(\.parameters)
      #expect(used == graph.parameters.indices.map { ID($0) })
    }
    #expect(accepted > 0)
  }

  @Test(arguments: names) func itNeverTrapsOnShapes(name: String) throws {
    let kind = try LayerKind.named(name)
    let made = try kind.layer(kind.requiredArguments)
    let sizes: [any SampleSize] = [1, 2, 7, Int.max, "N", "H"]
    for rank in 1...6 {
      for size in sizes {
        let shape = Shape([Dim.symbol("N")] + Array(repeating: size.dim, count: rank - 1))
        let inputs = Array(repeating: shape, count: 2)
        guard let output = try? made.outputShape(inputs) else { continue }
        _ = try? made.weights(inputs)
        _ = try? made.multiplyAccumulates(inputs, output)
      }
    }
  }
}
