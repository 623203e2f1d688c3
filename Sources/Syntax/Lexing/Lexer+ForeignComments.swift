/// Comments with the signs of other languages: `#`, `--`, `%`, `;`, `<!-- -->`, `/* */`, `"""`, and half of ours.
extension Lexer {
  /// Passes such a comment, and tells it; whether there is one.
  mutating func passForeignComment(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "#"): passLine(behind: 1)
    case UInt8(ascii: "/") where peek(1) == UInt8(ascii: "*"): passEnclosed(by: 2, until: "*/")
    case UInt8(ascii: "\"") where startsWith("\"\"\""): passEnclosed(by: 3, until: "\"\"\"")
    case UInt8(ascii: "<") where startsWith("<!--"): passEnclosed(by: 4, until: "-->")
    case UInt8(ascii: "-") where peek(1) == byte && startsWith("-- "): return passProse(behind: 2)
    case UInt8(ascii: "/"), UInt8(ascii: "%"), UInt8(ascii: ";"):
      return peek(1) == UInt8(ascii: " ") && passProse(behind: 1)
    default: return false
    }
    return true
  }

  /// The rest of the line is a comment if it reads like a sentence and such ones are asked for.
  private mutating func passProse(behind length: Int) -> Bool {
    list.mayHoldProse = true
    guard takesProse, isProse(from: offset + length + 1) else { return false }
    passLine(behind: length)
    return true
  }

  private func startsWith(_ text: String) -> Bool { bytes[offset...].starts(with: text.utf8) }

  /// The rest of the line is a comment behind a sign of this length.
  private mutating func passLine(behind length: Int) {
    report(offset, offset + length) { $0.commentForm(replacement: "//") }
    skipLine()
  }

  /// A comment that has an end of its own; if the file has none for it, the line is what was meant.
  private mutating func passEnclosed(by length: Int, until closer: String) {
    let start = offset
    offset += length
    if absentClosers.contains(closer) { offset = bytes.count }
    while offset < bytes.count, !startsWith(closer) { offset += 1 }
    guard offset < bytes.count else {
      absentClosers.append(closer)
      offset = start
      return passLine(behind: length)
    }
    let text = bytes[(start + length)..<offset]
    offset += closer.utf8.count
    var behind = offset
    while behind < bytes.count, bytes[behind] == UInt8(ascii: " ") { behind += 1 }
    let endsLine = behind == bytes.count || bytes[behind] == UInt8(ascii: "\n") || bytes[behind] == UInt8(ascii: "\r")
    // What stands behind it in the line would become a part of the comment.
    guard endsLine, offset - start <= 160 else {
      return report(start, start + length) { $0.commentForm(replacement: nil) }
    }
    let lines = text.split(separator: UInt8(ascii: "\n")).map { line in
      let words = line.split(separator: UInt8(ascii: " ")).map { String(decoding: $0, as: UTF8.self) }
      return words.joined(separator: " ")
    }
    let plain = lines.filter { !$0.isEmpty }.map { "// " + $0 }
    report(start, offset) { $0.commentForm(replacement: plain.isEmpty ? "//" : plain.joined(separator: "\n")) }
  }

  /// Whether the rest of a line reads like a sentence: two words side by side, of which neither is one of ours, an
  /// apostrophe, a full stop. In the middle of a line other signs speak for a program.
  private func isProse(from start: Int) -> Bool {
    let isAtHead = startsLine
    var index = start
    var previousWord: Range<Int>?
    var hasPair = false
    // Bounded, so that a line of nothing but such signs is not read again for each.
    let end = min(bytes.count, start + 200)
    while index < end, bytes[index] != UInt8(ascii: "\n") {
      let byte = bytes[index]
      guard isNameByte(byte) else {
        let before = index > start ? bytes[index - 1] : 0
        let next = index + 1 < bytes.count ? bytes[index + 1] : UInt8(ascii: "\n")
        if isNameStart(before) {
          if byte == UInt8(ascii: "'") { return true }
          if byte == UInt8(ascii: "."), next == UInt8(ascii: " ") || next == UInt8(ascii: "\n") { return true }
        }
        if !isAtHead, Self.programSigns.contains(byte) { return false }
        if byte != UInt8(ascii: " ") { previousWord = nil }
        index += 1
        continue
      }
      let word = index
      while index < end, isNameByte(bytes[index]) { index += 1 }
      let isWord = isNameStart(bytes[word]) && Keyword(bytes[word..<index]) == nil
      if isWord, previousWord != nil { hasPair = true }
      previousWord = isWord ? word..<index : nil
    }
    return hasPair
  }

  private static let programSigns: [UInt8] = Array("=:|{}".utf8)
}
