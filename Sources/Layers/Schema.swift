// The catalogue, `enum Catalogue { static let kinds: [LayerKind]; static func kind(named:) -> LayerKind? }`, is made
// from the files of the folder by the plugin ListLayers.

/// What a kind of layer or term is called, and what it is.
package struct Schema: Sendable {
  package let name: String
  /// A sentence for the reference table.
  package let summary: String
  package let arity: Arity

  package init(_ name: String, _ summary: String, takes arity: Arity = .exactly(1)) {
    self.name = name
    self.summary = summary
    self.arity = arity
  }
}

/// What is made from named values: a layer, or a term of a `train` section.
package protocol Configurable: Sendable {
  static var schema: Schema { get }

  /// All defaults.
  init()

  /// Hands each attribute to a visitor, in Keras's order. The one table of a layer, from which decoding, defaults,
  /// documentation and suggestions are derived.
  mutating func visit(_ attributes: inout AttributeVisitor)

  /// What attributes that are right by themselves do wrong together.
  var conflicts: [LayerProblem] { get }
}

extension Configurable {
  package mutating func visit(_ attributes: inout AttributeVisitor) {}

  package var conflicts: [LayerProblem] { [] }

  /// Every attribute with the value that it has here, in positional order.
  package var arguments: [Argument] { arguments(only: nil) }

  /// The value of an attribute; nil if there is none of that name.
  package func attribute(_ name: String) -> Literal? { arguments(only: name).first?.value }

  private func arguments(only name: String?) -> [Argument] {
    var copy = self
    var visitor = AttributeVisitor(.list(only: name))
    copy.visit(&visitor)
    return visitor.arguments
  }

  /// Makes a layer from named values; nil if there was a problem, all of which are reported.
  static func make(_ arguments: [Argument], problems: inout [LayerProblem]) -> Self? {
    var owner = Self()
    var visitor = AttributeVisitor(.set, of: schema.name, arguments)
    owner.visit(&visitor)
    precondition(
      visitor.knownArguments == arguments.count,
      "the caller of \(schema.name).make let an unknown attribute through: \(arguments)")
    var found = visitor.problems
    if found.isEmpty { found = owner.conflicts }
    problems += found
    return found.isEmpty ? owner : nil
  }

  /// What there is to be said of the attributes, in positional order.
  static var attributeDescriptions: [AttributeDescription] {
    var defaults = Self()
    var visitor = AttributeVisitor(.describe)
    defaults.visit(&visitor)
    return visitor.descriptions
  }
}
