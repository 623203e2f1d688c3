package import Planning
package import Runtime

extension StepKind {
  /// The step as the runtime takes it: without its weights yet.
  package var step: any Step {
    switch self {
    case .convolution(let step): step
    case .bandedConvolution(let step): step
    case .dense(let step): step
    case .pooling(let step): step
    case .reduceMap(let step): step
    case .reducePlain(let step): step
    case .elementwise(let step): step
    case .sum(let step): step
    case .arithmetic(let step): step
    case .normalization(let step): step
    case .standardization(let step): step
    case .parametricRelu(let step): step
    case .softmax(let step): step
    case .importMap(let step): step
    case .exportMap(let step): step
    case .copyMap(let step): step
    case .joinPlain(let step): step
    case .transpose(let step): step
    case .slice(let step): step
    case .transposedConvolution(let step): step
    case .resize(let step): step
    case .localResponseNormalization(let step): step
    case .layerNormalization(let step): step
    case .groupNormalization(let step): step
    }
  }
}
