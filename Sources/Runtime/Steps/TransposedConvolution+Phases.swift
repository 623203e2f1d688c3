/// Those rows of a transposed convolution's output to which the same rows of the kernel add; or columns.
///
/// They are a stride apart. The first takes kernel row `taps[0]` of input row `start`, `taps[1]` of the input row
/// `spacing` below, and so on; each next one the same a single input row further down.
struct OutputPhase: Hashable, Sendable {
  /// The first of the rows.
  var first: Int
  /// How many there are.
  var count: Int
  /// Rows of the kernel, at least one, from the last one.
  var taps: [Int]
  var start: Int
  var spacing: Int

  /// The phases that there are, in the order of their first rows, for an output of `size` rows of which `before` more
  /// above are dropped.
  static func phases(size: Int, kernel: Int, stride: Int, dilation: Int, before: Int) -> [OutputPhase] {
    let reached = (0..<kernel).map { tap -> (first: Int, start: Int, tap: Int) in
      // Input row 0 adds to this row by this tap; then input row `start` adds to row `first`.
      let row = tap * dilation - before
      let (quotient, remainder) = row.quotientAndRemainder(dividingBy: stride)
      return remainder < 0 ? (remainder + stride, 1 - quotient, tap) : (remainder, -quotient, tap)
    }
    var phases: [OutputPhase] = []
    for (first, start, tap) in reached.sorted(by: { ($0.first, $0.start) < ($1.first, $1.start) }) {
      if first >= size { break }
      if let last = phases.indices.last, phases[last].first == first {
        if phases[last].taps.count == 1 { phases[last].spacing = start - phases[last].start }
        phases[last].taps.append(tap)
      } else {
        phases.append(
          OutputPhase(first: first, count: (size - first - 1) / stride + 1, taps: [tap], start: start, spacing: 0))
      }
    }
    return phases
  }

  /// Whether it reads no more than so many rows above an input of `size` rows, and so many below.
  func fits(_ size: Int, before: Int, behind: Int) -> Bool {
    start >= -before && start + (taps.count - 1) * spacing + count <= size + behind
  }
}
