import Operations

/// A window that slides over one direction of a map: the arithmetic of every convolution and pool.
struct Window {
  /// Cells added before and after the map.
  enum Margin: Hashable {
    case valid, same, full
    case explicit(before: Int, after: Int)
  }

  var size: Int
  var stride: Int
  /// The distance between neighbouring cells of the window.
  var dilation = 1
  var margin: Margin
  /// Whether a last window that reaches over the end counts, if it begins inside of the map.
  var roundsUp = false

  /// What comes of sliding over a map of some size.
  struct Slide {
    /// The number of places of the window; below 1 if it is larger than the map.
    var output: Dim
    /// Cells added before and after; nil while they depend on an unknown size.
    var margins: (before: Int, after: Int)?
    /// How `output` came about: `5 - 7 + 1`.
    var derivation: String
  }

  /// Cells from the window's first to its last: (size - 1) * dilation + 1.
  var reach: Int {
    get throws(DimOverflow) {
      let reach = try (Dim(size) - 1) * Dim(dilation) + 1
      guard let cells = reach.constant else { preconditionFailure("numbers make a formula: \(reach)") }
      return cells
    }
  }

  func slide(over map: Dim) throws(DimOverflow) -> Slide {
    let reach = try reach
    switch margin {
    case .valid: return try slide(over: map, reach: reach, before: 0, after: 0)
    case .full: return try slide(over: map, reach: reach, before: reach - 1, after: reach - 1)
    case .explicit(let before, let after): return try slide(over: map, reach: reach, before: before, after: after)
    case .same:
      let output = try map.ceilDivided(by: stride)
      let missing = try (output - 1) * Dim(stride) + Dim(reach) - map
      return Slide(
        output: output,
        // The odd cell goes to the end.
        margins: missing.constant.map { max($0, 0) }.map { (before: $0 / 2, after: $0 - $0 / 2) },
        derivation: stride == 1 ? "\(map)" : "ceil(\(map) / \(stride))")
    }
  }

  private func slide(over map: Dim, reach: Int, before: Int, after: Int) throws(DimOverflow) -> Slide {
    let output: Dim
    if roundsUp {
      // ceil((map + before + after - reach) / stride) + 1 windows, without one that would begin behind the map: its
      // first cell, (output - 1) * stride, has to stay below map + before.
      output = try (map + Dim(before) - Dim(max(reach - after, stride))).ceilDivided(by: stride) + 1
    } else {
      output = try (map + Dim(before) + Dim(after) - Dim(reach)).floorDivided(by: stride) + 1
    }
    let cells = ([map.description] + [before, after].filter { $0 > 0 }.map(String.init)).joined(separator: " + ")
    let rounding = roundsUp ? "ceil" : "floor"
    return Slide(
      output: output, margins: (before, after),
      derivation: stride == 1 ? "\(cells) - \(reach) + 1" : "\(rounding)((\(cells) - \(reach)) / \(stride)) + 1")
  }
}
