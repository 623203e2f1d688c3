/// A map copied into part of another: zero padding, and branches of a concatenation that do not begin at a block.
///
/// It writes the output's channels from `channel` on, as many as the input has, their border included, and leaves the
/// lanes before them as they are. Both maps may be different channels of one place.
package struct CopyMap: Hashable, Sendable {
  package var input: FeatureMap
  package var output: FeatureMap
  /// Where the input's first row, column and channel come to stand in the output.
  package var row: Int
  package var column: Int
  package var channel: Int
  /// Whether the rest of the output's pixels becomes zero, in these channels.
  package var clearsRest: Bool

  package init(input: FeatureMap, output: FeatureMap, row: Int, column: Int, channel: Int, clearsRest: Bool) {
    self.input = input
    self.output = output
    self.row = row
    self.column = column
    self.channel = channel
    self.clearsRest = clearsRest
  }
}
