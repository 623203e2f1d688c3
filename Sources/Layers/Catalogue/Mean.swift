import Operations

/// `Mean([1, 2])`: the mean over axes.
struct Mean: ReducingLayer {
  var axis = Axes(-1)
  var keepsDimensions = false

  static let reduction = Reduction.mean
  static let schema = Schema("Mean", "The mean of the values along axes.")
}
