import Layers

/// An expression of Python: its text, how loosely it binds, and what it stands for.
struct PythonValue {
  enum Kind { case tensor, tensors, integer, real, other }

  /// From what binds loosest.
  enum Level: Int, Comparable {
    case conditional, or, and, not, comparison, sum, product, unary, atom

    static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
  }

  var text: String
  var level = Level.atom
  var kind = Kind.other

  init(_ text: String, _ kind: Kind = .other, _ level: Level = .atom) {
    (self.text, self.kind, self.level) = (text, kind, level)
  }

  /// The text where at least this level is needed.
  func at(_ least: Level) -> String { level < least ? "(\(text))" : text }
}

extension Literal {
  /// The value as Python writes it.
  ///
  /// - Parameter type: that of the attribute, which says what words with arguments are.
  func python(_ type: String) -> String {
    switch self {
    case .integer(let value): String(value)
    case .real(let value): PythonText.number(value)
    case .boolean(let value): value ? "True" : "False"
    case .string(let text): PythonText.literal(text)
    case .none, .unknown: "None"
    case .list(let elements): pythonTuple(elements.map { $0.python(type) })
    case .word("none", []): "None"
    case .word(let word, let arguments):
      pythonWord(word, arguments.map { ($0.name, $0.value.python("")) }, of: type)
    }
  }
}

func pythonTuple(_ elements: [String]) -> String {
  elements.count == 1 ? "(\(elements[0]),)" : "(\(elements.joined(separator: ", ")))"
}

/// What a key takes of an axis: `slice(1, -1)`, `...`.
private func pythonSlice(_ word: String, _ arguments: [(name: String, value: String)]) -> String {
  guard word == "slice" else { return "..." }
  func bound(_ name: String) -> String { arguments.first { $0.name == name }?.value ?? "None" }
  let bounds = [bound("start"), bound("stop"), bound("step")]
  return "slice(\((bounds.last == "None" ? bounds.dropLast() : bounds[...]).joined(separator: ", ")))"
}

/// A word of an attribute: `"relu"`, `keras.layers.LeakyReLU(negative_slope=0.2)`.
func pythonWord(_ word: String, _ arguments: [(name: String, value: String)], of type: String) -> String {
  if type == KerasVocabulary.keyType { return pythonSlice(word, arguments) }
  let list = arguments.map { $0.name.isEmpty ? $0.value : "\($0.name)=\($0.value)" }.joined(separator: ", ")
  guard !arguments.isEmpty || type == "Float" else { return PythonText.literal(word) }
  switch KerasVocabulary.made(word, of: type) {
  case .named(let module, let name): return "\(module == "keras.layers" ? "layers" : module).\(name)(\(list))"
  case .function(let function): return "lambda x: keras.activations.\(function)(x, \(list))"
  case nil: return PythonText.literal(word)
  }
}
