package import Runtime

/// What Keras's `model.save("model.keras")` writes: a zip archive with the model's description and its weights.
package enum KerasArchive {
  static let configName = "config.json"
  static let weightsName = "model.weights.h5"

  /// The description of the model, as `model.to_json()` gives it.
  ///
  /// - Parameter limit: bytes that it may have.
  package static func configuration(_ file: ByteRegion, limit: Int) throws(FormatProblem) -> [UInt8] {
    let archive = try ZipArchive(file)
    guard let member = archive.member(configName) else {
      throw FormatProblem("is a zip archive without \(quoted(configName)), so no .keras file")
    }
    return try archive.contents(of: member, limit: limit)
  }
}
