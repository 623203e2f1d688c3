import Runtime

/// One thing that `modelc` does.
struct Command: Sendable {
  let name: String
  /// A line for the overview.
  let summary: String
  /// `FILE…`, as the usage line shows it.
  let operands: String
  let takesManyOperands: Bool
  /// Whether it does something without operands.
  let mayLackOperands: Bool
  /// What help says below the usage line.
  let discussion: String
  private let makeFlags: @Sendable () -> [CommandArguments.Flag]
  /// Command lines without `modelc`, and what they do.
  let examples: [(arguments: String, meaning: String)]
  let run: @Sendable (CommandArguments, Console) throws(Failure) -> ExitCode

  var flags: [CommandArguments.Flag] { makeFlags() }

  /// The flags are made for the command that runs; most of them never do.
  init(
    name: String, summary: String, operands: String, takesManyOperands: Bool, mayLackOperands: Bool = false,
    discussion: String, flags: @escaping @Sendable @autoclosure () -> [CommandArguments.Flag],
    examples: [(arguments: String, meaning: String)],
    run: @escaping @Sendable (CommandArguments, Console) throws(Failure) -> ExitCode
  ) {
    self.name = name
    self.summary = summary
    self.operands = operands
    self.takesManyOperands = takesManyOperands
    self.mayLackOperands = mayLackOperands
    self.discussion = discussion
    makeFlags = flags
    self.examples = examples
    self.run = run
  }

  static let all: [Command] = [
    .check, .explain, .summary, .plot, .domain, .why, .diff, .run, .bench, .compile, .format, .convert, .weights,
    .schema,
  ]

  /// Takes a command line apart and runs the command.
  func run(_ words: ArraySlice<String>, _ console: Console) throws(Failure) -> ExitCode {
    let arguments: CommandArguments
    do throws(UsageProblem) {
      arguments = try CommandArguments(Array(words), flags: flags)
    } catch {
      throw .usage(error.reason, help: "modelc help \(name) lists the options")
    }
    guard mayLackOperands || operands.isEmpty || !arguments.positionals.isEmpty else {
      throw .usage("'modelc \(name)' needs a file", help: "write modelc \(name) \(operands)")
    }
    if !operands.isEmpty, !takesManyOperands, arguments.positionals.count > 1 {
      let operand = operands.lowercased().filter { $0.isLetter }
      throw .usage("'modelc \(name)' takes one \(operand); '\(arguments.positionals[1])' is one too many")
    }
    if operands.isEmpty, let first = arguments.positionals.first {
      throw .usage("'modelc \(name)' takes nothing but options; '\(first)' is one too many")
    }
    guard arguments.positionals.count(where: { $0 == "-" }) <= 1 else {
      throw .usage("'-' is standard input, which can be read once", help: "name a file in its place")
    }
    return try run(arguments, console)
  }
}
