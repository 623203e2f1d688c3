import Operations

/// `Clip(0, 6)`: each value, moved to the nearer end where it is outside of an interval.
struct Clip: Layer {
  var least = 0.0
  var greatest = 0.0

  static let kerasPlace = KerasPlace.arrayOperations
  static let schema = Schema("Clip", "Moves values outside of an interval to its nearer end.")

  mutating func visit(_ attributes: inout AttributeVisitor) {
    attributes.required("x_min", &least, "The least value that comes out.")
    attributes.required("x_max", &greatest, "The greatest value that comes out.")
  }

  var conflicts: [LayerProblem] {
    guard least > greatest else { return [] }
    return [
      LayerProblem(
        .attributeValue, .attribute("x_max"), "'x_max' is below 'x_min', so that no value lies between",
        expected: "at least \(least)", found: "\(greatest)", help: "write the smaller number first")
    ]

  }

  func outputShape(_ inputs: [Shape]) -> Shape { inputs[0] }

  func lower(_ call: LayerCall, into graph: inout OperationGraph) -> ID<Value> {
    call.clip(call.inputs[0], least, greatest, into: &graph)
  }
}
