/// Weights by name, wherever they come from.
package struct WeightStore: Sendable {
  private var source: any WeightSource

  init(source: any WeightSource) {
    self.source = source
  }

  /// Weights that the caller has in memory, by name.
  package init(values: [String: [Float]]) {
    self.init(source: ValueSource(values: values))
  }

  /// The values of one weight, row-major in Keras's layout.
  ///
  /// - Throws: `WeightProblem` where there is no such weight, or it has another shape or type.
  package func read(_ name: String, shape: [Int]) throws(WeightProblem) -> [Float] {
    try source.read(name, shape: shape)
  }

  /// All that keeps a network from reading its weights here.
  package func problems(for wanted: [WeightShape]) -> [WeightProblem] {
    []
  }
}

/// Where a `WeightStore` finds its values.
protocol WeightSource: Sendable {
  func read(_ name: String, shape: [Int]) throws(WeightProblem) -> [Float]
}

/// Values in memory; they have a count but no shape.
struct ValueSource: WeightSource {
  var values: [String: [Float]]

  func read(_ name: String, shape: [Int]) throws(WeightProblem) -> [Float] {
    guard let found = values[name] else { throw WeightProblem(name: name, reason: "is missing") }
    let expected = shape.reduce(1, *)
    guard found.count == expected else {
      throw WeightProblem(name: name, reason: "has \(found.count) values, but \(shape) needs \(expected)")
    }
    return found
  }
}

/// Why a weight cannot be used.
package struct WeightProblem: Error, Hashable, Sendable {
  package var name: String
  package var reason: String

  package init(name: String, reason: String) {
    self.name = name
    self.reason = reason
  }
}

extension WeightProblem: CustomStringConvertible {
  package var description: String { "weight \(quoted(name)) \(reason)" }
}
