// The catalogue, `enum Catalogue { static let kinds: [LayerKind]; static func kind(named:) -> LayerKind? }`, is made
// from the files of the folder by the plugin ListLayers.

/// What is made from named values: a layer, or a term of a `train` section.
package protocol Configurable: Sendable {
  /// All defaults.
  init()
}

/// What a schema says to whoever does not know the Swift type that it is of.
package struct SchemaDescription: Sendable {
  package let name: String
  /// A sentence for the reference table.
  package let summary: String
  package let arity: Arity
  /// In positional order.
  package let attributes: [AttributeDescription]
}

/// The one table of a layer, from which decoding, defaults, documentation and suggestions are derived.
///
/// `Owner` is constrained where that is needed, not here: a constraint on the type itself is looked up at run time for
/// each of the many owners, which took longer than checking a model.
package struct Schema<Owner>: Sendable {
  package let description: SchemaDescription
  /// In positional order.
  let attributes: [Attribute<Owner>]
  /// What attributes that are right by themselves do wrong together.
  private let conflicts: @Sendable (Owner) -> [LayerProblem]

  var name: String { description.name }

  /// A schema of the kind `name`. The attributes stand in Keras's order.
  init(
    _ name: String, _ summary: String, takes arity: Arity = .exactly(1), _ attributes: [Attribute<Owner>],
    conflicts: @escaping @Sendable (Owner) -> [LayerProblem] = { _ in [] }
  ) {
    description = SchemaDescription(
      name: name, summary: summary, arity: arity, attributes: attributes.map(\.description))
    self.attributes = attributes
    self.conflicts = conflicts
  }

  /// The place of an attribute among the others.
  func index(of name: String) -> Int? { description.attributes.firstIndex { $0.name == name } }

  func arguments(of owner: Owner) -> [Argument] {
    attributes.map { Argument($0.description.name, $0.get(owner)) }
  }
}

extension Schema where Owner: Configurable {
  /// Makes a layer from named values; nil if there was a problem, all of which are reported.
  func make(_ arguments: [Argument], problems: inout [LayerProblem]) -> Owner? {
    var owner = Owner()
    let problemsBefore = problems.count
    for attribute in attributes {
      if let argument = arguments.first(where: { $0.name == attribute.description.name }) {
        if let problem = attribute.set(&owner, argument.value) { problems.append(problem) }
      } else if attribute.description.isRequired {
        problems.append(missing(attribute.description))
      }
    }
    for argument in arguments {
      precondition(
        attributes.contains { $0.description.name == argument.name },
        "the caller of \(name).make let the unknown attribute '\(argument.name)' through")
    }
    guard problems.count == problemsBefore else { return nil }
    problems += conflicts(owner)
    return problems.count == problemsBefore ? owner : nil
  }

  private func missing(_ attribute: AttributeDescription) -> LayerProblem {
    LayerProblem(
      .attributeValue, .layer, "\(name) needs '\(attribute.name)'", expected: "\(attribute.name): \(attribute.type)",
      help: "write \(name)(\(attribute.name): …)", notes: ["\(attribute.name): \(attribute.summary)"])
  }
}

/// One attribute of a layer: where it is stored, what it allows, and the words of the reference table.
struct Attribute<Owner>: Sendable {
  let description: AttributeDescription
  /// Decodes and stores a value, or says what is wrong with it.
  let set: @Sendable (inout Owner, Literal) -> LayerProblem?
  let get: @Sendable (Owner) -> Literal
}

extension Attribute where Owner: Configurable {
  /// An attribute that every call has to give.
  static func required<Value: AttributeValue>(
    _ name: String, _ path: @autoclosure @escaping @Sendable () -> any WritableKeyPath<Owner, Value> & Sendable,
    _ summary: String, _ bounds: Bounds<Value> = .any
  ) -> Self {
    Attribute(name, path, summary, bounds, isRequired: true)
  }

  /// An attribute whose default is what the property of `Owner()` holds.
  static func optional<Value: AttributeValue>(
    _ name: String, _ path: @autoclosure @escaping @Sendable () -> any WritableKeyPath<Owner, Value> & Sendable,
    _ summary: String, _ bounds: Bounds<Value> = .any
  ) -> Self {
    Attribute(name, path, summary, bounds, isRequired: false)
  }

  /// The path is made when a value is stored or read: most calls give few attributes, and making paths takes longer than
  /// all else about a kind.
  private init<Value: AttributeValue>(
    _ name: String, _ path: @escaping @Sendable () -> any WritableKeyPath<Owner, Value> & Sendable, _ summary: String,
    _ bounds: Bounds<Value>, isRequired: Bool
  ) {
    description = AttributeDescription(
      name: name, isRequired: isRequired, type: Value.typeName, takesWords: !Value.words.isEmpty,
      words: Value.words, summary: summary
    ) { isRequired ? "" : Owner()[keyPath: path()].literal.description }
    get = { $0[keyPath: path()].literal }
    set = { owner, literal in
      do throws(ValueProblem) {
        let value = try Value(literal)
        try bounds.check(value)
        owner[keyPath: path()] = value
        return nil
      } catch {
        return error.layerProblem(attribute: name)
      }
    }
  }
}
