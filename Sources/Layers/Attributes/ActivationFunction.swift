import Operations

/// What a layer does to each value that it makes: one of Keras's activations.
///
/// The one place where a word becomes operations.
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
    .init("celu", .init("alpha", 1.0, .above(0))),
    .init("sigmoid"),
    .init("hard_sigmoid"),
    .init("sparse_sigmoid"),
    .init("log_sigmoid"),
    .init("tanh"),
    .init("hard_tanh"),
    .init("tanh_shrink"),
    .init("silu"),
    .init("swish"),
    .init("hard_silu"),
    .init("hard_swish"),
    .init("gelu", .init("approximate", false)),
    .init("mish"),
    .init("softplus"),
    .init("sparse_plus"),
    .init("squareplus", .init("b", 4.0, .atLeast(0))),
    .init("softsign"),
    .init("soft_shrink", .init("threshold", 0.5, .atLeast(0))),
    .init("hard_shrink", .init("threshold", 0.5, .atLeast(0))),
    .init("exponential"),
    .init("softmax", .init("axis", -1)),
    .init("log_softmax", .init("axis", -1)))

  /// Sees to it that a tensor has the axes that the activation speaks of.
  func check(_ shape: Shape) throws(LayerProblem) {
    if let axis { _ = try shape.axis(axis, attribute: "activation") }
  }

  /// What one value depends on, in a tensor of so many axes.
  func field(_ rank: Int) -> ReceptiveField {
    guard let axis else { return .pixel }
    return rank > 2 && (axis == -1 || axis == rank - 1) ? .pixel : .everything
  }

  /// Adds the activation behind a value; none for `linear`. `check` has passed for the value's shape.
  func lower(_ value: ID<Value>, _ call: LayerCall, into graph: inout OperationGraph) -> ID<Value> {
    if phrase.word == "linear" { return value }
    if let function { return call.apply(function, to: value, into: &graph) }
    if let axis {
      let shape = graph.values[value].shape
      let resolved = axis < 0 ? axis + shape.rank : axis
      if phrase.word == "log_softmax" { return call.logSoftmax(value, axis: resolved, into: &graph) }
      return graph.add(.softmax(axis: resolved), [value], shape: shape, origin: call.origin)
    }
    return compose(value, call, into: &graph)
  }

  /// The axis of those that look at many values, which counts from the end where it is below zero.
  private var axis: Int? {
    ["softmax", "log_softmax"].contains(phrase.word) ? phrase.value("axis") : nil
  }

  /// The words that are one operation.
  private var function: ElementwiseFunction? {
    switch phrase.word {
    case "relu":
      .relu(
        negativeSlope: float("negative_slope"), maximum: phrase.value("max_value", as: Double?.self).map { Float($0) },
        threshold: float("threshold"))
    case "relu6": .relu(negativeSlope: 0, maximum: 6, threshold: 0)
    case "leaky_relu": .relu(negativeSlope: float("negative_slope"), maximum: nil, threshold: 0)
    case "elu": .elu(alpha: float("alpha"))
    case "selu": .selu
    case "sigmoid": .sigmoid
    case "hard_sigmoid": .hardSigmoid
    case "tanh": .tanh
    case "silu", "swish": .silu
    case "hard_silu", "hard_swish": .hardSilu
    case "gelu": .gelu(approximate: phrase.value("approximate"))
    case "mish": .mish
    case "softplus": .softplus
    case "softsign": .softsign
    case "exponential": .exponential
    default: nil
    }
  }

  func number(_ name: String) -> Double { phrase.value(name) }

  private func float(_ name: String) -> Float { Float(number(name)) }
}
