import Planning
import Runtime
import Testing

/// Steps for which it matters where each axis is.
extension PlanInterpreter {
  private static func position(_ indices: [Int], _ sizes: [Int]) -> Int {
    zip(indices, sizes).reduce(0) { $0 * $1.1 + ($1.1 == 1 ? 0 : $1.0) }
  }

  private static func indices(_ position: Int, _ sizes: [Int]) -> [Int] {
    var rest = position
    return sizes.reversed().map { size in
      defer { rest /= size }
      return rest % size
    }.reversed()
  }

  mutating func combine(_ step: Arithmetic) {
    func result(_ x: Double, _ y: Double) -> Double {
      Functions.activated(step.activation, Functions.combined(step.function, x, y))
    }
    let inPlace = step.left == step.output || step.right == step.output
    switch (step.left, step.right, step.output) {
    case (.map(let left), .map(let right), .map(let output)):
      func read(_ me: PlanInterpreter, _ map: FeatureMap, _ n: Int, _ h: Int, _ w: Int, _ c: Int) -> Double {
        me.read(map, n, map.height == 1 ? 0 : h, map.width == 1 ? 0 : w, map.channels == 1 ? 0 : c)
      }
      write(output, inPlace: inPlace) { me, n, h, w, c in
        result(read(me, left, n, h, w, c), read(me, right, n, h, w, c))
      }
    case (.plain(let left), .plain(let right), .plain(let output)):
      write(output, inPlace: inPlace) { me, n, index in
        let indices = Self.indices(index, output.shape)
        return result(
          me.read(left, n, Self.position(indices, left.shape)), me.read(right, n, Self.position(indices, right.shape)))
      }
    default: preconditionFailure("mixed forms")
    }
  }

  mutating func reduce(_ step: ReducePlain) {
    let left = step.input.shape.indices.map { step.axes.contains($0) ? 1 : step.input.shape[$0] }
    #expect(left.reduce(1, *) == step.output.count)
    var groups = [[Int]](repeating: [], count: step.output.count)
    for position in 0..<step.input.count {
      groups[Self.position(Self.indices(position, step.input.shape), left)].append(position)
    }
    write(step.output) { me, n, index in
      Functions.reduced(step.function, groups[index].map { me.read(step.input, n, $0) })
    }
  }

  mutating func transpose(_ step: Transpose) {
    let sizes = step.input.shape
    #expect(step.output.shape == step.order.map { sizes[$0] })
    write(step.output) { me, n, index in
      var source = sizes
      for (axis, index) in zip(step.order, Self.indices(index, step.output.shape)) { source[axis] = index }
      return me.read(step.input, n, Self.position(source, sizes))
    }
  }

  mutating func slice(_ step: Slice) {
    func source(_ index: Int, _ axis: Int) -> Int { step.starts[axis] + index * step.steps[axis] }
    switch (step.input, step.output) {
    case (.map(let input), .map(let output)):
      write(output) { me, n, h, w, c in me.read(input, n, source(h, 0), source(w, 1), source(c, 2)) }
    case (.plain(let input), .plain(let output)):
      write(output) { me, n, index in
        let indices = Self.indices(index, output.shape).enumerated().map { source($0.element, $0.offset) }
        return me.read(input, n, Self.position(indices, input.shape))
      }
    default: preconditionFailure("mixed forms")
    }
  }

  mutating func standardize(_ step: Standardization) {
    let mean = TestWeights.values(step.mean, step.weightShape).map(Double.init)
    let deviation = TestWeights.values(step.variance, step.weightShape)
      .map { max(Double($0).squareRoot(), step.epsilon) }
    let inPlace = step.input == step.output
    switch (step.input, step.output) {
    case (.map(let input), .map(let output)):
      write(output, inPlace: inPlace) { me, n, h, w, c in (me.read(input, n, h, w, c) - mean[c]) / deviation[c] }
    case (.plain(let input), .plain(let output)):
      let inner = input.shape[(step.axis + 1)...].reduce(1, *)
      write(output, inPlace: inPlace) { me, n, index in
        let c = index / inner % mean.count
        return (me.read(input, n, index) - mean[c]) / deviation[c]
      }
    default: preconditionFailure("mixed forms")
    }
  }

  mutating func parametricRelu(_ step: ParametricRelu) {
    let alpha = TestWeights.values(step.alpha, step.alphaShape).map(Double.init)
    func result(_ x: Double, _ indices: [Int]) -> Double {
      x > 0 ? x : x * alpha[Self.position(indices, step.alphaShape)]
    }
    let inPlace = step.input == step.output
    switch (step.input, step.output) {
    case (.map(let input), .map(let output)):
      write(output, inPlace: inPlace) { me, n, h, w, c in
        let indices = step.order == .channelsLast ? [h, w, c] : [c, h, w]
        // Of a sequence there is no row to speak of.
        let isSequence = step.alphaShape.count == 2
        return result(
          me.read(input, n, h, w, c), isSequence ? (step.order == .channelsLast ? [w, c] : [c, w]) : indices)
      }
    case (.plain(let input), .plain(let output)):
      write(output, inPlace: inPlace) { me, n, index in
        result(me.read(input, n, index), Self.indices(index, output.shape))
      }
    default: preconditionFailure("mixed forms")
    }
  }
}
