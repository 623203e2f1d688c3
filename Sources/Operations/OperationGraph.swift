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
  case kernel, bias, gamma, beta
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

/// The arithmetic that there is. Spatial operations take maps of height, width and channels in either format.
/// Axes count the batch: the first axis of an example is 1.
package enum OperationKind: Hashable, Sendable {
  /// Parameters: kernel [kh, kw, channels / groups, filters], then bias [filters] if `hasBias`.
  case convolution(Convolution2D)
  /// Parameters: kernel [inputs, units], then bias [units] if `hasBias`. Contracts the last axis.
  case dense(hasBias: Bool)
  case pooling(Pooling2D)
  /// The mean over height and width: [N, H, W, C] to [N, C], or to [N, 1, 1, C] with `keepsDimensions`.
  case globalAverage(format: DataFormat, keepsDimensions: Bool)
  /// Zeros around a map.
  case zeroPadding(Padding2D, format: DataFormat)
  case elementwise(ElementwiseFunction)
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

/// A function of each element by itself; formulas and defaults are Keras 3's.
package enum ElementwiseFunction: Hashable, Sendable {
  /// `min(max(x, negativeSlope * x below threshold), maximum)`: relu, relu6 and leaky_relu are cases of it.
  case relu(negativeSlope: Float, maximum: Float?, threshold: Float)
  case sigmoid, tanh, silu, softplus, softsign, exponential, mish, selu
  /// relu6(x + 3) / 6
  case hardSigmoid
  /// x * hardSigmoid(x)
  case hardSilu
  case elu(alpha: Float)
  case gelu(approximate: Bool)
}
