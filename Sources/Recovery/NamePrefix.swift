/// What names have in common at their beginning, in whole words: `conv2_block1` of `conv2_block1_1_conv` and
/// `conv2_block1_2_bn`. Words end before `_` or `/`, and where a letter follows a digit, but for the `d` of `conv2d`.
struct NamePrefix {
  private let words: [Substring]
  /// As the first of the names writes it, without a sign at its end; nil if they have nothing in common.
  let name: String?

  init(_ names: [String]) {
    var words = names.first.map(Self.words) ?? []
    for name in names.dropFirst() {
      words = Array(words.prefix(zip(words, Self.words(of: name)).prefix { $0 == $1 }.count))
    }
    self.words = words
    name = words.last.map { last in String(last.base[..<last.endIndex]) }
  }

  /// What is left of a name behind the beginning; nil if it has another one, or nothing is left.
  func rest(of name: String) -> String? {
    let all = Self.words(of: name)
    guard all.count > words.count, zip(all, words).allSatisfy({ $0 == $1 }) else { return nil }
    return String(name[all[words.count].startIndex...])
  }

  func begins(_ name: String) -> Bool {
    let all = Self.words(of: name)
    return all.count >= words.count && zip(all, words).allSatisfy { $0 == $1 }
  }

  static func words(of name: String) -> [Substring] {
    var words: [Substring] = []
    var start = name.startIndex
    var previous: Character?
    for place in name.indices {
      let letter = name[place]
      if letter == "_" || letter == "/" {
        if start < place { words.append(name[start..<place]) }
        start = name.index(after: place)
      } else if let last = previous, last.isNumber, letter.isLetter, start < place,
        !isDimension(letter, behind: name[start..<place])
      {
        words.append(name[start..<place])
        start = place
      }
      previous = letter
    }
    if start < name.endIndex { words.append(name[start...]) }
    return words
  }

  /// Whether a `d` belongs to what Keras calls a layer for maps: `conv2d`, `max_pooling2d`.
  private static func isDimension(_ letter: Character, behind word: Substring) -> Bool {
    letter == "d" && ["conv", "pooling", "padding", "cropping", "sampling", "dropout"].contains(word.dropLast())
  }

  /// The part of a name that says which of several things alike it belongs to: up to the first word that ends with a
  /// digit, else the first one; `conv2` of `conv2_block1_1_conv`, `stem` of `stem_bn`.
  static func key(of name: String) -> String {
    let words = words(of: name)
    guard let word = words.first(where: { $0.last?.isNumber == true }) ?? words.first else { return name }
    return String(name[..<word.endIndex])
  }
}
