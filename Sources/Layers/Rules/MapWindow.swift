import Operations

/// A window that slides over a map in both directions, or along a sequence, as the attributes of a layer describe it.
/// Lists have a number for each direction, height first.
struct MapWindow {
  var size: [Int]
  /// The attribute that gives the size, to blame if it is too large.
  var sizeAttribute: String
  var strides: [Int]
  var dilation: [Int]
  var margins: [Window.Margin]
  var roundsUp: Bool

  init(
    size: Size2D, sizeAttribute: String, strides: Size2D, dilation: Size2D = Size2D(1, 1), padding: Padding,
    roundsUp: Bool = false
  ) {
    self.size = size.sizes
    self.sizeAttribute = sizeAttribute
    self.strides = strides.sizes
    self.dilation = dilation.sizes
    margins = padding.margins
    self.roundsUp = roundsUp
  }

  init(
    size: Length, sizeAttribute: String, strides: Length, dilation: Length = Length(1), padding: SequencePadding,
    roundsUp: Bool = false
  ) {
    self.size = [size.cells]
    self.sizeAttribute = sizeAttribute
    self.strides = [strides.cells]
    self.dilation = [dilation.cells]
    margins = [padding.margin]
    self.roundsUp = roundsUp
  }

  /// The window in each direction by itself.
  private var windows: [Window] {
    size.indices.map {
      Window(size: size[$0], stride: strides[$0], dilation: dilation[$0], margin: margins[$0], roundsUp: roundsUp)
    }
  }

  /// The result's sides, and the cells added around the map: nil while they depend on an unknown size.
  func slide(over map: Map) throws(LayerProblem) -> (sides: [Dim], padding: Padding2D?) {
    let slides = try withoutOverflow { () throws(DimOverflow) in
      var slides: [Window.Slide] = []
      for (window, cells) in zip(windows, map.sides) { slides.append(try window.slide(over: cells)) }
      return slides
    }
    guard slides.allSatisfy(\.fits) else { throw try misfit(map, slides) }
    return (slides.map(\.output), padding(slides))
  }

  private func padding(_ slides: [Window.Slide]) -> Padding2D? {
    let margins = slides.compactMap(\.margins)
    guard margins.count == slides.count, let columns = margins.last else { return nil }
    let rows = margins.count == 1 ? (before: 0, after: 0) : margins[0]
    return Padding2D(top: rows.before, bottom: rows.after, left: columns.before, right: columns.after)
  }

  /// The window is larger than the map in some direction.
  private func misfit(_ map: Map, _ slides: [Window.Slide]) throws(LayerProblem) -> LayerProblem {
    var limits: [String] = []
    var notes: [String] = []
    for (direction, name) in map.sideNames.enumerated() where !slides[direction].fits {
      let (window, cells) = (windows[direction], map.sides[direction])
      if window.dilation > 1 { notes.append("\(name) of the window: (\(window.size) - 1) * \(window.dilation) + 1") }
      let derivation = try withoutOverflow { () throws(DimOverflow) in try window.derivation(over: cells) }
      limits.append("\(cells) in \(name)")
      notes.append("\(name): \(derivation) = \(slides[direction].output)")
    }
    let found = try reach.map { "\($0)" }.joined(separator: " x ")
    let sizes = map.sides.map { "\($0)" }.joined(separator: " x ")
    return LayerProblem(
      .windowTooLarge, .attribute(sizeAttribute), "a window of \(found) does not fit in a \(map.noun) of \(sizes)",
      expected: "at most \(limits.joined(separator: ", "))", found: found,
      help: margins.allSatisfy { $0 == .valid }
        ? "write padding: same, or a smaller \(sizeAttribute)" : "write a smaller \(sizeAttribute)",
      notes: notes)
  }

  /// What part of the map one value depends on.
  var field: ReceptiveField {
    // Where the window's reach needs more than 64 bits the shape rule has refused it.
    guard let reach = try? reach else { return .everything }
    return .window(size: reach, strides: strides)
  }

  /// How a side of the result comes about; nil for other axes.
  func derivation(of axis: Int, _ map: Map) -> String? {
    guard let direction = map.sideAxes.firstIndex(of: axis) else { return nil }
    return try? windows[direction].derivation(over: map.sides[direction])
  }

  private var reach: [Int] {
    get throws(LayerProblem) {
      try withoutOverflow { () throws(DimOverflow) in
        var reach: [Int] = []
        for window in windows { reach.append(try window.reach) }
        return reach
      }
    }
  }

  /// The number of cells.
  var count: Dim {
    get throws(DimOverflow) {
      var count: Dim = 1
      for size in size { count = try count * Dim(size) }
      return count
    }
  }
}

/// What the convolutions have in common.
extension MapWindow {
  static var paddingSummary: String {
    "Zeros around the map: `valid` none, `same` for `ceil(size / stride)` windows, `full` window - 1 on each side, "
      + "or `\(Margins.inFull)`."
  }

  /// Keras has strides or dilation, not both.
  static func conflicts(strides: [Int], dilation: [Int]) -> [LayerProblem] {
    guard strides.contains(where: { $0 > 1 }), dilation.contains(where: { $0 > 1 }) else { return [] }
    return [
      LayerProblem(
        .attributeValue, .attribute("dilation_rate"), "a convolution has either strides or dilation, not both",
        expected: "strides or dilation_rate of 1",
        found: "strides: \(strides.shortLiteral), dilation_rate: \(dilation.shortLiteral)",
        help: "leave one of them out")
    ]
  }
}

extension [Int] {
  /// Equal numbers as one.
  fileprivate var shortLiteral: Literal { Set(self).count == 1 ? .integer(self[0]) : literal }
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
    let names = Map.sideNames(size.count)
    return margins.indices.compactMap { direction in
      guard case .explicit(let before, let after) = margins[direction] else { return nil }
      let (margin, size, name) = (max(before, after), size[direction], names[direction])
      guard margin >= size else { return nil }
      return LayerProblem(
        .attributeValue, margins.count == 1 ? .attribute("padding") : .element("padding", direction),
        "a margin of \(margin) in \(name) has windows of \(size) that hold nothing of the \(Map.noun(margins.count))",
        expected: "at most \(size - 1)", found: "\(margin)",
        help: "put a ZeroPadding\(margins.count)D before if zeros are to count")
    }
  }

  /// The cells added around the map of a call that is being lowered.
  func padding(of call: LayerCall, _ format: DataFormat) -> Padding2D {
    do throws(LayerProblem) {
      let map = try Map(call.inputShapes[0], format, directions: size.count, for: call.origin.layer)
      guard let padding = try slide(over: map).padding else {
        preconditionFailure("a layer is lowered only when all sizes but the batch are known")
      }
      return padding
    } catch {
      preconditionFailure("a layer is lowered only where its shape rule accepted the call")
    }
  }
}
