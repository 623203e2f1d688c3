/// `Var([1, 2])`: the mean square of the distance to the mean, over axes.
struct Var: SpreadLayer {
  var axis = Axes(-1)
  var keepsDimensions = false

  static let takesRoot = false
  static let schema = Schema(
    "Var", "The variance of the values along axes: the mean square of the distance to their mean.")
}
