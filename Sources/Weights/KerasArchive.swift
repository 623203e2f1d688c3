package import Runtime

/// What Keras's `model.save("model.keras")` writes: a zip archive with the model's description and its weights.
package enum KerasArchive {
  /// The note that holds the description in the HDF5 files that Keras wrote before it had archives.
  static let configNote = "model_config"
  package static let configName = "config.json"
  static let weightsName = "model.weights.h5"

  /// Whether a file begins like an archive, or like an HDF5 file: both may hold a description with its weights.
  package static func isLike(_ beginning: [UInt8]) -> Bool {
    ZipArchive.isArchive(beginning) || HDF5File.isHDF5(beginning)
  }

  /// The description of the model, as `model.to_json()` gives it: of an archive, or of an HDF5 file of the older kind.
  ///
  /// - Parameter limit: bytes that it may have.
  package static func configuration(_ file: ByteRegion, limit: Int) throws(FormatProblem) -> [UInt8] {
    let isArchive = ZipArchive.isArchive(try file.bytes(0..<min(8, file.count)))
    if !isArchive, try HDF5File.start(in: file) != nil { return try configuration(hdf5: file, limit: limit) }
    let archive = try ZipArchive(file)
    guard let member = archive.member(configName) else {
      throw FormatProblem("is a zip archive without \(quoted(configName)), so no .keras file")
    }
    let bytes = try archive.contents(of: member, limit: limit)
    guard isObject(bytes) else {
      throw FormatProblem(
        "has a \(quoted(configName)) that is no JSON object, which Keras writes: no model is described")
    }
    return bytes
  }

  /// Whether a file is an HDF5 file, or an archive with one, that is not cut off.
  package static func hasWholeWeights(_ file: ByteRegion) -> Bool {
    guard let archive = try? ZipArchive(file) else { return (try? HDF5File(notesOf: file)) != nil }
    guard let member = archive.member(weightsName) else { return false }
    guard let stored = try? archive.region(member) else { return (try? archive.contents(of: member)) != nil }
    return (try? HDF5File(notesOf: stored)) != nil
  }

  private static func configuration(hdf5 file: ByteRegion, limit: Int) throws(FormatProblem) -> [UInt8] {
    guard let text = try HDF5File(notesOf: file).notes[""]?[configNote] else {
      throw FormatProblem(
        "is an HDF5 file without a model's description (\(quoted(configNote))): weights alone are given with --weights")
    }
    guard text.utf8.count <= limit else {
      throw FormatProblem("has a description of \(text.utf8.count) bytes; at most \(limit) are read")
    }
    guard isObject(Array(text.utf8)) else {
      throw FormatProblem("has a note \(quoted(configNote)) that is no JSON object, which Keras writes")
    }
    return Array(text.utf8)
  }

  private static func isObject(_ bytes: [UInt8]) -> Bool {
    bytes.first { ![0x20, 0x09, 0x0A, 0x0D].contains($0) } == UInt8(ascii: "{")
  }
}
