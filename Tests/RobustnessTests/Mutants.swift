/// All texts that one small damage makes of another: every prefix; each byte taken away, doubled, and replaced; each
/// word and sign taken away, doubled, and swapped with the next one.
///
/// They are counted and not made, so that a few can be drawn from millions.
struct Mutants: RandomAccessCollection {
  private let bytes: [UInt8]
  private let words: [Range<Int>]
  /// What each byte is replaced by: every other value in small files, single flipped bits and some values in others.
  private let replacements: Int

  init(of bytes: [UInt8]) {
    self.bytes = bytes
    words = Self.words(of: bytes)
    replacements = bytes.count <= 4096 ? 255 : 8 + Self.values.count
  }

  /// What readers trip over: an end of text, a line break, a quotation mark, half a letter, the greatest byte.
  private static let values: [UInt8] = [0, 0x0A, 0x22, 0xC3, 0xFF]

  var startIndex: Int { 0 }
  var endIndex: Int { bytes.count * (3 + replacements) + words.count * 2 + Swift.max(words.count - 1, 0) }

  subscript(index: Int) -> [UInt8] {
    var rest = index
    /// Whether the mutant is one of the next kind, of which there are so many; `rest` counts on from there.
    func isOne(of count: Int) -> Bool {
      if rest < count { return true }
      rest -= count
      return false
    }
    if isOne(of: bytes.count) { return Array(bytes[..<rest]) }
    if isOne(of: bytes.count) { return bytes.replacing(rest..<rest + 1, by: []) }
    if isOne(of: bytes.count) { return bytes.replacing(rest..<rest, by: [bytes[rest]]) }
    if isOne(of: bytes.count * replacements) {
      let (place, kind) = rest.quotientAndRemainder(dividingBy: replacements)
      return bytes.replacing(place..<place + 1, by: [replacement(kind, for: bytes[place])])
    }
    if isOne(of: words.count) { return bytes.replacing(words[rest], by: []) }
    if isOne(of: words.count) {
      let end = words[rest].upperBound
      return bytes.replacing(end..<end, by: bytes[words[rest]])
    }
    let (first, second) = (words[rest], words[rest + 1])
    return bytes.replacing(
      first.lowerBound..<second.upperBound,
      by: bytes[second] + bytes[first.upperBound..<second.lowerBound] + bytes[first])
  }

  private func replacement(_ kind: Int, for byte: UInt8) -> UInt8 {
    if replacements == 255 { return byte &+ UInt8(kind + 1) }
    return kind < 8 ? byte ^ 1 << kind : Self.values[kind - 8]
  }

  /// Runs of letters, digits and bytes beyond ASCII, and every sign by itself.
  private static func words(of bytes: [UInt8]) -> [Range<Int>] {
    var words: [Range<Int>] = []
    var start = 0
    while start < bytes.count {
      var end = start + 1
      if isWordByte(bytes[start]) {
        while end < bytes.count, isWordByte(bytes[end]) { end += 1 }
      }
      if bytes[start] > 0x20 { words.append(start..<end) }
      start = end
    }
    return words
  }

  private static func isWordByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), 0x80...:
      true
    default: false
    }
  }
}

extension [UInt8] {
  fileprivate func replacing(_ range: Range<Int>, by other: some Collection<UInt8>) -> [UInt8] {
    var copy = self
    copy.replaceSubrange(range, with: other)
    return copy
  }
}
