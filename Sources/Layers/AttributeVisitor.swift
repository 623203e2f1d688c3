/// What goes through the attributes of a layer or term, one after the other, and does the same with each.
///
/// A layer names its attributes once, in `visit`, as properties of its own; whoever wants to set, read or describe them
/// comes by with a visitor.
package struct AttributeVisitor {
  enum Purpose {
    /// Writes down what each attribute is; the values are the defaults.
    case describe
    /// Writes down the values, or one of them.
    case list(only: String?)
    /// Decodes given values and stores them.
    case set
  }

  private let purpose: Purpose
  /// The kind that is visited, for what is said of it.
  private let kind: String
  /// Values to be set, or that have been listed.
  private(set) var arguments: [Argument]
  /// How many of the values to be set belong to an attribute.
  private(set) var knownArguments = 0
  private(set) var descriptions: [AttributeDescription] = []
  private(set) var problems: [LayerProblem] = []

  init(_ purpose: Purpose, of kind: String = "", _ arguments: [Argument] = []) {
    self.purpose = purpose
    self.kind = kind
    self.arguments = arguments
  }

  /// An attribute that every call has to give.
  mutating func required<Value: AttributeValue>(
    _ name: String, _ value: inout Value, _ summary: @autoclosure () -> String,
    _ bounds: @autoclosure () -> Bounds<Value> = .any, of part: KerasPart = .settings
  ) {
    visit(name, &value, summary, bounds, isRequired: true, part)
  }

  /// An attribute that Keras does not have; its default is what Keras does.
  mutating func foreign<Value: AttributeValue>(
    _ name: String, _ value: inout Value, _ summary: @autoclosure () -> String,
    _ bounds: @autoclosure () -> Bounds<Value> = .any
  ) {
    visit(name, &value, summary, bounds, isRequired: false, .none)
  }

  /// An attribute whose default is what the property has when the layer is made.
  mutating func optional<Value: AttributeValue>(
    _ name: String, _ value: inout Value, _ summary: @autoclosure () -> String,
    _ bounds: @autoclosure () -> Bounds<Value> = .any, of part: KerasPart = .settings
  ) {
    visit(name, &value, summary, bounds, isRequired: false, part)
  }

  private mutating func visit<Value: AttributeValue>(
    _ name: String, _ value: inout Value, _ summary: () -> String, _ bounds: () -> Bounds<Value>, isRequired: Bool,
    _ part: KerasPart
  ) {
    switch purpose {
    case .describe:
      let words = Value.words
      descriptions.append(
        AttributeDescription(
          name: name, defaultValue: isRequired ? nil : value.literal, type: Value.typeName, words: words,
          summary: summary(), part: part))
    case .list(let only):
      if only == nil || only == name { arguments.append(Argument(name, value.literal)) }
    case .set:
      guard let index = arguments.firstIndex(where: { $0.name == name }) else {
        if isRequired { problems.append(missing(name, Value.typeName, summary())) }
        return
      }
      knownArguments += 1
      do throws(ValueProblem) {
        let decoded = try Value(arguments[index].value)
        try bounds().check(decoded)
        value = decoded
      } catch {
        problems.append(error.layerProblem(attribute: name))
      }
    }
  }

  private func missing(_ name: String, _ type: String, _ summary: String) -> LayerProblem {
    LayerProblem(
      .attributeValue, .layer, "\(kind) needs '\(name)'", expected: "\(name): \(type)",
      help: "put in \(name): …", notes: ["\(name): \(summary)"])
  }
}
