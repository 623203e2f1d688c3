import Syntax

/// A comma for the point of a fraction makes two arguments of it, and the second takes the place of a named one.
extension Elaborator {
  /// `0,25`: the whole of what looks like a fraction, if a value is its last part.
  func fraction(endingIn value: NodeID<Expression>, _ scope: Scope) -> SourceRange? {
    let tree = tree(scope)
    let range = tree[value].range
    let bytes = tree.source.bytes
    guard case .integer = tree[value].kind, range.start >= 2, bytes[range.start - 1] == UInt8(ascii: ",") else {
      return nil
    }
    var start = range.start - 1
    while start > 0, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[start - 1]) { start -= 1 }
    return start < range.start - 1 ? SourceRange(start, range.end) : nil
  }

  mutating func report(_ fraction: SourceRange, givenTwice name: String, _ scope: Scope) {
    let point = text(fraction, scope).replacing(",", with: ".")
    report(
      .duplicateArgument, fraction, scope, "'\(name)' is given twice: these are two arguments",
      help: "write \(point) if they are one", replacement: point)
  }
}
