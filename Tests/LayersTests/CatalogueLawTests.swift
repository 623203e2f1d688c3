import Foundation
import Operations
import Testing

@testable import Layers

/// What holds of every layer in the catalogue, the next one too.
@Suite struct CatalogueLawTests {
  static let names = Catalogue.kinds.map(\.name)

  /// Inputs of which every layer accepts one.
  private static let inputs = [
    Shape("N", 8, 8, 4), Shape("N", 8, 8, 32), Shape("N", 8, 4), Shape("N", 2, 3), Shape("N", 2), Shape("N", 4),
    Shape("N", 3, 3),
  ]

  @Test func theFolderIsTheCatalogue() throws {
    let folder = URL(filePath: #filePath).appending(path: "../../../Sources/Layers/Catalogue").standardized
    let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
    #expect(files.map { $0.replacing(".swift", with: "") }.sorted() == Self.names)
    #expect(Catalogue.names == Self.names)
    #expect(Catalogue.kind(named: "NoSuchLayer") == nil)
    #expect(Catalogue.kind(named: InputLayer.name) == nil)
  }

  @Test(arguments: names) func itIsDocumented(name: String) throws {
    let kind = try LayerKind.named(name)
    #expect(kind.name == name)
    #expect(kind.summary.hasSuffix("."))
    for attribute in kind.attributes {
      #expect(attribute.summary.hasSuffix(".") && attribute.summary.first?.isLowercase == false, "\(attribute.name)")
      #expect(
        attribute.name.utf8.allSatisfy { (97...122).contains($0) || $0 == 95 || (48...57).contains($0) },
        "\(attribute.name)")
      #expect(attribute.takesWords == !attribute.words.isEmpty)
      #expect(attribute.isRequired == attribute.defaultText.isEmpty)
    }
    #expect(Set(kind.attributes.map(\.name)).count == kind.attributes.count)
    // Positions are worth nothing if a default comes before what has to be given.
    let firstOptional = kind.attributes.firstIndex { !$0.isRequired } ?? kind.attributes.endIndex
    #expect(kind.attributes[firstOptional...].allSatisfy { !$0.isRequired })
  }

  @Test func whatDiffersInTrainingIsKnown() {
    #expect(
      Catalogue.kinds.filter(\.differsInTraining).map(\.name) == [
        "AlphaDropout", "BatchNormalization", "Dropout", "GaussianDropout", "GaussianNoise", "SpatialDropout1D",
        "SpatialDropout2D", "StochasticDepth",
      ])
    // Who asks for a seed is random, but changes of images are left out unless a model is trained.
    for kind in Catalogue.kinds where kind.attributes.contains(where: { $0.name == "seed" }) {
      #expect(kind.differsInTraining != kind.name.hasPrefix("Random"), "\(kind.name)")
    }
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

  @Test(arguments: names) func itsWordsAreWrittenAsTheyAreRead(name: String) throws {
    let kind = try LayerKind.named(name)
    let required = try kind.requiredArguments
    for attribute in kind.attributes {
      for word in attribute.words {
        let argument = Argument(attribute.name, .word(word, []))
        let made = try kind.layer(required.filter { $0.name != attribute.name } + [argument])
        #expect(made.arguments.contains(argument), "\(argument)")
      }
    }
  }

  @Test(arguments: names) func aKindCalledLikeAnActivationSaysSo(name: String) throws {
    let kind = try LayerKind.named(name)
    let layer = try kind.layer(kind.requiredArguments)
    let words = try #require(LayerKind.named("Activation").attributes.first { $0.name == "activation" }).words
    let word = words.first { $0.filter { $0 != "_" } == name.lowercased() }
    #expect(type(of: layer).activationWord == word)
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
      case .between(_, let most): most
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

  /// Values as a fuzzer would choose them, from a fixed seed.
  @Test(arguments: names) func itNeverTrapsOnAttributes(name: String) throws {
    let kind = try LayerKind.named(name)
    var random = SplitMix(state: 7)
    var accepted = 0
    for _ in 0..<2000 {
      let arguments = kind.attributes.filter { $0.isRequired || Int.random(in: 0..<6, using: &random) == 0 }.map {
        attribute in
        Argument(attribute.name, literal(words: attribute.words, depth: 0, using: &random))
      }
      var problems: [LayerProblem] = []
      guard let made = kind.make(arguments, problems: &problems) else { continue }
      for input in [
        Shape("N", 8, 8, 4), Shape("N", 4, 1, 9), Shape("N", 8, 4), Shape("N", 1 << 62, 1), Shape("N", 4),
        Shape("N", 1 << 62, 3, 1), Shape("N"), Shape("N", 3, 3),
      ] {
        let inputs = [input, input]
        guard let output = try? made.outputShape(inputs), let weights = try? made.weights(inputs) else { continue }
        _ = try? made.multiplyAccumulates(inputs, output)
        #expect(weights.allSatisfy { $0.shape.allSatisfy { $0 > 0 } })
        #expect(output.dims.dropFirst().allSatisfy { $0.constant ?? 0 > 0 })
        let (graph, result) = try lowered(made, kind.arity == .exactly(1) ? [input] : inputs)
        #expect(graph.values[result].shape.rank == output.rank)
        accepted += 1
      }
    }
    #expect(accepted > 0)
  }

  private func literal(words: [String], depth: Int, using random: inout SplitMix) -> Literal {
    let numbers = [-1, 0, 1, 2, 3, 7, 1 << 20, Int.max, Int.min]
    switch Int.random(in: 0..<(depth < 3 ? 9 : 7), using: &random) {
    case 0, 1: return .integer(numbers.randomElement(using: &random) ?? 0)
    case 2: return .real([0.0, 0.5, -1, 1e300, .infinity, .nan].randomElement(using: &random) ?? 0)
    case 3: return .boolean(Bool.random(using: &random))
    case 4: return .string(words.randomElement(using: &random) ?? "1")
    case 5: return .none
    case 6: return .word(words.randomElement(using: &random) ?? "same", [])
    default:
      let count = Int.random(in: 0...3, using: &random)
      return .list((0..<count).map { _ in literal(words: words, depth: depth + 1, using: &random) })
    }
  }
}

private struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
