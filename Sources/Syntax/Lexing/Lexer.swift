/// Cuts a source into tokens, and goes on after whatever it cannot read: each such thing is reported once and
/// replaced by what was meant, or left out. Linear in the bytes.
struct Lexer {
  let source: Source
  let bytes: [UInt8]
  var offset = 0
  var list = TokenList()
  var log = DiagnosticLog()
  /// Round and square brackets that stand open.
  private(set) var openBrackets = 0
  private(set) var startsLine = true
  private var documentation: [SourceRange] = []
  /// Whether comments are kept for whoever writes the text anew.
  private let keepsComments: Bool
  /// How many tokens are read at most.
  private let limit: Int
  /// Whether sentences behind the signs of other languages are comments: they may also be programs.
  private(set) var takesProse = false
  /// Something unreadable since the last token.
  private var hasHole = false
  /// What ends comments of other languages and does not stand in the rest of the file.
  var absentClosers: [String] = []
  /// The end of the line in which a string was found to have none: no string that begins before it has one either.
  var unclosedLineEnd = 0

  /// `takesProse`: what reads like a sentence behind a sign of another language is a comment.
  ///
  /// Reading ends behind `limit` tokens.
  static func read(
    _ source: Source, keepsComments: Bool = false, takesProse: Bool = false, limit: Int = .max,
    into log: inout DiagnosticLog
  ) -> TokenList {
    var lexer = Lexer(source, keepsComments: keepsComments, limit: limit)
    lexer.takesProse = takesProse
    lexer.readAll()
    lexer.list.tokens.markStatements()
    log.append(lexer.log)
    return lexer.list
  }

  /// Some bytes by themselves; nil if not all of them can be read.
  static func tokens(of source: Source, from start: Int, to end: Int) -> [Token]? {
    var lexer = Lexer(Source(name: source.name, bytes: Array(source.bytes[..<end])), keepsComments: false, limit: .max)
    lexer.offset = start
    lexer.startsLine = false
    while let byte = lexer.peek() { lexer.readToken(byte) }
    return lexer.log.errorCount == 0 ? lexer.list.tokens : nil
  }

  private init(_ source: Source, keepsComments: Bool, limit: Int) {
    self.source = source
    self.keepsComments = keepsComments
    self.limit = limit
    bytes = source.bytes
    // What is not used takes no memory, and a list that need not grow is never there twice.
    list.tokens.reserveCapacity(min(bytes.count, limit) + 8)
  }

  private mutating func readAll() {
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) {
      report(0, 3) { $0.byteOrderMark() }
      offset = 3
    }
    while list.tokens.count <= limit, let byte = peek() { readToken(byte) }
    add(.end, from: offset)
  }

  private mutating func readToken(_ byte: UInt8) {
    switch byte {
    case UInt8(ascii: " "), UInt8(ascii: "\t"): offset += 1
    case UInt8(ascii: "\n"):
      offset += 1
      startsLine = true
    case UInt8(ascii: "\r") where peek(1) == UInt8(ascii: "\n"): offset += 1
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"): readName()
    case UInt8(ascii: "0")...UInt8(ascii: "9"): readNumber()
    case UInt8(ascii: "/") where peek(1) == UInt8(ascii: "/"): readComment()
    case _ where passForeignComment(byte): break
    case UInt8(ascii: "\""): readString()
    case UInt8(ascii: "`"): readQuotedName()
    case UInt8(ascii: "'"): readForeignQuote(length: 1)
    case 0x80...: readForeignCharacter()
    default: readSign(byte)
    }
  }

  // MARK: Names

  private mutating func readName() {
    let start = offset
    skipNameBytes()
    if isHidden(at: offset), hiddenEnd(offset) < bytes.count, isNameByte(bytes[hiddenEnd(offset)]) {
      return readBrokenName(from: start)
    }
    if let byte = peek(), byte >= 0x80, isLetter(at: offset) { return readForeignName(from: start) }
    if peek() == UInt8(ascii: "."), let next = peek(1), isNameStart(next) { return readDottedName(from: start) }
    if let keyword = Keyword(bytes[start..<offset]) {
      add(.keyword(keyword), from: start)
    } else {
      add(.name, from: start)
    }
  }

  mutating func skipNameBytes() { while let byte = peek(), isNameByte(byte) { offset += 1 } }

  /// A name with characters in it that cannot be seen: one name all the same.
  private mutating func readBrokenName(from start: Int) {
    var meant = Array(bytes[start..<offset])
    while isHidden(at: offset), hiddenEnd(offset) < bytes.count, isNameByte(bytes[hiddenEnd(offset)]) {
      let end = hiddenEnd(offset)
      report(offset, end) { $0.hiddenCharacter(replacement: "") }
      offset = end
      skipNameBytes()
      meant += bytes[end..<offset]
    }
    list.spellings[start] = String(decoding: meant, as: UTF8.self)
    add(Keyword(meant[...]).map { .keyword($0) } ?? .name, from: start)
  }

  /// Whether a character stands somewhere that cannot be seen and is no blank.
  private func isHidden(at offset: Int) -> Bool {
    guard offset < bytes.count else { return false }
    if bytes[offset] < 0x20 || bytes[offset] == 0x7F {
      return ![0x09, 0x0A, 0x0D].contains(bytes[offset])
    }
    guard bytes[offset] >= 0x80, let (scalar, _) = decodeScalar(bytes[offset...]) else { return false }
    return isUnprintable(scalar)
  }

  private func hiddenEnd(_ offset: Int) -> Int { offset + max(1, characterLength(bytes[offset...])) }

  /// A name with letters of other alphabets: one name all the same.
  mutating func readForeignName(from start: Int) {
    while let byte = peek() {
      if isNameByte(byte) {
        offset += 1
      } else if byte >= 0x80, isLetter(at: offset) {
        offset += characterLength(bytes[offset...])
      } else {
        break
      }
    }
    let meant = latinTwins(String(decoding: bytes[start..<offset], as: UTF8.self))
    report(start, offset) { $0.foreignName(meant) }
    guard let meant else { return add(.name, from: start) }
    list.spellings[start] = meant
    add(Keyword(Array(meant.utf8)[...]).map { .keyword($0) } ?? .name, from: start)
  }

  /// A name whose foreign letters look like Latin ones, with those in their place.
  private func latinTwins(_ name: String) -> String? {
    var result = ""
    for scalar in name.unicodeScalars {
      guard let twin = scalar.isASCII ? scalar : Self.twins[scalar] else { return nil }
      result.unicodeScalars.append(twin)
    }
    return result
  }

  /// Cyrillic and Greek letters, and full-width ones, by the Latin letter that they look like.
  private static let twins: [Unicode.Scalar: Unicode.Scalar] = {
    let pairs: [(String, String)] = [
      ("аеорсухіѕјһԁԛԝӏ", "aeopcyxisjhdqwl"), ("АВЕКМНОРСТХІЅЈ", "ABEKMHOPCTXISJ"), ("ονρυι", "onpui"),
      ("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "ABEZHIKMNOPTYX"),
    ]
    var twins: [Unicode.Scalar: Unicode.Scalar] = [:]
    for (foreign, latin) in pairs {
      for (a, b) in zip(foreign.unicodeScalars, latin.unicodeScalars) { twins[a] = b }
    }
    for offset in UInt32(0x21)...0x7E {
      if let wide = Unicode.Scalar(0xFEE0 + offset), let plain = Unicode.Scalar(offset) { twins[wide] = plain }
    }
    return twins
  }()

  /// `layers.Conv2D`: only the last part is a name here.
  private mutating func readDottedName(from start: Int) {
    var last = start
    while peek() == UInt8(ascii: "."), let next = peek(1), isNameStart(next) {
      offset += 1
      last = offset
      skipNameBytes()
    }
    let name = String(decoding: bytes[last..<offset], as: UTF8.self)
    var firstEnd = start
    while bytes[firstEnd] != UInt8(ascii: ".") { firstEnd += 1 }
    guard isBound(bytes[start..<firstEnd]) else {
      report(start, offset) { $0.dottedName(name) }
      return add(.name, from: last)
    }
    // `image.Conv2D(…)`: what is before the dot is a tensor, and no part of the language's names.
    let isCall = peek() == UInt8(ascii: "(")
    let isLayer = isCall && firstEnd + 1 == last && (0x41...0x5A).contains(bytes[last])
    let tensor = String(decoding: bytes[start..<firstEnd], as: UTF8.self)
    report(start, offset) { $0.methodCall(isLayer ? "\(tensor) |> \(name)" : nil, isCall: isCall) }
    guard isLayer else { return add(.name, from: last) }
    add(.name, from: start, to: firstEnd)
    add(.pipe, from: firstEnd, to: last)
    add(.name, from: last)
  }

  /// Whether a name has been given to something in this file: `image: [`, `x = `. Looked for in short files alone, for as
  /// many errors as anyone reads.
  private func isBound(_ name: ArraySlice<UInt8>) -> Bool {
    guard list.tokens.count < 20_000, log.errorCount < 100 else { return false }
    return list.tokens.indices.dropLast().contains { index in
      let token = list.tokens[index]
      guard token.kind == .name, token.end - token.start == name.count else { return false }
      let next = list.tokens[index + 1].kind
      guard next == .colon || next == .assign else { return false }
      return bytes[token.start..<token.end].elementsEqual(name)
    }
  }

  private mutating func readQuotedName() {
    let start = offset
    offset += 1
    var isGood = true
    while let byte = peek(), byte != UInt8(ascii: "`"), byte != UInt8(ascii: "\n"), byte != UInt8(ascii: "\r") {
      if byte < 0x20 || byte > 0x7E || byte == UInt8(ascii: "\\") { isGood = false }
      offset += 1
    }
    guard peek() == UInt8(ascii: "`") else {
      // It ends with the word, so that the rest of the line keeps its meaning.
      offset = start + 1
      while let byte = peek(), isNameByte(byte) || byte >= 0x80 { offset += 1 }
      report(start, offset) { $0.unclosedBackquote() }
      add(offset > start + 1 ? .name : .bad, from: start + 1)
      return
    }
    offset += 1
    if offset - start == 2 || !isGood { report(start, offset) { $0.quotedNameForm() } }
    add(.quotedName, from: start)
  }

  // MARK: Comments

  private mutating func readComment() {
    let start = offset
    skipLine()
    var end = offset
    if end > start, bytes[end - 1] == UInt8(ascii: "\r") { end -= 1 }
    checkText(start, end, allowsTabs: true)
    while bytes[end - 1] == UInt8(ascii: " ") || bytes[end - 1] == UInt8(ascii: "\t") { end -= 1 }
    if keepsComments {
      list.comments.append(
        Comment(range: SourceRange(start, end), token: list.tokens.count, isTrailing: !startsLine))
    }
    let isDocumentation =
      end - start >= 3 && bytes[start + 2] == UInt8(ascii: "/")
      && (end - start == 3 || bytes[start + 3] != UInt8(ascii: "/"))
    guard isDocumentation else { return }
    let isIndented = end > start + 3 && bytes[start + 3] == UInt8(ascii: " ")
    documentation.append(SourceRange(start + (isIndented ? 4 : 3), end))
  }

  mutating func skipLine() { while let byte = peek(), byte != UInt8(ascii: "\n") { offset += 1 } }

  // MARK: Tokens

  mutating func add(_ kind: Token.Kind, from start: Int, to end: Int? = nil) {
    let range = (start, end ?? offset)
    if hasHole {
      hasHole = false
      // Something must stand for it where a value is wanted, or an operator between two.
      if let last = list.tokens.last, last.kind.endsValue == kind.beginsValue, !startsLine || !kind.beginsValue {
        list.tokens.append(Token(kind: .bad, start: last.end, end: last.end, startsLine: false))
      }
    }
    if !documentation.isEmpty {
      var text = ""
      for (i, line) in documentation.enumerated() {
        text += (i == 0 ? "" : "\n") + String(decoding: bytes[line.start..<line.end], as: UTF8.self)
      }
      list.documentation[list.tokens.count] = text
      documentation = []
    }
    list.tokens.append(Token(kind: kind, start: range.0, end: range.1, startsLine: startsLine))
    startsLine = false
    switch kind {
    case .leftParenthesis, .leftBracket: openBrackets += 1
    case .rightParenthesis, .rightBracket: openBrackets = max(0, openBrackets - 1)
    case .leftBrace, .rightBrace: openBrackets = 0
    default: break
    }
  }

  /// Leaves out what has been reported.
  mutating func addHole() { hasHole = true }

  mutating func report(_ start: Int, _ end: Int, _ diagnostic: (SyntaxBlame) -> Diagnostic) {
    log.report(diagnostic(SyntaxBlame(source: source, range: SourceRange(start, end))))
  }

  func peek(_ distance: Int = 0) -> UInt8? {
    offset + distance < bytes.count ? bytes[offset + distance] : nil
  }

  func isLetter(at offset: Int) -> Bool {
    guard let (scalar, _) = decodeScalar(bytes[offset...]), !isUnprintable(scalar) else { return false }
    let properties = scalar.properties
    return properties.isAlphabetic || properties.isXIDContinue
  }
}

func isNameStart(_ byte: UInt8) -> Bool {
  switch byte {
  case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"): true
  default: false
  }
}

func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

func isNameByte(_ byte: UInt8) -> Bool { isNameStart(byte) || isDigit(byte) }
