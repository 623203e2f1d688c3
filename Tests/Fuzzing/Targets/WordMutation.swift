/// A text with one word or sign, a few in a row, or what brackets or quotes hold, taken away, written elsewhere or swapped
/// for another. Such a change leaves a program readable more often than one of bytes.
func changed(_ text: [UInt8], _ random: inout SplitMix) -> [UInt8] {
  let words = words(of: text)
  guard !words.isEmpty else { return text }
  let place = random.below(words.count)
  let otherPlace = random.below(words.count)
  let word = words[place]
  let other = words[otherPlace]
  switch random.below(9) {
  case 0: return text.replacing(word, by: [])
  case 1: return text.replacing(other.lowerBound..<other.lowerBound, by: text[word] + [0x20])
  case 2: return text.replacing(other, by: text[word])
  case 3:
    let first = random.below(words.count)
    let last = min(words.count - 1, first + random.below(16))
    let run = words[first].lowerBound..<words[last].upperBound
    return random.below(3) == 0
      ? text.replacing(run, by: []) : text.replacing(other.lowerBound..<other.lowerBound, by: text[run] + [0x20])
  case 4:
    guard let number = words.filter({ isDigit(text[$0.lowerBound]) }).randomElement(using: &random) else { return text }
    return text.replacing(number, by: Array(numbers[random.below(numbers.count)].utf8)[...])
  case 5, 6:
    return text.replacing(enclosed(words, from: otherPlace, in: text), by: text[enclosed(words, from: place, in: text)])
  case 7:
    let member = member(words, from: place, in: text)
    return random.below(2) == 0
      ? text.replacing(member, by: []) : text.replacing(other.lowerBound..<other.lowerBound, by: text[member])
  default:
    // Another word of the same kind.
    let isName = isWordByte(text[word.lowerBound])
    guard let like = words.filter({ isWordByte(text[$0.lowerBound]) == isName }).randomElement(using: &random) else {
      return text
    }
    return text.replacing(word, by: text[like])
  }
}

private let numbers = [
  "0", "1", "2", "3", "7", "64", "255", "65536", "2147483648", "4611686018427387904", "9223372036854775807",
  "9223372036854775808", "1e308", "0.5", "1e-9", "-1",
]

/// Runs of letters, digits and bytes beyond ASCII, and every sign by itself.
private func words(of text: [UInt8]) -> [Range<Int>] {
  var words: [Range<Int>] = []
  var start = 0
  while start < text.count {
    var end = start + 1
    if isWordByte(text[start]) {
      while end < text.count, isWordByte(text[end]) { end += 1 }
    }
    if text[start] > 0x20 { words.append(start..<end) }
    start = end
  }
  return words
}

/// From an opening bracket or quote to what closes it; otherwise the word alone.
private func enclosed(_ words: [Range<Int>], from place: Int, in text: [UInt8]) -> Range<Int> {
  let quote = UInt8(ascii: "\"")
  var depth = 0
  for word in words[place...] {
    switch text[word.lowerBound] {
    case quote:
      guard text[words[place].lowerBound] == quote else { continue }
      if word.lowerBound > words[place].lowerBound { return words[place].lowerBound..<word.upperBound }
      depth = 1
    case UInt8(ascii: "("), UInt8(ascii: "["), UInt8(ascii: "{"): depth += 1
    case UInt8(ascii: ")"), UInt8(ascii: "]"), UInt8(ascii: "}"): depth -= 1
    default: break
    }
    if depth <= 0 { return words[place].lowerBound..<word.upperBound }
  }
  return words[place]
}

/// A value with the key before it, if it begins with that, and the comma behind it.
private func member(_ words: [Range<Int>], from place: Int, in text: [UInt8]) -> Range<Int> {
  var end = enclosed(words, from: place, in: text).upperBound
  func next() -> Int? { words[place...].firstIndex { $0.lowerBound >= end } }
  if let colon = next(), text[words[colon].lowerBound] == UInt8(ascii: ":"), colon + 1 < words.count {
    end = enclosed(words, from: colon + 1, in: text).upperBound
  }
  if let comma = next(), text[words[comma].lowerBound] == UInt8(ascii: ",") { end = words[comma].upperBound }
  return words[place].lowerBound..<end
}

private func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

private func isWordByte(_ byte: UInt8) -> Bool {
  isDigit(byte) || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20) || byte == UInt8(ascii: "_")
    || byte >= 0x80
}

extension [UInt8] {
  fileprivate func replacing(_ range: Range<Int>, by other: ArraySlice<UInt8>) -> [UInt8] {
    var copy = self
    copy.replaceSubrange(range, with: other)
    return copy
  }
}

/// Random numbers from libFuzzer's seed: what it does can be done again.
struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }
}
