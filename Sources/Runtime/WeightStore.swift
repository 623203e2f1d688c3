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
    let (weight, count) = try find(name, shape, fanIn)
    var values = [Float](repeating: 0, count: count)
    var span = values.mutableSpan
    try source.read(weight, into: &span)
    return values
  }

  /// As above, in memory that goes back to the system afterwards, whatever its size.
  func readFloats(_ name: String, shape: [Int], fanIn: Int? = nil) throws(WeightProblem) -> PackedFloats {
    let (weight, count) = try find(name, shape, fanIn)
    let values = PackedFloats(count: count)
    var span = unsafe MutableSpan(_unsafeStart: values.start, count: count)
    try source.read(weight, into: &span)
    return values
  }

  private func find(
    _ name: String, _ shape: [Int], _ fanIn: Int?
  ) throws(WeightProblem) -> (weight: WeightShape, count: Int) {
    let weight = WeightShape(name: name, shape: shape, fanIn: fanIn)
    if let problem = source.problem(with: weight) { throw problem }
    guard let count = shape.checkedProduct() else {
      throw WeightProblem(name: name, reason: "of shape \(shape) is too large")
    }
    return (weight, count)
  }

  /// All that keeps a network from reading its weights here: what is missing or unfit, in the order of `wanted`, then
  /// what is there and nobody wants.
  package func problems(for wanted: [WeightShape]) -> [WeightProblem] {
    source.problems(for: wanted)
  }
}

/// Where a `WeightStore` finds its values.
package protocol WeightSource: Sendable {
  /// Why a weight cannot be read: there is no such weight, or it has another shape or type.
  func problem(with weight: WeightShape) -> WeightProblem?
  /// Writes the values of a weight with which there is no problem, row-major in Keras's layout, to `values`, which are as
  /// many.
  func read(_ weight: WeightShape, into values: inout MutableSpan<Float>) throws(WeightProblem)
  /// As `WeightStore.problems`.
  func problems(for wanted: [WeightShape]) -> [WeightProblem]
}

/// Values in memory; they have a count but no shape.
struct ValueSource: WeightSource {
  var values: [String: [Float]]

  func problem(with weight: WeightShape) -> WeightProblem? {
    guard values[weight.name] != nil else { return WeightProblem(name: weight.name, reason: "is missing") }
    return problem(weight.name, weight.shape)
  }

  func read(_ weight: WeightShape, into values: inout MutableSpan<Float>) {
    guard let found = self.values[weight.name] else { preconditionFailure("values that are missing") }
    for index in values.indices { values[index] = found[index] }
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
