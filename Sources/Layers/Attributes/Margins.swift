import Operations

/// Cells around a map: an Int for all sides, `[height, width]` for opposite sides alike, or
/// `[[top, bottom], [left, right]]`.
struct Margins: AttributeValue {
  var cells: Padding2D

  init(_ cells: Padding2D) { self.cells = cells }

  static var typeName: String { "[Int]" }
  static var expectation: String { "an Int, [height, width] or \(inFull)" }
  static let inFull = "[[top, bottom], [left, right]]"

  init(_ literal: Literal) throws(ValueProblem) {
    switch literal {
    case .integer:
      let sides = try Self.sides(literal)
      self.init(Padding2D(top: sides.0, bottom: sides.0, left: sides.0, right: sides.0))
    case .list(let axes):
      guard axes.count == 2 else {
        throw ValueProblem(
          "takes \(Self.expectation), not a list of \(axes.count)", expected: Self.expectation, found: literal.excerpt)
      }
      let height = try Self.element(0, axes)
      let width = try Self.element(1, axes)
      self.init(Padding2D(top: height.0, bottom: height.1, left: width.0, right: width.1))
    default: throw .mismatch(literal, Self.self)
    }
  }

  var literal: Literal {
    if cells.top == cells.bottom, cells.left == cells.right {
      return cells.top == cells.left ? .integer(cells.top) : .list([.integer(cells.top), .integer(cells.left)])
    }
    return literalInFull
  }

  var literalInFull: Literal {
    .list([
      .list([.integer(cells.top), .integer(cells.bottom)]), .list([.integer(cells.left), .integer(cells.right)]),
    ])
  }

  private static func element(_ index: Int, _ axes: [Literal]) throws(ValueProblem) -> (Int, Int) {
    do throws(ValueProblem) {
      return try sides(axes[index])
    } catch {
      throw error.inElement(index)
    }
  }

  /// The two ends of one direction.
  private static func sides(_ literal: Literal) throws(ValueProblem) -> (Int, Int) {
    let ends: (Int, Int)
    switch literal {
    case .integer(let both): ends = (both, both)
    case .list(let elements) where elements.count == 2: ends = (try Int(elements[0]), try Int(elements[1]))
    default: throw .mismatch(literal, Self.self)
    }
    if let wrong = [ends.0, ends.1].first(where: { $0 < 0 }) { throw .outside("at least 0", wrong) }
    return ends
  }
}
