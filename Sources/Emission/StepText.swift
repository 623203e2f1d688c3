import Planning
import Runtime

/// A planned step as the expression that makes it.
struct StepText {
  /// Which tensors it reads and writes.
  let inputs: [TensorView]
  let output: TensorView
  /// `Convolution`
  let type: String
  /// The expression, given those of its tensors.
  let expression: (_ inputs: [SwiftExpression], _ output: SwiftExpression) -> SwiftExpression

  init(_ operation: StepKind) {
    switch operation {
    case .convolution(let step):
      let operands = [step.input] + (step.addend.map { [$0] } ?? [])
      self.init(operands.map { .map($0) }, .map(step.output), "Convolution", labels: ["input", "addend"]) {
        [
          .init("strides", .integers(step.strides)), .init("dilation", .integers(step.dilation)),
          .init("top", .integer(step.top)), .init("left", .integer(step.left)),
          .init("groups", .integer(step.groups)), .init("weights", Self.weights(step.weights)),
          .init("activation", Self.activation(step.activation)),
        ] + Self.algorithm(step.algorithm)
      }
    case .bandedConvolution(let step):
      let operands = [step.source.input] + (step.addend.map { [$0] } ?? [])
      self.init(
        operands.map { .map($0) }, .map(step.output), "BandedConvolution", labels: ["source", "addend"],
        wrapping: { Self.source(step.source, input: $0) }
      ) {
        [
          .init("weights", Self.weights(step.weights)), .init("activation", Self.activation(step.activation)),
        ]
      }
    case .dense(let step):
      self.init([.plain(step.input)], .plain(step.output), "Dense") {
        [
          .init("weights", Self.weights(step.weights)), .init("activation", Self.activation(step.activation)),
        ]
      }
    case .pooling(let step):
      self.init([.map(step.input)], .map(step.output), "Pooling") {
        [
          .init("function", Self.function(step.function)), .init("window", .integers(step.window)),
          .init("strides", .integers(step.strides)), .init("top", .integer(step.top)),
          .init("left", .integer(step.left)), .init("bottom", .integer(step.bottom)),
          .init("right", .integer(step.right)),
        ]
      }
    case .reduceMap(let step):
      self.init([.map(step.input)], .plain(step.output), "ReduceMap") {
        [.init("function", .atom("." + step.function.rawValue))]
      }
    case .reducePlain(let step):
      self.init([.plain(step.input)], .plain(step.output), "ReducePlain") {
        [.init("function", .atom("." + step.function.rawValue)), .init("axes", .integers(step.axes))]
      }
    case .elementwise(let step):
      self.init([step.input], step.output, "Elementwise", views: true) {
        [.init("activation", Self.activation(step.activation))]
      }
    case .sum(let step):
      self.init(step.inputs, step.output, "Sum", labels: ["inputs"], views: true) {
        [.init("activation", Self.activation(step.activation))]
      }
    case .arithmetic(let step):
      self.init([step.left, step.right], step.output, "Arithmetic", labels: ["left", "right"], views: true) {
        [
          .init("function", .atom("." + step.function.rawValue)),
          .init("activation", Self.activation(step.activation)),
        ]
      }
    case .normalization(let step):
      self.init([step.input], step.output, "Normalization", views: true) {
        [
          .init("axis", .integer(step.axis)), .init("weights", Self.normalization(step.weights)),
          .init("activation", Self.activation(step.activation)),
        ]
      }
    case .standardization(let step):
      self.init([step.input], step.output, "Standardization", views: true) {
        [
          .init("axis", .integer(step.axis)), .init("mean", .text(step.mean)),
          .init("variance", .text(step.variance)), .init("epsilon", .atom(SwiftText.double(step.epsilon))),
          .init("weightShape", .integers(step.weightShape)),
        ]
      }
    case .parametricRelu(let step):
      self.init([step.input], step.output, "ParametricRelu", views: true) {
        [
          .init("alpha", .text(step.alpha)), .init("alphaShape", .integers(step.alphaShape)),
          .init("order", .atom("." + step.order.rawValue)),
        ]
      }
    case .softmax(let step):
      self.init([.plain(step.input)], .plain(step.output), "Softmax") { [.init("axis", .integer(step.axis))] }
    case .importMap(let step):
      self.init([.plain(step.input)], .map(step.output), "ImportMap") {
        [.init("order", .atom("." + step.order.rawValue))]
      }
    case .exportMap(let step):
      self.init([.map(step.input)], .plain(step.output), "ExportMap") {
        [.init("order", .atom("." + step.order.rawValue))]
      }
    case .copyMap(let step):
      self.init([.map(step.input)], .map(step.output), "CopyMap") {
        [
          .init("row", .integer(step.row)), .init("column", .integer(step.column)),
          .init("channel", .integer(step.channel)), .init("clearsRest", .atom(String(step.clearsRest))),
        ]
      }
    case .joinPlain(let step):
      self.init(step.inputs.map { .plain($0) }, .plain(step.output), "JoinPlain", labels: ["inputs"]) {
        [.init("axis", .integer(step.axis))]
      }
    case .transpose(let step):
      self.init([.plain(step.input)], .plain(step.output), "Transpose") { [.init("order", .integers(step.order))] }
    case .slice(let step):
      self.init([step.input], step.output, "Slice", views: true) {
        [.init("starts", .integers(step.starts)), .init("steps", .integers(step.steps))]
      }
    case .transposedConvolution(let step):
      self.init([.map(step.input)], .map(step.output), "TransposedConvolution") {
        [
          .init("strides", .integers(step.strides)), .init("dilation", .integers(step.dilation)),
          .init("top", .integer(step.top)), .init("left", .integer(step.left)),
          .init("weights", Self.weights(step.weights)), .init("activation", Self.activation(step.activation)),
        ]
      }
    case .resize(let step):
      self.init([.map(step.input)], .map(step.output), "Resize") {
        [
          .init("interpolation", .atom("." + step.interpolation.rawValue)),
          .init("antialias", .atom(String(step.antialias))),
        ]
      }
    case .localResponseNormalization(let step):
      self.init([.map(step.input)], .map(step.output), "LocalResponseNormalization") {
        [
          .init("radius", .integer(step.radius)), .init("bias", .atom(SwiftText.float(step.bias))),
          .init("alpha", .atom(SwiftText.float(step.alpha))), .init("beta", .atom(SwiftText.float(step.beta))),
        ]
      }
    case .layerNormalization(let step):
      self.init([step.input], step.output, "LayerNormalization", views: true) {
        [
          .init("axes", .integers(step.axes)), .init("epsilon", .atom(SwiftText.double(step.epsilon))),
          .init("weights", Self.scaling(step.weights)), .init("activation", Self.activation(step.activation)),
        ]
      }
    case .groupNormalization(let step):
      self.init([step.input], step.output, "GroupNormalization", views: true) {
        [
          .init("groups", .integer(step.groups)), .init("axis", .integer(step.axis)),
          .init("epsilon", .atom(SwiftText.double(step.epsilon))), .init("weights", Self.scaling(step.weights)),
          .init("activation", Self.activation(step.activation)),
        ]
      }
    }
  }

  /// - Parameters:
  ///   - type: the step's type, whose initialiser takes `inputs` under their `labels`, `output:` and then `rest`.
  ///   - labels: one for each input, or `inputs` for any number of them in a list.
  ///   - views: whether it takes tensors in either form.
  ///   - wrapping: what is handed over for the first input; nil for the input itself.
  private init(
    _ inputs: [TensorView], _ output: TensorView, _ type: String, labels: [String] = ["input"], views: Bool = false,
    wrapping: ((SwiftExpression) -> SwiftExpression)? = nil, _ rest: @escaping () -> [SwiftExpression.Argument]
  ) {
    self.inputs = inputs
    self.output = output
    self.type = type
    expression = { tensors, result in
      func operand(_ tensor: TensorView, _ expression: SwiftExpression) -> SwiftExpression {
        guard views else { return expression }
        return switch tensor {
        case .map: .call(".map", [.init(nil, expression)])
        case .plain: .call(".plain", [.init(nil, expression)])
        }
      }
      var operands = zip(inputs, tensors).map(operand)
      if let wrapping { operands[0] = wrapping(operands[0]) }
      let first: [SwiftExpression.Argument] =
        labels == ["inputs"]
        ? [.init("inputs", .list(operands))] : zip(labels, operands).map { .init($0, $1) }
      return .call(type, first + [.init("output", operand(output, result))] + rest())
    }
  }
}

// MARK: - Values

extension StepText {
  /// The expression that makes a tensor.
  static func tensor(_ tensor: TensorView) -> SwiftExpression {
    switch tensor {
    case .map(let map):
      var arguments: [SwiftExpression.Argument] = [.init("place", place(map.place))]
      if map.firstBlock != 0 { arguments.append(.init("firstBlock", .integer(map.firstBlock))) }
      arguments += [
        .init("height", .integer(map.height)), .init("width", .integer(map.width)),
        .init("channels", .integer(map.channels)),
      ]
      if map.border != Border() { arguments.append(.init("border", border(map.border))) }
      if map.isNarrow { arguments.append(.init("isNarrow", "true")) }
      return .call("FeatureMap", arguments)
    case .plain(let tensor):
      let storage: SwiftExpression =
        switch tensor.storage {
        case .arena(let place): .call(".arena", [.init(nil, Self.place(place))])
        case .input(let index): .call(".input", [.init(nil, .integer(index))])
        case .output(let index): .call(".output", [.init(nil, .integer(index))])
        }
      return .call("PlainTensor", [.init("storage", storage), .init("shape", .integers(tensor.shape))])
    }
  }

  private static func place(_ place: Place) -> SwiftExpression {
    .call("Place", [.init("offset", .integer(place.offset)), .init("stride", .integer(place.stride))])
  }

  private static func border(_ border: Border) -> SwiftExpression {
    let sides = [("top", border.top), ("bottom", border.bottom), ("left", border.left), ("right", border.right)]
    return .call("Border", sides.filter { $0.1 != 0 }.map { .init($0.0, .integer($0.1)) })
  }

  private static func weights(_ weights: AffineWeights) -> SwiftExpression {
    var arguments: [SwiftExpression.Argument] = [
      .init("kernel", .text(weights.kernel)), .init("kernelShape", .integers(weights.kernelShape)),
      .init("bias", optional(weights.bias)),
    ]
    if let normalization = weights.normalization {
      arguments.append(.init("normalization", Self.normalization(normalization)))
    }
    return .call("AffineWeights", arguments)
  }

  private static func normalization(_ weights: NormalizationWeights) -> SwiftExpression {
    if !weights.scale.isEmpty {
      func list(_ values: [Float]) -> SwiftExpression { .list(values.map { .atom(SwiftText.float($0)) }) }
      return .call(
        "NormalizationWeights", [.init("scale", list(weights.scale)), .init("shift", list(weights.shift))])
    }
    if let gamma = weights.gamma, weights.shape.count > 1 {
      return .call("NormalizationWeights", [.init("gamma", .text(gamma)), .init("shape", .integers(weights.shape))])
    }
    return .call(
      "NormalizationWeights",
      [
        .init("gamma", optional(weights.gamma)), .init("beta", optional(weights.beta)),
        .init("mean", optional(weights.mean)), .init("variance", optional(weights.variance)),
        .init("epsilon", .atom(SwiftText.double(weights.epsilon))), .init("count", .integer(weights.count)),
      ])
  }

  private static func scaling(_ weights: ScalingWeights) -> SwiftExpression {
    .call(
      "ScalingWeights",
      [
        .init("gamma", optional(weights.gamma)), .init("beta", optional(weights.beta)),
        .init("shape", .integers(weights.shape)),
      ])
  }

  private static func optional(_ text: String?) -> SwiftExpression { text.map { .text($0) } ?? "nil" }

  /// Nothing where it is the default.
  private static func algorithm(_ algorithm: Convolution.Algorithm) -> [SwiftExpression.Argument] {
    switch algorithm {
    case .direct: []
    case .winograd(let results): [.init("algorithm", .atom(".winograd(results: \(results))"))]
    }
  }

  private static func function(_ function: Pooling.Function) -> SwiftExpression {
    switch function {
    case .maximum: ".maximum"
    case .average(let countsPadding): .atom(".average(countsPadding: \(countsPadding))")
    }
  }

  /// What makes the rows of a map.
  private static func source(_ source: BandedConvolution.Source, input: SwiftExpression) -> SwiftExpression {
    func text(_ step: StepKind, _ input: SwiftExpression, _ output: FeatureMap) -> SwiftExpression {
      StepText(step).expression([input], tensor(.map(output)))
    }
    let (label, step): (String, SwiftExpression) =
      switch source {
      case .depthwise(let step): (".depthwise", text(.convolution(step), input, source.output))
      case .expanded(let step):
        (
          ".expanded",
          .call(
            "ExpandedDepthwise",
            [
              .init("expansion", text(.convolution(step.expansion), input, step.expansion.output)),
              .init(
                "depthwise",
                text(.convolution(step.depthwise), tensor(.map(step.depthwise.input)), step.depthwise.output)),
            ])
        )
      case .pooling(let step): (".pooling", text(.pooling(step), input, source.output))
      case .normalization(let step): (".normalization", text(.normalization(step), input, source.output))
      }
    return .call(label, [.init(nil, step)])
  }

  private static func activation(_ activation: Activation) -> SwiftExpression {
    switch activation {
    case .linear: ".linear"
    case .relu(let slope, let threshold, let maximum):
      .call(
        ".relu",
        [("slope", slope, 0), ("threshold", threshold, 0), ("maximum", maximum, Float.infinity)]
          .filter { $0.1.bitPattern != $0.2.bitPattern }
          .map { .init($0.0, .atom(SwiftText.float($0.1))) })
    case .sigmoid: ".sigmoid"
    case .tanh: ".tanh"
    case .silu: ".silu"
    case .softplus: ".softplus"
    case .softsign: ".softsign"
    case .exponential: ".exponential"
    case .mish: ".mish"
    case .selu: ".selu"
    case .hardSigmoid: ".hardSigmoid"
    case .hardSilu: ".hardSilu"
    case .elu(let alpha): .call(".elu", [.init("alpha", .atom(SwiftText.float(alpha)))])
    case .gelu(let approximate): .atom(".gelu(approximate: \(approximate))")
    case .arithmetic(let function, let constant, let isLeft):
      .call(
        ".arithmetic",
        [.init(nil, .atom("." + function.rawValue)), .init("constant", .atom(SwiftText.float(constant)))]
          + (isLeft ? [.init("isLeft", "true")] : []))
    case .absolute: ".absolute"
    case .negative: ".negative"
    case .square: ".square"
    case .squareRoot: ".squareRoot"
    case .reciprocalSquareRoot: ".reciprocalSquareRoot"
    case .logarithm: ".logarithm"
    }
  }
}
