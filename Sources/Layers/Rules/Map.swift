import Operations

/// A tensor of rank 4 read as images: height, width and channels, wherever the format has them.
struct Map {
  let shape: Shape
  let format: DataFormat

  /// Reads a layer's only input. A tensor of another rank is a problem.
  init(_ shape: Shape, _ format: DataFormat, for layer: String) throws(LayerProblem) {
    guard shape.rank == 4 else {
      let wanted = format == .channelsLast ? "[N, height, width, channels]" : "[N, channels, height, width]"
      throw LayerProblem(
        .rank, .input(0), "\(layer) takes a map \(wanted), not \(shape)", expected: wanted, found: "\(shape)",
        help: shape.rank == 2
          ? "a layer of single values such as Dense takes it as it is; Reshape makes a map of it"
          : "Reshape([\(wanted.dropFirst(4).dropLast())]) makes a map of it")
    }
    self.shape = shape
    self.format = format
  }

  var height: Dim { shape[format.spatialAxes[0]] }
  var width: Dim { shape[format.spatialAxes[1]] }
  var channels: Dim { shape[format.channelAxis] }

  /// The number of channels, which a layer with weights has to know.
  var knownChannels: Int {
    get throws(LayerProblem) { try shape.knownSize(format.channelAxis, what: "channels") }
  }

  /// Height and width, on which something depends: `where the middle lies depends on`.
  func knownSizes(_ dependence: String) throws(LayerProblem) -> [Int] {
    var sizes: [Int] = []
    for (name, axis) in zip(["height", "width"], format.spatialAxes) {
      guard let size = shape[axis].constant else {
        throw LayerProblem(
          .sizeUnknown, .dimension(input: 0, axis: axis), "\(dependence) the \(name), and \(shape) leaves it open",
          expected: "a number", found: "\(shape[axis])", help: "give the input a number there")
      }
      sizes.append(size)
    }
    return sizes
  }

  /// A map of the same kind with another shape.
  init(resized shape: Shape, _ other: Map) {
    self.shape = shape
    format = other.format
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
  func resized(height: Dim, width: Dim, channels: Dim? = nil) -> Shape {
    var result = shape
    result[format.spatialAxes[0]] = height
    result[format.spatialAxes[1]] = width
    result[format.channelAxis] = channels ?? self.channels
    return result
  }
}
