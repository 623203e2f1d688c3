import ModelCompiler

/// How a process ends.
package enum ExitCode: Int32, Sendable {
  case success = 0
  /// The input is wrong: a description, a weight file, a tensor.
  case wrongInput = 1
  /// The command line is wrong.
  case usage = 2
  /// The machine or modelc itself failed.
  case fault = 3
  /// `modelc diff`: the second model takes all weights of the first.
  case compatible = 4
  /// `modelc diff`: it does not, or inputs or outputs are others.
  case breaking = 5
}

/// Why a command ends early, in words for its user.
package enum Failure: Error {
  /// The command line asks for something that there is not; `help` says what there is.
  case usage(String, help: String? = nil)
  case wrongInput(String, help: String? = nil)
  case fault(String)
  /// What there is to say has been said.
  case explained(ExitCode)
}

/// `modelc`: arguments to exit code.
package enum Driver {
  /// Runs a command. `arguments` do not hold the program's name.
  package static func run(_ arguments: [String], console: Console) -> ExitCode {
    let code: ExitCode
    do throws(Failure) {
      code = try dispatch(arguments, console)
    } catch {
      code = report(error, console)
    }
    // Whoever reads may have seen enough and gone; whether it was enough is theirs to say.
    if console.flush() || console.isReaderGone { return code }
    console.explainFailure()
    return .fault
  }

  private static func dispatch(_ arguments: [String], _ console: Console) throws(Failure) -> ExitCode {
    guard let name = arguments.first else {
      console.printError(HelpText.overview)
      return .usage
    }
    let rest = arguments.dropFirst()
    switch name {
    case "help", "--help", "-h":
      guard let topic = rest.first else {
        console.print(HelpText.overview)
        return .success
      }
      console.print(HelpText.of(try command(named: topic)))
      return .success
    case "--version":
      console.print("modelc \(modelcVersion)\n")
      return .success
    default:
      let command = try command(named: name)
      if rest.prefix(while: { $0 != "--" }).contains(where: { $0 == "--help" || $0 == "-h" }) {
        console.print(HelpText.of(command))
        return .success
      }
      return try command.run(rest, console)
    }
  }

  private static func command(named name: String) throws(Failure) -> Command {
    if let command = Command.all.first(where: { $0.name == name }) { return command }
    if name.hasPrefix("-") {
      throw .usage("unknown option '\(name)'", help: "a command comes first: modelc help lists them")
    }
    let names = Command.all.map(\.name) + ["help"]
    throw .usage(
      "unknown command '\(name)'",
      help: suggestion(for: name, among: names) ?? "modelc help lists the commands")
  }

  private static func report(_ failure: Failure, _ console: Console) -> ExitCode {
    switch failure {
    case .usage(let message, let help):
      console.printError(message, help: help)
      return .usage
    case .wrongInput(let message, let help):
      console.printError(message, help: help)
      return .wrongInput
    case .fault(let message):
      console.printError(message, help: nil)
      return .fault
    case .explained(let code):
      return code
    }
  }
}
