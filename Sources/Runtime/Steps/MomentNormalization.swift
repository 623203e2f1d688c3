import CKernels

/// An axis of a plain tensor that is normalized by its own mean and variance.
struct MomentAxis {
  var size: Int
  /// Whether mean and variance are taken over it, rather than for each of its indices.
  var isReduced: Bool
  /// How far the weights of neighbours are apart; 0 where they share one.
  var weightStride: Int
  /// How far neighbours are apart.
  var stride = 1
}

extension [MomentAxis] {
  /// The same tensor with as few axes as possible, which know their strides.
  fileprivate var merged: [MomentAxis] {
    var axes: [MomentAxis] = []
    var stride = 1
    for var axis in reversed() where axis.size > 1 {
      axis.stride = stride
      stride *= axis.size
      if let last = axes.last, last.isReduced == axis.isReduced, axis.weightStride == last.weightStride * last.size {
        axes[axes.count - 1].size *= axis.size
      } else {
        axes.append(axis)
      }
    }
    return axes.reversed()
  }

  /// How many elements.
  fileprivate var product: Int { reduce(1) { $0 * $1.size } }

  /// Where the element at a row-major index stands, and its weight.
  fileprivate func position(_ index: Int) -> (element: Int, weight: Int) {
    var rest = index
    var position = (element: 0, weight: 0)
    for axis in reversed() {
      let (quotient, remainder) = rest.quotientAndRemainder(dividingBy: axis.size)
      position.element += remainder * axis.stride
      position.weight += remainder * axis.weightStride
      rest = quotient
    }
    return position
  }
}

/// A plain tensor normalized by means and variances of its own: over any axes, the others one by one.
///
/// What is normalized at a time is a set: one group of elements whose innermost axis is reduced, or 16 groups that are
/// neighbours. A unit is some sets.
struct PreparedMomentNormalization: PreparedLoop {
  private let input: PlainOperand
  private let output: PlainOperand
  /// The innermost axis, and whether it is reduced.
  private let lane: MomentAxis
  private let isRow: Bool
  /// The innermost other axis that is reduced.
  private let run: MomentAxis
  private let outer: [MomentAxis]
  private let kept: [MomentAxis]
  private let epsilon: Double
  private let scale: PackedFloats
  private let shift: PackedFloats
  private let activation: Activation
  /// Sets of a unit.
  private let band: Int

  init(
    input: PlainTensor, output: PlainTensor, axes: [MomentAxis], epsilon: Double, scale: PackedFloats,
    shift: PackedFloats, activation: Activation
  ) {
    self.input = PlainOperand(input)
    self.output = PlainOperand(output)
    self.epsilon = epsilon
    self.scale = scale
    self.shift = shift
    self.activation = activation
    let one = MomentAxis(size: 1, isReduced: true, weightStride: 0)
    var axes = axes.merged
    lane = axes.popLast() ?? one
    isRow = lane.isReduced
    kept = axes.filter { !$0.isReduced }
    axes.removeAll { !$0.isReduced }
    run = axes.popLast() ?? one
    outer = axes
    band = max(1, 4096 / (run.size * outer.product * (isRow ? lane.size : FeatureMap.lanes)))
  }

  /// How many sets have the same indices but for the innermost.
  private var chunks: Int { isRow ? 1 : (lane.size + FeatureMap.lanes - 1) / FeatureMap.lanes }
  private var sets: Int { kept.product * chunks }
  private var bands: Int { (sets + band - 1) / band }

  func unitCount(batch: Int) -> Int { batch * bands }

  func run(_ units: Range<Int>, _ context: borrowing StepContext) {
    let lanes = FeatureMap.lanes
    unsafe withUnsafeTemporaryAllocation(of: Double.self, capacity: 2 * lanes) { memory in
      guard let sums = memory.baseAddress else { return }
      for unit in units {
        let (example, index) = unit.quotientAndRemainder(dividingBy: bands)
        let source = unsafe input.source(context, example: example)
        let target = unsafe output.target(context, example: example)
        for set in index * band..<min(sets, (index + 1) * band) {
          unsafe normalize(set, source, target, sums: sums, centers: sums + lanes, context)
        }
      }
    }
  }

  private func normalize(
    _ set: Int, _ source: UnsafePointer<Float>, _ target: UnsafeMutablePointer<Float>,
    sums: UnsafeMutablePointer<Double>, centers: UnsafeMutablePointer<Double>, _ context: borrowing StepContext
  ) {
    let lanes = FeatureMap.lanes
    let table = unsafe context.kernels.table
    let (index, chunk) = set.quotientAndRemainder(dividingBy: chunks)
    var start = kept.position(index)
    start.element += chunk * lanes
    start.weight += chunk * lanes * lane.weightStride
    let width = isRow ? lane.size : min(lanes, lane.size - chunk * lanes)

    unsafe sums.initialize(repeating: 0, count: lanes)
    for index in 0..<outer.product {
      let from = unsafe source + start.element + outer.position(index).element
      unsafe table.pointee.addUp(from, run.size, run.stride, width, sums)
    }
    unsafe finish(sums)
    unsafe centers.initialize(from: sums, count: lanes)
    unsafe sums.update(repeating: 0, count: lanes)
    for index in 0..<outer.product {
      let from = unsafe source + start.element + outer.position(index).element
      unsafe table.pointee.addUpSquares(from, run.size, run.stride, width, centers, sums)
    }
    unsafe finish(sums)

    var affine = LaneAffine()
    for lane in 0..<lanes {
      unsafe sums[lane] = 1 / (sums[lane] + epsilon).squareRoot()
      unsafe affine.set(lane, mean: centers[lane], scale: sums[lane], shift: 0)
    }
    var weight = -1
    for index in 0..<outer.product * run.size {
      let (outside, inside) = index.quotientAndRemainder(dividingBy: run.size)
      var position = outer.position(outside)
      position.element += start.element + inside * run.stride
      position.weight += start.weight + inside * run.weightStride
      let (from, to) = unsafe (source + position.element, target + position.element)
      if isRow && lane.weightStride == 1 {
        unsafe affine.withFloats { affine in
          unsafe table.pointee.normalizeRow(
            from, to, width, affine, scale.start + position.weight, shift.start + position.weight)
        }
      } else {
        if position.weight != weight {
          weight = position.weight
          for lane in 0..<lanes {
            let index = weight + (isRow ? 0 : min(lane, width - 1) * self.lane.weightStride)
            unsafe affine.set(lane, scale: sums[lane] * Double(scale.start[index]), shift: shift.start[index])
          }
        }
        unsafe affine.withFloats { unsafe table.pointee.normalizeLanes(from, to, width, $0) }
      }
      unsafe context.kernels.apply(activation, to: to, count: width)
    }
  }

  /// Makes means of sums; over the lanes, which are one group in a row.
  private func finish(_ sums: UnsafeMutablePointer<Double>) {
    let lanes = FeatureMap.lanes
    var count = Double(run.size * outer.product)
    if isRow {
      var total = 0.0
      for lane in 0..<lanes { unsafe total += sums[lane] }
      unsafe sums.update(repeating: total, count: lanes)
      count *= Double(lane.size)
    }
    for lane in 0..<lanes { unsafe sums[lane] /= count }
  }
}
