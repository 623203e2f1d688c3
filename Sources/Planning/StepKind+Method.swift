import Runtime

extension StepKind {
  /// What is done, and by which algorithm, in the field's words: `Winograd F(4, 3)`.
  package var method: String {
    switch self {
    case .convolution(let step): step.method
    case .dense: "matrix product"
    case .pooling(let step): step.function == .maximum ? "maximum pooling" : "average pooling"
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
    case .transposedConvolution: "transposed convolution"
    case .resize: "resize"
    case .localResponseNormalization: "response normalization"
    case .layerNormalization: "layer normalization"
    case .groupNormalization: "group normalization"
    }
  }
}

extension Convolution {
  fileprivate var method: String {
    if case .winograd(let results) = algorithm { return "Winograd F(\(results), \(weights.kernelShape[0]))" }
    if isDepthwise { return "depthwise" }
    return weights.kernelShape.prefix(2) == [1, 1] ? "matrix product" : "direct convolution"
  }
}
