/// The arguments of a command, sorted into flags and the rest.
///
/// `--flag value` and `--flag=value` are the same; `--` ends the flags; an unknown flag is an error.
package struct CommandArguments: Hashable, Sendable {
  /// A flag that a command knows.
  package struct Flag: Hashable, Sendable {
    /// Without dashes: `output`.
    package var name: String
    /// For `-o`.
    package var letter: Character?
    /// What stands for the value in the help: `DIR`; nil if the flag takes none.
    package var value: String?
    /// A phrase for the help.
    package var help: String
    package var mayRepeat: Bool

    package init(_ name: String, letter: Character? = nil, value: String? = nil, help: String, mayRepeat: Bool = false)
    {
      self.name = name
      self.letter = letter
      self.value = value
      self.help = help
      self.mayRepeat = mayRepeat
    }
  }

  /// What is no flag and no flag's value, in order.
  package private(set) var positionals: [String] = []
  private var values: [String: [String]] = [:]

  /// - Parameter arguments: without the name of the program or of the command.
  package init(_ arguments: [String], flags: [Flag]) throws(UsageProblem) {
    var rest = arguments[...]
    while let argument = rest.popFirst() {
      if argument == "--" {
        positionals += rest
        return
      }
      guard argument.utf8.first == UInt8(ascii: "-"), argument.utf8.count > 1 else {
        positionals.append(argument)
        continue
      }
      let (flag, attached) = try Self.flag(argument, among: flags)
      guard flag.mayRepeat || values[flag.name] == nil else {
        throw UsageProblem("--\(flag.name) is given twice")
      }
      values[flag.name, default: []].append(try Self.value(of: flag, attached: attached, or: &rest))
    }
  }

  /// Whether a flag is given.
  package func has(_ flag: String) -> Bool { values[flag] != nil }

  /// The value of a flag; nil if it is not given.
  package func value(_ flag: String) -> String? { values[flag]?.last }

  /// The values of a flag that may repeat, in order.
  package func values(_ flag: String) -> [String] { values[flag] ?? [] }

  /// The value of a flag that takes a whole number of at least 1.
  package func count(_ flag: String) throws(UsageProblem) -> Int? {
    guard let text = value(flag) else { return nil }
    guard let count = Int(text), count >= 1 else {
      throw UsageProblem("--\(flag) takes a whole number of at least 1, not \(quoted(text))")
    }
    return count
  }

  /// A line for each flag, for the help of a command.
  package static func help(_ flags: [Flag]) -> [String] {
    let heads = flags.map { flag in
      (flag.letter.map { "-\($0), " } ?? "    ") + "--\(flag.name)" + (flag.value.map { " \($0)" } ?? "")
    }
    let width = heads.map(\.count).max() ?? 0
    return zip(flags, heads).map { flag, head in
      "  " + head + String(repeating: " ", count: width - head.count + 2) + flag.help
    }
  }

  /// The flag that an argument names, and what stands behind its `=`.
  private static func flag(_ argument: String, among flags: [Flag]) throws(UsageProblem) -> (Flag, String?) {
    let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    let attached = parts.count == 2 ? parts[1] : nil
    let found = flags.first { flag in
      parts[0] == "--\(flag.name)" || flag.letter.map { parts[0] == "-\($0)" } == true
    }
    guard let found else {
      let nearest = NearestName.find(parts[0], among: flags.map { "--\($0.name)" })
      let hint = nearest.map { "; did you mean \($0)?" } ?? ""
      throw UsageProblem("unknown option \(quoted(parts[0]))\(hint)")
    }
    return (found, attached)
  }

  /// The value of a flag, empty if it takes none.
  private static func value(
    of flag: Flag, attached: String?, or rest: inout ArraySlice<String>
  ) throws(UsageProblem) -> String {
    guard let placeholder = flag.value else {
      guard attached == nil else { throw UsageProblem("--\(flag.name) takes no value") }
      return ""
    }
    if let attached { return attached }
    // The next flag is no value; one that looks like a flag can be given behind `=`.
    guard let next = rest.first, !next.utf8.starts(with: "--".utf8) else {
      throw UsageProblem("--\(flag.name) needs a value: --\(flag.name) \(placeholder)")
    }
    rest.removeFirst()
    return next
  }
}

/// Why a command line cannot be understood.
package struct UsageProblem: Error, Hashable, Sendable, CustomStringConvertible {
  package var reason: String

  package init(_ reason: String) {
    self.reason = reason
  }

  package var description: String { reason }
}
