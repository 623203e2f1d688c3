import Operations
import Testing

@testable import Layers

extension Shape {
  /// `Shape("N", 28, 28, 256)`: strings are symbols.
  init(_ sizes: any SampleSize...) { self.init(sizes.map(\.dim)) }
}

protocol SampleSize {
  var dim: Dim { get }
}

extension Int: SampleSize {
  var dim: Dim { Dim(self) }
}

extension String: SampleSize {
  var dim: Dim { .symbol(self) }
}

extension LayerKind {
  static func named(_ name: String) throws -> LayerKind { try #require(Catalogue.kind(named: name)) }

  /// A layer whose attributes are right.
  func layer(_ arguments: [Argument]) throws -> any Layer {
    var problems: [LayerProblem] = []
    let layer = make(arguments, problems: &problems)
    #expect(problems == [])
    return try #require(layer)
  }

  /// What is wrong with attributes.
  func problems(_ arguments: [Argument]) -> [LayerProblem] {
    var problems: [LayerProblem] = []
    let layer = make(arguments, problems: &problems)
    #expect((layer == nil) == !problems.isEmpty)
    return problems
  }

  /// Values for the attributes that every call gives, from nothing but their types.
  var requiredArguments: [Argument] {
    get throws {
      try attributes.filter(\.isRequired).map {
        Argument($0.name, try #require(Self.named["\($0.name): \($0.type)"] ?? Self.samples[$0.type]))
      }
    }
  }

  /// Where the type does not tell what would do.
  private static let named: [String: Literal] = [
    "axes: [Int]": .integer(1), "axis: Int": .integer(1), "index: Int": .integer(0),
    "indices_or_sections: [Int]": .integer(2),
  ]

  private static let samples: [String: Literal] = [
    "Int": .integer(4), "[Int]": .list([.integer(2), .integer(1)]), "Float": .real(0.5), "[Float]": .real(0.5),
    "Bool": .boolean(true), "Key": .word("ellipsis", []),
    "Activation": .word("relu", []), "Padding": .word("same", []),
  ]
}

func layer(_ name: String, _ arguments: [Argument] = []) throws -> any Layer {
  try LayerKind.named(name).layer(arguments)
}

/// The problem that a call has.
func refusal(of name: String, _ arguments: [Argument], on inputs: [Shape]) throws -> LayerProblem {
  let made = try layer(name, arguments)
  do throws(LayerProblem) {
    let output = try made.outputShape(inputs)
    _ = try made.weights(inputs)
    Issue.record("\(name) accepts \(inputs) and gives \(output)")
    return LayerProblem(.rank, .layer, "none")
  } catch {
    return error
  }
}

/// A call, lowered: the graph, and the value that stands for its result.
func lowered(_ made: any Layer, _ inputs: [Shape]) throws -> (graph: OperationGraph, result: ID<Value>) {
  var graph = OperationGraph()
  let operands = inputs.map { graph.values.add(Value(shape: $0)) }
  let parameters = try made.weights(inputs).map { weight in
    graph.parameters.add(
      Parameter(name: "x/\(weight.role.rawValue)", role: weight.role, shape: weight.shape, isTrainable: true))
  }
  let call = LayerCall(
    inputs: operands, inputShapes: inputs, outputShape: try made.outputShape(inputs), parameters: parameters,
    origin: Origin(path: "x", layer: made.kindName, place: "a.model:1"))
  let result = made.lower(call, into: &graph)
  return (graph, result)
}
