/// Swift identifiers made of names that users wrote: ASCII letters and digits only, no keyword, no two alike.
///
/// Which names are taken decides what comes out, so that the same names in the same order give the same identifiers.
struct Identifiers {
  /// Longer names are cut: an identifier is there to be read.
  static let longest = 48

  private let reserved: Set<String>
  private var given: Set<String> = []
  /// The number that the next one of these takes: those below are given.
  private var nextNumbers: [String: Int] = [:]

  /// - Parameter reserved: what the code around means by itself.
  init(reserved: Set<String> = []) { self.reserved = reserved }

  /// `i3a/b/reduce` gives `i3aBReduce`.
  ///
  /// - Parameter noun: stands before what begins with a digit, behind what is taken by the language, and alone where
  ///   nothing is left of the name: `input`.
  mutating func value(for name: String, noun: String) -> String {
    unique(candidate(for: name, noun: noun))
  }

  /// Whether another name has already become the identifier that this one would be.
  func isTaken(_ name: String, noun: String) -> Bool { isTaken(candidate(for: name, noun: noun)) }

  private func isTaken(_ identifier: String) -> Bool {
    given.contains(identifier) || reserved.contains(identifier) || Self.keywords.contains(identifier)
  }

  private func candidate(for name: String, noun: String) -> String {
    var result = Self.words(of: name).enumerated()
      .map { $0.offset == 0 ? Self.lowered($0.element) : Self.capitalised($0.element) }
      .reduce(into: "", Self.join)
    result = String(result.prefix(Self.longest))
    if result.isEmpty {
      result = noun
    } else if result.first?.isNumber == true {
      result = noun + result
    }
    return Self.keywords.contains(result) ? result + Self.capitalised(noun) : result
  }

  /// `my inception-net` gives `MyInceptionNet`.
  mutating func type(for name: String, noun: String) -> String {
    var result = Self.words(of: name).map(Self.capitalised).reduce(into: "", Self.join)
    result = String(result.prefix(Self.longest))
    if result.isEmpty {
      result = noun
    } else if result.first?.isNumber == true {
      result = noun + result
    }
    if isTaken(result) { result += noun }
    return unique(result)
  }

  private mutating func unique(_ name: String) -> String {
    var result = name
    while isTaken(result) {
      let number = nextNumbers[name, default: 2]
      result = name + (name.last?.isNumber == true ? "_" : "") + String(number)
      nextNumbers[name] = number + 1
    }
    given.insert(result)
    return result
  }

  /// Runs of ASCII letters and digits.
  private static func words(of name: String) -> [String] {
    name.utf8.split { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"):
        false
      default: true
      }
    }.map { String(decoding: $0, as: UTF8.self) }
  }

  /// Two digits that were apart stay apart.
  private static func join(_ left: inout String, _ right: String) {
    if left.last?.isNumber == true, right.first?.isNumber == true { left += "_" }
    left += right
  }

  private static func capitalised(_ word: String) -> String {
    word.prefix(1).uppercased() + word.dropFirst()
  }

  /// The capitals that a word begins with made small, but for the one that begins the next part: `RGBImage` gives
  /// `rgbImage`.
  private static func lowered(_ word: String) -> String {
    let capitals = word.prefix(while: \.isUppercase).count
    let count = capitals > 1 && capitals < word.count ? capitals - 1 : capitals
    return word.prefix(count).lowercased() + word.dropFirst(count)
  }

  /// What the language keeps for itself: everywhere, or at the beginning of a statement or an expression.
  static let keywords: Set<String> = [
    "actor", "any", "as", "associatedtype", "async", "await", "borrowing", "break", "case", "catch", "class",
    "consume", "consuming", "continue", "copy", "default", "defer", "deinit", "didSet", "discard", "distributed", "do",
    "each", "else", "enum", "extension", "fallthrough", "false", "fileprivate", "final", "for", "func", "get", "guard",
    "if", "import", "in", "indirect", "init", "inout", "internal", "is", "isolated", "lazy", "let", "macro",
    "mutating", "nil", "nonisolated", "nonmutating", "open", "operator", "override", "package", "precedencegroup",
    "private", "protocol", "public", "repeat", "rethrows", "return", "self", "sending", "set", "some", "static",
    "struct", "subscript", "super", "switch", "then", "throw", "throws", "true", "try", "typealias", "unowned",
    "unsafe", "var", "weak", "where", "while", "willSet", "yield",
    "Any", "Protocol", "Self", "Type",
  ]
}
