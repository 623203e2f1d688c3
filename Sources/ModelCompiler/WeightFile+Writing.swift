import Runtime
import Weights

extension WeightFile {
  /// Writes the tensors, with the types that they have, to a file whose name says the format: `.safetensors`, `.npz`, or
  /// `.npy` for a single one. The file appears whole or not at all.
  ///
  /// - Parameters:
  ///   - path: where it goes; the ending says the format.
  ///   - names: which tensors; nil for all.
  /// - Returns: how many were written.
  @discardableResult
  public func write(to path: String, names: [String]? = nil) throws(BuildProblem) -> Int {
    // Before anything is read: a name that says nothing is known at once.
    _ = try Self.writtenFormat(of: path)
    let tensors = try selected(names)
    var contents: [TensorContent] = []
    do throws(FormatProblem) {
      try file.verify()
      for tensor in tensors { contents.append(try file.content(of: tensor)) }
    } catch {
      let hasOthers = tensors.contains { $0.element == nil || $0.hasNoValue }
      throw BuildProblem(
        [FileProblem(path: self.path, reason: error.reason).description],
        help: hasOthers ? "--tensor NAME writes only the tensors that it names" : nil)
    }
    try Self.write(contents, to: path)
    return tensors.count
  }

  private static func writtenFormat(of path: String) throws(BuildProblem) -> TensorFile.Format {
    for format in [TensorFile.Format.safetensors, .npz, .npy] where path.hasSuffix(".\(format.rawValue)") {
      return format
    }
    throw BuildProblem(
      ["\(quoted(path, limit: 4096)) does not say what to write"], help: "end its name in .safetensors, .npz or .npy")
  }

  /// Writes tensors to a file whose name says the format.
  static func write(_ contents: [TensorContent], to path: String) throws(BuildProblem) {
    let format = try writtenFormat(of: path)
    let bytes: [UInt8]
    do throws(FormatProblem) {
      bytes = try TensorFile.encode(contents, as: format)
    } catch {
      throw BuildProblem([FileProblem(path: path, reason: error.reason).description])
    }
    do throws(FileProblem) { try WholeFile.write(bytes, to: path) } catch { throw BuildProblem([error.description]) }
  }
}
