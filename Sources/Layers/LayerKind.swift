/// How many tensors a layer takes.
package enum Arity: Hashable, Sendable {
  case exactly(Int)
  /// Any number from this on; such layers take their attributes by name only.
  case atLeast(Int)
  /// From the first number to the second; such layers take their attributes by name only too.
  case between(Int, Int)
}

/// What a schema says of one attribute to whoever does not know the layer.
package struct AttributeDescription: Sendable {
  package var name: String
  package var isRequired: Bool
  /// `Int`, `[Int]`, `Padding`: the type as a block's parameter would be declared.
  package var type: String
  /// The default as the language writes it; empty if required.
  package var defaultText: String { makeDefaultText() }
  private let makeDefaultText: @Sendable () -> String
  /// Whether bare words are values of it, so that a name there need not be a parameter.
  package var takesWords: Bool
  /// The words that it takes, for suggestions; empty if none.
  package var words: [String]
  /// One line for the reference table.
  package var summary: String

  package init(
    name: String, isRequired: Bool, type: String, takesWords: Bool, words: [String], summary: String,
    defaultText: @escaping @Sendable () -> String
  ) {
    self.name = name
    self.isRequired = isRequired
    self.type = type
    makeDefaultText = defaultText
    self.takesWords = takesWords
    self.words = words
    self.summary = summary
  }
}

/// A kind of layer as the other stages see it: its schema without its Swift type. There is one of each.
package final class LayerKind: Sendable {
  /// What the schema says.
  package let description: SchemaDescription
  private let build: @Sendable ([Argument], inout [LayerProblem]) -> (any Layer)?

  /// Keras's class name: `Conv2D`.
  package var name: String { description.name }
  /// A sentence for the reference table.
  package var summary: String { description.summary }
  package var arity: Arity { description.arity }
  /// In positional order.
  package var attributes: [AttributeDescription] { description.attributes }

  init<Owner: Layer>(_ schema: Schema<Owner>) {
    description = schema.description
    build = { schema.make($0, problems: &$1) }
  }

  /// Makes a layer from the attributes that a call gives. Reports every attribute that is wrong, and nil then.
  /// The caller has seen to it that each name is an attribute's, and given once.
  package func make(_ arguments: [Argument], problems: inout [LayerProblem]) -> (any Layer)? {
    build(arguments, &problems)
  }
}

extension Layer {
  /// The kind's name: `Conv2D`.
  package var kindName: String { Self.schema.name }

  /// Every attribute with the value that it has here, in positional order.
  package var arguments: [Argument] { Self.schema.arguments(of: self) }
}
