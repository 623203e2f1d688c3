import Operations

extension Shape {
  /// About how long the formula for the number of its elements is: 1 where every size is a number.
  var formulaLength: Int {
    dims.reduce(1) { min($0 * max(1, min($1.length, Dim.formulaLimit)), Dim.formulaLimit) }
  }
}
