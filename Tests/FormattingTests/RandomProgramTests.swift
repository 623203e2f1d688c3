import Syntax
import Testing

/// Ten thousand programs: formatted once is formatted, means the same, and has kept its comments.
@Suite struct RandomProgramTests {
  @Test(arguments: 0..<10)
  func formattingKeepsMeaningAndComments(_ part: UInt64) {
    var failures = 0
    for seed in part * 1000..<(part + 1) * 1000 where failures < 3 {
      let program = RandomProgram(seed: seed)
      let (tree, problems) = read(program.text)
      guard problems.isEmpty else {
        failures += 1
        Issue.record(
          "seed \(seed): \(problems[0].code) \(problems[0].message)\n\(excerpt(program.text, problems[0].range))")
        continue
      }
      let formatted = tree.formatted()
      let (again, newProblems) = read(formatted)
      if !newProblems.isEmpty || !again.hasSameMeaning(as: tree) {
        failures += 1
        Issue.record(
          "seed \(seed) means something else: \(newProblems.map(\.message))\n\(program.text)\n---\n\(formatted)")
        continue
      }
      if commentsOf(formatted) != program.comments {
        failures += 1
        Issue.record("seed \(seed) has other comments\n\(program.text)\n---\n\(formatted)")
      }
      let twice = again.formatted()
      if twice != formatted {
        failures += 1
        Issue.record("seed \(seed) is not stable:\n\(difference(formatted, twice))\nof\n\(program.text)")
      }
    }
  }

  private func excerpt(_ text: String, _ range: SourceRange?) -> String {
    guard let range else { return text }
    let bytes = Array(text.utf8)
    return String(decoding: bytes[max(0, range.start - 60)..<range.start], as: UTF8.self) + "<<<"
      + String(decoding: bytes[range.start..<min(bytes.count, range.end + 40)], as: UTF8.self)
  }

  private func difference(_ a: String, _ b: String) -> String {
    let old = a.split(separator: "\n", omittingEmptySubsequences: false)
    let new = b.split(separator: "\n", omittingEmptySubsequences: false)
    let common = zip(old, new).prefix { $0 == $1 }.count
    let start = max(0, common - 3)
    return old[start..<min(old.count, common + 4)].joined(separator: "\n") + "\n=== became ===\n"
      + new[start..<min(new.count, common + 4)].joined(separator: "\n")
  }
}

/// The comments of a text, found without the lexer.
func commentsOf(_ text: String) -> [String] {
  var comments: [String] = []
  let bytes = Array(text.utf8)
  var index = 0
  while index < bytes.count {
    switch bytes[index] {
    case UInt8(ascii: "\""):
      index += 1
      while index < bytes.count, bytes[index] != UInt8(ascii: "\"") {
        index += bytes[index] == UInt8(ascii: "\\") ? 2 : 1
      }
    case UInt8(ascii: "`"):
      index += 1
      while index < bytes.count, bytes[index] != UInt8(ascii: "`") { index += 1 }
    case UInt8(ascii: "/") where index + 1 < bytes.count && bytes[index + 1] == UInt8(ascii: "/"):
      var end = index
      while end < bytes.count, bytes[end] != 0x0A { end += 1 }
      comments.append(String(decoding: bytes[index..<end], as: UTF8.self))
      index = end
    default: break
    }
    index += 1
  }
  return comments
}
