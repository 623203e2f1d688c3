package import Syntax

/// The JSON pointer (RFC 6901) of the innermost value around a range: `/config/layers/3/config/filters`. nil if the
/// source is no JSON or the range lies outside of its value. Reads the source each time: for many ranges keep a
/// `JSON` and ask it.
package func jsonPointer(at range: SourceRange, in source: Source) -> String? {
  var log = DiagnosticLog(limit: 0)
  return JSON.parse(source, into: &log)?.pointer(at: range)
}

extension JSON {
  /// The JSON pointer of the innermost value around a range; nil if no value surrounds it. A key leads to its value.
  package func pointer(at range: SourceRange) -> String? {
    innermost(around: range).map(pointer)
  }

  func innermost(around range: SourceRange) -> JSON.ID? {
    guard encloses(root, range) else { return nil }
    var innermost = root
    while let child = child(of: innermost, around: range) { innermost = child }
    return innermost
  }

  /// Whether a range lies between the quotes of a string.
  package func isWithinString(_ range: SourceRange) -> Bool {
    func isBetweenQuotes(_ string: SourceRange) -> Bool { string.start < range.start && range.end < string.end }
    guard let innermost = innermost(around: range) else { return false }
    if kind(innermost) == .string, isBetweenQuotes(self.range(innermost)) { return true }
    // A key leads to its value, before which it stands.
    guard let parent = self[innermost].parent, let members = object(parent) else { return false }
    return members.contains { $0.value == innermost && isBetweenQuotes($0.keyRange) }
  }

  private func encloses(_ node: JSON.ID, _ range: SourceRange) -> Bool {
    self.range(node).start <= range.start && range.end <= self.range(node).end
  }

  /// The child that holds a range, found by halving: children stand in the order of their bytes.
  private func child(of node: JSON.ID, around range: SourceRange) -> JSON.ID? {
    if let members = object(node) {
      guard let member = members.last(notAfter: range.start, start: \.keyRange.start) else { return nil }
      return range.end <= self.range(member.value).end ? member.value : nil
    }
    guard let element = array(node)?.last(notAfter: range.start, start: { self.range($0).start }) else { return nil }
    return encloses(element, range) ? element : nil
  }
}

extension RandomAccessCollection where Index == Int {
  /// The last element that starts at an offset or before it, of elements sorted by where they start.
  fileprivate func last(notAfter offset: Int, start: (Element) -> Int) -> Element? {
    var low = startIndex
    var high = endIndex
    while low < high {
      let middle = low + (high - low) / 2
      if start(self[middle]) <= offset { low = middle + 1 } else { high = middle }
    }
    return low > startIndex ? self[low - 1] : nil
  }
}
