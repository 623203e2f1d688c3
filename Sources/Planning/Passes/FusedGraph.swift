import Operations
import Runtime

/// The network after fusion: what will be a step each, still over values of no particular form.
struct FusedGraph {
  /// In an order in which each one's operands come before it.
  var operations: [FusedOperation]
  /// The sizes of one example, by the value's index.
  var sizes: [[Int]]
  var inputs: [Operations.Port]
  var outputs: [Operations.Port]

  /// The operations whose results somebody uses, and for each value by how many operands and outputs it is used.
  var useCounts: [Int] {
    var counts = [Int](repeating: 0, count: sizes.count)
    for output in outputs { counts[output.value.index] += 1 }
    for operation in operations {
      for operand in operation.operands { counts[operand.index] += 1 }
    }
    return counts
  }
}

struct FusedOperation {
  var kind: FusedKind
  var operands: [ID<Value>]
  var result: ID<Value>
  /// The layers that it does, the main one first.
  var origins: [Origin]
}

/// The names of mean and variance, and their shape.
struct StandardizationWeights {
  var mean: String
  var variance: String
  var epsilon: Double
  var shape: [Int]
}

enum FusedKind {
  /// A second operand is added to the result, before the activation.
  case convolution(Convolution2D, AffineWeights, Activation)
  /// A 1x1 convolution that makes its map itself.
  case bandedConvolution(BandSource, Convolution2D, AffineWeights, Activation)
  case dense(AffineWeights, Activation)
  case pooling(Pooling2D)
  /// Over height and width of a map.
  case globalReduction(ReductionFunction, DataFormat)
  case reduction(ReductionFunction, axes: [Int])
  case zeroPadding(Padding2D, DataFormat)
  case crop(Padding2D, DataFormat)
  case elementwise(Activation)
  case softmax(axis: Int)
  case sum(Activation)
  case arithmetic(BinaryFunction, Activation)
  case concatenation(axis: Int)
  case reshape
  case changeFormat(to: DataFormat)
  case transpose(order: [Int])
  case slice(starts: [Int], steps: [Int])
  case normalization(axis: Int, NormalizationWeights, Activation)
  case standardization(axis: Int, StandardizationWeights)
  case parametricRelu(alpha: String, shape: [Int])
  case transposedConvolution(TransposedConvolution2D, AffineWeights, Activation)
  case resize(Resize2D)
  case localResponseNormalization(ResponseNormalization)
  case layerNormalization(axes: [Int], epsilon: Double, ScalingWeights, Activation)
  case groupNormalization(groups: Int, axis: Int, epsilon: Double, ScalingWeights, Activation)
}

/// x / (bias + alpha * sum of squares) ^ beta along an axis, which counts the batch.
struct ResponseNormalization {
  var axis: Int
  var radius: Int
  var bias: Float
  var alpha: Float
  var beta: Float
}
