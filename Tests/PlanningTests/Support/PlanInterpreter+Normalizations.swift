import Operations
import Runtime
import TestSupport
import Testing

extension PlanInterpreter {
  mutating func convolve(_ step: TransposedConvolution) {
    let (kernel, scale, shift) = Self.affine(step.weights, step.output.channels)
    let shape = step.weights.windowShape
    write(step.output) { me, n, row, column, f in
      var sum = 0.0
      for i in 0..<shape[0] {
        let h = row + step.top - i * step.dilation[0]
        guard h.isMultiple(of: step.strides[0]) else { continue }
        for j in 0..<shape[1] {
          let w = column + step.left - j * step.dilation[1]
          guard w.isMultiple(of: step.strides[1]) else { continue }
          for c in 0..<shape[3] {
            // Beyond the map are the zeros of its border, which must be wide enough.
            sum +=
              kernel[((i * shape[1] + j) * shape[2] + f) * shape[3] + c]
              * me.read(step.input, n, h / step.strides[0], w / step.strides[1], c)
          }
        }
      }
      return Functions.activated(step.activation, sum * scale[f] + shift[f])
    }
  }

  mutating func resize(_ step: Resize) {
    let (input, output) = (step.input, step.output)
    let (name, antialias) = (step.interpolation.rawValue, step.antialias)
    let rows = resamplingWeights(name, antialias: antialias, from: input.height, to: output.height)
    let columns = resamplingWeights(name, antialias: antialias, from: input.width, to: output.width)
    write(output) { me, n, row, column, c in
      var sum = 0.0
      for (h, down) in rows[row].enumerated() where down != 0 {
        for (w, along) in columns[column].enumerated() where along != 0 {
          sum += me.read(input, n, h, w, c) * down * along
        }
      }
      return sum
    }
  }

  mutating func respond(_ step: LocalResponseNormalization) {
    let input = step.input
    write(step.output) { me, n, h, w, c in
      var sum = 0.0
      for other in max(0, c - step.radius)...min(input.channels - 1, c + step.radius) {
        let value = me.read(input, n, h, w, other)
        sum += value * value
      }
      let base = Double(step.bias) + Double(step.alpha) * sum
      return me.read(input, n, h, w, c) / Functions.value(.power, base, Double(step.beta))
    }
  }

  mutating func normalize(_ step: LayerNormalization) {
    let (gamma, beta) = Self.scaling(step.weights)
    switch (step.input, step.output) {
    case (.map(let input), .map(let output)):
      let before = self
      write(output, inPlace: input == output) { _, n, h, w, c in
        let values = (0..<input.channels).map { before.read(input, n, h, w, $0) }
        let x = Self.normalized(values[c], among: values, step.epsilon)
        return Functions.activated(step.activation, x * gamma[c] + beta[c])
      }
    case (.plain(let input), .plain(let output)):
      let before = self
      var strides = input.shape.map { _ in 1 }
      for axis in input.shape.indices.dropLast().reversed() {
        strides[axis] = strides[axis + 1] * input.shape[axis + 1]
      }
      write(output, inPlace: input == output) { _, n, index in
        var first = index
        var member = 0
        var offsets = [0]
        for axis in step.axes {
          let position = index / strides[axis] % input.shape[axis]
          first -= position * strides[axis]
          member = member * input.shape[axis] + position
          offsets = offsets.flatMap { start in (0..<input.shape[axis]).map { start + $0 * strides[axis] } }
        }
        let values = offsets.map { before.read(input, n, first + $0) }
        let x = Self.normalized(values[member], among: values, step.epsilon)
        return Functions.activated(step.activation, x * gamma[member] + beta[member])
      }
    default: preconditionFailure("mixed forms")
    }
  }

  mutating func normalize(_ step: GroupNormalization) {
    let (gamma, beta) = Self.scaling(step.weights)
    let size = step.weights.count / step.groups
    let before = self
    switch (step.input, step.output) {
    case (.map(let input), .map(let output)):
      write(output, inPlace: input == output) { _, n, h, w, c in
        var values: [Double] = []
        for other in c / size * size..<(c / size + 1) * size {
          for row in 0..<input.height {
            for column in 0..<input.width { values.append(before.read(input, n, row, column, other)) }
          }
        }
        let x = Self.normalized(before.read(input, n, h, w, c), among: values, step.epsilon)
        return Functions.activated(step.activation, x * gamma[c] + beta[c])
      }
    case (.plain(let input), .plain(let output)):
      let inner = input.shape[(step.axis + 1)...].reduce(1, *)
      write(output, inPlace: input == output) { _, n, index in
        let c = index / inner % step.weights.count
        let values = (0..<input.count).filter { $0 / inner % step.weights.count / size == c / size }
          .map { before.read(input, n, $0) }
        let x = Self.normalized(before.read(input, n, index), among: values, step.epsilon)
        return Functions.activated(step.activation, x * gamma[c] + beta[c])
      }
    default: preconditionFailure("mixed forms")
    }
  }

  private static func normalized(_ x: Double, among values: [Double], _ epsilon: Double) -> Double {
    let mean = values.reduce(0, +) / Double(values.count)
    let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)
    return (x - mean) / (variance + epsilon).squareRoot()
  }

  private static func scaling(_ weights: ScalingWeights) -> (gamma: [Double], beta: [Double]) {
    func values(_ name: String?, _ missing: Double) -> [Double] {
      name.map { TestWeights.values($0, weights.shape).map(Double.init) }
        ?? [Double](repeating: missing, count: weights.count)
    }
    return (values(weights.gamma, 1), values(weights.beta, 0))
  }
}
