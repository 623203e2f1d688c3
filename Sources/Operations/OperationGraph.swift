/// A network as arithmetic: few operations, whatever layers they came from.
///
/// Operations stand in an order in which each one's operands come before it.
package struct OperationGraph: Sendable {
  package var values: [Value] = []
  package var operations: [Operation] = []
  package var parameters: [Parameter] = []
  package var inputs: [Port] = []
  package var outputs: [Port] = []

  package init() {}

  /// Adds an operation and the tensor that it makes.
  package mutating func add(
    _ kind: OperationKind, _ operands: [ID<Value>], _ parameters: [ID<Parameter>] = [], shape: Shape, origin: Origin
  ) -> ID<Value> {
    let result = values.add(Value(shape: shape))
    operations.append(
      Operation(kind: kind, operands: operands, parameters: parameters, result: result, origin: origin))
    return result
  }
}

/// A tensor between operations.
package struct Value: Sendable {
  package var shape: Shape

  package init(shape: Shape) { self.shape = shape }
}

/// A named input or output of the network.
package struct Port: Sendable {
  package var name: String
  package var value: ID<Value>

  package init(name: String, value: ID<Value>) {
    self.name = name
    self.value = value
  }
}

/// A weight: `i3a/b/reduce/kernel` with its shape in Keras's layout.
package struct Parameter: Hashable, Sendable {
  package var name: String
  package var role: ParameterRole
  package var shape: [Int]
  package var isTrainable: Bool

  package init(name: String, role: ParameterRole, shape: [Int], isTrainable: Bool) {
    self.name = name
    self.role = role
    self.shape = shape
    self.isTrainable = isTrainable
  }

  package var count: Int { shape.reduce(1, *) }
}

/// What a weight is for; the raw value is its name in weight files, Keras's own.
package enum ParameterRole: String, Hashable, Sendable, CaseIterable {
  case kernel, bias, gamma, beta, alpha, mean, variance, count, scale
  case depthwiseKernel = "depthwise_kernel"
  case pointwiseKernel = "pointwise_kernel"
  case movingMean = "moving_mean"
  case movingVariance = "moving_variance"
}

/// One step of arithmetic: operands in, one tensor out.
package struct Operation: Sendable {
  package var kind: OperationKind
  package var operands: [ID<Value>]
  package var parameters: [ID<Parameter>]
  package var result: ID<Value>
  /// The layer that it came from, for comments, tables and messages.
  package var origin: Origin

  package init(
    kind: OperationKind, operands: [ID<Value>], parameters: [ID<Parameter>], result: ID<Value>, origin: Origin
  ) {
    self.kind = kind
    self.operands = operands
    self.parameters = parameters
    self.result = result
    self.origin = origin
  }
}

/// Which layer an operation came from, in words a reader knows; no stage decides by it.
package struct Origin: Hashable, Sendable {
  /// The layer's path: `i3a/b/reduce`.
  package var path: String
  /// The layer's class as its author wrote it: `Conv2D`.
  package var layer: String
  /// `googlenet.model:12`, or a JSON pointer; empty where there is none.
  package var place: String

  package init(path: String, layer: String, place: String) {
    self.path = path
    self.layer = layer
    self.place = place
  }
}

/// The arithmetic that there is. Spatial operations take maps of height, width and channels in either format, or
/// sequences of length and channels, [N, L, C] or [N, C, L], which are maps of height 1.
/// Axes count the batch: the first axis of an example is 1.
package enum OperationKind: Hashable, Sendable {
  /// Parameters: kernel [kh, kw, channels / groups, filters], then bias [filters] if `hasBias`. Where each channel is a
  /// group, the kernel may also be [kh, kw, channels, multiplier]: the same numbers in the same order. A window that is
  /// a row high may leave its height out: [kw, …].
  case convolution(Convolution2D)
  /// Parameters: kernel [kh, kw, filters, channels] or [kw, filters, channels], then bias [filters] if `hasBias`.
  case transposedConvolution(TransposedConvolution2D)
  /// Parameters: kernel [inputs, units], then bias [units] if `hasBias`. Contracts the last axis.
  case dense(hasBias: Bool)
  case pooling(Pooling2D)
  /// The mean over height and width: [N, H, W, C] to [N, C], or to [N, 1, 1, C] with `keepsDimensions`; likewise over
  /// the length.
  case globalAverage(format: DataFormat, keepsDimensions: Bool)
  /// Zeros around a map.
  case zeroPadding(Padding2D, format: DataFormat)
  /// Takes rows and columns away from the sides of a map.
  case crop(Padding2D, format: DataFormat)
  /// A map of the result's height and width.
  case resize(Resize2D)
  case elementwise(ElementwiseFunction)
  /// Of two tensors of one rank, element by element; a size of 1 is repeated to fit. The batch never is.
  case arithmetic(ArithmeticFunction)
  /// Over axes that are not the batch; with `keepsDimensions` they stay, as sizes of 1.
  case reduction(Reduction, axes: [Int], keepsDimensions: Bool)
  /// Index `i` of each axis of the result is index `starts + i * steps` of the operand's; its shape says how many there
  /// are. Starts count from the front, and the batch is taken whole.
  case slice(starts: [Int], steps: [Int])
  /// Axis `i` of the result is axis `order[i]` of the operand; the batch stays first.
  case transpose(order: [Int])
  /// Over one axis.
  case softmax(axis: Int)
  /// The sum of all operands, which have equal shapes.
  case sum
  case concatenation(axis: Int)
  /// The same elements in row-major order under another shape.
  case reshape
  /// The same map with its channels moved to where `format` has them: [N, C, H, W] to [N, H, W, C], or back.
  case changeFormat(to: DataFormat)
  /// Inference: (x - mean) / sqrt(variance + epsilon) * gamma + beta along `axis`.
  /// Parameters: gamma if `scales`, beta if `centers`, then mean and variance.
  case normalization(axis: Int, epsilon: Double, scales: Bool, centers: Bool)
  /// (x - mean) / sqrt(variance + epsilon) over `axes` of each example, * gamma + beta.
  /// Parameters: gamma if `scales`, beta if `centers`, each of the sizes of `axes` in their order. Whatever that order
  /// is, their numbers go along the axes in ascending order: it is so in Keras.
  case layerNormalization(axes: [Int], epsilon: Double, scales: Bool, centers: Bool)
  /// The channels along `axis` fall into groups of neighbours; (x - mean) / sqrt(variance + epsilon) over each group and
  /// all axes but the batch. Parameters: gamma [channels] if `scales`, beta [channels] if `centers`.
  case groupNormalization(groups: Int, axis: Int, epsilon: Double, scales: Bool, centers: Bool)
  /// (x - mean) / max(sqrt(variance), epsilon) along `axis`. Parameters: mean and variance of as many values, whatever
  /// their shape; a third, a count, is not read, and weight files may lack it.
  case standardization(axis: Int, epsilon: Double)
  /// Inference: x / (bias + alpha * sum of squares over the channels at most `radius` away) ^ beta along `axis`, which
  /// is the channels' in a map of either format: 3 or 1.
  case localResponseNormalization(axis: Int, radius: Int, bias: Double, alpha: Double, beta: Double)
  /// x * scale + shift along `axis`, with numbers of the description's own.
  case channelAffine(axis: Int, scale: [Float], shift: [Float])
  /// x * gamma along the last axis. Parameters: gamma of as many values, whatever its shape.
  case channelScale
  /// x above zero, alpha * x below. Parameters: alpha of one example's rank, sizes of 1 shared.
  case parametricRelu
  /// The identity outside training.
  case dropout(rate: Double)
}

/// A convolution's geometry. Sizes are height first.
package struct Convolution2D: Hashable, Sendable {
  package var kernel: [Int]
  package var strides: [Int]
  package var dilation: [Int]
  package var padding: Padding2D
  package var groups: Int
  package var format: DataFormat
  package var hasBias: Bool

  package init(
    kernel: [Int], strides: [Int], dilation: [Int], padding: Padding2D, groups: Int, format: DataFormat, hasBias: Bool
  ) {
    self.kernel = kernel
    self.strides = strides
    self.dilation = dilation
    self.padding = padding
    self.groups = groups
    self.format = format
    self.hasBias = hasBias
  }
}

/// A pool's geometry. Sizes are height first.
package struct Pooling2D: Hashable, Sendable {
  package enum Function: Hashable, Sendable {
    case maximum
    /// The divisor counts the window's cells that lie in the map, or in the padding too.
    case average(countsPadding: Bool)
  }

  package var function: Function
  package var window: [Int]
  package var strides: [Int]
  package var padding: Padding2D
  package var format: DataFormat

  package init(function: Function, window: [Int], strides: [Int], padding: Padding2D, format: DataFormat) {
    self.function = function
    self.window = window
    self.strides = strides
    self.padding = padding
    self.format = format
  }
}

/// Cells added on each side of a map.
package struct Padding2D: Hashable, Sendable {
  package var top, bottom, left, right: Int

  package init(top: Int = 0, bottom: Int = 0, left: Int = 0, right: Int = 0) {
    self.top = top
    self.bottom = bottom
    self.left = left
    self.right = right
  }
}

/// A convolution run backwards: each pixel of the operand adds a window, weighted, to the result. Sizes are height first.
///
/// Pixel (i, j) adds to rows `i * strides[0] - padding.top + a * dilation[0]` for each row `a` of the kernel, columns
/// alike; what falls outside of the result is dropped. The result's size is the operation's shape.
package struct TransposedConvolution2D: Hashable, Sendable {
  package var kernel: [Int]
  package var strides: [Int]
  package var dilation: [Int]
  package var padding: Padding2D
  package var format: DataFormat
  package var hasBias: Bool

  package init(
    kernel: [Int], strides: [Int], dilation: [Int], padding: Padding2D, format: DataFormat, hasBias: Bool
  ) {
    self.kernel = kernel
    self.strides = strides
    self.dilation = dilation
    self.padding = padding
    self.format = format
    self.hasBias = hasBias
  }
}

/// How a map is brought to another height and width.
package struct Resize2D: Hashable, Sendable {
  /// Pixels are squares with their values in the middle: half-pixel centres. Weights sum up to 1, also at the edges.
  package enum Interpolation: Hashable, Sendable, CaseIterable {
    case nearest, bilinear, bicubic, lanczos3, lanczos5
    /// The mean of all pixels that a pixel of the result covers, in part or in whole.
    case mean
  }

  package var interpolation: Interpolation
  /// Whether what is made smaller looks at as many more pixels.
  package var antialias: Bool
  package var format: DataFormat

  package init(_ interpolation: Interpolation, antialias: Bool = false, format: DataFormat) {
    self.interpolation = interpolation
    self.antialias = antialias
    self.format = format
  }
}

/// What two numbers come to.
package enum ArithmeticFunction: String, Hashable, Sendable, CaseIterable {
  case add, subtract, multiply, divide, maximum, minimum, power
}

/// What many numbers come to.
package enum Reduction: String, Hashable, Sendable, CaseIterable {
  case sum, mean, maximum, minimum
}

/// A function of each element by itself; formulas and defaults are Keras 3's.
package enum ElementwiseFunction: Hashable, Sendable {
  /// x above the threshold, at most `maximum`, and `negativeSlope * (x - threshold)` up to it: relu, relu6 and leaky_relu
  /// are cases of it.
  case relu(negativeSlope: Float, maximum: Float?, threshold: Float)
  case sigmoid, tanh, silu, softplus, softsign, exponential, mish, selu
  /// relu6(x + 3) / 6
  case hardSigmoid
  /// x * hardSigmoid(x)
  case hardSilu
  case elu(alpha: Float)
  case gelu(approximate: Bool)
  /// `function(x, constant)`, or `function(constant, x)` with `isLeft`.
  case arithmetic(ArithmeticFunction, constant: Float, isLeft: Bool)
  case absolute, negative, square, squareRoot, reciprocalSquareRoot, logarithm
}
