import Syntax

/// A comma for the point of a fraction makes two arguments of it, and the second takes the place of a named one.
extension Elaborator {
  /// `0,25`: the whole of what looks like a fraction, if a value begins with its last part.
  func fraction(endingIn value: NodeID<Expression>, _ scope: Scope) -> SourceRange? {
    fraction(endingAt: tree(scope)[value].range.start, scope)
  }

  private func fraction(endingAt middle: Int, _ scope: Scope) -> SourceRange? {
    let bytes = tree(scope).source.bytes
    func isDigit(_ index: Int) -> Bool {
      bytes.indices.contains(index) && (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[index])
    }
    guard middle >= 2, bytes[middle - 1] == UInt8(ascii: ",") else { return nil }
    var (start, end) = (middle - 1, middle)
    while isDigit(start - 1) { start -= 1 }
    while isDigit(end) { end += 1 }
    return start < middle - 1 && end > middle ? SourceRange(start, end) : nil
  }

  mutating func report(_ fraction: SourceRange, givenTwice name: String, _ scope: Scope) {
    report(.duplicateArgument, fraction, "'\(name)' is given twice: these are two arguments", scope)
  }

  /// `drop: 0,2`: the second part stands behind a name.
  mutating func report(_ fraction: SourceRange, behind name: String, _ scope: Scope) {
    report(
      .positionalAttribute, fraction,
      "these are two arguments, and the second stands behind '\(name)', which has a name",
      scope)
  }

  /// `Dropout(0,5)`: the second part would be a list.
  mutating func report(_ fraction: SourceRange, inPlaceOf name: String, _ scope: Scope) {
    report(.typeMismatch, fraction, "these are two arguments, and the second is no '\(name)', which is a list", scope)
  }

  private mutating func report(_ code: SemanticsCode, _ fraction: SourceRange, _ message: String, _ scope: Scope) {
    let point = String(text(fraction, scope).map { $0 == "," ? "." : $0 })
    report(
      code, fraction, scope, message, expected: point, found: text(fraction, scope),
      help: "write \(point) if they are one", replacement: point)
  }
}
