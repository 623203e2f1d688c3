/// The maximum or the mean of a window that slides over a map. Padding is where the window leaves the map: it never
/// wins a maximum, and counts in a mean only if `countsPadding`.
package struct Pooling: Hashable, Sendable {
  package enum Function: Hashable, Sendable {
    case maximum
    case average(countsPadding: Bool)
  }

  package var input: FeatureMap
  package var output: FeatureMap
  package var function: Function
  package var window: [Int]
  package var strides: [Int]
  /// Rows above and columns left of the map at which the first window begins.
  package var top: Int
  package var left: Int
  /// Rows below and columns right of the map that count as padding in a mean.
  package var bottom: Int
  package var right: Int

  package init(
    input: FeatureMap, output: FeatureMap, function: Function, window: [Int], strides: [Int], top: Int, left: Int,
    bottom: Int, right: Int
  ) {
    self.input = input
    self.output = output
    self.function = function
    self.window = window
    self.strides = strides
    self.top = top
    self.left = left
    self.bottom = bottom
    self.right = right
  }
}
