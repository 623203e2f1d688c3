import Planning
import Runtime

extension Plan {
  /// The kinds of the steps in order: `importMap convolution exportMap`.
  var kinds: String {
    steps.map { step in
      switch step.operation {
      case .convolution: "convolution"
      case .bandedConvolution: "bandedConvolution"
      case .dense: "dense"
      case .pooling: "pooling"
      case .reduceMap: "reduceMap"
      case .reducePlain: "reducePlain"
      case .elementwise: "elementwise"
      case .sum: "sum"
      case .arithmetic: "arithmetic"
      case .normalization: "normalization"
      case .standardization: "standardization"
      case .parametricRelu: "parametricRelu"
      case .softmax: "softmax"
      case .importMap: "importMap"
      case .exportMap: "exportMap"
      case .copyMap: "copyMap"
      case .joinPlain: "joinPlain"
      case .transpose: "transpose"
      case .slice: "slice"
      case .transposedConvolution: "transposedConvolution"
      case .resize: "resize"
      case .localResponseNormalization: "localResponseNormalization"
      case .layerNormalization: "layerNormalization"
      case .groupNormalization: "groupNormalization"
      }
    }.joined(separator: " ")
  }

  /// Those of maps that they make themselves among them.
  var convolutions: [Convolution] {
    steps.compactMap { step in
      switch step.operation {
      case .convolution(let convolution): convolution
      case .bandedConvolution(let banded): banded.convolution
      default: nil
      }
    }
  }

  var bandedConvolutions: [BandedConvolution] {
    steps.compactMap { if case .bandedConvolution(let banded) = $0.operation { banded } else { nil } }
  }

  var copies: [CopyMap] {
    steps.compactMap { step in
      if case .copyMap(let copy) = step.operation { copy } else { nil }
    }
  }
}
