import Operations

/// Every so manieth index of an axis, as Python slices: `start:stop:step`.
struct AxisSlice: Hashable, Sendable {
  /// Where it begins; below zero it counts from the end. nil for the end from which the step leads.
  var start: Int?
  /// The index that is no longer taken, alike.
  var stop: Int?
  /// nil for 1; below zero it goes towards the front.
  var step: Int?

  /// Whether it takes an axis as it is.
  var isWhole: Bool { start ?? 0 == 0 && stop == nil && stride == 1 }

  /// From one index to the next. The least number there is leads as far as its neighbour.
  var stride: Int { max(step ?? 1, -.max) }

  /// What is taken of an axis.
  struct Indices {
    /// The first index; below zero it counts from the end of an axis whose size is open.
    var first: Int
    var count: Dim
    /// What an open size has to meet for that. That something is taken goes without saying.
    var demands: [SizeCondition] = []
  }

  /// What is taken of an axis of a size. As in Python, a bound beyond the end of an axis stands for the end; of an open
  /// size it is demanded that it reaches as far.
  func indices(of size: Dim) throws(DimOverflow) -> Indices {
    if let size = size.constant { return indices(ofKnown: size) }
    func place(_ bound: Int?, else end: Dim) throws(DimOverflow) -> Dim {
      guard let bound else { return end }
      return bound < 0 ? try size + Dim(bound) : Dim(bound)
    }
    let isForward = stride > 0
    let first = try place(start, else: isForward ? 0 : size - 1)
    let end = try place(stop, else: isForward ? size : -1)
    let count =
      isForward
      ? try (end - first).ceilDivided(by: stride) : try (first - end).ceilDivided(by: -stride)
    var indices = Indices(first: start ?? (isForward ? 0 : -1), count: count)
    if let start, start < 0 || !isForward {
      indices.demands.append(try start < 0 ? .atLeast(first, 0) : .atLeast(size - first, 1))
    }
    if let stop, (stop < 0) != isForward {
      indices.demands.append(try stop < 0 ? .atLeast(end, 0) : .atLeast(size - end, 0))
    }
    return indices
  }

  private func indices(ofKnown size: Int) -> Indices {
    let isForward = stride > 0
    // Going towards the front, the place before the first index is an end too.
    let places = isForward ? 0...max(0, size) : -1...max(0, size) - 1
    func place(_ bound: Int) -> Int { min(max(bound < 0 ? bound + size : bound, places.lowerBound), places.upperBound) }
    let first = start.map(place) ?? (isForward ? places.lowerBound : places.upperBound)
    let end = stop.map(place) ?? (isForward ? places.upperBound : places.lowerBound)
    let distance = isForward ? end - first : first - end
    let count = distance <= 0 ? 0 : (distance - 1) / Int(stride.magnitude) + 1
    return Indices(first: first, count: Dim(count))
  }
}

extension AxisSlice: CustomStringConvertible {
  /// As Python writes it: `1:-1`, `::2`.
  var description: String {
    func text(_ bound: Int?) -> String { bound.map { "\($0)" } ?? "" }
    return "\(text(start)):\(text(stop))" + (step.map { ":\($0)" } ?? "")
  }
}
