import Operations

/// `Dropout(0.4)`: in training a share of the values becomes 0 and the rest grows to keep the sum; else nothing.
struct Dropout: Layer {
  var rate = 0.0
  var noiseShape: [Int?]?
  var seed: Int?

  static let schema = Schema<Dropout>(
    "Dropout", "Sets a random share of the values to 0 in training; the identity otherwise.",
    [
      .required("rate", \.rate, "The share of the values that becomes 0.", .from(0, to: 1)),
      .optional(
        "noise_shape", \.noiseShape,
        "Sizes of the random decisions, batch included: 1 where all share one, none where each has its own."),
      .optional("seed", \.seed, "Start of the random numbers."),
    ])

  func outputShape(_ inputs: [Shape]) throws(LayerProblem) -> Shape {
    let shape = inputs[0]
    guard let noiseShape else { return shape }
    guard noiseShape.count == shape.rank else {
      throw LayerProblem(
        .attributeValue, .attribute("noise_shape"),
        "'noise_shape' has \(noiseShape.count) sizes, and \(shape) has \(shape.rank)",
        expected: "\(shape.rank) sizes, the batch's too", found: "\(noiseShape.literal)")
    }
    for (axis, size) in noiseShape.enumerated() {
      guard let size, size != 1, Dim(size) != shape[axis] else { continue }
      throw LayerProblem(
        .attributeValue, .element("noise_shape", axis),
        "decisions of 'noise_shape' cannot be shared out: \(size) for a size of \(shape[axis])",
        expected: "1, none or \(shape[axis])", found: "\(size)")
    }
    return shape
  }

  func lower(_ call: LayerCall, into graph: inout OperationGraph) -> ID<Value> {
    graph.add(.dropout(rate: rate), call.inputs, shape: call.outputShape, origin: call.origin)
  }
}
