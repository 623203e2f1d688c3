import Operations
import TestSupport

/// What a graph computes for one example, operation by operation, in Double, with nothing planned: the values that a
/// plan is compared with.
struct DirectEvaluation {
  let graph: OperationGraph
  var values: [[Double]]

  static func outputs(of graph: OperationGraph, inputs: [[Float]]) -> [[Double]] {
    var evaluation = DirectEvaluation(graph: graph, values: Array(repeating: [], count: graph.values.count))
    for (port, input) in zip(graph.inputs, inputs) { evaluation.values[port.value.index] = input.map(Double.init) }
    for operation in graph.operations {
      evaluation.values[operation.result.index] = evaluation.result(of: operation)
    }
    return graph.outputs.map { evaluation.values[$0.value.index] }
  }

  private func sizes(_ value: ID<Value>) -> [Int] { graph.values[value].shape.example ?? [] }

  /// A tensor as [outer, axis, inner]; axes count the batch.
  private func split(_ sizes: [Int], _ axis: Int) -> (outer: Int, size: Int, inner: Int) {
    (sizes[..<(axis - 1)].reduce(1, *), sizes[axis - 1], sizes[axis...].reduce(1, *))
  }

  private func result(of operation: Operation) -> [Double] {
    let x = values[operation.operands[0].index]
    let from = sizes(operation.operands[0])
    let to = sizes(operation.result)
    let weights = operation.parameters.map { id in
      let parameter = graph.parameters[id]
      return TestWeights.values(parameter.name, parameter.shape).map(Double.init)
    }
    switch operation.kind {
    case .transposedConvolution(let convolution):
      return convolve(x, from, to, convolution, weights[0], convolution.hasBias ? weights[1] : nil)
    case .resize(let resize): return self.resize(x, from, to, resize)
    case .localResponseNormalization(let axis, let radius, let bias, let alpha, let beta):
      let (_, size, inner) = split(from, axis)
      return x.indices.map { index in
        let c = index / inner % size
        let window = max(0, c - radius)...min(size - 1, c + radius)
        let squares = window.reduce(0) { sum, other in
          let value = x[index + (other - c) * inner]
          return sum + value * value
        }
        return x[index] / Functions.value(.power, bias + alpha * squares, beta)
      }
    case .layerNormalization(let axes, let epsilon, let scales, let centers):
      let axes = axes.sorted()
      let gamma = scales ? weights[0] : nil
      let beta = centers ? weights[weights.count - 1] : nil
      return normalized(x, epsilon) { index in
        var (group, member) = (0, 0)
        for axis in 1...from.count {
          let (_, size, inner) = split(from, axis)
          if axes.contains(axis) {
            member = member * size + index / inner % size
          } else {
            group = group * size + index / inner % size
          }
        }
        return (group, gamma?[member] ?? 1, beta?[member] ?? 0)
      }
    case .groupNormalization(let groups, let axis, let epsilon, let scales, let centers):
      let gamma = scales ? weights[0] : nil
      let beta = centers ? weights[weights.count - 1] : nil
      let (_, size, inner) = split(from, axis)
      return normalized(x, epsilon) { index in
        let c = index / inner % size
        return (c / (size / groups), gamma?[c] ?? 1, beta?[c] ?? 0)
      }
    case .arithmetic(let function):
      let other = operation.operands[1]
      return Self.arithmetic(function, x, from, values[other.index], sizes(other), to: to)
    case .reduction(let reduction, let axes, _): return Self.reduced(reduction, x, from, axes: axes)
    case .slice(let starts, let steps):
      return Self.sliced(x, from, to, starts: Array(starts.dropFirst()), steps: Array(steps.dropFirst()))
    case .transpose(let order): return Self.transposed(x, from, order: order)
    case .channelAffine(let axis, let scale, let shift):
      let (_, size, inner) = split(from, axis)
      return x.indices.map { x[$0] * Double(scale[$0 / inner % size]) + Double(shift[$0 / inner % size]) }
    case .channelScale: return x.indices.map { x[$0] * weights[0][$0 % weights[0].count] }
    case .parametricRelu:
      let shape = graph.parameters[operation.parameters[0]].shape
      return Self.combined(x, from, weights[0], shape, to: to) { $0 > 0 ? $0 : $0 * $1 }
    case .standardization(let axis, let epsilon):
      let (_, size, inner) = split(from, axis)
      return x.indices.map { index in
        let c = index / inner % size
        return (x[index] - weights[0][c]) / max(weights[1][c].squareRoot(), epsilon)
      }
    case .crop(let cut, let format):
      let (spatial, channels) = GraphBuilder.map(to, format)
      var y = [Double](repeating: 0, count: to.reduce(1, *))
      for h in 0..<spatial[0] {
        for w in 0..<spatial[1] {
          for c in 0..<channels {
            y[Self.index(to, format, h, w, c)] = x[Self.index(from, format, h + cut.top, w + cut.left, c)]
          }
        }
      }
      return y
    case .convolution(let convolution):
      return convolve(x, from, to, convolution, weights[0], convolution.hasBias ? weights[1] : nil)
    case .dense(let hasBias):
      let (inputs, units) = (from[from.count - 1], to[to.count - 1])
      return (0..<x.count / inputs).flatMap { row in
        (0..<units).map { unit in
          (0..<inputs).reduce(hasBias ? weights[1][unit] : 0) {
            $0 + x[row * inputs + $1] * weights[0][$1 * units + unit]
          }
        }
      }
    case .pooling(let pooling): return pool(x, from, to, pooling)
    case .globalAverage(let format, _):
      let (spatial, channels) = GraphBuilder.map(from, format)
      return (0..<channels).map { c in
        var sum = 0.0
        for h in 0..<spatial[0] { for w in 0..<spatial[1] { sum += x[Self.index(from, format, h, w, c)] } }
        return sum / Double(spatial[0] * spatial[1])
      }
    case .zeroPadding(let padding, let format):
      var y = [Double](repeating: 0, count: to.reduce(1, *))
      let (spatial, channels) = GraphBuilder.map(from, format)
      for h in 0..<spatial[0] {
        for w in 0..<spatial[1] {
          for c in 0..<channels {
            y[Self.index(to, format, h + padding.top, w + padding.left, c)] = x[Self.index(from, format, h, w, c)]
          }
        }
      }
      return y
    case .elementwise(let function): return x.map { Functions.value(function, $0) }
    case .softmax(let axis):
      let (outer, size, inner) = split(from, axis)
      var y = x
      for o in 0..<outer {
        for i in 0..<inner {
          let indices = (0..<size).map { (o * size + $0) * inner + i }
          let top = indices.map { x[$0] }.max() ?? 0
          let exponentials = indices.map { Functions.value(.exponential, x[$0] - top) }
          let sum = exponentials.reduce(0, +)
          for (index, value) in zip(indices, exponentials) { y[index] = value / sum }
        }
      }
      return y
    case .sum:
      return operation.operands.dropFirst().reduce(x) { zip($0, values[$1.index]).map { $0 + $1 } }
    case .concatenation(let axis):
      let (outer, _, _) = split(to, axis)
      return (0..<outer).flatMap { o in
        operation.operands.flatMap { operand in
          let (_, size, inner) = split(sizes(operand), axis)
          return values[operand.index][o * size * inner..<(o + 1) * size * inner]
        }
      }
    case .reshape, .dropout: return x
    case .changeFormat(let format):
      let other: DataFormat = format == .channelsLast ? .channelsFirst : .channelsLast
      var y = x
      let (spatial, channels) = GraphBuilder.map(from, other)
      for h in 0..<spatial[0] {
        for w in 0..<spatial[1] {
          for c in 0..<channels { y[Self.index(to, format, h, w, c)] = x[Self.index(from, other, h, w, c)] }
        }
      }
      return y
    case .normalization(let axis, let epsilon, let scales, let centers):
      let (outer, size, inner) = split(from, axis)
      let gamma = scales ? weights[0] : nil
      let beta = centers ? weights[scales ? 1 : 0] : nil
      let mean = weights[weights.count - 2]
      let variance = weights[weights.count - 1]
      return (0..<outer * size * inner).map { index in
        let c = index / inner % size
        return (x[index] - mean[c]) / (variance[c] + epsilon).squareRoot() * (gamma?[c] ?? 1) + (beta?[c] ?? 0)
      }
    }
  }

  /// The position of a pixel's channel among the floats of one example.
  private static func index(_ sizes: [Int], _ format: DataFormat, _ h: Int, _ w: Int, _ c: Int) -> Int {
    let (spatial, channels) = GraphBuilder.map(sizes, format)
    return format == .channelsLast
      ? (h * spatial[1] + w) * channels + c : (c * spatial[0] + h) * spatial[1] + w
  }

  private func convolve(
    _ x: [Double], _ from: [Int], _ to: [Int], _ convolution: Convolution2D, _ kernel: [Double], _ bias: [Double]?
  ) -> [Double] {
    let (spatial, channels) = GraphBuilder.map(from, convolution.format)
    let (result, filters) = GraphBuilder.map(to, convolution.format)
    let (perGroup, filtersPerGroup) = (channels / convolution.groups, filters / convolution.groups)
    var y = [Double](repeating: 0, count: to.reduce(1, *))
    for row in 0..<result[0] {
      for column in 0..<result[1] {
        for f in 0..<filters {
          var sum = bias?[f] ?? 0
          for i in 0..<convolution.kernel[0] {
            let h = row * convolution.strides[0] + i * convolution.dilation[0] - convolution.padding.top
            guard (0..<spatial[0]).contains(h) else { continue }
            for j in 0..<convolution.kernel[1] {
              let w = column * convolution.strides[1] + j * convolution.dilation[1] - convolution.padding.left
              guard (0..<spatial[1]).contains(w) else { continue }
              for c in 0..<perGroup {
                let weight = kernel[((i * convolution.kernel[1] + j) * perGroup + c) * filters + f]
                sum += weight * x[Self.index(from, convolution.format, h, w, f / filtersPerGroup * perGroup + c)]
              }
            }
          }
          y[Self.index(to, convolution.format, row, column, f)] = sum
        }
      }
    }
    return y
  }

  private func convolve(
    _ x: [Double], _ from: [Int], _ to: [Int], _ convolution: TransposedConvolution2D, _ kernel: [Double],
    _ bias: [Double]?
  ) -> [Double] {
    let (spatial, channels) = GraphBuilder.map(from, convolution.format)
    let (result, filters) = GraphBuilder.map(to, convolution.format)
    var y = [Double](repeating: 0, count: to.reduce(1, *))
    for row in 0..<result[0] {
      for column in 0..<result[1] {
        for f in 0..<filters { y[Self.index(to, convolution.format, row, column, f)] = bias?[f] ?? 0 }
      }
    }
    for h in 0..<spatial[0] {
      for w in 0..<spatial[1] {
        for i in 0..<convolution.kernel[0] {
          let row = h * convolution.strides[0] + i * convolution.dilation[0] - convolution.padding.top
          guard (0..<result[0]).contains(row) else { continue }
          for j in 0..<convolution.kernel[1] {
            let column = w * convolution.strides[1] + j * convolution.dilation[1] - convolution.padding.left
            guard (0..<result[1]).contains(column) else { continue }
            for f in 0..<filters {
              for c in 0..<channels {
                y[Self.index(to, convolution.format, row, column, f)] +=
                  x[Self.index(from, convolution.format, h, w, c)]
                  * kernel[((i * convolution.kernel[1] + j) * filters + f) * channels + c]
              }
            }
          }
        }
      }
    }
    return y
  }

  private func resize(_ x: [Double], _ from: [Int], _ to: [Int], _ resize: Resize2D) -> [Double] {
    let (spatial, channels) = GraphBuilder.map(from, resize.format)
    let (result, _) = GraphBuilder.map(to, resize.format)
    let weights = (0..<2).map {
      resamplingWeights("\(resize.interpolation)", antialias: resize.antialias, from: spatial[$0], to: result[$0])
    }
    var y = [Double](repeating: 0, count: to.reduce(1, *))
    for row in 0..<result[0] {
      for column in 0..<result[1] {
        for h in 0..<spatial[0] {
          for w in 0..<spatial[1] where weights[0][row][h] * weights[1][column][w] != 0 {
            for c in 0..<channels {
              y[Self.index(to, resize.format, row, column, c)] +=
                x[Self.index(from, resize.format, h, w, c)] * weights[0][row][h] * weights[1][column][w]
            }
          }
        }
      }
    }
    return y
  }

  /// (x - mean) / sqrt(variance + epsilon) over groups, scaled and shifted.
  private func normalized(
    _ x: [Double], _ epsilon: Double, _ weights: (Int) -> (group: Int, scale: Double, shift: Double)
  ) -> [Double] {
    var members: [Int: [Double]] = [:]
    for (index, value) in x.enumerated() { members[weights(index).group, default: []].append(value) }
    let moments = members.mapValues { values in
      let mean = values.reduce(0, +) / Double(values.count)
      let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)
      return (mean: mean, deviation: (variance + epsilon).squareRoot())
    }
    return x.enumerated().map { index, value in
      let (group, scale, shift) = weights(index)
      guard let moment = moments[group] else { return .nan }
      return (value - moment.mean) / moment.deviation * scale + shift
    }
  }

  private func pool(_ x: [Double], _ from: [Int], _ to: [Int], _ pooling: Pooling2D) -> [Double] {
    let (spatial, channels) = GraphBuilder.map(from, pooling.format)
    let (result, _) = GraphBuilder.map(to, pooling.format)
    var y = [Double](repeating: 0, count: to.reduce(1, *))
    for row in 0..<result[0] {
      for column in 0..<result[1] {
        for c in 0..<channels {
          var cells: [Double] = []
          var padded = 0
          for i in 0..<pooling.window[0] {
            for j in 0..<pooling.window[1] {
              let h = row * pooling.strides[0] + i - pooling.padding.top
              let w = column * pooling.strides[1] + j - pooling.padding.left
              if (0..<spatial[0]).contains(h), (0..<spatial[1]).contains(w) {
                cells.append(x[Self.index(from, pooling.format, h, w, c)])
              } else if h < spatial[0] + pooling.padding.bottom, w < spatial[1] + pooling.padding.right {
                padded += 1
              }
            }
          }
          let index = Self.index(to, pooling.format, row, column, c)
          switch pooling.function {
          case .maximum: y[index] = cells.max() ?? -.infinity
          case .average(let countsPadding):
            y[index] = cells.reduce(0, +) / Double(cells.count + (countsPadding ? padded : 0))
          }
        }
      }
    }
    return y
  }
}
