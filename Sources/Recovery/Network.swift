import Layers
import Operations
import Semantics
import Syntax

/// The calls of one body, each after those that it needs: what a program says once all its writing is taken away.
struct Network {
  /// The name of the model, or of the block.
  var name: String
  /// Whether it is a model; else a block that several calls share.
  var isModel: Bool
  var calls: [NetworkCall] = []
  /// `layer tower = Dense(64)`: the layers that several calls share.
  var instances: [Instance] = []
  /// What the sizes that a model's inputs leave open are multiples of.
  var grains: Grains?
  /// What the body gives, in order, with the names of a model's outputs.
  var results: [(name: String, tensor: Tensor)] = []

  struct Instance {
    var name: String
    var callee: String
    var attributes: [AttributeValue]
  }
}

/// A result of a call.
struct Tensor: Hashable {
  var call: Int
  var result = 0
}

/// One call of a layer, a shared layer or a block; or an input.
struct NetworkCall {
  enum Callee {
    /// The sizes as the body declares them.
    case input(shape: NodeID<Expression>)
    case layer(LayerKind)
    /// A block of the description that is kept as it is.
    case block(String)
    /// A shared layer, or a shared block, and which layer or block that is.
    case instance(String, of: String)
  }

  /// `conv2_block1_1_conv`; of a model within a model `inner/conv`.
  var name: String
  var callee: Callee
  var operands: [Tensor]
  /// All that the layer has, in the order of its table; of a shared one too.
  var attributes: [AttributeValue] = []
  var resultCount = 1
  var hasWeights = false
  /// The sizes of its result, nil where one is not known; nil if nothing is known of it.
  var shape: [Int?]?
  /// `Conv2D`; nothing for an input.
  var calleeName: String {
    switch callee {
    case .input: ""
    case .layer(let kind): kind.name
    case .block(let name), .instance(let name, _): name
    }
  }

  /// `Conv2D`, of a shared layer too.
  var kindName: String { if case .instance(_, let kind) = callee { kind } else { calleeName } }

  /// The model within the model whose result it gives.
  var endsModel: String?

  /// The model within the model that it stands in: `encoder` of `encoder/conv2d`; nil if nobody gave that a name.
  var model: String? {
    guard let slash = name.firstIndex(of: "/") else { return nil }
    let model = String(name[..<slash])
    return ["Functional", "Model", "Sequential"].contains { isAutomatic(model, of: $0) } ? nil : model
  }

  /// Whether it is a call of a shared layer or block.
  var isShared: Bool { if case .instance = callee { true } else { false } }

  var isInput: Bool { if case .input = callee { true } else { false } }

  /// The name that somebody gave it; nil if it is one that Keras gives by itself, such as `conv2d_5`.
  var givenName: String? {
    if case .instance(let instance, let kind) = callee { return isAutomatic(instance, of: kind) ? nil : instance }
    guard case .layer(let kind) = callee else { return isInput ? nil : name }
    let last = name.split(separator: "/").last.map(String.init) ?? name
    // What stands before it in a model within a model was given all the same.
    return isAutomatic(last, of: kind.name) ? nil : name
  }
}

/// An attribute of a call, in the form in which equal values are equal.
struct AttributeValue {
  var name: String
  var value: Literal
  /// What the value is where nothing is written; nil if it has to be.
  var standard: Literal?
  /// `Int`, `[Int]`, `Padding`
  var type: String

  var isStandard: Bool { standard == value }

  /// The number that stands on one side of an operator in the place of a tensor.
  static let ofOperators: Set<String> = ["left", "right"]

  /// Whether blocks may take it as a parameter: a number, or numbers, or how a map is padded.
  var mayVary: Bool {
    guard ["Int", "Float", "[Int]", "Padding"].contains(type), name != "axis", name != "seed" else { return false }
    switch value {
    case .integer, .real: return true
    case .word: return type == "Padding"
    case .list(let elements):
      return name == "padding" || elements.allSatisfy { if case .integer = $0 { true } else { false } }
    default: return false
    }
  }
}
