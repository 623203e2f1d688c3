import Syntax

/// A program in which one thing is wrong, and which bytes are to blame.
struct Slip {
  /// What the slip is: `comma lost`.
  var category: String
  var program: Program
  var bytes: [UInt8]
  /// The bytes to blame, of which there may be several: of two calls with one label either is.
  var culprits: [SourceRange]
  /// Whether the diagnostic's replacement has to bring the program back.
  var isCurable: Bool
  /// Whether the slip may leave a program that is right, though another one; it is left out of the count then.
  var mayBeRight: Bool
}

/// A program without a slip, cut into words.
struct Program {
  var name: String
  var bytes: [UInt8]
  var words: [Word]
  /// The files that it imports.
  let imports: [Tree]
  /// Every name in it.
  let names: Set<String>
  /// For each opening bracket the one that closes it.
  private var closers: [Int: Int] = [:]

  init(name: String, bytes: [UInt8], imports: [Tree] = []) {
    self.name = name
    self.bytes = bytes
    self.imports = imports
    words = SlipTests.words(of: bytes)
    names = Set(words.filter { $0.kind == .name }.map(\.text))
    var open: [Int] = []
    for (index, word) in words.enumerated() {
      if ["(", "[", "{"].contains(word.text) { open.append(index) }
      if [")", "]", "}"].contains(word.text), let opener = open.popLast() { closers[opener] = index }
    }
  }

  /// The words of a role, by index.
  func indices(of roles: Word.Role...) -> [Int] { words.indices.filter { roles.contains(words[$0].role) } }

  func indices(of text: String) -> [Int] { words.indices.filter { words[$0].text == text } }

  func text(_ index: Int) -> String { words.indices.contains(index) ? words[index].text : "" }

  /// What stands in some bytes replaced. The new bytes are to blame; where there are none, or `around`, the gap with
  /// the word on either side of it.
  func replacing(
    _ range: SourceRange, with text: String, _ category: String, curable: Bool = true, mayBeRight: Bool = false,
    around: Bool = false, also: [SourceRange] = []
  ) -> Slip {
    let new = Array(text.utf8)
    var edited = bytes
    edited.replaceSubrange(range.start..<range.end, with: new)
    let growth = new.count - (range.end - range.start)
    var culprit = SourceRange(range.start, range.start + new.count)
    if text.allSatisfy({ $0 == " " }) || around {
      let before = words.last { $0.range.end <= range.start }
      let after = words.first { $0.range.start >= range.end }
      culprit.start = before?.range.start ?? 0
      culprit.end = (after?.range.end ?? bytes.count) + growth
    }
    let others = also.map { other in
      other.start >= range.end ? SourceRange(other.start + growth, other.end + growth) : other
    }
    return Slip(
      category: category, program: self, bytes: edited, culprits: [culprit] + others, isCurable: curable,
      mayBeRight: mayBeRight)
  }

  func replacing(
    _ index: Int, with text: String, _ category: String, curable: Bool = true, mayBeRight: Bool = false,
    around: Bool = false, also: [SourceRange] = []
  ) -> Slip {
    replacing(
      words[index].range, with: text, category, curable: curable, mayBeRight: mayBeRight, around: around, also: also)
  }

  func inserting(
    _ text: String, at offset: Int, _ category: String, curable: Bool = true, mayBeRight: Bool = false,
    around: Bool = false, also: [SourceRange] = []
  ) -> Slip {
    replacing(
      SourceRange(offset, offset), with: text, category, curable: curable, mayBeRight: mayBeRight, around: around,
      also: also)
  }

  /// The index of the bracket that closes the one at `index`.
  func closer(of index: Int) -> Int? { closers[index] }

  /// The nearest of these opening brackets that stands open at a word.
  func opener(around index: Int, _ brackets: String...) -> Int? {
    words.indices.prefix(index).last { brackets.contains(words[$0].text) && (closers[$0] ?? 0) > index }
  }

  /// The arguments between the bracket at `index` and its closer, each as the range of its words.
  func arguments(of index: Int) -> [Range<Int>] {
    guard let end = closer(of: index), end > index + 1 else { return [] }
    var arguments: [Range<Int>] = []
    var start = index + 1
    let depth = words[index].depth + 1
    for i in (index + 1)...end where i == end || (words[i].text == "," && words[i].depth == depth) {
      if i > start { arguments.append(start..<i) }
      start = i + 1
    }
    return arguments
  }

  func range(_ words: Range<Int>) -> SourceRange {
    SourceRange(self.words[words.lowerBound].range.start, self.words[words.upperBound - 1].range.end)
  }

  func source(_ words: Range<Int>) -> String {
    let range = range(words)
    return String(decoding: bytes[range.start..<range.end], as: UTF8.self)
  }
}

/// SplitMix64: the same slips on every machine.
struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
