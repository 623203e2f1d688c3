import Operations

/// A pool whose windows divide a map into as many rows and columns as an attribute says.
///
/// Window i of n over a size begins at `floor(i * size / n)` and ends before `ceil((i + 1) * size / n)`: where n does
/// not divide the size, windows overlap.
struct AdaptivePool {
  var size: Size2D
  var format: DataFormat

  static let sizeSummary = "Height and width of the result."

  func field(_ shape: Shape) -> ReceptiveField {
    let sizes = format.spatialAxes(rank: 4).compactMap { shape[$0].constant }
    guard sizes.count == 2 else { return .everything }
    let windows = zip(sizes, size.sizes).map { whole, parts in whole / parts + min(2, whole % parts) }
    return .window(size: windows, strides: sizes, enlargement: size.sizes)
  }
}
