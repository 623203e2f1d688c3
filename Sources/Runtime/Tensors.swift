/// Where a tensor stands in the arena, in floats for one example; the batch multiplies it, so that example `n` of `N`
/// begins at `offset * N + n * stride`.
package struct Place: Hashable, Sendable {
  package var offset: Int
  /// Floats from one example to the next.
  package var stride: Int

  package init(offset: Int, stride: Int) {
    self.offset = offset
    self.stride = stride
  }
}

/// Cells of zeros kept around a map, so that a window may reach over its edge.
package struct Border: Hashable, Sendable {
  package var top, bottom, left, right: Int

  package init(top: Int = 0, bottom: Int = 0, left: Int = 0, right: Int = 0) {
    self.top = top
    self.bottom = bottom
    self.left = left
    self.right = right
  }
}

/// A map of height x width pixels, its channels in blocks of 16: `[block][row][column][16]`, border included.
///
/// Lanes of the last block past `channels` hold anything, NaN too; no step lets them reach another lane. Whoever writes
/// channels of a map writes the zeros of the border around them as well: the memory held another tensor before.
///
/// A narrow map has one block with fewer channels than lanes, and nothing but these: `[row][column][channel]`. Only
/// `ImportMap` writes one and only `Convolution` reads it: an image of 3 channels then takes a fifth of the memory.
package struct FeatureMap: Hashable, Sendable {
  package static let lanes = 16

  package var place: Place
  /// The first of its blocks among those at `place`: a concatenation's branches are slices of one place.
  package var firstBlock: Int
  package var height, width, channels: Int
  package var border: Border
  package var isNarrow: Bool

  package init(
    place: Place, firstBlock: Int = 0, height: Int, width: Int, channels: Int, border: Border = Border(),
    isNarrow: Bool = false
  ) {
    precondition(!isNarrow || channels < Self.lanes && firstBlock == 0, "a narrow map has one block")
    self.isNarrow = isNarrow
    self.place = place
    self.firstBlock = firstBlock
    self.height = height
    self.width = width
    self.channels = channels
    self.border = border
  }

  package var blocks: Int { Self.blocks(of: channels) }
  package static func blocks(of channels: Int) -> Int { (channels + lanes - 1) / lanes }
  /// Floats from one pixel to the next.
  package var pixelStride: Int { isNarrow ? channels : Self.lanes }
  /// Floats from one row to the next, border included.
  package var rowStride: Int { (width + border.left + border.right) * pixelStride }
  /// Floats from one block of channels to the next.
  package var blockStride: Int { (height + border.top + border.bottom) * rowStride }
  /// Floats that `blocks` blocks take.
  package var size: Int { blocks * blockStride }
}

/// A tensor in row-major order, as its author sees it.
package struct PlainTensor: Hashable, Sendable {
  package enum Storage: Hashable, Sendable {
    case arena(Place)
    /// The caller's own memory: an input or an output of the program, by position.
    case input(Int)
    case output(Int)
  }

  package var storage: Storage
  /// The sizes of one example.
  package var shape: [Int]

  package init(storage: Storage, shape: [Int]) {
    self.storage = storage
    self.shape = shape
  }

  package var count: Int { shape.reduce(1, *) }

  /// How many elements lie from one index to the next along each axis.
  var strides: [Int] { shape.indices.map { shape[($0 + 1)...].reduce(1, *) } }
}

/// A tensor in either form, for steps to which the order of elements is all the same.
package enum TensorView: Hashable, Sendable {
  case map(FeatureMap)
  case plain(PlainTensor)
}

/// Where the channels of a plain tensor of three sizes stand, or of a sequence, which is a map of height 1.
package enum PixelOrder: String, Hashable, Sendable {
  /// height, width, channels; or length, channels
  case channelsLast
  /// channels, height, width; or channels, length
  case channelsFirst

  /// The three sizes of a map or sequence in this order.
  func mapShape(_ shape: [Int]) -> [Int] {
    guard shape.count == 2 else { return shape }
    return self == .channelsLast ? [1] + shape : [shape[0], 1, shape[1]]
  }
}

/// A function of each element by itself; formulas are Keras 3's.
package enum Activation: Hashable, Sendable {
  case linear
  /// x up to the threshold becomes `slope * (x - threshold)`; nothing above `maximum` comes out (infinity: no maximum).
  case relu(slope: Float = 0, threshold: Float = 0, maximum: Float = .infinity)
  case sigmoid, tanh, silu, softplus, softsign, exponential, mish, selu, hardSigmoid, hardSilu
  case elu(alpha: Float)
  case gelu(approximate: Bool)
  /// `function(x, constant)`, or `function(constant, x)` with `isLeft`.
  case arithmetic(BinaryFunction, constant: Float, isLeft: Bool = false)
  case absolute, negative, square, squareRoot, reciprocalSquareRoot, logarithm
}

/// The names under which a step finds its weights: an affine map, and the normalization folded into it.
package struct AffineWeights: Hashable, Sendable {
  /// Keras's layout: `[kh, kw, channels / groups, filters]`, or `[inputs, units]`. Of sequences the height is left out.
  package var kernel: String
  package var kernelShape: [Int]
  package var bias: String?
  /// A batch normalization right behind it, which becomes part of kernel and bias.
  package var normalization: NormalizationWeights?

  package init(kernel: String, kernelShape: [Int], bias: String?, normalization: NormalizationWeights? = nil) {
    self.kernel = kernel
    self.kernelShape = kernelShape
    self.bias = bias
    self.normalization = normalization
  }

  /// The shape of a convolution's kernel over maps, of which a sequence is one of height 1.
  package var windowShape: [Int] { kernelShape.count == 3 ? [1] + kernelShape : kernelShape }
}

/// (x - mean) / sqrt(variance + epsilon) * gamma + beta, each of `count` values; what has no name is left out.
///
/// Or x * scale + shift with numbers that are no weights; then nothing has a name.
package struct NormalizationWeights: Hashable, Sendable {
  package var gamma: String?
  package var beta: String?
  package var mean: String?
  package var variance: String?
  package var epsilon: Double
  /// Of each of the weights.
  package var shape: [Int]
  /// Empty where weights are meant.
  package var scale: [Float] = []
  package var shift: [Float] = []

  package init(scale: [Float], shift: [Float]) {
    precondition(scale.count == shift.count, "a scale and a shift for each value")
    self.init(gamma: nil, beta: nil, mean: nil, variance: nil, epsilon: 0, count: scale.count)
    self.scale = scale
    self.shift = shift
  }

  package init(gamma: String?, beta: String?, mean: String?, variance: String?, epsilon: Double, count: Int) {
    self.gamma = gamma
    self.beta = beta
    self.mean = mean
    self.variance = variance
    self.epsilon = epsilon
    shape = [count]
  }

  /// A scale alone.
  package init(gamma: String, shape: [Int]) {
    self.init(gamma: gamma, beta: nil, mean: nil, variance: nil, epsilon: 0, count: 0)
    self.shape = shape
  }

  package var count: Int { shape.reduce(1, *) }
}

/// The names under which a normalization by means and variances of its own finds what it multiplies by and adds.
package struct ScalingWeights: Hashable, Sendable {
  package var gamma: String?
  package var beta: String?
  /// Of each of the two.
  package var shape: [Int]

  package init(gamma: String?, beta: String?, shape: [Int]) {
    self.gamma = gamma
    self.beta = beta
    self.shape = shape
  }

  package var count: Int { shape.reduce(1, *) }
}
