import Operations

/// The attribute `noise_shape` of layers that drop values at random.
enum NoiseShape {
  static let summary =
    "Sizes of the random decisions, batch included: 1 where all share one, none where each has its own."

  static func check(_ noiseShape: [Int?]?, for shape: Shape) throws(LayerProblem) {
    guard let noiseShape else { return }
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
  }
}
