import Operations

/// A window that each cell of one direction of a map adds to a larger one: the arithmetic of transposed convolutions.
struct TransposedWindow {
  /// What is cut off of the row that holds every window.
  enum Margin: Hashable {
    case valid, same
    case explicit(before: Int, after: Int)
  }

  var size: Int
  var stride: Int
  var dilation = 1
  var margin: Margin
  /// Cells to add at the end; nil: as many as Keras adds.
  var added: Int?

  /// What comes of spreading a map of some size.
  struct Spread {
    /// Cells of the result; below 1 if more is cut off than there is.
    var output: Dim
    /// Cells of the first and of the last window that are cut off; 0 after where cells are added.
    var before: Int
    var after: Int
    /// How `output` came about: `(5 - 1) * 2 + 3`.
    var derivation: String
  }

  /// Cells from the window's first to its last: (size - 1) * dilation + 1.
  var reach: Int {
    get throws(DimOverflow) { try Window(size: size, stride: stride, dilation: dilation, margin: .valid).reach }
  }

  /// The most windows that lie over one cell of the result.
  var overlap: Int {
    get throws(DimOverflow) { (try reach - 1) / stride + 1 }
  }

  /// Keras's rules, of which TensorFlow and JAX have the same numbers.
  func spread(_ map: Dim) throws(DimOverflow) -> Spread {
    let reach = try reach
    let windows = try (map - 1) * Dim(stride)
    let cells = "(\(map) - 1) * \(stride)"
    switch margin {
    case .valid:
      let added = added ?? max(stride - reach, 0)
      return Spread(
        output: try windows + Dim(reach) + Dim(added), before: 0, after: 0,
        derivation: "\(cells) + \(reach)" + (added == 0 ? "" : " + \(added)"))
    case .explicit(let before, let after):
      return Spread(
        output: try windows + Dim(reach) + Dim(added ?? 0) - Dim(before) - Dim(after), before: before, after: after,
        derivation: "\(cells) + \(reach)"
          + [added ?? 0].filter { $0 > 0 }.map { " + \($0)" }.joined()
          + [before, after].filter { $0 > 0 }.map { " - \($0)" }.joined())
    case .same:
      // All cells around the map, stretched by its stride, that the windows of the result look at.
      let around = try Dim(reach) + Dim(added.map { reach % 2 - 2 + $0 } ?? stride - 2)
      guard let total = around.constant else { preconditionFailure("numbers make a formula: \(around)") }
      let ahead = min(total / 2 + total % 2, reach - 1)
      guard let added else {
        return Spread(
          output: try map * Dim(stride), before: reach - 1 - ahead, after: max(reach - 1 - (total - ahead), 0),
          derivation: "\(map) * \(stride)")
      }
      return Spread(
        output: try windows + Dim(reach % 2) + Dim(added), before: reach - 1 - ahead,
        after: max(reach - 1 - (total - ahead), 0), derivation: "\(cells) + \(reach) % 2 + \(added)")
    }
  }
}
