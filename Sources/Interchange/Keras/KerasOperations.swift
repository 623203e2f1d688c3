import Layers
import Syntax

/// The bare operations of `keras.ops` and `keras.activations` for which a layer does the same.
///
/// The names alone do not tell: the operation `Reshape` moves the batch too, and the layer does not.
private enum KerasOperation {
  /// A layer with the same settings.
  case layer(String)
  /// The layer `Activation` with this word; the operation's settings become the word's.
  case activation(String)

  /// The axes in another order, or the same values in another shape: what that is has to be computed.
  case movement

  static let table: [String: KerasOperation] = [
    "Abs": .layer("Absolute"),
    "Absolute": .layer("Absolute"),
    "Add": .layer("Add"),
    "Amax": .layer("Max"),
    "Amin": .layer("Min"),
    "Cast": .layer("Identity"),
    "Celu": .activation("celu"),
    "Clip": .layer("Clip"),
    "Concatenate": .layer("Concatenate"),
    "Divide": .layer("Divide"),
    "Elu": .layer("ELU"),
    "Exp": .layer("Exp"),
    "ExpandDims": .layer("ExpandDims"),
    "Gelu": .activation("gelu"),
    "HardShrink": .activation("hard_shrink"),
    "HardSigmoid": .activation("hard_sigmoid"),
    "HardSilu": .activation("hard_silu"),
    "HardTanh": .activation("hard_tanh"),
    "LeakyRelu": .layer("LeakyReLU"),
    "Log": .layer("Log"),
    "LogSigmoid": .activation("log_sigmoid"),
    "LogSoftmax": .activation("log_softmax"),
    "Max": .layer("Max"),
    "Maximum": .layer("Maximum"),
    "Mean": .layer("Mean"),
    "Min": .layer("Min"),
    "Minimum": .layer("Minimum"),
    "Mish": .activation("mish"),
    "Multiply": .layer("Multiply"),
    "Negative": .layer("Negative"),
    "Power": .layer("Power"),
    "Reciprocal": .layer("Reciprocal"),
    "ReLU": .layer("ReLU"),
    "Relu": .layer("ReLU"),
    "Relu6": .activation("relu6"),
    "Reshape": .movement,
    "Rsqrt": .layer("Rsqrt"),
    "Selu": .activation("selu"),
    "Sigmoid": .activation("sigmoid"),
    "Silu": .activation("silu"),
    "SoftShrink": .activation("soft_shrink"),
    "Softmax": .layer("Softmax"),
    "Softplus": .activation("softplus"),
    "Softsign": .activation("softsign"),
    "SparsePlus": .activation("sparse_plus"),
    "SparseSigmoid": .activation("sparse_sigmoid"),
    "Sqrt": .layer("Sqrt"),
    "Square": .layer("Square"),
    "Squareplus": .activation("squareplus"),
    "Squeeze": .movement,
    "Subtract": .layer("Subtract"),
    "Sum": .layer("Sum"),
    "Tanh": .activation("tanh"),
    "TanhShrink": .activation("tanh_shrink"),
    "Transpose": .movement,
    "TrueDivide": .layer("Divide"),
  ]
}

extension KerasReader {
  /// What a bare operation becomes: a layer that computes the same.
  mutating func operationRole(_ layer: KerasLayer, _ className: Name, _ config: JSON.ID) -> KerasLayer.Role {
    switch KerasOperation.table[className.text] {
    case .layer(let name)?:
      guard let kind = Catalogue.kind(named: name) else { break }
      var arguments = readSettings(of: layer, config, kind.attributes, isFirst: false)
      var arity = kind.arity
      if kind.attributes.contains(where: { $0.name == "right" }) {
        // An operation joins two things, of which one may be a number.
        let number = numberArgument(of: layer)
        arity = .exactly(number == nil ? 2 : 1)
        if let number { arguments.append(number) }
      }
      return .callee(Name(kind.name, className.range), arguments, .layer(arity), resultCount: 1)
    case .movement?:
      if let role = movementRole(layer, className, config) { return role }
      report(
        .unknownOperation, at: layer.node, range: className.range,
        "\(subject(layer)) moves values in a way for which modelc has no layer", found: excerpt(className.text),
        help: "it has those that leave every value in its example, which the sizes in the file have to show: "
          + "use Reshape or Permute where Keras has the layer")
      return .unreadable
    case .activation(let word)?:
      guard let kind = Catalogue.kind(named: "Activation"),
        kind.attributes.contains(where: { $0.name == "activation" && $0.words.contains(word) })
      else { break }
      let settings = wordArguments(
        json.object(config) ?? JSON.Members.none, of: subject(layer), dropping: ["name"])
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
