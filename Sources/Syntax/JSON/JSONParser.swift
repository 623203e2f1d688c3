extension JSON {
  /// Reads a text as RFC 8259 has it: no comments, no trailing commas, no `NaN`, UTF-8 only, no key twice in one
  /// object. nil if that fails, which is reported then. The first fault ends the reading, but for duplicate keys:
  /// all of them are told.
  ///
  /// An integer that fits is kept exactly, any other number as the nearest Double; one too large for that is an
  /// error. Linear in the bytes; deeper nesting than `limits.depth` is an error.
  package static func parse(_ source: Source, limits: Limits = Limits(), into log: inout DiagnosticLog) -> JSON? {
    let errors = log.errorCount
    var parser = JSONParser(source, limits: limits)
    do throws(JSONFault) {
      try parser.parseDocument(into: &log)
    } catch {
      log.report(error.diagnostic)
    }
    return log.errorCount == errors ? parser.document : nil
  }
}

/// The fault at which reading ends.
struct JSONFault: Error {
  let diagnostic: Diagnostic
}

/// One pass over the bytes with a stack of its own.
struct JSONParser {
  /// An array or object that is still open.
  private struct Frame {
    let id: JSON.ID
    let isObject: Bool
    /// Where its children begin in `openElements` or `openEntries`.
    let start: Int
    /// The key that waits for its value.
    var keyRange = SourceRange(0, 0)
  }

  let source: Source
  let bytes: [UInt8]
  var offset: Int
  private let limits: Limits
  private var nodes: [JSON.Node] = []
  private var elements: [JSON.ID] = []
  private var entries: [JSON.Entry] = []
  private var frames: [Frame] = []
  private var openElements: [JSON.ID] = []
  private var openEntries: [JSON.Entry] = []

  init(_ source: Source, at offset: Int = 0, limits: Limits = Limits()) {
    self.source = source
    self.offset = offset
    bytes = source.bytes
    self.limits = limits
  }

  /// What has been read.
  var document: JSON { JSON(source: source, nodes: nodes, elements: elements, entries: entries) }

  mutating func parseDocument(into log: inout DiagnosticLog) throws(JSONFault) {
    // What is not used takes no memory, and a list that need not grow is never there twice.
    nodes.reserveCapacity(min(bytes.count / 2 + 1, limits.values))
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { throw fault(0, 3) { $0.byteOrderMark() } }
    try skipBlanks()
    guard offset < bytes.count else { throw fault(offset, offset) { $0.empty() } }
    while true {
      guard try readValue() else { continue }
      guard try finishContainers(into: &log) else { break }
    }
    try skipBlanks()
    guard offset == bytes.count else { throw fault(offset, endOfWord(from: offset)) { $0.trailingText() } }
  }

  /// Reads a value or the opening of one. False if what comes next is a value again: the first inside of brackets.
  private mutating func readValue() throws(JSONFault) -> Bool {
    try skipBlanks()
    guard let byte = peek() else { throw endOfText() }
    // What is kept of a key takes as much memory.
    let values = nodes.count + entries.count + openEntries.count
    guard values < limits.values else { throw fault(0, 0) { $0.tooManyValues(limit: limits.values) } }
    let start = offset
    switch byte {
    case UInt8(ascii: "{"), UInt8(ascii: "["):
      return try !open(isObject: byte == UInt8(ascii: "{"))
    case UInt8(ascii: "\""):
      try readString()
      add(.string, SourceRange(start, offset))
    case UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "."), UInt8(ascii: "0")...UInt8(ascii: "9"):
      let number = try readNumber()
      add(number, SourceRange(start, offset))
    case UInt8(ascii: "]"), UInt8(ascii: "}"), UInt8(ascii: ","), UInt8(ascii: ":"):
      throw fault(start, start + 1) { $0.unexpected(expected: "a value") }
    default:
      let word = try readWord()
      add(word, SourceRange(start, offset))
    }
    return true
  }

  /// Opens an array or object; true if it holds something.
  private mutating func open(isObject: Bool) throws(JSONFault) -> Bool {
    guard frames.count < limits.depth else {
      throw fault(offset, offset + 1) { $0.nestingTooDeep(limit: limits.depth) }
    }
    let none = JSON.Node.Stretch(0..<0)
    let id = add(isObject ? .object(none) : .array(none), SourceRange(offset, offset + 1))
    frames.append(Frame(id: id, isObject: isObject, start: isObject ? openEntries.count : openElements.count))
    offset += 1
    try skipBlanks()
    guard let byte = peek() else { throw endOfText() }
    if byte == (isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) { return false }
    if isObject { try readKey() }
    return true
  }

  private mutating func readKey() throws(JSONFault) {
    guard let byte = peek() else { throw endOfText() }
    let start = offset
    guard byte == UInt8(ascii: "\"") else { throw fault(start, endOfWord(from: start)) { $0.key() } }
    try readString()
    frames[frames.count - 1].keyRange = SourceRange(start, offset)
    try skipBlanks()
    guard let next = peek() else { throw endOfText() }
    guard next == UInt8(ascii: ":") else { throw fault(offset, endOfWord(from: offset)) { $0.missingColon() } }
    offset += 1
  }

  /// After a value: closes what closes here. False if the document is complete, true if a value must follow.
  private mutating func finishContainers(into log: inout DiagnosticLog) throws(JSONFault) -> Bool {
    while let frame = frames.last {
      let endOfValue = offset
      try skipBlanks()
      guard let byte = peek() else { throw endOfText() }
      let closer = frame.isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")
      switch byte {
      case closer:
        offset += 1
        close(frame, into: &log)
      case UInt8(ascii: ","):
        let comma = offset
        offset += 1
        try skipBlanks()
        guard let next = peek() else { throw endOfText() }
        if next == closer {
          throw fault(comma, comma + 1) { $0.trailingComma(before: frame.isObject ? "}" : "]") }
        }
        if frame.isObject { try readKey() }
        return true
      case UInt8(ascii: "]"), UInt8(ascii: "}"):
        throw fault(offset, offset + 1) { $0.mismatchedBracket(opener: nodes[frame.id.index].range) }
      case UInt8(ascii: ":"), UInt8(ascii: "="), UInt8(ascii: ";"):
        throw fault(offset, offset + 1) { $0.unexpected(expected: frame.isObject ? "',' or '}'" : "',' or ']'") }
      default:
        let found = displayed(bytes[offset..<endOfWord(from: offset)])
        throw fault(endOfValue, endOfValue) { $0.missingComma(before: found) }
      }
    }
    return false
  }

  /// Adds a node and makes it the child of what is open.
  @discardableResult
  private mutating func add(_ value: JSON.Node.Value, _ range: SourceRange) -> JSON.ID {
    let id = JSON.ID(nodes.count)
    guard let frame = frames.last else {
      nodes.append(JSON.Node(value, range, in: nil, at: 0))
      return id
    }
    if frame.isObject {
      nodes.append(JSON.Node(value, range, in: frame.id, at: openEntries.count - frame.start))
      openEntries.append(JSON.Entry(keyRange: frame.keyRange, value: id))
    } else {
      nodes.append(JSON.Node(value, range, in: frame.id, at: openElements.count - frame.start))
      openElements.append(id)
    }
    return id
  }

  /// Moves the children of a container from the stack to their final stretch.
  private mutating func close(_ frame: Frame, into log: inout DiagnosticLog) {
    nodes[frame.id.index].range.end = offset
    if frame.isObject {
      let start = entries.count
      entries += openEntries[frame.start...]
      openEntries.removeSubrange(frame.start...)
      nodes[frame.id.index].value = .object(JSON.Node.Stretch(start..<entries.count))
      reportDuplicates(entries[start...], into: &log)
    } else {
      let start = elements.count
      elements += openElements[frame.start...]
      openElements.removeSubrange(frame.start...)
      nodes[frame.id.index].value = .array(JSON.Node.Stretch(start..<elements.count))
    }
    frames.removeLast()
  }

  /// Tells each key that an object has had before. Keys are bytes here, not strings: strings that are canonically
  /// equivalent compare equal.
  private func reportDuplicates(_ entries: ArraySlice<JSON.Entry>, into log: inout DiagnosticLog) {
    // Most objects are small, and looking at each pair of keys costs less than to hash them.
    if entries.count <= 24, areKeysDifferent(entries) { return }
    // Of all keys a hash is kept, and of those alone more whose hash was there before: objects may be large.
    var seen: Set<Int> = []
    var repeated: Set<Int> = []
    for entry in entries {
      let hash = JSON.bytes(entry.keyRange, in: source).hashValue
      if !seen.insert(hash).inserted { repeated.insert(hash) }
    }
    guard !repeated.isEmpty else { return }
    var first: [ArraySlice<UInt8>: SourceRange] = [:]
    for entry in entries {
      let key = JSON.bytes(entry.keyRange, in: source)
      guard repeated.contains(key.hashValue), let earlier = first.updateValue(entry.keyRange, forKey: key) else {
        continue
      }
      let text = String(decoding: key, as: UTF8.self)
      log.report(JSONBlame(source: source, range: entry.keyRange).duplicateKey(text, first: earlier))
    }
  }

  private func areKeysDifferent(_ entries: ArraySlice<JSON.Entry>) -> Bool {
    let keys = entries.map { JSON.bytes($0.keyRange, in: source) }
    for (place, key) in keys.enumerated() {
      for other in keys[(place + 1)...]
      where key.count == other.count && key.first == other.first && key.elementsEqual(other) { return false }
    }
    return true
  }

  // MARK: Places

  func peek(_ distance: Int = 0) -> UInt8? {
    offset + distance < bytes.count ? bytes[offset + distance] : nil
  }

  /// Blanks of JSON; a comment is told here, since one may stand wherever a blank may.
  mutating func skipBlanks() throws(JSONFault) {
    while let byte = peek() {
      switch byte {
      case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\n"), UInt8(ascii: "\r"): offset += 1
      case UInt8(ascii: "/") where peek(1) == UInt8(ascii: "/") || peek(1) == UInt8(ascii: "*"):
        throw fault(offset, offset + 2) { $0.comment() }
      case UInt8(ascii: "#"):
        throw fault(offset, offset + 1) { $0.comment() }
      default: return
      }
    }
  }

  private func endOfText() -> JSONFault {
    guard let frame = frames.last else { return fault(bytes.count, bytes.count) { $0.empty() } }
    let opener = nodes[frame.id.index].range.start
    return fault(bytes.count, bytes.count) { $0.unclosed(SourceRange(opener, opener + 1)) }
  }

  func fault(_ start: Int, _ end: Int, _ diagnostic: (JSONBlame) -> Diagnostic) -> JSONFault {
    JSONFault(diagnostic: diagnostic(JSONBlame(source: source, range: SourceRange(start, end))))
  }
}
