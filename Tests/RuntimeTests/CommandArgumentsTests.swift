import Testing

@testable import Runtime

@Suite struct CommandArgumentsTests {
  private static let flags: [CommandArguments.Flag] = [
    .init("output", letter: "o", value: "DIR", help: "where to"),
    .init("input", value: "FILE", help: "what from", mayRepeat: true),
    .init("quiet", letter: "q", help: "say nothing"),
  ]

  private static func parse(_ arguments: String...) throws(UsageProblem) -> CommandArguments {
    try CommandArguments(arguments, flags: flags)
  }

  @Test func flagsAndPositionals() throws {
    let arguments = try Self.parse(
      "a", "--output", "x", "--input=1=2", "-q", "--input", "-", "b", "--", "--quiet", "-o")
    #expect(arguments.positionals == ["a", "b", "--quiet", "-o"])
    #expect(arguments.value("output") == "x")
    #expect(arguments.values("input") == ["1=2", "-"])
    #expect(arguments.has("quiet"))
    #expect(!arguments.has("none"))
    #expect(try Self.parse("-o", "y").value("output") == "y")
    #expect(try Self.parse("-o=y").value("output") == "y")
    #expect(try Self.parse("--output=").value("output") == "")
    #expect(try Self.parse("-", "").positionals == ["-", ""])
  }

  @Test(arguments: [
    (["--ouptut", "x"], "unknown option `--ouptut`; did you mean --output?"),
    (["--zzzzzzzz"], "unknown option `--zzzzzzzz`"),
    (["-x"], "unknown option `-x`"),
    (["--output"], "--output needs a value: --output DIR"),
    (["--output", "--quiet"], "--output needs a value: --output DIR"),
    (["--output", "--"], "--output needs a value: --output DIR"),
    (["--quiet=1"], "--quiet takes no value"),
    (["-o", "1", "--output=2"], "--output is given twice"),
    (["--\u{1B}[2J"], #"unknown option `--\u{1B}[2J`"#),
  ])
  func wrongLinesAreErrors(_ arguments: [String], _ reason: String) {
    #expect(throws: UsageProblem(reason)) { try CommandArguments(arguments, flags: Self.flags) }
  }

  @Test func counts() throws {
    #expect(try Self.parse("-o", "12").count("output") == 12)
    #expect(try Self.parse().count("output") == nil)
    for text in ["0", "-1", "x", "", "9223372036854775808"] {
      #expect(throws: UsageProblem.self) { try Self.parse("--output=\(text)").count("output") }
    }
  }

  @Test func helpIsAligned() {
    #expect(
      CommandArguments.help(Self.flags) == [
        "  -o, --output DIR  where to",
        "      --input FILE  what from",
        "  -q, --quiet       say nothing",
      ])
  }
}
