import Foundation
import ModelCompiler
import Testing

/// The programs of a page, taken out of its Markdown.
///
/// A fence's first word says what it holds (`model`, `json`, `keras`, `shell`). A word that is a file's name is what it
/// is called beside the others; the rest are options of `modelc check`. In an `escaped` fence `\u{200B}` and `\xFF`
/// stand for what would not be seen, `\{3*ab}` for ababab. Under a culprit stand carets and the code
/// (`// ^^^ code`, without `//` where the culprit is at the line's beginning); `// the file: code` blames no bytes.
struct ExamplePage {
  let wrong: Example
  let right: Example

  init(_ code: String) throws {
    let markdown = try #require(Explanation.of(code)).markdown
    let parts = markdown.split(separator: "\n## ", omittingEmptySubsequences: false)
    let wrong = try #require(parts.first { $0.hasPrefix("Wrong\n") }, "\(code) has no ## Wrong")
    let right = try #require(parts.first { $0.hasPrefix("Right\n") }, "\(code) has no ## Right")
    self.wrong = Example(fences: Self.fences(wrong), beside: [])
    self.right = Example(fences: Self.fences(right), beside: Self.fences(wrong))
  }

  struct Fence {
    var words: [String]
    var lines: [String] = []

    var fileName: String? { words.first { !$0.hasPrefix("-") && $0.contains(".") && !$0.contains("=") } }
  }

  private static func fences(_ text: Substring) -> [Fence] {
    var fences: [Fence] = []
    var isInside = false
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.hasPrefix("```") {
        isInside.toggle()
        if isInside { fences.append(Fence(words: line.dropFirst(3).split(separator: " ").map(String.init))) }
      } else if isInside {
        fences[fences.count - 1].lines.append(String(line))
      }
    }
    return fences
  }
}

/// What a program is blamed for: a code, the line and the columns as shown, from 1; 0 for a file as a whole.
struct Blame: Hashable {
  var file: String
  var code: String
  var line = 0
  var column = 0
  var width = 0
}

/// Files of which the first is checked, and what is expected of that.
struct Example {
  private struct File {
    var name: String
    var lines: [ShownLine]
  }

  private var files: [File] = []
  private var options: [String] = []
  private var command: String?
  private(set) var expected: [Blame] = []

  init(fences: [ExamplePage.Fence], beside: [ExamplePage.Fence]) {
    for fence in fences { add(fence) }
    for fence in beside where fence.fileName != nil && !files.contains(where: { $0.name == fence.fileName }) {
      add(fence, isExpectation: false)
    }
    expected.sort { ($0.file, $0.line, $0.column) < ($1.file, $1.line, $1.column) }
  }

  private mutating func add(_ fence: ExamplePage.Fence, isExpectation: Bool = true) {
    let isCommand = fence.words.first == "shell"
    let name = isCommand ? "" : fence.fileName ?? (fence.words.first == "model" ? "example.model" : "example.json")
    if files.isEmpty { options = fence.words.dropFirst().filter { $0 != name && $0 != "escaped" } }
    var file = File(name: name, lines: [])
    for line in fence.lines {
      if let match = line.wholeMatch(of: #/ *(?://)? *(\^+) ([a-z0-9-]+)/#) {
        let column = line.prefix { $0 != "^" }.count + 1
        let blame = Blame(
          file: name, code: String(match.2), line: file.lines.count, column: column, width: match.1.count)
        if isExpectation { expected.append(blame) }
      } else if let match = line.wholeMatch(of: #/(?://|\#) the file: ([a-z0-9-]+)/#) {
        if isExpectation { expected.append(Blame(file: name, code: String(match.1))) }
      } else {
        file.lines.append(ShownLine(line, isEscaped: fence.words.contains("escaped")))
      }
    }
    if isCommand { command = fence.lines.first } else { files.append(file) }
  }

  /// What `modelc check` says, by file and place.
  func problems() throws -> [Blame] {
    if let command { return try problems(of: command) }
    let main = try #require(files.first)
    let result = Description(name: main.name, bytes: bytes(main)).check(try checkOptions()) {
      (path, importer) throws(ImportProblem) in
      guard let file = files.first(where: { $0.name == path }) else { throw ImportProblem("does not exist") }
      return Description(name: path, bytes: bytes(file))
    }
    return result.problems.all.map(blame)
  }

  private func bytes(_ file: File) -> [UInt8] {
    Array(file.lines.map(\.bytes).joined(separator: [UInt8(ascii: "\n")]))
  }

  /// A whole command line on files in a folder: for what only commands can say.
  private func problems(of command: String) throws -> [Blame] {
    let workspace = try Workspace()
    for file in files { try workspace.write(file.name, String(decoding: bytes(file), as: UTF8.self)) }
    let words = command.split(separator: " ").dropFirst().map {
      $0.contains(".") ? workspace.path(String($0)) : String($0)
    }
    let text = CommandLineRun(words).output + CommandLineRun(words).error
    return text.matches(of: /(?m)^(?:error|warning)\[([a-z0-9-]+)\]/).map { Blame(file: "", code: String($0.1)) }
  }

  private func checkOptions() throws -> CheckOptions {
    var checkOptions = CheckOptions()
    var rest = options[...]
    while let flag = rest.popFirst() {
      let following = rest.popFirst()
      let value = try #require(following)
      let parts = value.split(separator: "=", maxSplits: 1).map(String.init)
      switch flag {
      case "--model": checkOptions.model = value
      case "--set": checkOptions.settings.append((parts[0], parts[1]))
      case "--limit": checkOptions.limits.append((parts[0], try #require(Int(parts[1]))))
      case "--shape":
        checkOptions.sizes.append((parts[0], parts[1].split(separator: "x").compactMap { Int($0) }))
      default: Issue.record("examples do not know \(flag)")
      }
    }
    return checkOptions
  }

  private func blame(_ problem: Problem) -> Blame {
    guard let line = problem.line, let column = problem.column, let endLine = problem.endLine,
      let endColumn = problem.endColumn, let file = files.first(where: { $0.name == problem.file })
    else { return Blame(file: problem.file, code: problem.code) }
    guard file.lines.indices.contains(line - 1) else {
      return Blame(file: problem.file, code: problem.code, line: line, column: 1, width: 1)
    }
    let shown = file.lines[line - 1]
    // Of a culprit of several lines, the first is marked.
    let end = endLine == line ? endColumn - 1 : shown.bytes.count
    let (start, stop) = (shown.columns[column - 1], shown.columns[max(column - 1, end)])
    return Blame(file: problem.file, code: problem.code, line: line, column: start + 1, width: max(1, stop - start))
  }
}

/// A line of a page: the bytes that it stands for, and in which column of the page each of them is seen.
struct ShownLine {
  private(set) var bytes: [UInt8] = []
  /// For each byte, and for the end.
  private(set) var columns: [Int] = []

  init(_ text: String, isEscaped: Bool) {
    var rest = text[...]
    var column = 0
    func next() -> (bytes: [UInt8], width: Int) {
      if isEscaped {
        if let match = rest.prefixMatch(of: /\\u\{([0-9A-F]+)\}/), let value = UInt32(match.1, radix: 16),
          let scalar = Unicode.Scalar(value)
        {
          return (Array(String(Character(scalar)).utf8), match.0.count)
        }
        if let match = rest.prefixMatch(of: /\\x([0-9A-F]{2})/), let byte = UInt8(match.1, radix: 16) {
          return ([byte], match.0.count)
        }
        if let match = rest.prefixMatch(of: /\\\{([0-9]+)\*([^}]*)\}/), let count = Int(match.1) {
          return (Array(String(repeating: String(match.2), count: count).utf8), match.0.count)
        }
      }
      return (Array(String(rest.prefix(1)).utf8), 1)
    }
    while !rest.isEmpty {
      let (some, width) = next()
      columns += Array(repeating: column, count: some.count)
      bytes += some
      column += width
      rest = rest.dropFirst(width)
    }
    columns.append(column)
  }
}
