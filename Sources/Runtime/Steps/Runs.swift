/// A tensor in either form as contiguous runs of floats: the rows of a map, or stretches of a plain tensor.
struct Runs: Sendable {
  enum Form: Sendable {
    case map(FeatureMap)
    case plain(PlainOperand)
  }

  /// Floats of a stretch of a plain tensor.
  private static let stretch = 4096

  let form: Form
  let units: MapUnits

  init(_ view: TensorView) {
    switch view {
    case .map(let map):
      form = .map(map)
      units = MapUnits(map)
    case .plain(let tensor):
      let operand = PlainOperand(tensor)
      form = .plain(operand)
      units = MapUnits(
        blocks: 1, height: (operand.count + Self.stretch - 1) / Self.stretch, width: Self.stretch / FeatureMap.lanes)
    }
  }

  /// Whether both fall into the same runs.
  func matches(_ other: Runs) -> Bool {
    switch (form, other.form) {
    case (.map(let a), .map(let b)): a.height == b.height && a.width == b.width && a.channels == b.channels
    case (.plain(let a), .plain(let b)): a.count == b.count
    default: false
    }
  }

  /// Floats of the run at a row.
  @inline(__always)
  func length(row: Int) -> Int {
    switch form {
    case .map(let map): map.width * FeatureMap.lanes
    case .plain(let operand): min(Self.stretch, operand.count - row * Self.stretch)
    }
  }

  @inline(__always)
  func source(_ context: borrowing StepContext, example: Int, block: Int, row: Int) -> UnsafePointer<Float> {
    switch form {
    case .map(let map):
      unsafe UnsafePointer(context.pixels(map, example: example, block: block) + row * map.rowStride)
    case .plain(let operand): unsafe operand.source(context, example: example) + row * Self.stretch
    }
  }

  @inline(__always)
  func target(_ context: borrowing StepContext, example: Int, block: Int, row: Int) -> UnsafeMutablePointer<Float> {
    switch form {
    case .map(let map): unsafe context.pixels(map, example: example, block: block) + row * map.rowStride
    case .plain(let operand): unsafe operand.target(context, example: example) + row * Self.stretch
    }
  }

  func clearBorder(_ context: borrowing StepContext, example: Int, block: Int, rows: Range<Int>) {
    if case .map(let map) = form { context.clearBorder(map, example: example, block: block, rows: rows) }
  }
}
