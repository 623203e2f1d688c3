/// Weights by name, wherever they come from.
package struct WeightStore: Sendable {
  private var source: any WeightSource

  /// Weights from anywhere else.
  package init(source: some WeightSource) {
    self.source = source
  }

  /// Weights that the caller has in memory, by name.
  package init(values: [String: [Float]]) {
    self.init(source: ValueSource(values: values))
  }

  /// The weights of a safetensors file, each read when it is asked for.
  package init(file path: String) throws(FileProblem) {
    let file = try MappedFile(path)
    do {
      try self.init(safetensors: file)
    } catch {
      throw FileProblem(path: path, reason: error.reason)
    }
  }

  /// The weights in the bytes of a safetensors file, each read when it is asked for.
  package init(safetensors bytes: some ByteStorage) throws(FormatProblem) {
    self.init(source: try SafetensorsSource(bytes))
  }

  /// Weights computed from their names: see `SyntheticValues`.
  ///
  /// - Parameter kernelGain: multiplies the scale of kernels.
  package static func synthetic(kernelGain: Double = 1) -> WeightStore {
    WeightStore(source: SyntheticSource(kernelGain: kernelGain))
  }

  /// The values of one weight, row-major in Keras's layout.
  ///
  /// - Parameter fanIn: as in `WeightShape`.
  /// - Throws: `WeightProblem` where there is no such weight, or it has another shape or type.
  package func read(_ name: String, shape: [Int], fanIn: Int? = nil) throws(WeightProblem) -> [Float] {
    try source.read(WeightShape(name: name, shape: shape, fanIn: fanIn))
  }

  /// All that keeps a network from reading its weights here: what is missing or unfit, in the order of `wanted`, then
  /// what is there and nobody wants.
  package func problems(for wanted: [WeightShape]) -> [WeightProblem] {
    source.problems(for: wanted)
  }
}

/// Where a `WeightStore` finds its values.
package protocol WeightSource: Sendable {
  /// The values of one weight, row-major in Keras's layout.
  func read(_ weight: WeightShape) throws(WeightProblem) -> [Float]
  /// As `WeightStore.problems`.
  func problems(for wanted: [WeightShape]) -> [WeightProblem]
}

/// Values in memory; they have a count but no shape.
struct ValueSource: WeightSource {
  var values: [String: [Float]]

  func read(_ weight: WeightShape) throws(WeightProblem) -> [Float] {
    guard let found = values[weight.name] else { throw WeightProblem(name: weight.name, reason: "is missing") }
    if let problem = problem(weight.name, weight.shape) { throw problem }
    return found
  }

  func problems(for wanted: [WeightShape]) -> [WeightProblem] {
    let comparison = NameComparison(wanted: wanted, names: values.keys.sorted())
    return comparison.problems { weight in problem(weight.name, weight.shape) }
  }

  private func problem(_ name: String, _ shape: [Int]) -> WeightProblem? {
    guard let found = values[name], found.count != shape.checkedProduct() else { return nil }
    return WeightProblem(
      name: name,
      reason: "has \(found.count) values, but needs \(shape.checkedProduct() ?? 0), its shape being \(shape)")
  }
}

/// Why a weight cannot be used.
package struct WeightProblem: Error, Hashable, Sendable, CustomStringConvertible {
  package var name: String
  package var reason: String

  package init(name: String, reason: String) {
    self.name = name
    self.reason = reason
  }

  package var description: String { "weight \(quoted(name)) \(reason)" }
}

extension [WeightProblem] {
  /// A line for each problem, and one that counts those that nobody would read.
  package var messages: [String] {
    let shown = prefix(100).map(\.description)
    return count > shown.count ? shown + ["and \(count - shown.count) more"] : shown
  }
}
