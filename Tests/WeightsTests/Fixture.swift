import Foundation
import Runtime
import Testing

@testable import Weights

/// Files that Keras and NumPy wrote: see `Tests/Peers/make_weight_fixtures.py`.
enum Fixture {
  static func path(_ name: String) -> String {
    URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Fixtures/\(name)").path
  }

  static func bytes(_ name: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: URL(fileURLWithPath: path(name))))
  }

  /// What h5py reads in `tiny.weights.h5`.
  static func expected() throws -> [String: Expected] {
    try JSONDecoder().decode([String: Expected].self, from: Data(try bytes("tiny.json")))
  }

  struct Expected: Decodable {
    var shape: [Int]
    var values: [Float]
  }
}

/// Why bytes are refused; nil if they are not. All of their numbers are read, whatever the checksums say.
func refusal(of bytes: [UInt8]) -> String? {
  do throws(FormatProblem) {
    let file = try TensorFile(ByteRegion(bytes))
    for tensor in file.tensors where tensor.element != nil && !tensor.hasNoValue {
      _ = try file.values(of: tensor)
      _ = try file.content(of: tensor)
    }
    try file.verify()
    return nil
  } catch {
    return error.reason
  }
}

extension FileWeights {
  /// The values of a weight, row-major.
  func values(_ weight: WeightShape) throws -> [Float] {
    try WeightStore(source: self).read(weight.name, shape: weight.shape)
  }
}
