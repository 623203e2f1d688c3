package import Runtime

extension StepKind {
  /// What is done, and by which algorithm, in the field's words: `Winograd F(4,3)`.
  ///
  /// - Parameter precision: fast is for processors that have kernels for it.
  package func method(_ precision: Precision) -> String {
    switch self {
    case .convolution(let step) where precision == .fast && step.isWorthSplitting: step.splitMethod
    case .bandedConvolution(let step) where precision == .fast && step.convolution.isWorthSplitting:
      step.method + " in bf16"
    default: method
    }
  }

  /// The same in full precision.
  package var method: String {
    switch self {
    case .convolution(let step): step.method
    case .bandedConvolution(let step): step.method
    case .dense: "matrix product"
    case .pooling(let step): step.method
    case .reduceMap, .reducePlain: "reduction"
    case .elementwise: "elementwise"
    case .sum: "sum"
    case .arithmetic: "arithmetic"
    case .normalization, .standardization: "normalization"
    case .parametricRelu: "PReLU"
    case .softmax: "softmax"
    case .importMap: "input layout"
    case .exportMap: "output layout"
    case .copyMap, .joinPlain: "copy"
    case .transpose: "transpose"
    case .slice: "slice"
    case .transposedConvolution: "transposed convolution"
    case .resize: "resize"
    case .localResponseNormalization: "response normalization"
    case .layerNormalization: "layer normalization"
    case .groupNormalization: "group normalization"
    }
  }
}

extension StepKind {
  /// Multiplications of one example that are each added to a sum, as the plain formula has them, zeros of borders
  /// included; 0 for what does not multiply by weights.
  package var multiplyAccumulates: Int {
    func cells(_ map: FeatureMap) -> Int { map.height * map.width }
    func products(_ weights: AffineWeights) -> Int { weights.kernelShape.reduce(1, *) }
    return switch self {
    case .convolution(let step): cells(step.output) * products(step.weights)
    case .bandedConvolution(let step):
      cells(step.output) * products(step.weights) + step.sources.reduce(0) { $0 + $1.multiplyAccumulates }
    case .transposedConvolution(let step): cells(step.input) * products(step.weights)
    case .dense(let step): step.output.shape.dropLast().reduce(1, *) * products(step.weights)
    default: 0
    }
  }

  /// Floats of its packed weights, if they are many.
  ///
  /// - Parameter precision: as in `method(_:)`.
  package func packedWeights(_ precision: Precision) -> Int {
    guard precision == .fast else { return packedWeights }
    return switch self {
    case .convolution(let step) where step.isWorthSplitting: step.splitWeights
    case .bandedConvolution(let step) where step.convolution.isWorthSplitting:
      step.convolution.splitWeights + step.sources.reduce(0) { $0 + $1.packedWeights }
    default: packedWeights
    }
  }

  /// The same in full precision.
  package var packedWeights: Int {
    switch self {
    case .convolution(let step):
      let channels = step.isDepthwise ? 1 : step.weights.windowShape[2]
      let window = step.weights.windowShape[..<2]
      let cells = step.algorithm.tiles(window: Array(window))?.cells ?? window.reduce(1, *)
      return step.output.blocks * FeatureMap.lanes * cells * channels
    case .bandedConvolution(let step):
      return ([.convolution(step.convolution)] + step.sources).reduce(0) { $0 + $1.packedWeights }
    case .transposedConvolution(let step): return step.weights.kernelShape.reduce(1, *)
    case .dense(let step): return step.weights.kernelShape.reduce(1, *)
    default: return 0
    }
  }

  /// How often each packed weight is used for one example.
  var uses: Int {
    switch self {
    case .convolution(let step):
      let (height, width) = (step.output.height, step.output.width)
      return step.algorithm.tiles(window: Array(step.weights.windowShape[..<2]))?.count(height: height, width: width)
        ?? height * width
    case .bandedConvolution(let step): return step.output.height * step.output.width
    case .transposedConvolution(let step): return step.input.height * step.input.width
    case .dense(let step): return step.output.shape.dropLast().reduce(1, *)
    default: return 0
    }
  }

  /// What is done as the results are written: `relu`.
  fileprivate var epilogue: (folded: Bool, activation: Activation) {
    switch self {
    case .convolution(let step): (step.weights.normalization != nil, step.activation)
    case .bandedConvolution(let step): (step.weights.normalization != nil, step.activation)
    case .transposedConvolution(let step): (step.weights.normalization != nil, step.activation)
    case .dense(let step): (step.weights.normalization != nil, step.activation)
    case .sum(let step): (false, step.activation)
    case .arithmetic(let step): (false, step.activation)
    case .normalization(let step): (false, step.activation)
    case .layerNormalization(let step): (false, step.activation)
    case .groupNormalization(let step): (false, step.activation)
    default: (false, .linear)
    }
  }

  /// What the step does besides: `normalization folded`.
  var fusions: [String] {
    let (folded, activation) = epilogue
    let addsMap =
      switch self {
      case .convolution(let step): step.addend != nil
      case .bandedConvolution(let step): step.addend != nil
      default: false
      }
    let isBanded = if case .bandedConvolution = self { true } else { false }
    return (isBanded ? ["some rows at a time"] : []) + (folded ? ["normalization folded"] : [])
      + (addsMap ? ["sum fused"] : [])
      + (activation == .linear ? [] : ["activation fused"])
  }
}

extension Pooling {
  fileprivate var method: String { function == .maximum ? "maximum pooling" : "average pooling" }
}

extension BandedConvolution {
  /// The convolutions that make the map, if any do.
  fileprivate var sources: [StepKind] {
    switch source {
    case .depthwise(let step): [.convolution(step)]
    case .expanded(let step): [.convolution(step.expansion), .convolution(step.depthwise)]
    case .pooling, .normalization: []
    }
  }

  fileprivate var method: String {
    switch source {
    case .depthwise: "separable convolution"
    case .expanded: "inverted residual"
    case .pooling(let step): step.method + ", matrix product"
    case .normalization: "normalization, matrix product"
    }
  }
}

extension Convolution {
  fileprivate var method: String {
    if algorithm != .direct { return "Winograd " + algorithm.name(window: Array(weights.windowShape[..<2])) }
    if isDepthwise { return "depthwise convolution" }
    return directMethod
  }

  private var directMethod: String {
    weights.windowShape.prefix(2) == [1, 1] ? "matrix product" : "direct convolution"
  }

  fileprivate var splitMethod: String { directMethod + " in bf16" }
}
