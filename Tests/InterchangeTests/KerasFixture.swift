import Foundation
import Interchange
import Operations
import Semantics
import Syntax
import Testing

/// A folder of `Fixtures`: a model as Keras wrote it, and what Keras says of it.
struct KerasFixture: CustomTestStringConvertible {
  /// One layer with all its calls.
  struct Layer: Decodable, Equatable {
    var name: String
    var `class`: String
    /// Sizes that are not known are nil; of the first call.
    var outputShape: [Int?]
    var params: Int
    var trainableParams: Int
    /// Over all calls; nil where a size is not known.
    var macs: Int?
    /// The layers whose results it takes.
    var connectedTo: [String]?

    enum CodingKeys: String, CodingKey {
      case name, `class`, params, macs
      case outputShape = "output_shape"
      case trainableParams = "trainable_params"
      case connectedTo = "connected_to"
    }
  }

  struct Input: Decodable, Equatable {
    var name: String
    var shape: [Int?]
  }

  struct Output: Decodable, Equatable {
    var from: String
    var shape: [Int?]
  }

  struct Expected: Decodable {
    var name: String
    var inputs: [Input]
    var outputs: [Output]
    var totalParams: Int
    var trainableParams: Int
    var totalMacs: Int?
    var layers: [Layer]

    enum CodingKeys: String, CodingKey {
      case name, inputs, outputs, layers
      case totalParams = "total_params"
      case trainableParams = "trainable_params"
      case totalMacs = "total_macs"
    }
  }

  var name: String

  var testDescription: String { name }

  private static var folder: URL {
    URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Fixtures")
  }

  /// Every folder, by name.
  static var all: [KerasFixture] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return names.sorted().map { KerasFixture(name: $0) }
  }

  func bytes() throws -> [UInt8] {
    Array(try Data(contentsOf: Self.folder.appendingPathComponent("\(name)/model.json")))
  }

  func expected() throws -> Expected {
    let data = try Data(contentsOf: Self.folder.appendingPathComponent("\(name)/expected.json"))
    return try JSONDecoder().decode(Expected.self, from: data)
  }
}

/// What reading and checking a Keras model gives.
struct CheckedKeras {
  var tree: Tree
  var model: CheckedModel?
  var diagnostics: [Diagnostic]

  init(_ bytes: [UInt8], limits: Limits = Limits()) {
    var log = DiagnosticLog()
    tree = readKeras(Source(name: "model.json", bytes: bytes), limits: limits, into: &log)
    model = check([tree], limits: limits, into: &log).first
    diagnostics = log.diagnostics
  }

  /// The layers as a fixture lists them: calls of one layer in one row.
  var layers: [KerasFixture.Layer] {
    guard let model else { return [] }
    var places: [String: Int] = [:]
    var rows: [KerasFixture.Layer] = []
    for node in model.nodes {
      if let place = places[node.path] {
        rows[place].macs = rows[place].macs.flatMap { sum in node.multiplyAccumulates.constant.map { sum + $0 } }
        continue
      }
      places[node.path] = rows.count
      rows.append(
        KerasFixture.Layer(
          name: node.path, class: node.kind, outputShape: sizes(node.output), params: node.parameterCount,
          trainableParams: node.trainableParameterCount, macs: node.multiplyAccumulates.constant,
          connectedTo: node.inputs.map { model.nodes[model.values[$0].producer].path }))
    }
    return rows
  }

  func sizes(_ value: ID<CheckedValue>) -> [Int?] {
    model?.values[value].shape.dims.map(\.constant) ?? []
  }
}
