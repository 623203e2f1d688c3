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

  /// A part of a tensor, by a key in the call.
  case item
  /// Several parts of a tensor.
  case parts
  /// The axes or indices in another order, the same values in another shape or with zeros around them: what that is has
  /// to be computed.
  case movement

  static let table: [String: KerasOperation] = [
    "Abs": .layer("Absolute"),
    "Absolute": .layer("Absolute"),
    "Add": .layer("Add"),
    "Amax": .layer("Max"),
    "Amin": .layer("Min"),
    "AveragePool": .layer("AveragePooling2D"),
    "Cast": .layer("Identity"),
    "Celu": .activation("celu"),
    "Clip": .layer("Clip"),
    "Concatenate": .layer("Concatenate"),
    "DepthToSpace": .layer("DepthToSpace"),
    "Divide": .layer("Divide"),
    "Elu": .layer("ELU"),
    "Exp": .layer("Exp"),
    "ExpandDims": .layer("ExpandDims"),
    "Flip": .movement,
    "Gelu": .activation("gelu"),
    "GetItem": .item,
    "HardShrink": .activation("hard_shrink"),
    "HardSigmoid": .activation("hard_sigmoid"),
    "HardSilu": .activation("hard_silu"),
    "HardTanh": .activation("hard_tanh"),
    "LeakyRelu": .layer("LeakyReLU"),
    "Log": .layer("Log"),
    "LogSigmoid": .activation("log_sigmoid"),
    "LogSoftmax": .activation("log_softmax"),
    "Matmul": .layer("Matmul"),
    "Max": .layer("Max"),
    "Maximum": .layer("Maximum"),
    "MaxPool": .layer("MaxPooling2D"),
    "Mean": .layer("Mean"),
    "Min": .layer("Min"),
    "Minimum": .layer("Minimum"),
    "Mish": .activation("mish"),
    "Moveaxis": .movement,
    "Multiply": .layer("Multiply"),
    "Negative": .layer("Negative"),
    "Power": .layer("Power"),
    "Reciprocal": .layer("Reciprocal"),
    "Pad": .movement,
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
    "SpaceToDepth": .layer("SpaceToDepth"),
    "SparsePlus": .activation("sparse_plus"),
    "SparseSigmoid": .activation("sparse_sigmoid"),
    "Split": .parts,
    "Sqrt": .layer("Sqrt"),
    "Square": .layer("Square"),
    "Squareplus": .activation("squareplus"),
    "Squeeze": .movement,
    "Stack": .layer("Stack"),
    "Std": .layer("Std"),
    "StopGradient": .layer("Identity"),
    "Subtract": .layer("Subtract"),
    "Sum": .layer("Sum"),
    "Swapaxes": .movement,
    "Tanh": .activation("tanh"),
    "TanhShrink": .activation("tanh_shrink"),
    "Transpose": .movement,
    "TrueDivide": .layer("Divide"),
    "Var": .layer("Var"),
  ]
}

extension KerasReader {
  /// What a bare operation becomes: a layer that computes the same.
  mutating func operationRole(_ layer: inout KerasLayer, _ className: Name, _ config: JSON.ID) -> KerasLayer.Role {
    switch KerasOperation.table[className.text] {
    case .layer(var name)?:
      // Pools are for sequences too.
      if name.hasSuffix("2D"), operandShape(layer)?.count == 3 { name = name.dropLast(2) + "1D" }
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
    case .item?:
      layer.takesKey = true
      _ = readSettings(of: layer, config, [], isFirst: false)
      return .callee(className, [], .layer(.exactly(1)), resultCount: 1)
    case .parts?: return partsRole(&layer, className, config)
    case .movement?:
      if let role = movementRole(layer, className, config) ?? rearrangementRole(layer, className, config) {
        return role
      }
      report(
        .unknownOperation, at: layer.node, range: className.range,
        "\(subject(layer)) moves values in a way for which modelc has no layer", found: excerpt(className.text),
        help: className.text == "Pad"
          ? "it has ZeroPadding2D and ZeroPadding1D, for zeros around the sides of maps and sequences"
          : "it has those that leave every value in its example, which the sizes in the file have to show: "
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
