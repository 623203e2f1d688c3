/// Weights by name, wherever they come from.
package struct WeightStore: Sendable {
  /// The values of one weight, row-major in Keras's layout.
  package func read(_ name: String, shape: [Int]) throws(WeightProblem) -> [Float] {
    throw WeightProblem(name: name, reason: "")
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
