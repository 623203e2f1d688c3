/// How many tensors a layer takes.
package enum Arity: Hashable, Sendable {
  case exactly(Int)
  /// Any number from this on; such layers take their attributes by name only.
  case atLeast(Int)
  /// From the first number to the second; such layers take their attributes by name only too.
  case between(Int, Int)
}

/// What is to be said of one attribute to whoever does not know the layer.
package struct AttributeDescription: Sendable {
  package let name: String
  /// nil if every call has to give it.
  package let defaultValue: Literal?
  /// `Int`, `[Int]`, `Padding`: the type as a block's parameter would be declared.
  package let type: String
  /// The words that it takes, for suggestions; empty if none.
  package let words: [String]
  /// One line for the reference table.
  package let summary: String
  /// Where Keras takes it.
  package let part: KerasPart

  /// Whether it is a setting of Keras's layer.
  package var isOfKeras: Bool { part == .settings }
  package var isRequired: Bool { defaultValue == nil }
  /// The default as the language writes it; empty if required.
  package var defaultText: String { defaultValue?.description ?? "" }
  /// Whether bare words are values of it, so that a name there need not be a parameter.
  package var takesWords: Bool { !words.isEmpty }
}

/// A kind of layer as the other stages see it: without its Swift type. There is one of each.
package final class LayerKind: Sendable {
  package let schema: Schema
  /// In positional order.
  package let attributes: [AttributeDescription]
  private let build: @Sendable ([Argument], inout [LayerProblem]) -> (any Layer)?

  /// Keras's class name: `Conv2D`.
  package var name: String { schema.name }
  /// A sentence for the reference table.
  package var summary: String { schema.summary }
  package var arity: Arity { schema.arity }
  /// Where Keras has it.
  package let kerasPlace: KerasPlace
  /// The word by which attributes know what it does.
  package let activationWord: String?
  /// Whether a call that says `training=True` has another result than one that says nothing.
  package let differsInTraining: Bool

  init<Kind: Layer>(_ type: Kind.Type) {
    schema = type.schema
    attributes = type.attributeDescriptions
    kerasPlace = type.kerasPlace
    activationWord = type.activationWord
    differsInTraining = type.differsInTraining
    build = { type.make($0, problems: &$1) }
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
}
