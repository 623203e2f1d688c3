import Layers
import Syntax

/// The bare operations of `keras.ops` for which a layer does the same.
///
/// The names alone do not tell: the operation `Reshape` moves the batch too, and the layer does not.
private enum KerasOperation {
  /// A layer with the same settings.
  case layer(String)
  /// The layer `Activation` with this word; the operation's settings become the word's.
  case activation(String)

  static let table: [String: KerasOperation] = [
    "Add": .layer("Add"),
    "Concatenate": .layer("Concatenate"),
    "Divide": .layer("Divide"),
    "Elu": .layer("ELU"),
    "Exp": .activation("exponential"),
    "Gelu": .activation("gelu"),
    "HardSigmoid": .activation("hard_sigmoid"),
    "HardSilu": .activation("hard_silu"),
    "LeakyRelu": .layer("LeakyReLU"),
    "Maximum": .layer("Maximum"),
    "Minimum": .layer("Minimum"),
    "Multiply": .layer("Multiply"),
    "Relu": .layer("ReLU"),
    "Relu6": .activation("relu6"),
    "Selu": .activation("selu"),
    "Sigmoid": .activation("sigmoid"),
    "Silu": .activation("silu"),
    "Softmax": .layer("Softmax"),
    "Softplus": .activation("softplus"),
    "Softsign": .activation("softsign"),
    "Subtract": .layer("Subtract"),
    "Tanh": .activation("tanh"),
    "TrueDivide": .layer("Divide"),
  ]
}

extension KerasReader {
  /// What a bare operation becomes: a layer that computes the same.
  mutating func operationRole(_ layer: KerasLayer, _ className: Name, _ config: JSON.ID) -> KerasLayer.Role {
    switch KerasOperation.table[className.text] {
    case .layer(let name)?:
      guard let kind = Catalogue.kind(named: name) else { break }
      let arguments = readSettings(of: layer, config, kind.attributes, isFirst: false)
      return .callee(Name(kind.name, className.range), arguments, .layer(kind.arity), resultCount: 1)
    case .activation(let word)?:
      guard let kind = Catalogue.kind(named: "Activation"),
        kind.attributes.contains(where: { $0.name == "activation" && $0.words.contains(word) })
      else { break }
      let settings = wordArguments(json.object(config) ?? [], dropping: ["name"])
      let value = tree.add(
        settings.isEmpty
          ? .name(word)
          : .call(Call(name: Name(word, className.range), arguments: settings, range: json.range(config))),
        className.range)
      let argument = CallArgument(name: Name("activation", className.range), value: value)
      return .callee(Name(kind.name, className.range), [argument], .layer(kind.arity), resultCount: 1)
    case nil: break
    }
    report(
      .unknownOperation, at: layer.node, range: className.range,
      "\(subject(layer)) is an operation for which modelc has no layer", found: excerpt(className.text),
      help: "use a layer that does the same, where Keras has one")
    return .unreadable
  }
}
