import Syntax

/// Numbers that are not what they were: before an asserted count or shape, and in the assertion itself.
extension SlipMachine {
  static let numbers: [Kind] = [
    { number(in: $0, "number", &$1) { program, i in !program.isClaimed(i) } },
    { number(in: $0, "number", &$1) { program, i in !program.isClaimed(i) } },
    { number(in: $0, "count asserted", &$1) { program, i in program.isClaim(i) } },
    { number(in: $0, "shape asserted", &$1) { program, i in program.isAssertedSize(i) } },
  ]

  private static func number(
    in program: Program, _ category: String, _ random: inout SplitMix, where isPlace: (Program, Int) -> Bool
  ) -> Slip? {
    let places = program.indices(of: .number).filter { isPlace(program, $0) }
    guard let index = places.randomElement(using: &random) else { return nil }
    let text = program.text(index)
    guard let wrong = changed(text, &random), wrong != text else { return nil }
    return program.replacing(index, with: wrong, category, mayBeRight: true)
  }

  /// Twice or half of it, or one digit changed, dropped, put in or swapped.
  private static func changed(_ text: String, _ random: inout SplitMix) -> String? {
    if let number = Int(text), Int.random(in: 0..<3, using: &random) == 0 {
      return number % 2 == 0 && Bool.random(using: &random) ? "\(number / 2)" : "\(number * 2)"
    }
    var digits = Array(text.utf8)
    let places = digits.indices.filter { (0x30...0x39).contains(digits[$0]) }
    guard let i = places.randomElement(using: &random) else { return nil }
    let digit = UInt8.random(in: 0x31...0x39, using: &random)
    switch Int.random(in: 0..<4, using: &random) {
    case 0 where places.count > 1: digits.remove(at: i)
    case 1: digits.insert(digit, at: i)
    case 2 where places.contains(i + 1): digits.swapAt(i, i + 1)
    default: digits[i] = digit
    }
    let result = String(decoding: digits, as: UTF8.self)
    guard let first = result.utf8.first, first != 0x5F, !result.hasPrefix("0") || result.hasPrefix("0.") else {
      return nil
    }
    return result
  }
}

extension Program {
  /// Whether a number stands in an assertion, a promise or the file's first line.
  func isClaimed(_ index: Int) -> Bool {
    isClaim(index) || isAssertedSize(index) || index <= 1 || isInTraining(index) || isInAssertion(index)
  }

  /// The number that a count is compared with.
  func isClaim(_ index: Int) -> Bool { text(index - 1) == "==" && isInAssertion(index) && text(index - 2) != "classes" }

  private func isInAssertion(_ index: Int) -> Bool {
    let start = words.indices.prefix(index).last { i in
      words[i].startsLine && [.definition, .keyword].contains(words[i].role)
    }
    return start.map { text($0) == "assert" } ?? false
  }

  private func isInTraining(_ index: Int) -> Bool {
    opener(around: index, "{").map { $0 >= 2 && text($0 - 2) == "train" } ?? false
  }

  /// A size behind `->`.
  func isAssertedSize(_ index: Int) -> Bool {
    opener(around: index, "[").map { text($0 - 1) == "->" } ?? false
  }
}
