import Operations

/// A window that slides over one direction of a map: the arithmetic of every convolution and pool.
struct Window {
  /// Cells added before and after the map.
  enum Margin: Hashable {
    case valid, same, causal, full
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

    /// Whether the window has a place at all; sizes that are not known yet are demanded elsewhere.
    var fits: Bool { output.constant ?? 1 >= 1 }
  }

  /// Cells from the window's first to its last: (size - 1) * dilation + 1.
  var reach: Int {
    get throws(DimOverflow) {
      let reach = try (Dim(size) - 1) * Dim(dilation) + 1
      guard let cells = reach.constant else { preconditionFailure("numbers make a formula: \(reach)") }
      return cells
    }
  }

  /// The cells that the margin adds; nil where they follow from the map.
  private var fixedMargins: (before: Int, after: Int)? {
    get throws(DimOverflow) {
      switch margin {
      case .valid: return (0, 0)
      case .causal: return (try reach - 1, 0)
      case .full:
        let added = try reach - 1
        return (added, added)
      case .explicit(let before, let after): return (before, after)
      case .same: return nil
      }
    }
  }

  func slide(over map: Dim) throws(DimOverflow) -> Slide {
    let reach = try reach
    guard let (before, after) = try fixedMargins else {
      let output = try map.ceilDivided(by: stride)
      let missing = try (output - 1) * Dim(stride) + Dim(reach) - map
      // The odd cell goes to the end.
      return Slide(
        output: output, margins: missing.constant.map { max($0, 0) }.map { (before: $0 / 2, after: $0 - $0 / 2) })
    }
    // Rounding up: ceil((map + before + after - reach) / stride) + 1 windows, without one that would begin behind the
    // map: its first cell, (output - 1) * stride, has to stay below map + before.
    let places =
      roundsUp
      ? try (map + Dim(before) - Dim(max(reach - after, stride))).ceilDivided(by: stride)
      : try (map + Dim(before) + Dim(after) - Dim(reach)).floorDivided(by: stride)
    return Slide(output: try places + 1, margins: (before, after))
  }

  /// How the number of places over a map comes about: `5 - 7 + 1`, `ceil(28 / 2)`.
  func derivation(over map: Dim) throws(DimOverflow) -> String {
    guard let (before, after) = try fixedMargins else { return stride == 1 ? "\(map)" : "ceil(\(map) / \(stride))" }
    let cells = ([map.description] + [before, after].filter { $0 > 0 }.map(String.init)).joined(separator: " + ")
    let rounding = roundsUp ? "ceil" : "floor"
    return try stride == 1 ? "\(cells) - \(reach) + 1" : "\(rounding)((\(cells) - \(reach)) / \(stride)) + 1"
  }
}
