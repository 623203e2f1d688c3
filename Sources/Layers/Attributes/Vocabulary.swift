import Spelling

/// The words that an attribute takes, each with the arguments that it takes in turn.
struct Vocabulary: Sendable {
  struct Entry: Sendable {
    let word: String
    let parameters: [Parameter]

    init(_ word: String, _ parameters: Parameter...) {
      self.word = word
      self.parameters = parameters
    }
  }

  /// An argument of a word: `seed` in `he_normal(seed: 1)`.
  struct Parameter: Sendable {
    let name: String
    let defaultValue: Literal
    /// The value as its type writes it, or what is wrong with it.
    let normalized: @Sendable (Literal) throws(ValueProblem) -> Literal

    init<Value: AttributeValue>(_ name: String, _ defaultValue: Value, _ bounds: Bounds<Value> = .any) {
      self.name = name
      self.defaultValue = defaultValue.literal
      normalized = { (literal: Literal) throws(ValueProblem) in
        let value = try Value(literal)
        try bounds.check(value)
        return value.literal
      }
    }
  }

  let entries: [Entry]

  init(_ entries: Entry...) { self.entries = entries }

  /// The entry of a word, and the values of all its arguments.
  func phrase(_ entry: Entry, _ arguments: [Argument]) throws(ValueProblem) -> Phrase {
    var values: [Argument] = []
    for parameter in entry.parameters {
      let given = arguments.first { $0.name == parameter.name }
      do throws(ValueProblem) {
        values.append(
          Argument(parameter.name, try given.map(\.value).map(parameter.normalized) ?? parameter.defaultValue))
      } catch {
        throw error.inArgument(parameter.name, of: entry.word)
      }
    }
    for (index, argument) in arguments.enumerated() {
      let known = entry.parameters.map(\.name)
      guard known.contains(argument.name) else {
        guard !known.isEmpty else { throw .needlessArgument(argument, of: entry.word) }
        if argument.name.isEmpty {
          // Places are those of the arguments; Python's single one of a slice is its end.
          let isSliceEnd = entry.word == "slice" && arguments.count == 1
          let named = arguments.enumerated().map { place, argument in
            argument.name.isEmpty && place < known.count
              ? Argument(known[isSliceEnd ? 1 : place], argument.value) : argument
          }
          let meant = "\(entry.word)(\(named.map(\.description).joined(separator: ", ")))"
          throw ValueProblem(
            "takes '\(entry.word)' with its arguments by name", expected: meant, found: "\(argument.value)",
            help: "write \(meant)", replacement: arguments.count <= known.count ? meant : nil)
        }
        throw ValueProblem(
          "knows no argument '\(argument.name)' of '\(entry.word)'", expected: known.formattedAlternatives,
          found: argument.name, help: nearest(argument.name, among: known).map { "write \($0)" })
      }
      if arguments[..<index].contains(where: { $0.name == argument.name }) {
        throw ValueProblem(
          "gives '\(argument.name)' of '\(entry.word)' twice", expected: "one value", found: "\(argument)",
          help: "leave one of them out")
      }
    }
    return Phrase(word: entry.word, arguments: values)
  }
}

/// A word of a vocabulary with all its arguments, those left out at their defaults.
struct Phrase: Hashable, Sendable {
  let word: String
  let arguments: [Argument]

  /// The value of an argument that the vocabulary gives to the word.
  subscript(name: String) -> Literal {
    guard let argument = arguments.first(where: { $0.name == name }) else {
      preconditionFailure("'\(word)' has no argument '\(name)'")
    }
    return argument.value
  }

  /// The value of an argument as the type that the vocabulary checked it against.
  func value<Value: AttributeValue>(_ name: String, as _: Value.Type = Value.self) -> Value {
    do throws(ValueProblem) {
      return try Value(self[name])
    } catch {
      preconditionFailure("'\(name)' of '\(word)' is no \(Value.typeName)")
    }
  }
}

/// An attribute whose values are the words of a vocabulary.
protocol WordValue: AttributeValue {
  static var vocabulary: Vocabulary { get }
  /// The word for `none`, if that is a value of its own and not the absence of one.
  static var wordForNone: String? { get }

  init(phrase: Phrase)
  var phrase: Phrase { get }
}

extension WordValue {
  static var wordForNone: String? { nil }
  static var words: [String] { vocabulary.entries.map(\.word) }
  static var alternatives: String { words.formattedAlternatives }

  init(_ literal: Literal) throws(ValueProblem) {
    var literal = literal
    if let word = Self.wordForNone, literal == .none || literal == .word("none", []) { literal = .word(word, []) }
    guard case .word(let word, let arguments) = literal,
      let entry = Self.vocabulary.entries.first(where: { $0.word == word })
    else { throw .mismatch(literal, Self.self) }
    self.init(phrase: try Self.vocabulary.phrase(entry, arguments))
  }

  /// A word with the defaults of its arguments. The word is the vocabulary's.
  init(word: String) {
    do throws(ValueProblem) {
      try self.init(.word(word, []))
    } catch {
      preconditionFailure("\(Self.typeName) has no word '\(word)'")
    }
  }

  /// The word, with the arguments that are not at their defaults.
  var literal: Literal {
    let parameters = Self.vocabulary.entries.first { $0.word == phrase.word }?.parameters ?? []
    let told = phrase.arguments.filter { argument in
      !parameters.contains { $0.name == argument.name && $0.defaultValue == argument.value }
    }
    return .word(phrase.word, told)
  }
}

extension ValueProblem {
  fileprivate func inArgument(_ name: String, of word: String) -> ValueProblem {
    var problem = ValueProblem(
      "is wrong: '\(name)' of '\(word)' \(predicate)", expected: expected, found: found, help: help)
    problem.isMismatch = false
    return problem
  }

  /// An argument that a word does not take.
  static func needlessArgument(_ argument: Argument, of word: String) -> ValueProblem {
    ValueProblem(
      "takes '\(word)' without arguments", expected: word, found: Literal.word(word, [argument]).excerpt,
      replacement: word)
  }
}
