import Reports
import Runtime
package import Weights

/// A file of named tensors: safetensors, `.npz`, `.npy`, and what Keras writes: `.weights.h5`, `.keras`, and the index of
/// weights in several files, `.weights.json`.
///
///     let file = try WeightFile("resnet50.weights.h5")
///     for tensor in file.tensors { print(tensor.name, tensor.shape, tensor.type) }
///
/// The file is mapped: its numbers are read when they are asked for.
public struct WeightFile: Sendable {
  /// Numbers of one type in a shape, under a name.
  public struct Tensor: Hashable, Sendable {
    /// As the file has it: `layers/conv2d/vars/0`.
    public var name: String
    /// The path of the layer, where Keras has noted it: `encoder/conv1`.
    public var layer: String?
    /// Its sizes; [0] for a type without a value.
    public var shape: [Int]
    /// As NumPy calls it: `float32`.
    public var type: String
    /// The bytes of its numbers, not compressed.
    public var byteCount: Int
  }

  /// The file's path.
  public let path: String
  package let file: TensorFile

  /// Opens a file and reads what it says of its tensors; the first bytes tell the format.
  ///
  /// - Throws: why it cannot be read; of formats that Python reads, with the command that makes a safetensors file.
  public init(_ path: String) throws(BuildProblem) {
    self.path = path
    do throws(FileProblem) { file = try TensorFile.open(path) } catch { throw BuildProblem(unreadable: error) }
  }

  /// In the order of the file; those of HDF5 by name.
  public var tensors: [Tensor] {
    file.tensors.map {
      Tensor(name: $0.name, layer: $0.layerPath, shape: $0.shape, type: $0.type, byteCount: $0.byteCount)
    }
  }

  /// A table of the tensors, a line for each.
  ///
  /// - Parameters:
  ///   - names: which tensors; nil for all.
  ///   - statistics: whether mean, spread, extremes and the count of what is not finite are told, for which all numbers
  ///     are read.
  public func text(names: [String]? = nil, statistics: Bool = true) throws(BuildProblem) -> String {
    try report(names, statistics).text
  }

  /// The same as JSON.
  public func json(names: [String]? = nil, statistics: Bool = true) throws(BuildProblem) -> String {
    try report(names, statistics).json
  }

  private func report(_ names: [String]?, _ statistics: Bool) throws(BuildProblem) -> WeightReport {
    let tensors = try selected(names)
    do throws(FormatProblem) {
      if statistics { try file.verify() }
      var rows: [WeightReport.Row] = []
      for tensor in tensors {
        let figures = statistics ? try file.statistics(of: tensor).map(WeightReport.Figures.init) : nil
        rows.append(
          WeightReport.Row(
            name: tensor.name, layer: tensor.layerPath, shape: tensor.hasNoValue ? nil : tensor.shape,
            type: tensor.type,
            byteCount: tensor.byteCount, figures: figures))
      }
      return WeightReport(file: path, format: file.format.rawValue, rows: rows, hasFigures: statistics)
    } catch {
      throw BuildProblem([FileProblem(path: path, reason: error.reason).description])
    }
  }

  /// The tensors of these names, in the order of the file.
  package func selected(_ names: [String]?) throws(BuildProblem) -> [TensorFile.Tensor] {
    guard let names else { return file.tensors }
    let wanted = Set(names.map { Array($0.utf8) })
    let known = Set(file.tensors.map { Array($0.name.utf8) })
    let messages = names.filter { !known.contains(Array($0.utf8)) }.map { name in
      let hint = nearestName(to: name, among: file.tensors.map(\.name)).map { "; did you mean \(quoted($0))?" } ?? ""
      return "there is no tensor \(quoted(name))\(hint)"
    }
    guard messages.isEmpty else { throw BuildProblem(messages) }
    return file.tensors.filter { wanted.contains(Array($0.name.utf8)) }
  }
}

extension WeightReport.Figures {
  init(_ statistics: TensorStatistics) {
    self.init(
      mean: statistics.mean, deviation: statistics.deviation, least: statistics.least, greatest: statistics.greatest,
      nanCount: statistics.nanCount, infinityCount: statistics.infinityCount)
  }
}
