/// The bytes of one file, and the name under which messages speak of it.
package struct Source: Sendable {
  /// The path as the user gave it.
  package let name: String
  package let bytes: [UInt8]
  /// What is known of the lines at the beginning of each stretch of bytes. There may be as many lines as bytes: a list
  /// of all would be larger than the file.
  private let stretches: [Stretch]

  private struct Stretch {
    /// How many lines end before it.
    var lines: UInt32
    /// Where the line begins that it begins in.
    var lineStart: UInt32
  }

  private static let stretchSize = 256

  package init(name: String, bytes: [UInt8]) {
    self.name = name
    self.bytes = bytes
    var stretches: [Stretch] = []
    stretches.reserveCapacity(bytes.count / Self.stretchSize + 1)
    var lines: UInt32 = 0
    var lineStart: UInt32 = 0
    for start in stride(from: 0, through: bytes.count, by: Self.stretchSize) {
      stretches.append(Stretch(lines: lines, lineStart: lineStart))
      for offset in start..<min(start + Self.stretchSize, bytes.count) where bytes[offset] == UInt8(ascii: "\n") {
        lines += 1
        lineStart = UInt32(clamping: offset + 1)
      }
    }
    self.stretches = stretches
  }

  /// Line and column of an offset, both from 1; columns count UTF-8 bytes.
  package func position(of offset: Int) -> (line: Int, column: Int) {
    let place = min(offset, bytes.count) / Self.stretchSize
    var line = Int(stretches[place].lines)
    var start = Int(stretches[place].lineStart)
    for index in place * Self.stretchSize..<min(offset, bytes.count) where bytes[index] == UInt8(ascii: "\n") {
      line += 1
      start = index + 1
    }
    return (line + 1, offset - start + 1)
  }

  /// The bytes of a line, counted from 1, without its line break.
  package func line(_ number: Int) -> ArraySlice<UInt8> {
    let start = self.start(ofLine: number) ?? bytes.count
    var end = self.start(ofLine: number + 1).map { $0 - 1 } ?? bytes.count
    if end > start, bytes[end - 1] == UInt8(ascii: "\r") { end -= 1 }
    return bytes[start..<max(start, end)]
  }

  /// The offset at which a line begins; nil if there are not so many.
  private func start(ofLine number: Int) -> Int? {
    // The last stretch that begins before the line does.
    var low = 0
    var high = stretches.count
    while high - low > 1 {
      let middle = (low + high) / 2
      if stretches[middle].lines < number - 1 { low = middle } else { high = middle }
    }
    var missing = number - 1 - Int(stretches[low].lines)
    guard missing > 0 else { return Int(stretches[low].lineStart) }
    let start = low * Self.stretchSize
    for index in start..<min(start + Self.stretchSize, bytes.count) where bytes[index] == UInt8(ascii: "\n") {
      missing -= 1
      if missing == 0 { return index + 1 }
    }
    return nil
  }
}

/// A stretch of a source's bytes. There is one in nearly all that is kept of a description, hence the 32 bits; no file
/// is read that needs more (`Limits.mostBytes`).
package struct SourceRange: Hashable, Sendable {
  private var first: UInt32
  private var last: UInt32

  package init(_ start: Int, _ end: Int) {
    first = UInt32(clamping: start)
    last = UInt32(clamping: end)
  }

  package var start: Int {
    get { Int(first) }
    set { first = UInt32(clamping: newValue) }
  }

  /// The offset behind the last byte.
  package var end: Int {
    get { Int(last) }
    set { last = UInt32(clamping: newValue) }
  }

  /// From the beginning of one range to the end of another.
  package func union(_ other: SourceRange) -> SourceRange {
    SourceRange(min(start, other.start), max(end, other.end))
  }
}
