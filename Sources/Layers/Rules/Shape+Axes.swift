import Operations

extension Shape {
  /// Axes counted from 0, in order, from ones that count from the end where they are below zero. The batch is not for
  /// layers, and each axis stands there once.
  func axes(_ axes: Axes, attribute: String) throws(LayerProblem) -> [Int] {
    guard !axes.indices.isEmpty else {
      throw LayerProblem(
        .attributeValue, .attribute(attribute), "'\(attribute)' names no axis", expected: "an axis of \(self)",
        found: "[]")
    }
    var seen: Set<Int> = []
    for (place, axis) in axes.indices.enumerated() {
      let resolved = try self.axis(axis, attribute: attribute)
      guard seen.insert(resolved).inserted else {
        throw LayerProblem(
          .attributeValue, .element(attribute, place), "'\(attribute)' names axis \(resolved) of \(self) twice",
          expected: "each axis once", found: "\(axes.literal)", help: "leave one of them out")
      }
    }
    return resolved(axes)
  }

  /// The same where `axes` has passed.
  func resolved(_ axes: Axes) -> [Int] { axes.indices.map { $0 < 0 ? $0 + rank : $0 }.sorted() }

  /// What one of the same values in another shape depends on: its pixel, where height and width, first or last, stand
  /// there as before. Places that become others stand for everything.
  func field(reshapedTo other: Shape?) -> ReceptiveField {
    guard let other else { return .everything }
    let (sizes, others) = (dims.dropFirst(), other.dims.dropFirst())
    let keepsPlaces =
      sizes.count > 2 && others.count > 2
      && (sizes.prefix(2) == others.prefix(2) || sizes.suffix(2) == others.suffix(2))
    // One pixel is one place, however it is written; so is a row.
    let isPixel = rank == 4 && (sizes.prefix(2) == [1, 1] || sizes.suffix(2) == [1, 1])
    return keepsPlaces || isPixel || sizes.elementsEqual(others) ? .pixel : .everything
  }

  /// What a value depends on that is made of all values along some axes: the pixel if that is the channels of a map
  /// or row alone, and everything else.
  ///
  /// Only the last axis is taken for channels: which axis of a map has them is not known here.
  func field(along axes: Axes) -> ReceptiveField {
    rank > 2 && resolved(axes) == [rank - 1] ? .pixel : .everything
  }
}
