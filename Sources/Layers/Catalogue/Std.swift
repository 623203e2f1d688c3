/// `Std([1, 2])`: the root of the mean square of the distance to the mean, over axes.
struct Std: SpreadLayer {
  var axis = Axes(-1)
  var keepsDimensions = false

  static let takesRoot = true
  static let schema = Schema("Std", "The standard deviation of the values along axes: the root of their variance.")
}
