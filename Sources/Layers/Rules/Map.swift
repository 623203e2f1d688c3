import Operations

/// A tensor read as images or as sequences: height, width and channels, or length and channels, wherever the format has
/// them.
struct Map {
  let shape: Shape
  let format: DataFormat

  /// Reads a layer's only input. A tensor of another rank is a problem.
  ///
  /// - Parameter directions: 2 for images, 1 for sequences.
  init(_ shape: Shape, _ format: DataFormat, directions: Int = 2, for layer: String) throws(LayerProblem) {
    guard shape.rank == directions + 2 else {
      let sides = Self.sideNames(directions).joined(separator: ", ")
      let wanted = format == .channelsLast ? "[N, \(sides), channels]" : "[N, channels, \(sides)]"
      let noun = Self.noun(directions)
      let reshape = "Reshape([\(wanted.dropFirst(4).dropLast())]) makes a \(noun) of it"
      let help: String =
        switch shape.rank {
        case 2: "a layer of single values such as Dense takes it as it is; Reshape makes a \(noun) of it"
        // Its other half has a layer of the same name.
        case 3 where directions == 2 && layer.hasSuffix("2D"):
          "a sequence [N, length, channels] is for \(layer.dropLast(2))1D; \(reshape)"
        case 4 where directions == 1 && layer.hasSuffix("1D"):
          "a map [N, height, width, channels] is for \(layer.dropLast(2))2D; \(reshape)"
        default: reshape
        }
      throw LayerProblem(
        .rank, .input(0), "\(layer) takes a \(noun) \(wanted), not \(shape)", expected: wanted, found: "\(shape)",
        help: help)
    }
    self.shape = shape
    self.format = format
  }

  /// What the axes are called that are neither the batch nor the channels.
  static func sideNames(_ directions: Int) -> [String] { directions == 1 ? ["length"] : ["height", "width"] }

  static func noun(_ directions: Int) -> String { directions == 1 ? "sequence" : "map" }

  /// `map` or `sequence`
  var noun: String { Self.noun(shape.rank - 2) }
  /// `height` and `width`, or `length`
  var sideNames: [String] { Self.sideNames(shape.rank - 2) }
  /// The axes of the sides, counted with the batch.
  var sideAxes: [Int] { format.spatialAxes(rank: shape.rank) }
  /// Height and width, or the length.
  var sides: [Dim] { sideAxes.map { shape[$0] } }
  var channelAxis: Int { format.channelAxis(rank: shape.rank) }
  var channels: Dim { shape[channelAxis] }

  /// Of images.
  var height: Dim { shape[sideAxes[0]] }
  /// Of images.
  var width: Dim { shape[sideAxes[1]] }

  /// The number of channels, which a layer with weights has to know.
  var knownChannels: Int {
    get throws(LayerProblem) { try shape.knownSize(channelAxis, what: "channels") }
  }

  /// Height and width, on which something depends: `where the middle lies depends on`.
  func knownSizes(_ dependence: String) throws(LayerProblem) -> [Int] {
    var sizes: [Int] = []
    for (name, axis) in zip(sideNames, sideAxes) {
      guard let size = shape[axis].constant else {
        throw LayerProblem(
          .sizeUnknown, .dimension(input: 0, axis: axis), "\(dependence) the \(name), and \(shape) leaves it open",
          expected: "a number", found: "\(shape[axis])", help: "give the input a number there")
      }
      sizes.append(size)
    }
    return sizes
  }

  /// The number of channels times a number that an attribute gives.
  func multipliedChannels(by multiplier: Int, attribute: String) throws(LayerProblem) -> Int {
    let channels = try knownChannels
    let (product, overflow) = channels.multipliedReportingOverflow(by: multiplier)
    guard !overflow else {
      throw LayerProblem(
        .sizeOverflow, .attribute(attribute), "\(multiplier) times \(channels) channels need more than 64 bits",
        found: "\(multiplier)", help: "make the layer smaller")
    }
    return product
  }

  /// A map of other sizes in the same format.
  func resized(_ sides: [Dim], channels: Dim? = nil) -> Shape {
    var result = shape
    for (axis, size) in zip(sideAxes, sides) { result[axis] = size }
    result[channelAxis] = channels ?? self.channels
    return result
  }

  /// An image of other sizes in the same format.
  func resized(height: Dim, width: Dim) -> Shape { resized([height, width]) }
}

/// A layer that takes images or sequences.
protocol MapLayer: Layer {
  var dataFormat: DataFormat { get }
}

extension MapLayer {
  /// The layer's only input, if it has the rank for it.
  func map(_ inputs: [Shape]) throws(LayerProblem) -> Map {
    try Map(inputs[0], dataFormat, directions: Self.directions, for: Self.schema.name)
  }
}

/// A layer that takes sequences: its windows move along the length alone.
protocol SequenceLayer: MapLayer {}

extension SequenceLayer {
  package static var directions: Int { 1 }
}

extension [Int] {
  /// One number for each direction as an operation on maps has them, height first: a sequence is a map of height 1.
  var onMap: [Int] { count == 1 ? [1] + self : self }
}
