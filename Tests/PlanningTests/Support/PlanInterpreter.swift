import Operations
import Planning
import Runtime
import Testing

/// Executes a plan in Double, as slowly and as unkindly as its steps' contracts allow: memory begins as NaN, a result's
/// place becomes NaN before it is computed, and lanes past the channels are left NaN.
struct PlanInterpreter {
  let batch: Int
  var arena: [Double]
  var arenaSize: Int
  let inputs: [[Double]]
  var outputs: [[Double]]

  /// Inputs and results: the examples one after the other.
  static func outputs(of plan: Plan, inputs: [[Float]], batch: Int) -> [[Double]] {
    var interpreter = PlanInterpreter(
      batch: batch, arena: Array(repeating: .nan, count: plan.arenaSize * batch), arenaSize: plan.arenaSize,
      inputs: inputs.map { $0.map(Double.init) },
      outputs: plan.outputs.map { Array(repeating: .nan, count: $0.shape.reduce(batch, *)) })
    for step in plan.steps { interpreter.run(step.operation) }
    return interpreter.outputs
  }

  private mutating func run(_ step: StepKind) {
    switch step {
    case .convolution(let step): convolve(step)
    case .bandedConvolution(let step): convolve(step)
    case .dense(let step): multiply(step)
    case .pooling(let step): pool(step)
    case .reduceMap(let step):
      let map = step.input
      write(step.output) { me, n, c in
        Functions.reduced(
          step.function,
          (0..<map.height).flatMap { h in (0..<map.width).map { w in me.read(map, n, h, w, c) } })
      }
    case .reducePlain(let step): reduce(step)
    case .elementwise(let step):
      apply([step.input], step.output) { Functions.activated(step.activation, $0[0]) }
    case .sum(let step):
      apply(step.inputs, step.output) { Functions.activated(step.activation, $0.reduce(0, +)) }
    case .arithmetic(let step): combine(step)
    case .normalization(let step): normalize(step)
    case .standardization(let step): standardize(step)
    case .parametricRelu(let step): parametricRelu(step)
    case .softmax(let step): softmax(step)
    case .importMap(let step):
      let map = step.output
      #expect(step.input.count == map.height * map.width * map.channels)
      write(map) { me, n, h, w, c in
        me.read(step.input, n, Self.index(map, step.order, h, w, c))
      }
    case .exportMap(let step):
      let map = step.input
      #expect(step.output.count == map.height * map.width * map.channels)
      write(step.output) { me, n, index in
        let (h, w, c) = Self.pixel(map, step.order, index)
        return me.read(map, n, h, w, c)
      }
    case .copyMap(let step): copy(step)
    case .joinPlain(let step): join(step)
    case .transpose(let step): transpose(step)
    case .slice(let step): slice(step)
    case .transposedConvolution(let step): convolve(step)
    case .resize(let step): resize(step)
    case .localResponseNormalization(let step): respond(step)
    case .layerNormalization(let step): normalize(step)
    case .groupNormalization(let step): normalize(step)
    }
  }

  // MARK: - Memory

  private func address(_ map: FeatureMap, _ n: Int, _ h: Int, _ w: Int, _ c: Int) -> Int {
    check(map.place)
    precondition(h >= -map.border.top && h < map.height + map.border.bottom, "a row outside of the border")
    precondition(w >= -map.border.left && w < map.width + map.border.right, "a column outside of the border")
    let offset =
      (map.firstBlock + c / 16) * map.blockStride + (h + map.border.top) * map.rowStride
      + (w + map.border.left) * map.pixelStride + c % 16
    precondition(c >= 0 && offset >= 0 && offset < map.place.stride, "an address outside of the place")
    return map.place.offset * batch + n * map.place.stride + offset
  }

  private func check(_ place: Place) {
    precondition(place.offset.isMultiple(of: 16) && place.stride.isMultiple(of: 16), "a place that is not aligned")
    precondition(place.offset >= 0 && place.offset + place.stride <= arenaSize, "a place outside of the arena")
  }

  private func address(_ tensor: PlainTensor, _ place: Place, _ n: Int, _ index: Int) -> Int {
    check(place)
    precondition(index < place.stride && index < tensor.count)
    return place.offset * batch + n * place.stride + index
  }

  func read(_ map: FeatureMap, _ n: Int, _ h: Int, _ w: Int, _ c: Int) -> Double {
    precondition(c < map.channels)
    return arena[address(map, n, h, w, c)]
  }

  func read(_ tensor: PlainTensor, _ n: Int, _ index: Int) -> Double {
    switch tensor.storage {
    case .arena(let place): arena[address(tensor, place, n, index)]
    case .input(let port): inputs[port][n * tensor.count + index]
    case .output(let port): outputs[port][n * tensor.count + index]
    }
  }

  private mutating func set(_ tensor: PlainTensor, _ n: Int, _ index: Int, _ value: Double) {
    switch tensor.storage {
    case .arena(let place): arena[address(tensor, place, n, index)] = value
    case .input: preconditionFailure("a step that writes an input")
    case .output(let port): outputs[port][n * tensor.count + index] = value
    }
  }

  /// Writes a whole map: border, channels, and NaN into the lanes past them.
  mutating func write(
    _ map: FeatureMap, inPlace: Bool = false, _ value: (PlanInterpreter, Int, Int, Int, Int) -> Double
  ) {
    write(map, channels: 0..<map.channels, inPlace: inPlace, value)
  }

  /// Writes some channels of a map, and what its contract lets it write beside them.
  mutating func write(
    _ map: FeatureMap, channels: Range<Int>, inPlace: Bool = false,
    _ value: (PlanInterpreter, Int, Int, Int, Int) -> Double
  ) {
    let lanes = channels.lowerBound..<(map.isNarrow ? map.channels : (channels.upperBound + 15) / 16 * 16)
    let rows = -map.border.top..<map.height + map.border.bottom
    let columns = -map.border.left..<map.width + map.border.right
    func isInside(_ h: Int, _ w: Int) -> Bool { (0..<map.height).contains(h) && (0..<map.width).contains(w) }
    for n in 0..<batch {
      for c in lanes {
        for h in rows {
          for w in columns where !inPlace || !isInside(h, w) || c >= channels.upperBound {
            arena[address(map, n, h, w, c)] = c < channels.upperBound && !isInside(h, w) ? 0 : .nan
          }
        }
      }
      for c in channels {
        for h in 0..<map.height {
          for w in 0..<map.width { arena[address(map, n, h, w, c)] = value(self, n, h, w, c) }
        }
      }
    }
  }

  mutating func write(
    _ tensor: PlainTensor, inPlace: Bool = false, _ value: (PlanInterpreter, Int, Int) -> Double
  ) {
    for n in 0..<batch {
      if !inPlace { for index in 0..<tensor.count { set(tensor, n, index, .nan) } }
      for index in 0..<tensor.count { set(tensor, n, index, value(self, n, index)) }
    }
  }

  private static func index(_ map: FeatureMap, _ order: PixelOrder, _ h: Int, _ w: Int, _ c: Int) -> Int {
    order == .channelsLast ? (h * map.width + w) * map.channels + c : (c * map.height + h) * map.width + w
  }

  private static func pixel(_ map: FeatureMap, _ order: PixelOrder, _ index: Int) -> (Int, Int, Int) {
    order == .channelsLast
      ? (index / map.channels / map.width, index / map.channels % map.width, index % map.channels)
      : (index / map.width % map.height, index % map.width, index / map.width / map.height)
  }

  // MARK: - Steps

  private mutating func apply(_ inputs: [TensorView], _ output: TensorView, _ body: ([Double]) -> Double) {
    let inPlace = inputs.contains(output)
    switch output {
    case .map(let map):
      let maps = inputs.map { input in
        guard case .map(let map) = input else { preconditionFailure("mixed forms") }
        return map
      }
      write(map, inPlace: inPlace) { me, n, h, w, c in body(maps.map { me.read($0, n, h, w, c) }) }
    case .plain(let tensor):
      let tensors = inputs.map { input in
        guard case .plain(let tensor) = input else { preconditionFailure("mixed forms") }
        return tensor
      }
      write(tensor, inPlace: inPlace) { me, n, index in body(tensors.map { me.read($0, n, index) }) }
    }
  }

  static func affine(
    _ weights: AffineWeights, _ count: Int
  ) -> (kernel: [Double], scale: [Double], shift: [Double]) {
    let kernel = TestWeights.values(weights.kernel, weights.kernelShape).map(Double.init)
    let bias = weights.bias.map { TestWeights.values($0, [count]).map(Double.init) }
    var scale = [Double](repeating: 1, count: count)
    var shift = bias ?? [Double](repeating: 0, count: count)
    if let normalization = weights.normalization {
      let (scales, shifts) = Self.normalization(normalization)
      for index in 0..<count {
        scale[index] = scales[index]
        shift[index] = shift[index] * scales[index] + shifts[index]
      }
    }
    return (kernel, scale, shift)
  }

  private static func normalization(_ weights: NormalizationWeights) -> (scale: [Double], shift: [Double]) {
    if !weights.scale.isEmpty { return (weights.scale.map(Double.init), weights.shift.map(Double.init)) }
    func values(_ name: String) -> [Double] { TestWeights.values(name, [weights.count]).map(Double.init) }
    let mean = weights.mean.map(values) ?? Array(repeating: 0, count: weights.count)
    var scale = [Double](repeating: 1, count: weights.count)
    if let variance = weights.variance { scale = values(variance).map { 1 / ($0 + weights.epsilon).squareRoot() } }
    if let gamma = weights.gamma { scale = zip(scale, values(gamma)).map { $0 * $1 } }
    var shift = zip(mean, scale).map { -$0 * $1 }
    if let beta = weights.beta { shift = zip(shift, values(beta)).map { $0 + $1 } }
    return (scale, shift)
  }

  private mutating func convolve(_ step: Convolution) {
    let (kernel, scale, shift) = Self.affine(step.weights, step.output.channels)
    let shape = step.weights.windowShape
    let perGroup = step.input.channels / step.groups
    let filtersPerGroup = step.output.channels / step.groups
    #expect(step.top <= step.input.border.top && step.left <= step.input.border.left)
    write(step.output, inPlace: step.addend == step.output) { me, n, row, column, f in
      var sum = 0.0
      for i in 0..<shape[0] {
        for j in 0..<shape[1] {
          let h = row * step.strides[0] + i * step.dilation[0] - step.top
          let w = column * step.strides[1] + j * step.dilation[1] - step.left
          for c in 0..<perGroup {
            let weight = kernel[((i * shape[1] + j) * perGroup + c) * step.output.channels + f]
            sum += weight * me.read(step.input, n, h, w, f / filtersPerGroup * perGroup + c)
          }
        }
      }
      let addend = step.addend.map { me.read($0, n, row, column, f) } ?? 0
      return Functions.activated(step.activation, sum * scale[f] + shift[f] + addend)
    }
  }

  /// The map that is made stands behind the arena while it is needed.
  private mutating func convolve(_ step: BandedConvolution) {
    var convolution = step.convolution
    var longer = self
    longer.standBehind(&convolution.input)
    switch step.source {
    case .depthwise(var step):
      step.output = convolution.input
      longer.convolve(step)
    case .expanded(var step):
      longer.standBehind(&step.depthwise.input)
      step.expansion.output = step.depthwise.input
      step.depthwise.output = convolution.input
      longer.convolve(step.expansion)
      longer.convolve(step.depthwise)
    case .pooling(var step):
      step.output = convolution.input
      longer.pool(step)
    case .normalization(var step):
      step.output = .map(convolution.input)
      longer.normalize(step)
    }
    longer.convolve(convolution)
    arena = Array(longer.arena[..<arena.count])
  }

  /// Gives a map a place behind the arena.
  private mutating func standBehind(_ map: inout FeatureMap) {
    map.place = Place(offset: arenaSize, stride: map.size)
    arenaSize += map.size
    arena += Array(repeating: .nan, count: map.size * batch)
  }

  private mutating func multiply(_ step: Dense) {
    let (kernel, scale, shift) = Self.affine(step.weights, step.weights.kernelShape[1])
    let inputs = step.weights.kernelShape[0]
    let units = step.weights.kernelShape[1]
    write(step.output) { me, n, index in
      let (row, unit) = (index / units, index % units)
      let sum = (0..<inputs).reduce(0.0) {
        $0 + me.read(step.input, n, row * inputs + $1) * kernel[$1 * units + unit]
      }
      return Functions.activated(step.activation, sum * scale[unit] + shift[unit])
    }
  }

  private mutating func pool(_ step: Pooling) {
    write(step.output) { me, n, row, column, c in
      var cells: [Double] = []
      var padded = 0
      for i in 0..<step.window[0] {
        for j in 0..<step.window[1] {
          let h = row * step.strides[0] + i - step.top
          let w = column * step.strides[1] + j - step.left
          if (0..<step.input.height).contains(h), (0..<step.input.width).contains(w) {
            cells.append(me.read(step.input, n, h, w, c))
          } else if h < step.input.height + step.bottom, w < step.input.width + step.right {
            padded += 1
          }
        }
      }
      return switch step.function {
      case .maximum: cells.reduce(-.infinity) { $1.isNaN ? .nan : max($0, $1) }
      case .average(let countsPadding): cells.reduce(0, +) / Double(cells.count + (countsPadding ? padded : 0))
      }
    }
  }

  private mutating func normalize(_ step: Normalization) {
    let (scale, shift) = Self.normalization(step.weights)
    switch (step.input, step.output) {
    case (.map(let input), .map(let output)):
      write(output, inPlace: input == output) { me, n, h, w, c in
        Functions.activated(step.activation, me.read(input, n, h, w, c) * scale[c] + shift[c])
      }
    case (.plain(let input), .plain(let output)):
      let inner = input.shape[(step.axis + 1)...].reduce(1, *)
      write(output, inPlace: input == output) { me, n, index in
        let c = index / inner % input.shape[step.axis]
        return Functions.activated(step.activation, me.read(input, n, index) * scale[c] + shift[c])
      }
    default: preconditionFailure("mixed forms")
    }
  }

  private mutating func softmax(_ step: Softmax) {
    let size = step.input.shape[step.axis]
    let inner = step.input.shape[(step.axis + 1)...].reduce(1, *)
    write(step.output) { me, n, index in
      let first = index / (size * inner) * size * inner + index % inner
      let row = (0..<size).map { me.read(step.input, n, first + $0 * inner) }
      let top = row.max() ?? 0
      let sum = row.reduce(0) { $0 + Functions.activated(.exponential, $1 - top) }
      return Functions.activated(.exponential, me.read(step.input, n, index) - top) / sum
    }
  }

  private mutating func copy(_ step: CopyMap) {
    let (input, output) = (step.input, step.output)
    #expect(step.channel + input.channels <= output.channels)
    let rows = step.row..<step.row + input.height
    let columns = step.column..<step.column + input.width
    #expect(
      step.clearsRest || (Set(rows).isSuperset(of: 0..<output.height) && Set(columns).isSuperset(of: 0..<output.width)))
    write(output, channels: step.channel..<step.channel + input.channels) { me, n, h, w, c in
      let (row, column) = (h - step.row, w - step.column)
      let isInside = (0..<input.height).contains(row) && (0..<input.width).contains(column)
      return isInside ? me.read(input, n, row, column, c - step.channel) : 0
    }
  }

  private mutating func join(_ step: JoinPlain) {
    let inner = step.output.shape.dropFirst(step.axis + 1).reduce(1, *)
    let size = step.output.shape.isEmpty ? 1 : step.output.shape[step.axis]
    #expect(step.inputs.reduce(0) { $0 + $1.count } == step.output.count)
    write(step.output) { me, n, index in
      let outer = index / (size * inner)
      var along = index / inner % size
      for input in step.inputs {
        let length = input.shape.isEmpty ? 1 : input.shape[step.axis]
        if along < length { return me.read(input, n, (outer * length + along) * inner + index % inner) }
        along -= length
      }
      return .nan
    }
  }
}
