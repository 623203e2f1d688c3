import ModelCompiler
import Syntax

/// As many layers as take no second to expand, slow as the sanitizer makes everything. To try what the author may have
/// meant takes longer than all else: one input of 32 has a little of it, one of 512 all.
func options(for bytes: [UInt8]) -> CheckOptions {
  var options = CheckOptions(limits: [(name: "layers", value: 4096)])
  let lot = lot(of: bytes)
  options.trials = lot % 512 == 0 ? 100 : lot % 32 == 0 ? 2 : 0
  return options
}

/// A number that the bytes alone choose.
private func lot(of bytes: [UInt8]) -> UInt32 { bytes.reduce(0) { $0 &* 31 &+ UInt32($1) } }

/// Checks a description; if it is sound, writes it in both forms. What is said of it is well formed.
func checkText(_ description: Description) {
  let result = description.check(options(for: description.bytes))
  judge(result.problems, of: description.bytes)
  guard result.problems.errorCount == 0, description.isJSON else { return }
  for format in DescriptionFormat.allCases {
    judge(writing: description.converted(to: format).problems, of: description.bytes)
  }
}

/// Checks a program and looks at what a sound one is told to be, which takes as long again: of one input of 16.
func checkProgram(_ program: String) {
  let bytes = Array(program.utf8)
  let result = Description(name: "a.model", bytes: bytes).check(options(for: bytes))
  judge(result.problems, of: bytes)
  guard (lot(of: bytes) >> 16) % 16 == 0 else { return }
  for model in result.models {
    require(isWellFormed(json: model.summaryJSON()), "a summary is JSON")
    require(isWellFormed(json: model.acceptedSizesJSON), "a domain is JSON")
    require(isPrintable(model.summary()), "a summary can be printed")
    if let smallest = model.acceptedSizes.smallest, !smallest.isEmpty {
      require(model.acceptedSizes.contains(smallest), "the smallest sizes are accepted")
    }
  }
}

/// Formats a text: formatted once is formatted, nothing else is meant, and no comment is lost.
func format(_ bytes: [UInt8]) {
  let description = Description(name: "a.model", bytes: bytes)
  let formatted = description.formatted(options: options(for: bytes))
  judge(writing: formatted.problems, of: bytes)
  guard let text = formatted.text else { return }
  let again = Description(name: "a.model", text: text).formatted()
  require(again.text == text, "a formatted text is formatted")
  require(comments(of: Array(text.utf8)) == comments(of: bytes), "comments stay")
  judge(writing: description.converted(to: .json).problems, of: bytes)
}

/// What is said is fit for a terminal and a program. To say it takes longer than to find it: it is said of one input of 16.
private func judge(_ problems: Problems, of bytes: [UInt8]) {
  guard !problems.isEmpty, (lot(of: bytes) >> 9) % 16 == 0 else { return }
  require(isPrintable(problems.text), "problems can be printed")
  require(isWellFormed(json: problems.json), "problems are JSON")
}

/// The same for what is said instead of a text. No fault of ours is among it: of the formatter or the converter, which
/// would have written what means something else.
private func judge(writing problems: Problems, of bytes: [UInt8]) {
  require(!problems.all.contains { $0.code == "fault" }, "what is written means the same")
  judge(problems, of: bytes)
}

private func isPrintable(_ text: String) -> Bool {
  text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F || $0 == 0x0A }
    && text.unicodeScalars.allSatisfy { !(0x80...0x9F).contains($0.value) }
}

private func isWellFormed(json text: String) -> Bool {
  var log = DiagnosticLog()
  return JSON.parse(Source(name: "", bytes: Array(text.utf8)), into: &log) != nil
}

/// The comments of a text without blanks at their ends, found without the lexer.
private func comments(of bytes: [UInt8]) -> [ArraySlice<UInt8>] {
  var comments: [ArraySlice<UInt8>] = []
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
      let end = bytes[index...].firstIndex(of: 0x0A) ?? bytes.count
      var last = end
      while [0x20, 0x09, 0x0D].contains(bytes[last - 1]) { last -= 1 }
      comments.append(bytes[index..<last])
      index = end
    default: break
    }
    index += 1
  }
  return comments
}
