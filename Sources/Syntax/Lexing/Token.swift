/// A word, number or sign of a description, with the bytes that it takes.
struct Token {
  enum Kind: Equatable {
    case name
    /// In backquotes.
    case quotedName
    case integer
    case real
    case string
    case keyword(Keyword)
    case leftParenthesis, rightParenthesis
    case leftBracket, rightBracket
    case leftBrace, rightBrace
    case comma, colon, assign
    case equal, notEqual, less, lessOrEqual, greater, greaterOrEqual
    case plus, minus, star, slash, percent
    case pipe, arrow
    /// Something unreadable where a value should be; it has been reported.
    case bad
    case end
  }

  /// Its bytes. Of 32 bits, and ahead of what is smaller, because tokens are most of what is kept while a file is read.
  private var first: UInt32
  private var last: UInt32
  var kind: Kind
  /// Whether only blanks stand before it in its line. The grammar ignores this; recovery from errors does not.
  var startsLine = false
  /// Whether a statement begins here as far as its line tells: `name =`, or a keyword of statements.
  var beginsStatement = false

  init(kind: Kind, start: Int, end: Int, startsLine: Bool = false) {
    self.kind = kind
    first = UInt32(clamping: start)
    last = UInt32(clamping: end)
    self.startsLine = startsLine
  }

  var start: Int {
    get { Int(first) }
    set { first = UInt32(clamping: newValue) }
  }

  var end: Int {
    get { Int(last) }
    set { last = UInt32(clamping: newValue) }
  }

  var range: SourceRange { SourceRange(start, end) }
}

extension Token.Kind {
  var isName: Bool { self == .name || self == .quotedName }

  var isKeyword: Bool { if case .keyword = self { true } else { false } }

  /// Whether an expression may begin with it.
  var beginsValue: Bool {
    switch self {
    case .name, .quotedName, .integer, .real, .string, .leftParenthesis, .leftBracket, .minus, .bad: true
    case .keyword(let word): word == .true || word == .false || word == .if || word == .not
    default: false
    }
  }

  /// Whether an expression may end with it.
  var endsValue: Bool {
    switch self {
    case .name, .quotedName, .integer, .real, .string, .rightParenthesis, .rightBracket, .rightBrace, .bad: true
    case .keyword(let word): word == .true || word == .false
    default: false
    }
  }

  var isCloser: Bool { self == .rightParenthesis || self == .rightBracket || self == .rightBrace }

  var isOpener: Bool { self == .leftParenthesis || self == .leftBracket || self == .leftBrace }

  /// The bracket that closes this one.
  var closer: Token.Kind {
    switch self {
    case .leftParenthesis: .rightParenthesis
    case .leftBracket: .rightBracket
    default: .rightBrace
    }
  }

  /// A bracket as it is written.
  var bracketText: String {
    switch self {
    case .leftParenthesis: "("
    case .rightParenthesis: ")"
    case .leftBracket: "["
    case .rightBracket: "]"
    case .leftBrace: "{"
    default: "}"
    }
  }
}

/// The reserved words.
enum Keyword: String, CaseIterable {
  case modelc, `import`, block, model, train, input, output, layer, with, allow, `repeat`, `as`, `if`, `else`, `return`
  case assert, when, and, or, not, `true`, `false`

  /// What may begin a statement within braces; `train` does with `output`.
  static let statements: [Keyword] = [.input, .output, .train, .layer, .return, .assert, .with, .allow]
  /// What may begin a declaration.
  static let declarations: [Keyword] = [.import, .with, .allow, .block, .model, .train]

  /// Whether it can only stand at the head of a statement or declaration.
  var beginsStatement: Bool {
    switch self {
    case .modelc, .import, .block, .model, .train, .input, .output, .layer, .with, .allow, .return, .assert: true
    case .repeat, .as, .if, .else, .when, .and, .or, .not, .true, .false: false
    }
  }

  /// Whether it stands at the head of a declaration and never of a statement.
  var isDeclaration: Bool { self == .block || self == .model || self == .import || self == .modelc }

  /// Whether a name follows, and no value.
  var precedesName: Bool { [.block, .model, .train, .input, .output, .layer].contains(self) }

  /// The word that some bytes spell.
  init?(_ bytes: ArraySlice<UInt8>) {
    guard (2...6).contains(bytes.count) else { return nil }
    self.init(rawValue: String(decoding: bytes, as: UTF8.self))
  }
}

/// A source as tokens, the last of which is the end of the file.
struct TokenList {
  var tokens: [Token] = []
  /// The texts of strings, by the index of their token, but for empty ones.
  var strings: [Int: String] = [:]
  /// What names with letters that only look right were meant to be, by their first byte.
  var spellings: [Int: String] = [:]
  /// The `///` lines before a token, by its index.
  var documentation: [Int: String] = [:]
  /// In order, if they were asked for.
  var comments: [Comment] = []
  /// Whether a sign of comments in other languages stands somewhere, so that `takesProse` may make a difference.
  var mayHoldProse = false
}
