import Runtime
import Testing

/// Plain tensors, reduced over axes and with axes in another order; and parts of tensors.
@Suite struct StepsAxesTests {
  private static func shape(_ dice: inout Dice) -> [Int] {
    (0..<dice.roll(0...4)).map { _ in dice.roll(0...4) == 0 ? 1 : dice.roll(1...9) }
  }

  @Test(arguments: geometries(160)) func reducesOverAnyAxes(seed: Int) throws {
    var dice = Dice(seed)
    var scene = Scene(batch: dice.roll(1...3))
    let large = [[dice.roll(1...9), dice.roll(1...70)], [dice.roll(1...70), dice.roll(1...40)], [5000]]
    let shape = seed % 4 == 0 ? large[seed / 4 % 3] : Self.shape(&dice)
    let axes = shape.indices.filter { _ in dice.flip() }
    let left = shape.indices.map { axes.contains($0) ? 1 : shape[$0] }
    let input = scene.plain(shape, &dice)
    let output = scene.plain(dice.flip() ? left : left.filter { $0 > 1 }, &dice)
    var values = dice.values(scene.batch * input.count)
    if seed % 5 == 0 { values[dice.roll(0...values.count - 1)] = .nan }
    scene.fill(input, values)
    var groups = [[Double]](repeating: [], count: scene.batch * output.count)
    for n in 0..<scene.batch {
      for i in 0..<input.count {
        groups[n * output.count + position(i, of: shape, in: left)].append(Double(values[n * input.count + i]))
      }
    }
    for function in ReductionFunction.allCases {
      let step = ReducePlain(input: input, output: output, function: function, axes: axes)
      try scene.check(step, output: output) { n, i in
        let group = groups[n * output.count + i]
        switch function {
        case .maximum, .minimum: return Expected(exactly: Float(reference(function, group)))
        case .mean: return Expected(reference(function, group), magnitude: 1)
        case .sum: return Expected(reference(function, group), magnitude: Double(group.count))
        }
      }
    }
  }

  @Test(arguments: geometries(160)) func putsAxesIntoAnyOrder(seed: Int) throws {
    var dice = Dice(seed)
    var scene = Scene(batch: dice.roll(1...3))
    let shape = seed % 4 == 0 ? [dice.roll(1...40), dice.roll(1...40), dice.roll(1...5)] : Self.shape(&dice)
    let order = Array(shape.indices).shuffled(using: &dice)
    let input = scene.plain(shape, &dice)
    let output = scene.plain(order.map { shape[$0] }, &dice)
    let values = dice.values(scene.batch * input.count)
    scene.fill(input, values)
    let strides = shape.indices.map { shape[($0 + 1)...].reduce(1, *) }
    try scene.check(Transpose(input: input, output: output, order: order), output: output) { n, i in
      var (rest, source) = (i, 0)
      for axis in order.reversed() {
        source += rest % shape[axis] * strides[axis]
        rest /= shape[axis]
      }
      return Expected(exactly: values[n * input.count + source])
    }
  }

  /// A size, and so many of its indices, evenly spaced in either direction.
  private static func slice(of size: Int, _ dice: inout Dice) -> (start: Int, step: Int, count: Int) {
    let stride = dice.roll(0...2) == 0 ? dice.roll(1...4) : 1
    let count = dice.roll(1...(size - 1) / stride + 1)
    let first = dice.roll(0...size - 1 - (count - 1) * stride)
    // A step that nobody takes may be any.
    if count == 1, dice.roll(0...2) == 0 { return (first, dice.roll(0...1) == 0 ? .max : .min, 1) }
    return dice.roll(0...3) == 0 ? (first + (count - 1) * stride, -stride, count) : (first, stride, count)
  }

  @Test(arguments: geometries(160)) func takesPartsOfTensors(seed: Int) throws {
    var dice = Dice(seed)
    var scene = Scene(batch: dice.roll(1...3))
    let large = [
      [dice.roll(1...9), dice.roll(1...70)], [dice.roll(1...70), dice.roll(1...40), 3], [5000], [3, 2500],
    ]
    let shape = seed % 4 == 0 ? large[seed / 4 % 4] : Self.shape(&dice)
    let slices = shape.map { Self.slice(of: $0, &dice) }
    let input = scene.plain(shape, &dice)
    let output = scene.plain(slices.map(\.count), &dice)
    let values = dice.values(scene.batch * input.count)
    scene.fill(input, values)
    let step = Slice(
      input: .plain(input), output: .plain(output), starts: slices.map(\.start), steps: slices.map(\.step))
    try scene.check(step, output: output) { n, i in
      var (rest, source, stride) = (i, 0, 1)
      for (size, slice) in zip(shape, slices).reversed() {
        source += (slice.start + rest % slice.count * slice.step) * stride
        rest /= slice.count
        stride *= size
      }
      return Expected(exactly: values[n * input.count + source])
    }
  }

  @Test(arguments: geometries(120)) func takesPartsOfMaps(seed: Int) throws {
    var dice = Dice(seed)
    var scene = Scene(batch: dice.roll(1...3))
    let (channels, height, width) = (dice.roll(1...70), dice.roll(1...9), dice.roll(1...9))
    let slices = [height, width, channels].map { Self.slice(of: $0, &dice) }
    let input = scene.map(channels: channels, height: height, width: width, border: dice.border(), &dice)
    let output = scene.map(
      channels: slices[2].count, height: slices[0].count, width: slices[1].count, border: dice.border(), &dice)
    let values = Values(batch: scene.batch, channels: channels, height: height, width: width, &dice)
    scene.fill(input, values)
    scene.poisonBorder(of: output)
    let step = Slice(input: .map(input), output: .map(output), starts: slices.map(\.start), steps: slices.map(\.step))
    try scene.check(step, output: output) { n, c, y, x in
      let (i, j, k) = (
        slices[0].start + y * slices[0].step, slices[1].start + x * slices[1].step, slices[2].start + c * slices[2].step
      )
      return Expected(exactly: Float(values[n, k, i, j]))
    }
  }
}
