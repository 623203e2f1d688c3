/// A step that can put rows of its map anywhere.
protocol BandSource: Sendable {
  /// Floats that a thread needs for itself besides the rows.
  var ownScratch: Int { get }

  /// Makes rows of all blocks.
  ///
  /// - Parameters:
  ///   - target: where the first of the rows goes; the others of a block follow without a border.
  ///   - blockStride: floats from one block to the next.
  func write(
    _ rows: Range<Int>, example: Int, to target: UnsafeMutablePointer<Float>, blockStride: Int,
    _ scratch: UnsafeMutablePointer<Float>, _ context: borrowing StepContext)
}

extension BandSource {
  var ownScratch: Int { 0 }
}

/// A 1x1 convolution that can read rows of its map anywhere: its input is as high as the highest band.
protocol BandReader: PreparedStep {
  /// Floats that a thread needs for itself besides the band.
  var ownScratch: Int { get }

  /// Makes rows of the output, all blocks.
  ///
  /// - Parameter band: the same rows of the input.
  func read(
    _ band: UnsafeMutablePointer<Float>, as rows: Range<Int>, example: Int, _ scratch: UnsafeMutablePointer<Float>,
    _ context: borrowing StepContext)
}
