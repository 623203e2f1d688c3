import Operations

/// A window that slides over a map in both directions, as the attributes of a layer describe it.
struct MapWindow {
  var size: Size2D
  /// The attribute that gives the size, to blame if it is too large.
  var sizeAttribute: String
  var strides: Size2D
  var dilation = Size2D(1, 1)
  var padding: Padding
  var roundsUp = false

  /// The result's height and width, and the cells added around the map: nil while they depend on an unknown size.
  func slide(over map: Map) throws(LayerProblem) -> (height: Dim, width: Dim, padding: Padding2D?) {
    let (height, width) = try withoutOverflow { () throws(DimOverflow) in
      (try rows.slide(over: map.height), try columns.slide(over: map.width))
    }
    guard height.fits, width.fits else { throw try misfit(map, height, width) }
    let margins: Padding2D? =
      if let vertical = height.margins, let horizontal = width.margins {
        Padding2D(top: vertical.before, bottom: vertical.after, left: horizontal.before, right: horizontal.after)
      } else {
        nil
      }
    return (height.output, width.output, margins)
  }

  /// The window is larger than the map in one direction or in both.
  private func misfit(_ map: Map, _ height: Window.Slide, _ width: Window.Slide) throws(LayerProblem) -> LayerProblem {
    let sides = [("height", map.height, rows, height), ("width", map.width, columns, width)]
    let tooSmall = sides.filter { !$0.3.fits }
    var notes: [String] = []
    for (name, cells, window, slide) in tooSmall {
      if window.dilation > 1 { notes.append("\(name) of the window: (\(window.size) - 1) * \(window.dilation) + 1") }
      let derivation = try withoutOverflow { () throws(DimOverflow) in try window.derivation(over: cells) }
      notes.append("\(name): \(derivation) = \(slide.output)")
    }
    return LayerProblem(
      .windowTooLarge, .attribute(sizeAttribute),
      "a window of \(try reach) does not fit in a map of \(map.height) x \(map.width)",
      expected: "at most \(tooSmall.map { "\($0.1) in \($0.0)" }.joined(separator: ", "))", found: "\(try reach)",
      help: padding == .valid
        ? "write padding: same, or a smaller \(sizeAttribute)" : "write a smaller \(sizeAttribute)",
      notes: notes)
  }

  /// What part of the map one value depends on.
  var field: ReceptiveField {
    // Where the window's reach needs more than 64 bits the shape rule has refused it.
    guard let reach = try? reach else { return .everything }
    return .window(size: reach.sizes, strides: strides.sizes)
  }

  /// How the result's height or width comes about; nil for other axes.
  func derivation(of axis: Int, _ map: Map) -> String? {
    switch map.format.spatialAxes.firstIndex(of: axis) {
    case 0: try? rows.derivation(over: map.height)
    case 1: try? columns.derivation(over: map.width)
    default: nil
    }
  }

  private var reach: Size2D {
    get throws(LayerProblem) {
      try withoutOverflow { () throws(DimOverflow) in Size2D(try rows.reach, try columns.reach) }
    }
  }

  private var rows: Window {
    window(size.height, strides.height, dilation.height) { .explicit(before: $0.top, after: $0.bottom) }
  }

  private var columns: Window {
    window(size.width, strides.width, dilation.width) { .explicit(before: $0.left, after: $0.right) }
  }

  private func window(_ size: Int, _ stride: Int, _ dilation: Int, _ side: (Padding2D) -> Window.Margin) -> Window {
    let margin: Window.Margin =
      switch padding {
      case .valid: .valid
      case .same: .same
      case .full: .full
      case .explicit(let cells): side(cells)
      }
    return Window(size: size, stride: stride, dilation: dilation, margin: margin, roundsUp: roundsUp)
  }
}

/// What the convolutions have in common.
extension MapWindow {
  static var paddingSummary: String {
    "Zeros around the map: `valid` none, `same` for `ceil(size / stride)` windows, `full` window - 1 on each side, "
      + "or `\(Margins.inFull)`."
  }

  /// Keras has strides or dilation, not both.
  static func conflicts(strides: Size2D, dilation: Size2D) -> [LayerProblem] {
    guard strides != Size2D(1, 1), dilation != Size2D(1, 1) else { return [] }
    return [
      LayerProblem(
        .attributeValue, .attribute("dilation_rate"), "a convolution has either strides or dilation, not both",
        expected: "strides or dilation_rate of 1",
        found: "strides: \(strides.literal), dilation_rate: \(dilation.literal)", help: "leave one of them out")
    ]
  }
}

/// What the pools have in common.
extension MapWindow {
  static var poolPaddingSummary: String {
    "Cells around the map: `valid` none, `same` for `ceil(size / stride)` windows, `full` window - 1 on each side, "
      + "or `\(Margins.inFull)`."
  }

  static var ceilModeSummary: String {
    "Whether a last window counts that begins in the map and reaches over its end; `same` has it anyway."
  }

  /// A pool's window has to hold a cell of the map wherever it stands, which a margin as wide as it prevents.
  var poolConflicts: [LayerProblem] {
    guard case .explicit(let cells) = padding else { return [] }
    let sides = [
      (0, "height", max(cells.top, cells.bottom), size.height), (1, "width", max(cells.left, cells.right), size.width),
    ]
    return sides.filter { $0.2 >= $0.3 }.map { index, name, margin, size in
      LayerProblem(
        .attributeValue, .element("padding", index),
        "a margin of \(margin) in \(name) has windows of \(size) that hold nothing of the map",
        expected: "at most \(size - 1)", found: "\(margin)", help: "put a ZeroPadding2D before if zeros are to count")
    }
  }

  /// The cells added around the map of a call that is being lowered.
  func padding(of call: LayerCall, _ format: DataFormat) -> Padding2D {
    do throws(LayerProblem) {
      guard let padding = try slide(over: Map(call.inputShapes[0], format, for: call.origin.layer)).padding else {
        preconditionFailure("a layer is lowered only when all sizes but the batch are known")
      }
      return padding
    } catch {
      preconditionFailure("a layer is lowered only where its shape rule accepted the call")
    }
  }
}
