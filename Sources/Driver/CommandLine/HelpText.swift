import Runtime

/// What `modelc help` says.
enum HelpText {
  static var overview: String {
    let width = Command.all.reduce(0) { max($0, $1.name.utf8.count) }
    let commands = Command.all.map { "  \(padded($0.name, width))  \($0.summary)\n" }.joined()
    return """
      modelc compiles descriptions of neural networks: shapes and costs checked, a graph that runs, a Swift package.

      usage: modelc COMMAND …

      \(commands)  \(padded("help", width))  say more about a command: modelc help check

      A description is a .model file, the same as JSON (modelc convert), or the JSON that Keras's model.to_json() gives.
      Exit codes: 0 good, 1 the input is wrong, 2 the command line is wrong, 3 modelc or the machine failed.

      """
  }

  static func of(_ command: Command) -> String {
    let flags = CommandArguments.help(command.flags + [.init("help", letter: "h", help: "say this")])
    let examples = command.examples.map { "  modelc \($0.arguments)\n      \($0.meaning)\n" }.joined()
    return """
      usage: modelc \(command.name) \(command.operands) [options]

      \(command.discussion)

      options:
      \(flags.joined(separator: "\n"))

      examples:
      \(examples)
      """
  }

  private static func padded(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.utf8.count))
  }
}
