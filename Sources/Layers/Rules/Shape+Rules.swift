import Operations

extension Shape {
  /// An axis counted from 0, from one that counts from the end where it is below zero. The batch is not for layers.
  func axis(_ axis: Int, attribute: String) throws(LayerProblem) -> Int {
    let resolved = axis < 0 ? axis + rank : axis
    guard (1..<max(rank, 1)).contains(resolved) else {
      throw LayerProblem(
        .attributeValue, .attribute(attribute),
        resolved == 0 ? "axis \(axis) of \(self) is the batch" : "\(self) has no axis \(axis)",
        expected: rank > 1 ? "an axis from 1 to \(rank - 1), or from -\(rank - 1) to -1" : "a tensor with more axes",
        found: "\(axis)")
    }
    return resolved
  }

  /// A size of a layer's first input that its weights depend on.
  func knownSize(_ axis: Int, what: String) throws(LayerProblem) -> Int {
    guard let size = self[axis].constant else {
      throw LayerProblem(
        .sizeUnknown, .dimension(input: 0, axis: axis),
        "the weights depend on the number of \(what), and \(self) leaves it open", expected: "a number",
        found: "\(self[axis])", help: "give the input a number there")
    }
    return size
  }

  /// The number of elements of one example.
  var exampleCount: Dim {
    get throws(DimOverflow) {
      var count: Dim = 1
      for dim in dims.dropFirst() { count = try count * dim }
      return count
    }
  }
}

/// Sizes that 64 bits do not hold are a problem of the layer that they arise in.
func withoutOverflow<Result>(_ body: () throws(DimOverflow) -> Result) throws(LayerProblem) -> Result {
  do throws(DimOverflow) {
    return try body()
  } catch {
    throw LayerProblem(
      .sizeOverflow, .layer, "a size here needs more than 64 bits, or too long a formula",
      help: "make the layer smaller")
  }
}

extension Weight {
  /// The most elements of one weight: far beyond any machine, and sums of a layer's weights stay within 64 bits.
  private static let countLimit = 1 << 40

  /// A weight whose size has been seen to be possible.
  static func checked(_ role: ParameterRole, _ shape: [Int], isTrainable: Bool = true) throws(LayerProblem) -> Weight {
    var count = 1
    for size in shape {
      let (product, overflow) = count.multipliedReportingOverflow(by: size)
      guard !overflow, product <= countLimit else {
        throw LayerProblem(
          .sizeOverflow, .layer, "the \(role.rawValue) \(shape) is too large to exist",
          expected: "at most \(countLimit) elements", found: "\(shape)", help: "make the layer smaller")
      }
      count = product
    }
    return Weight(role, shape, isTrainable: isTrainable)
  }
}
