import Operations
import Runtime

/// The network with a form for every tensor and steps that change forms: what will be done, not yet where.
struct FormedGraph {
  var tensors: [Tensor]
  var steps: [FormedStep]
}

/// A tensor in one form. A value of the network may be there in several.
struct Tensor {
  enum Form: Hashable {
    /// The sizes of one example as the author sees them.
    case plain([Int])
    case map(height: Int, width: Int, channels: Int)
  }

  var form: Form
  /// The caller's memory that holds it, if any does.
  var port: Port?
  /// Set where this is another tensor seen differently: the same elements in another shape, or a map together with
  /// some of the zeros around it.
  var base: Base?

  enum Port: Hashable {
    case input(Int)
    case output(Int)
  }

  struct Base {
    var tensor: ID<Tensor>
    /// How much of the border belongs to a view of a map.
    var outset = Padding2D()
  }
}

struct FormedStep {
  var kind: FormedKind
  var inputs: [ID<Tensor>]
  var output: ID<Tensor>
  /// The layers that it does, the main one first.
  var origins: [Origin]
  /// The sizes of the result for one example, as the author sees them.
  var shape: [Int]
  /// How many examples are expected at one time.
  var examples = 1
}

/// Axes are those of one example, from 0.
enum FormedKind {
  /// A second input is added to the result, before the activation.
  case convolution(Convolution2D, AffineWeights, Activation)
  /// As above, of a map that it makes itself.
  case bandedConvolution(BandSource, Convolution2D, AffineWeights, Activation)
  case dense(AffineWeights, Activation)
  case pooling(Pooling2D)
  case reduceMap(ReductionFunction)
  case reducePlain(ReductionFunction, axes: [Int])
  case elementwise(Activation)
  case sum(Activation)
  case arithmetic(BinaryFunction, Activation)
  case normalization(axis: Int, NormalizationWeights, Activation)
  case standardization(axis: Int, StandardizationWeights)
  case parametricRelu(alpha: String, shape: [Int], PixelOrder)
  case softmax(axis: Int)
  case importMap(PixelOrder)
  case exportMap(PixelOrder)
  /// Zeros around a map: a view of it, unless it has to stand in a concatenation.
  case padMap(Padding2D)
  /// A map without some of its rows and columns.
  case cropMap(Padding2D)
  /// A map into the channels of another, from `channel` on.
  case copyMap(channel: Int)
  /// Maps joined along the channels.
  case joinMaps
  case joinPlain(axis: Int)
  case transpose(order: [Int])
  /// Of a map the axes are height, width and channels.
  case slice(starts: [Int], steps: [Int])
  case transposedConvolution(TransposedConvolution2D, AffineWeights, Activation)
  case resize(Resize2D)
  case localResponseNormalization(ResponseNormalization)
  case layerNormalization(axes: [Int], epsilon: Double, ScalingWeights, Activation)
  case groupNormalization(groups: Int, axis: Int, epsilon: Double, ScalingWeights, Activation)
}

extension Tensor.Form {
  /// A map of a value's sizes, channels standing where the format has them; a sequence is a map of height 1.
  static func map(_ sizes: [Int], _ format: DataFormat) -> Tensor.Form {
    precondition((2...3).contains(sizes.count), "a map has height, width and channels, a sequence length and channels")
    let rank = sizes.count + 1
    let spatial = [1] + format.spatialAxes(rank: rank).map { sizes[$0 - 1] }
    return .map(
      height: spatial[spatial.count - 2], width: spatial[spatial.count - 1],
      channels: sizes[format.channelAxis(rank: rank) - 1])
  }

  var channels: Int {
    guard case .map(_, _, let channels) = self else { preconditionFailure("a plain tensor has no channels") }
    return channels
  }

  var isMap: Bool {
    if case .map = self { true } else { false }
  }
}

extension PixelOrder {
  init(_ format: DataFormat) {
    self = format == .channelsLast ? .channelsLast : .channelsFirst
  }
}
