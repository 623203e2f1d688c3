import Operations

/// `Min([1, 2])`: the least value along axes.
struct Min: ReducingLayer {
  var axis = Axes(-1)
  var keepsDimensions = false

  static let reduction = Reduction.minimum
  static let schema = Schema("Min", "The least of the values along axes.")
}
