import Foundation
import Operations
import Testing

@testable import Layers

/// One layer of a network that Keras 3.15 built: what it said of shapes, weights and multiplications.
private struct KerasRow: Decodable {
  struct Weight: Decodable {
    var role: String
    var shape: [Int]

    init(from decoder: any Decoder) throws {
      var pair = try decoder.unkeyedContainer()
      role = try pair.decode(String.self)
      shape = try pair.decode([Int].self)
    }
  }

  var layer: String
  var attributes: [String: KerasValue]
  /// The batch is null.
  var inputs: [[Int?]]
  /// nil where Keras refuses the call.
  var output: [Int?]?
  var trainable: Int
  var frozen: Int
  var macs: Int
  var weights: [Weight]
}

/// A value as Keras's files have it; strings are words of ours.
private struct KerasValue: Decodable {
  private struct Call: Decodable {
    var word: String
    var arguments: [String: KerasValue]
  }

  var literal: Literal

  init(from decoder: any Decoder) throws {
    let value = try decoder.singleValueContainer()
    if value.decodeNil() {
      literal = .none
    } else if let boolean = try? value.decode(Bool.self) {
      literal = .boolean(boolean)
    } else if let integer = try? value.decode(Int.self) {
      literal = .integer(integer)
    } else if let real = try? value.decode(Double.self) {
      literal = .real(real)
    } else if let word = try? value.decode(String.self) {
      literal = .word(word, [])
    } else if let list = try? value.decode([KerasValue].self) {
      literal = .list(list.map(\.literal))
    } else {
      let call = try value.decode(Call.self)
      literal = .word(call.word, call.arguments.arguments)
    }
  }
}

extension [String: KerasValue] {
  fileprivate var arguments: [Argument] {
    sorted { $0.key < $1.key }.map { Argument($0.key, $0.value.literal) }
  }
}

@Suite struct KerasTableTests {
  /// Layers of whole networks, and random ones of every class (Tests/Peers/make_layer_rows.py).
  @Test(arguments: [("keras-layers", 395), ("keras-samples", 2328)])
  func everyRowAgrees(_ name: String, _ rowCount: Int) throws {
    let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures/\(name).jsonl")
    let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
    #expect(lines.count == rowCount)
    for line in lines {
      let row = try JSONDecoder().decode(KerasRow.self, from: Data(line.utf8))
      let call = Comment("\(row.layer)\(row.attributes.arguments) of \(row.inputs)")
      let inputs = row.inputs.map(shape)
      guard let expected = row.output else {
        #expect(refuses(row, inputs), call)
        continue
      }
      let made = try layer(row.layer, row.attributes.arguments)
      let output = try made.outputShape(inputs)
      #expect(output == shape(expected), call)
      let weights = try made.weights(inputs)
      #expect(weights.map(\.role.rawValue) == row.weights.map(\.role), call)
      #expect(weights.map(\.shape) == row.weights.map(\.shape), call)
      #expect(count(weights.filter(\.isTrainable)) == row.trainable, call)
      #expect(count(weights.filter { !$0.isTrainable }) == row.frozen, call)
      #expect(try made.multiplyAccumulates(inputs, output) == Dim(row.macs), call)
    }
  }

  @Test func everyKindHasRows() throws {
    let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures/keras-samples.jsonl")
    let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
    let kinds = try lines.map { try JSONDecoder().decode(KerasRow.self, from: Data($0.utf8)).layer }
    // TensorFlow's, which Keras has no layer for.
    #expect(Set(kinds).union(["LocalResponseNormalization"]) == Set(Catalogue.kinds.map(\.name)))
  }

  /// Whether the attributes or the shapes are a problem.
  private func refuses(_ row: KerasRow, _ inputs: [Shape]) -> Bool {
    var problems: [LayerProblem] = []
    let made = Catalogue.kind(named: row.layer)?.make(row.attributes.arguments, problems: &problems)
    return (try? made?.outputShape(inputs)) == nil
  }

  private func shape(_ sizes: [Int?]) -> Shape { Shape(sizes.map { $0.map { Dim($0) } ?? .symbol("N") }) }

  private func count(_ weights: [Layers.Weight]) -> Int { weights.reduce(0) { $0 + $1.shape.reduce(1, *) } }
}
