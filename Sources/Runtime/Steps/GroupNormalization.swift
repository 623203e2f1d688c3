import CKernels

/// (x - mean) / sqrt(variance + epsilon) over groups of neighbouring channels and all other axes of each example,
/// * gamma + beta of each channel, then an activation. For maps the axis is the channels. The output may stand in the
/// place of the input.
package struct GroupNormalization: Hashable, Sendable {
  package var input: TensorView
  package var output: TensorView
  package var groups: Int
  /// The axis of one example, from 0, that holds the channels; of plain tensors only.
  package var axis: Int
  package var epsilon: Double
  package var weights: ScalingWeights
  package var activation: Activation

  package init(
    input: TensorView, output: TensorView, groups: Int, axis: Int, epsilon: Double, weights: ScalingWeights,
    activation: Activation
  ) {
    self.input = input
    self.output = output
    self.groups = groups
    self.axis = axis
    self.epsilon = epsilon
    self.weights = weights
    self.activation = activation
  }
}

extension GroupNormalization: Step {
  package func prepare(_ packing: Packing) throws(WeightProblem) -> any PreparedStep {
    let (scale, shift) = try weights.packed(packing)
    precondition(groups >= 1 && weights.count.isMultiple(of: groups), "groups of equal size")
    switch (input, output) {
    case (.map(let input), .map(let output)):
      precondition(weights.count == output.channels, "a value for each channel")
      return PreparedGroupNormalization(
        input: input, output: output, groups: groups, epsilon: epsilon, scale: scale, shift: shift,
        activation: activation)
    case (.plain(let input), .plain(let output)):
      precondition(input.shape == output.shape && input.shape[axis] == weights.count, "shapes that do not match")
      var axes = input.shape.map { MomentAxis(size: $0, isReduced: true, weightStride: 0) }
      let members = weights.count / groups
      axes[axis] = MomentAxis(size: members, isReduced: true, weightStride: 1)
      axes.insert(MomentAxis(size: groups, isReduced: false, weightStride: members), at: axis)
      return PreparedMomentNormalization(
        input: input, output: output, axes: axes, epsilon: epsilon, scale: scale, shift: shift,
        activation: activation)
    default: preconditionFailure("both sides must have the same form")
    }
  }
}

/// Groups of the channels of a map. A unit is as few blocks as hold whole groups.
struct PreparedGroupNormalization: PreparedStep {
  private let input: FeatureMap
  private let output: FeatureMap
  /// Channels of a group, and blocks of a unit.
  private let members: Int
  private let span: Int
  private let epsilon: Double
  private let scale: PackedFloats
  private let shift: PackedFloats
  private let activation: Activation

  init(
    input: FeatureMap, output: FeatureMap, groups: Int, epsilon: Double, scale: PackedFloats, shift: PackedFloats,
    activation: Activation
  ) {
    precondition(
      input.height == output.height && input.width == output.width && input.channels == output.channels,
      "shapes that do not match")
    self.input = input
    self.output = output
    members = input.channels / groups
    // A group of 24 begins at a block every 48 channels.
    var divisor = FeatureMap.lanes
    while !members.isMultiple(of: divisor) { divisor /= 2 }
    span = min(input.blocks, members / divisor)
    self.epsilon = epsilon
    self.scale = scale
    self.shift = shift
    self.activation = activation
  }

  private var units: Int { (input.blocks + span - 1) / span }

  func phaseCount(_ load: Load) -> Int { 1 }

  func unitCount(phase: Int, _ load: Load) -> Int { load.batch * units }

  /// Two doubles for each channel of a unit.
  func scratch(_ load: Load) -> Scratch { Scratch(own: 2 * span * FeatureMap.lanes * 2) }

  func run(_ units: Range<Int>, phase: Int, _ turn: ThreadPool.Turn, _ context: borrowing StepContext) {
    let count = 2 * span * FeatureMap.lanes
    let memory = unsafe UnsafeMutableRawPointer(context.scratch(of: turn.worker))
    let sums = unsafe memory.bindMemory(to: Double.self, capacity: count)
    for unit in units {
      let (example, index) = unit.quotientAndRemainder(dividingBy: self.units)
      let blocks = index * span..<min(input.blocks, (index + 1) * span)
      unsafe normalize(blocks, example: example, sums: sums, centers: sums + span * FeatureMap.lanes, context)
    }
  }

  /// Means first, then the squares of the distances from them, then the result.
  private func normalize(
    _ blocks: Range<Int>, example: Int, sums: UnsafeMutablePointer<Double>, centers: UnsafeMutablePointer<Double>,
    _ context: borrowing StepContext
  ) {
    let lanes = FeatureMap.lanes
    let table = unsafe context.kernels.table
    let channels = blocks.lowerBound * lanes..<min(input.channels, blocks.upperBound * lanes)
    let groups = stride(from: 0, to: channels.count, by: members)
    let count = Double(members * input.height * input.width)
    unsafe sums.initialize(repeating: 0, count: span * lanes)
    unsafe centers.initialize(repeating: 0, count: span * lanes)
    for (index, block) in blocks.enumerated() {
      unsafe table.pointee.addUp(
        context.pixels(input, example: example, block: block), input.height, input.rowStride, input.width * lanes,
        sums + index * lanes)
    }
    for group in groups {
      let mean = unsafe total(sums + group) / count
      unsafe (centers + group).update(repeating: mean, count: members)
    }
    unsafe sums.update(repeating: 0, count: span * lanes)
    for (index, block) in blocks.enumerated() {
      unsafe table.pointee.addUpSquares(
        context.pixels(input, example: example, block: block), input.height, input.rowStride, input.width * lanes,
        centers + index * lanes, sums + index * lanes)
    }
    for group in groups {
      let variance = unsafe total(sums + group) / count
      unsafe (sums + group).update(repeating: 1 / (variance + epsilon).squareRoot(), count: members)
    }
    for (index, block) in blocks.enumerated() {
      unsafe write(block, example: example, centers: centers + index * lanes, factors: sums + index * lanes, context)
    }
  }

  /// Of the channels of a group, in their order.
  private func total(_ sums: UnsafeMutablePointer<Double>) -> Double {
    var total = 0.0
    for channel in 0..<members { unsafe total += sums[channel] }
    return total
  }

  private func write(
    _ block: Int, example: Int, centers: UnsafeMutablePointer<Double>, factors: UnsafeMutablePointer<Double>,
    _ context: borrowing StepContext
  ) {
    let lanes = FeatureMap.lanes
    var affine = LaneAffine()
    for lane in 0..<min(lanes, input.channels - block * lanes) {
      let channel = block * lanes + lane
      unsafe affine.set(
        lane, mean: centers[lane], scale: factors[lane] * Double(scale.start[channel]), shift: shift.start[channel])
    }
    let source = unsafe context.pixels(input, example: example, block: block)
    let target = unsafe context.pixels(output, example: example, block: block)
    for row in 0..<output.height {
      let to = unsafe target + row * output.rowStride
      unsafe affine.withFloats { affine in
        unsafe context.kernels.table.pointee.normalizeLanes(
          source + row * input.rowStride, to, output.width * lanes, affine)
      }
      unsafe context.kernels.apply(activation, to: to, count: output.width * lanes)
    }
    context.clearBorder(output, example: example, block: block, rows: 0..<output.height)
  }
}
