import Operations

/// What a layer does to each value that it makes: one of Keras's activations.
///
/// The one place where a word becomes an operation.
struct ActivationFunction: WordValue {
  let phrase: Phrase

  static var typeName: String { "Activation" }
  static var expectation: String { "an activation" }
  /// Keras has both None and `linear` for no activation.
  static var wordForNone: String? { "linear" }

  static let linear = ActivationFunction(word: "linear")

  static let vocabulary = Vocabulary(
    .init("linear"),
    .init("relu", .init("negative_slope", 0.0), .init("max_value", Double?.none), .init("threshold", 0.0)),
    .init("relu6"),
    .init("leaky_relu", .init("negative_slope", 0.2)),
    .init("elu", .init("alpha", 1.0)),
    .init("selu"),
    .init("sigmoid"),
    .init("hard_sigmoid"),
    .init("tanh"),
    .init("silu"),
    .init("swish"),
    .init("hard_silu"),
    .init("hard_swish"),
    .init("gelu", .init("approximate", false)),
    .init("mish"),
    .init("softplus"),
    .init("softsign"),
    .init("exponential"),
    .init("softmax", .init("axis", -1)))

  /// What is left of a word when it has become arithmetic.
  private enum Form {
    case identity
    case elementwise(ElementwiseFunction)
    /// Over an axis that counts from the end where it is below zero.
    case softmax(axis: Int)
  }

  private var form: Form {
    switch phrase.word {
    case "linear": .identity
    case "relu":
      .elementwise(
        .relu(
          negativeSlope: float("negative_slope"),
          maximum: phrase.value("max_value", as: Double?.self).map { Float($0) },
          threshold: float("threshold")))
    case "relu6": .elementwise(.relu(negativeSlope: 0, maximum: 6, threshold: 0))
    case "leaky_relu":
      .elementwise(.relu(negativeSlope: float("negative_slope"), maximum: nil, threshold: 0))
    case "elu": .elementwise(.elu(alpha: float("alpha")))
    case "selu": .elementwise(.selu)
    case "sigmoid": .elementwise(.sigmoid)
    case "hard_sigmoid": .elementwise(.hardSigmoid)
    case "tanh": .elementwise(.tanh)
    case "silu", "swish": .elementwise(.silu)
    case "hard_silu", "hard_swish": .elementwise(.hardSilu)
    case "gelu": .elementwise(.gelu(approximate: phrase.value("approximate")))
    case "mish": .elementwise(.mish)
    case "softplus": .elementwise(.softplus)
    case "softsign": .elementwise(.softsign)
    case "exponential": .elementwise(.exponential)
    case "softmax": .softmax(axis: phrase.value("axis"))
    default: preconditionFailure("the activation '\(phrase.word)' has no arithmetic")
    }
  }

  /// Sees to it that a tensor has the axes that the activation speaks of.
  func check(_ shape: Shape) throws(LayerProblem) {
    if case .softmax(let axis) = form { _ = try shape.axis(axis, attribute: "activation") }
  }

  /// Adds the activation behind a value; none for `linear`. `check` has passed for the value's shape.
  func lower(_ value: ID<Value>, _ call: LayerCall, into graph: inout OperationGraph) -> ID<Value> {
    let kind: OperationKind
    switch form {
    case .identity: return value
    case .elementwise(let function): kind = .elementwise(function)
    case .softmax(let axis): kind = .softmax(axis: axis < 0 ? axis + call.outputShape.rank : axis)
    }
    return graph.add(kind, [value], shape: call.outputShape, origin: call.origin)
  }

  private func float(_ name: String) -> Float { Float(phrase.value(name, as: Double.self)) }
}
