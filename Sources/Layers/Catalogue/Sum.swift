import Operations

/// `Sum([1, 2])`: the sum over axes.
struct Sum: ReducingLayer {
  var axis = Axes(-1)
  var keepsDimensions = false

  static let reduction = Reduction.sum
  static let schema = Schema("Sum", "The sum of the values along axes.")
}
