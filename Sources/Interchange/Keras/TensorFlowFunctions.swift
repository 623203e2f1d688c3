import Layers
import Syntax

/// A function of TensorFlow that Keras 2 has as a layer, `TFOpLambda`, and the layer that does the same.
struct TensorFlowFunction {
  /// The class of the catalogue.
  var kind: String
  /// The word of an `Activation`.
  var word: String?
  /// The second tensor or number, among the settings of a call.
  var second: String?
  /// The function's settings, and what they are called here.
  var settings: [String: String] = [:]
  /// The value of a setting that may be left out, where the layer's own is another.
  var usual: (name: String, value: Double)?
  var movement: Movement?

  /// Settings that speak of the batch too, and become others; slices; height and width in one.
  enum Movement: Hashable { case order, shape, axes, key, size }

  private static func binary(_ kind: String) -> TensorFlowFunction { TensorFlowFunction(kind: kind, second: "y") }
  private static func plain(_ kind: String) -> TensorFlowFunction { TensorFlowFunction(kind: kind) }
  private static func word(_ word: String, _ settings: [String: String] = [:]) -> TensorFlowFunction {
    TensorFlowFunction(kind: "Activation", word: word, settings: settings)
  }
  private static func reduction(_ kind: String) -> TensorFlowFunction {
    TensorFlowFunction(kind: kind, settings: ["axis": "axis", "keepdims": "keepdims"])
  }

  /// The function of that name: `math.add`, `__operators__.add`, `compat.v1.math.add` and `add` are one, not so those
  /// of other modules, whose words say something else (`sparse.add`, `image.transpose`).
  static func named(_ name: String) -> TensorFlowFunction? {
    guard let dot = name.utf8.lastIndex(of: UInt8(ascii: ".")), modules.contains(String(name[..<dot])) else {
      return table[name]
    }
    return table[String(name[name.utf8.index(after: dot)...])]
  }

  private static let modules: Set<String> = [
    "math", "nn", "__operators__", "keras.activations", "keras.backend", "compat.v1", "compat.v1.math", "compat.v1.nn",
  ]

  /// Those of no other module under their last words. Pixels of `compat.v1.image.resize` stand elsewhere than those of
  /// `image.resize`.
  private static let table: [String: TensorFlowFunction] = [
    "abs": plain("Absolute"),
    "add": binary("Add"),
    "add_n": plain("Add"),
    "cast": plain("Identity"),
    "clip_by_value": TensorFlowFunction(
      kind: "Clip", settings: ["clip_value_min": "x_min", "clip_value_max": "x_max"]),
    "concat": TensorFlowFunction(kind: "Concatenate", settings: ["axis": "axis"]),
    "depth_to_space": TensorFlowFunction(kind: "DepthToSpace", settings: ["block_size": "block_size"]),
    "divide": binary("Divide"),
    "elu": plain("ELU"),
    "exp": plain("Exp"),
    "expand_dims": TensorFlowFunction(kind: "ExpandDims", settings: ["axis": "axis"]),
    "gelu": word("gelu", ["approximate": "approximate"]),
    "getitem": TensorFlowFunction(kind: "GetItem", settings: ["slice_spec": "key"], movement: .key),
    "identity": plain("Identity"),
    "image.resize": TensorFlowFunction(
      kind: "Resizing", settings: ["size": "size", "method": "interpolation", "antialias": "antialias"],
      movement: .size),
    "leaky_relu": TensorFlowFunction(
      kind: "LeakyReLU", settings: ["alpha": "negative_slope"], usual: ("negative_slope", 0.2)),
    "log": plain("Log"),
    "log_softmax": word("log_softmax", ["axis": "axis"]),
    "maximum": binary("Maximum"),
    "minimum": binary("Minimum"),
    "multiply": binary("Multiply"),
    "mul": binary("Multiply"),
    "neg": plain("Negative"),
    "negative": plain("Negative"),
    "pow": binary("Power"),
    "reciprocal": plain("Reciprocal"),
    "reduce_max": reduction("Max"),
    "reduce_mean": reduction("Mean"),
    "reduce_min": reduction("Min"),
    "reduce_sum": reduction("Sum"),
    "relu": plain("ReLU"),
    "relu6": word("relu6"),
    "reshape": TensorFlowFunction(kind: "Reshape", settings: ["shape": "target_shape"], movement: .shape),
    "rsqrt": plain("Rsqrt"),
    "selu": word("selu"),
    "sigmoid": word("sigmoid"),
    "silu": word("silu"),
    "softmax": TensorFlowFunction(kind: "Softmax", settings: ["axis": "axis"]),
    "softplus": word("softplus"),
    "softsign": word("softsign"),
    "space_to_depth": TensorFlowFunction(kind: "SpaceToDepth", settings: ["block_size": "block_size"]),
    "sqrt": plain("Sqrt"),
    "square": plain("Square"),
    "squeeze": TensorFlowFunction(kind: "Max", settings: ["axis": "axis"], movement: .axes),
    "sub": binary("Subtract"),
    "subtract": binary("Subtract"),
    "swish": word("silu"),
    "tanh": word("tanh"),
    "transpose": TensorFlowFunction(kind: "Permute", settings: ["perm": "dims"], movement: .order),
    "truediv": binary("Divide"),
  ]
}

extension KerasReader {
  static let tensorFlowClasses: Set<String> = ["TFOpLambda", "SlicingOpLambda", "TensorFlowOpLayer"]

  /// The function that a layer stands for, if it is such a layer and the function is known.
  func tensorFlowFunction(of layer: KerasLayer) -> TensorFlowFunction? {
    guard ["TFOpLambda", "SlicingOpLambda"].contains(layer.className), let name = tensorFlowName(of: layer) else {
      return nil
    }
    return TensorFlowFunction.named(name)
  }

  private func tensorFlowName(of layer: KerasLayer) -> String? {
    guard let config = json.value("config", of: layer.node) else { return nil }
    return
      (json.value("function", of: config) ?? json.value("node_def", of: config).flatMap { json.value("op", of: $0) })
      .flatMap(json.string)
  }

  /// What a function of TensorFlow becomes.
  mutating func tensorFlowRole(_ layer: KerasLayer, _ className: Name) -> (KerasLayer.Role, CallDemand?) {
    let nodes = json.value("inbound_nodes", of: layer.node).flatMap(json.array) ?? []
    guard let function = tensorFlowFunction(of: layer), let kind = Catalogue.kind(named: function.kind),
      nodes.count == 1, let node = nodes.first, json.array(node) != nil
    else {
      let name = tensorFlowName(of: layer)
      report(
        .unknownOperation, at: layer.node, range: className.range,
        layer.className == "TensorFlowOpLayer"
          ? "\(subject(layer)) is \(name.map { "the operation '\(excerpt($0))'" } ?? "an operation") of a graph, as TensorFlow 2.0 to 2.3 wrote it"
          : "\(subject(layer)) is an operation for which modelc has no layer",
        found: name.map(excerpt) ?? className.text, help: "use a layer that does the same, where Keras has one")
      return (.unreadable, nil)
    }
    let entries = oldEntries(node)
    var arguments: [CallArgument] = []
    var numbers = 0
    if let constant = entries.first(where: isConstant), let value = json.array(constant)?.dropFirst(2).first,
      let number = json.double(value), function.second != nil
    {
      numbers += 1
      arguments.append(attribute("left", .real(number), json.range(value)))
    }
    // Each tensor of a list has the same settings behind it.
    var settings: [CallArgument] = []
    var axes: [Int] = []
    for member in entries.first.map(oldSettings(of:)) ?? JSON.Members.none where !isInert(member) {
      if member.key == function.second {
        guard let number = json.double(member.value) else { continue }
        numbers += 1
        arguments.append(attribute("right", .real(number), json.range(member.value)))
      } else if function.movement == .size, member.key == "size", let sizes = integers(member.value), sizes.count == 2 {
        for (name, size) in zip(["height", "width"], sizes) {
          settings.append(attribute(name, .integer(size), json.range(member.value)))
        }
      } else if let name = function.settings[member.key],
        let value = setting(member, function.movement, of: layer)
      {
        if function.movement == .axes { axes = integers(member.value) ?? [] }
        settings.append(CallArgument(name: Name(name, member.keyRange), value: value))
      } else {
        report(
          .unknownSetting, at: member.value, range: member.keyRange.union(json.range(member.value)),
          "\(subject(layer)) sets '\(excerpt(member.key))', which modelc does not have", found: found(member.value))
      }
    }
    if let usual = function.usual, !settings.contains(where: { $0.name?.text == usual.name }) {
      settings.append(attribute(usual.name, .real(usual.value), className.range))
    }
    if let word = function.word {
      let range = className.range
      let value = tree.add(
        settings.isEmpty ? .name(word) : .call(Call(name: Name(word, range), arguments: settings, range: range)), range)
      arguments.append(CallArgument(name: Name("activation", range), value: value))
    } else {
      arguments += settings
    }
    let arity: Arity = function.second == nil ? kind.arity : .exactly(2 - numbers)
    return (
      .callee(Name(kind.name, className.range), arguments, .layer(arity), resultCount: 1),
      function.movement == .axes ? .ones(axes: axes) : .equalRanks
    )
  }

  private mutating func attribute(_ name: String, _ kind: Expression.Kind, _ range: SourceRange) -> CallArgument {
    CallArgument(name: Name(name, range), value: tree.add(kind, range))
  }

  /// Whether a setting leaves the function what it is.
  private func isInert(_ member: JSON.Member) -> Bool {
    switch member.key {
    case "name": true
    case "conjugate": json.bool(member.value) == false
    case "dtype": json.string(member.value) == "float32"
    // Where channels are first, TensorFlow counts them in another order than Keras.
    case "data_format": json.string(member.value) == "NHWC"
    case "preserve_aspect_ratio": json.bool(member.value) == false
    // Of silu.
    case "beta": json.double(member.value) == 1
    default: json.isNull(member.value)
    }
  }

  /// A setting without what it says of the batch; nil if it would not stay where it is.
  private mutating func setting(
    _ member: JSON.Member, _ movement: TensorFlowFunction.Movement?, of layer: KerasLayer
  ) -> NodeID<Expression>? {
    let node = member.value
    switch movement {
    case nil, .size?: return plain(node, "'\(excerpt(member.key))' of \(subject(layer))")
    case .key?: return key(node, of: layer)
    case .order?, .shape?, .axes?: break
    }
    guard let numbers = integers(node), let first = numbers.first else { return nil }
    let values: ArraySlice<Int>
    switch movement {
    case .order where first == 0, .shape where first == -1: values = numbers.dropFirst()
    case .axes where !numbers.contains(0): values = numbers[...]
    default: return nil
    }
    let range = json.range(node)
    let elements = values.map { tree.add(.integer($0), range) }
    return tree.add(.list(elements), range)
  }
}
