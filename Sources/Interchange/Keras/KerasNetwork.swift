import Layers
import Syntax

/// The layers of one Keras model and how they call each other, before they are put in order.
struct KerasNetwork {
  var layers: [KerasLayer] = []
  /// The results in the order of the model's outputs; nil where one could not be read, which has been reported.
  var outputs: [KerasTensor?] = []
  /// The inputs, as places in `layers`, in the order in which a call of the model gives them.
  var inputs: [Int] = []
}

/// One layer, operation, input or model within a model.
struct KerasLayer {
  enum Role {
    /// Its batch shape is this array.
    case input(shape: JSON.ID)
    /// A layer of the catalogue, or a block that stands for a nested model: what is called, and with which settings.
    case callee(Name, [CallArgument], Operands, resultCount: Int)
    /// It could not be read, which has been reported.
    case unreadable
  }

  var name: Name
  /// The class as written: `Conv2D`.
  var className: String
  /// The layer's object.
  var node: JSON.ID
  var role: Role
  var calls: [KerasCall] = []
  /// What an operation demands of its tensors that a layer in its place does not.
  var demand: CallDemand?
  /// Whether each of its calls says by a key what part of the tensor it takes.
  var takesKey = false
  /// The attribute that says which of the results of a call is meant; nil where a call gives them all.
  var resultAttribute: String?
  /// Whether it is a functional model within another, whose calls Keras 3 counts from 1 where they are results.
  var isFunctional = false
  /// From which number on Keras 2 counts the calls; nil where Keras 3 counts them.
  var oldFirstCall: Int?

  var resultCount: Int {
    if case .callee(_, _, _, let count) = role { count } else { 1 }
  }

  var isInput: Bool {
    if case .input = role { true } else { false }
  }
}

/// How many tensors a callee takes.
enum Operands {
  case layer(Arity)
  /// A nested model takes one for each of its inputs, which are called so, in this order.
  case model(inputs: [String])

  func allow(_ count: Int) -> Bool {
    switch self {
    case .layer(.exactly(let number)): count == number
    case .model(let inputs): count == inputs.count
    case .layer(.atLeast(let number)): count >= number
    case .layer(.between(let least, let most)): (least...most).contains(count)
    }
  }

  var description: String {
    switch self {
    case .layer(.exactly(let number)): Self.tensors(number)
    case .model(let inputs): Self.tensors(inputs.count)
    case .layer(.atLeast(let number)): "\(number) tensors or more"
    case .layer(.between(let least, let most)): "\(least) or \(most) tensors"
    }
  }

  private static func tensors(_ count: Int) -> String { count == 1 ? "1 tensor" : "\(count) tensors" }
}

/// One call of a layer: an inbound node.
struct KerasCall {
  /// The inbound node; in a Sequential model the layer.
  var node: JSON.ID
  /// nil where a tensor could not be read, which has been reported.
  var operands: [KerasTensor?] = []
  /// Settings that this call alone has.
  var arguments: [CallArgument] = []
}

/// A result of a call.
struct KerasTensor {
  /// Places in the network's layers, the layer's calls and the call's results.
  var layer: Int
  var call: Int
  var result: Int
  /// Where it is spoken of.
  var range: SourceRange
  var node: JSON.ID
}
