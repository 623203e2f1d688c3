import CKernels

/// A batch normalization that could not be folded: each element times a scale plus a shift that depend on one axis,
/// then an activation. For maps the axis is the channels.
package struct Normalization: Hashable, Sendable {
  package var input: TensorView
  package var output: TensorView
  /// The axis of one example, from 0; of plain tensors only.
  package var axis: Int
  package var weights: NormalizationWeights
  package var activation: Activation

  package init(
    input: TensorView, output: TensorView, axis: Int, weights: NormalizationWeights, activation: Activation
  ) {
    self.input = input
    self.output = output
    self.axis = axis
    self.weights = weights
    self.activation = activation
  }
}

extension Normalization: Step {
  package func prepare(_ packing: Packing) throws(WeightProblem) -> any PreparedStep {
    let scale = try packing.values(weights.count) { (store) throws(WeightProblem) in
      try weights.scaleAndShift(store).scale.map { Float($0) }
    }
    let shift = try packing.values(weights.count) { (store) throws(WeightProblem) in
      try weights.scaleAndShift(store).shift.map { Float($0) }
    }
    switch (input, output) {
    case (.map(let input), .map(let output)):
      precondition(weights.count == output.channels, "a normalization needs a value for each channel")
      return PreparedMapNormalization(
        input: input, output: output, scale: scale, shift: shift, activation: activation)
    case (.plain(let input), .plain(let output)):
      precondition(input.shape == output.shape && weights.count == output.shape[axis], "shapes that do not match")
      return PreparedPlainNormalization(
        input: input, output: output, axis: axis, scale: scale, shift: shift, activation: activation)
    default: preconditionFailure("both sides must have the same form")
    }
  }
}

/// Over the channels of a map.
struct PreparedMapNormalization: PreparedLoop {
  private let input: FeatureMap
  private let output: FeatureMap
  private let scale: PackedFloats
  private let shift: PackedFloats
  private let activation: Activation
  private let units: MapUnits

  init(input: FeatureMap, output: FeatureMap, scale: PackedFloats, shift: PackedFloats, activation: Activation) {
    precondition(
      input.height == output.height && input.width == output.width && input.channels == output.channels,
      "shapes that do not match")
    self.input = input
    self.output = output
    self.scale = scale
    self.shift = shift
    self.activation = activation
    units = MapUnits(output)
  }

  func unitCount(batch: Int) -> Int { units.count(batch: batch) }

  func run(_ units: Range<Int>, _ context: borrowing StepContext) {
    self.units.forEach(units) { example, block, rows in
      let target = unsafe context.pixels(output, example: example, block: block) + rows.lowerBound * output.rowStride
      unsafe write(rows, of: block, example: example, to: target, context)
      context.clearBorder(output, example: example, block: block, rows: rows)
    }
  }

  @inline(__always)
  private func write(
    _ rows: Range<Int>, of block: Int, example: Int, to target: UnsafeMutablePointer<Float>,
    _ context: borrowing StepContext
  ) {
    let source = unsafe context.pixels(input, example: example, block: block) + rows.lowerBound * input.rowStride
    let lane = block * FeatureMap.lanes
    for row in 0..<rows.count {
      let to = unsafe target + row * output.rowStride
      unsafe context.kernels.table.pointee.scaleRows(
        source + row * input.rowStride, to, output.width, FeatureMap.lanes, scale.start + lane, shift.start + lane)
      unsafe context.kernels.apply(activation, to: to, count: output.width * FeatureMap.lanes)
    }
  }
}

extension PreparedMapNormalization: BandSource {
  func write(
    _ rows: Range<Int>, example: Int, to target: UnsafeMutablePointer<Float>, blockStride: Int,
    _ scratch: UnsafeMutablePointer<Float>, _ context: borrowing StepContext
  ) {
    for block in 0..<output.blocks {
      unsafe write(rows, of: block, example: example, to: target + block * blockStride, context)
    }
  }
}

/// Over any axis of a plain tensor.
struct PreparedPlainNormalization: PreparedLoop {
  private let input: PlainOperand
  private let output: PlainOperand
  private let scale: PackedFloats
  private let shift: PackedFloats
  private let activation: Activation
  /// Sizes before, of, and behind the axis.
  private let outer: Int
  private let channels: Int
  private let inner: Int
  /// Indices of the outer sizes that a unit has.
  private let band: Int

  init(
    input: PlainTensor, output: PlainTensor, axis: Int, scale: PackedFloats, shift: PackedFloats, activation: Activation
  ) {
    self.input = PlainOperand(input)
    self.output = PlainOperand(output)
    self.scale = scale
    self.shift = shift
    self.activation = activation
    outer = output.shape[..<axis].reduce(1, *)
    channels = output.shape[axis]
    inner = output.shape[(axis + 1)...].reduce(1, *)
    band = max(1, 4096 / max(1, channels * inner))
  }

  private var bands: Int { (outer + band - 1) / band }

  func unitCount(batch: Int) -> Int { batch * bands }

  func run(_ units: Range<Int>, _ context: borrowing StepContext) {
    for unit in units {
      let (example, index) = unit.quotientAndRemainder(dividingBy: bands)
      let rows = index * band..<min(outer, (index + 1) * band)
      let start = rows.lowerBound * channels * inner
      let source = unsafe input.source(context, example: example) + start
      let target = unsafe output.target(context, example: example) + start
      if inner == 1 {
        unsafe context.kernels.table.pointee.scaleRows(
          source, target, rows.count, channels, scale.start, shift.start)
      } else {
        for run in 0..<rows.count * channels {
          let channel = run % channels
          unsafe context.kernels.table.pointee.scale(
            source + run * inner, target + run * inner, inner, scale.start[channel], shift.start[channel])
        }
      }
      unsafe context.kernels.apply(activation, to: target, count: rows.count * channels * inner)
    }
  }
}
