import Operations

/// `Max([1, 2])`: the greatest value along axes.
struct Max: ReducingLayer {
  var axis = Axes(-1)
  var keepsDimensions = false

  static let reduction = Reduction.maximum
  static let schema = Schema("Max", "The greatest of the values along axes.")
}
