import Operations
import Runtime

/// Turns formed steps into steps of the runtime: every operand with its place and border.
struct StepMaker {
  let graph: StoredGraph
  /// By the buffer's index.
  let borders: [Border]
  let isNarrow: [Bool]
  let places: [Place]

  func planned(_ step: FormedStep) -> PlannedStep {
    var layers: [String] = []
    for origin in step.origins where !layers.contains(origin.path) { layers.append(origin.path) }
    let kind = kind(of: step)
    return PlannedStep(
      operation: kind, layers: layers, layer: step.origins[0].layer, place: step.origins[0].place,
      shape: step.shape, notes: kind.fusions + [reason(for: step)].compactMap { $0 })
  }

  private func reason(for step: FormedStep) -> String? {
    guard case .convolution(let convolution, _, _) = step.kind else { return nil }
    return convolution.reason(
      from: graph.tensors[step.inputs[0]].form, to: graph.tensors[step.output].form, batch: step.examples)
  }

  private func kind(of step: FormedStep) -> StepKind {
    let input = step.inputs[0]
    switch step.kind {
    case .convolution(let convolution, let weights, let activation):
      let algorithm = convolution.algorithm(
        from: graph.tensors[input].form, to: graph.tensors[step.output].form, batch: step.examples)
      let addend = step.inputs.count > 1 ? map(step.inputs[1]) : nil
      return .convolution(make(convolution, algorithm, map(input), addend, map(step.output), weights, activation))
    case .bandedConvolution(let source, _, let weights, let activation):
      let addend = step.inputs.count > 1 ? map(step.inputs[1]) : nil
      let (input, output) = (map(input), map(step.output))
      return .bandedConvolution(
        BandedConvolution(
          source: make(source, input, for: step, output), addend: addend, output: output,
          weights: weights, activation: activation))
    case .dense(let weights, let activation):
      return .dense(make(plain(input), plain(step.output), weights, activation))
    case .pooling(let pooling):
      return .pooling(make(pooling, map(input), map(step.output)))
    case .reduceMap(let function):
      return .reduceMap(ReduceMap(input: map(input), output: plain(step.output), function: function))
    case .reducePlain(let function, let axes):
      return .reducePlain(
        ReducePlain(input: plain(input), output: plain(step.output), function: function, axes: axes))
    case .elementwise(let activation):
      return .elementwise(Elementwise(input: view(input), output: view(step.output), activation: activation))
    case .sum(let activation):
      return .sum(Sum(inputs: step.inputs.map(view), output: view(step.output), activation: activation))
    case .arithmetic(let function, let activation):
      return .arithmetic(
        Arithmetic(
          left: view(input), right: view(step.inputs[1]), output: view(step.output), function: function,
          activation: activation))
    case .normalization(let axis, let weights, let activation):
      return .normalization(
        Normalization(
          input: view(input), output: view(step.output), axis: axis, weights: weights, activation: activation))
    case .standardization(let axis, let weights):
      return .standardization(
        Standardization(
          input: view(input), output: view(step.output), axis: axis, mean: weights.mean, variance: weights.variance,
          epsilon: weights.epsilon, weightShape: weights.shape))
    case .parametricRelu(let alpha, let shape, let order):
      return .parametricRelu(
        ParametricRelu(
          input: view(input), output: view(step.output), alpha: alpha, alphaShape: shape, order: order))
    case .softmax(let axis):
      return .softmax(Softmax(input: plain(input), output: plain(step.output), axis: axis))
    case .importMap(let order):
      return .importMap(ImportMap(input: plain(input), output: map(step.output), order: order))
    case .exportMap(let order):
      return .exportMap(ExportMap(input: map(input), output: plain(step.output), order: order))
    case .padMap(let padding):
      return .copyMap(
        CopyMap(
          input: map(input), output: map(step.output), row: padding.top, column: padding.left, channel: 0,
          clearsRest: true))
    case .cropMap(let cut):
      return .copyMap(
        CopyMap(
          input: map(input), output: map(step.output), row: -cut.top, column: -cut.left, channel: 0,
          clearsRest: false))
    case .copyMap(let channel):
      return .copyMap(
        CopyMap(
          input: map(input), output: map(step.output), row: 0, column: 0, channel: channel, clearsRest: false))
    case .joinMaps: preconditionFailure("a concatenation of maps is slices and copies by now")
    case .joinPlain(let axis):
      return .joinPlain(JoinPlain(inputs: step.inputs.map(plain), output: plain(step.output), axis: axis))
    case .transpose(let order):
      return .transpose(Transpose(input: plain(input), output: plain(step.output), order: order))
    case .slice(let starts, let steps):
      return .slice(Slice(input: view(input), output: view(step.output), starts: starts, steps: steps))
    case .transposedConvolution(let convolution, let weights, let activation):
      return .transposedConvolution(make(convolution, map(input), map(step.output), weights, activation))
    case .resize(let resize):
      return .resize(
        Resize(
          input: map(input), output: map(step.output), interpolation: make(resize.interpolation),
          antialias: resize.antialias))
    case .localResponseNormalization(let response):
      return .localResponseNormalization(
        LocalResponseNormalization(
          input: map(input), output: map(step.output), radius: response.radius, bias: response.bias,
          alpha: response.alpha, beta: response.beta))
    case .layerNormalization(let axes, let epsilon, let weights, let activation):
      return .layerNormalization(
        LayerNormalization(
          input: view(input), output: view(step.output), axes: axes, epsilon: epsilon, weights: weights,
          activation: activation))
    case .groupNormalization(let groups, let axis, let epsilon, let weights, let activation):
      return .groupNormalization(
        GroupNormalization(
          input: view(input), output: view(step.output), groups: groups, axis: axis, epsilon: epsilon,
          weights: weights, activation: activation))
    }
  }

  private func view(_ tensor: ID<Tensor>) -> TensorView {
    graph.tensors[tensor].form.isMap ? .map(map(tensor)) : .plain(plain(tensor))
  }

  private func map(_ tensor: ID<Tensor>) -> FeatureMap {
    guard case .map(let height, let width, let channels) = graph.tensors[tensor].form else {
      preconditionFailure("a plain tensor where a map is due")
    }
    let location = graph.locations[tensor.index]
    return FeatureMap(
      place: places[location.buffer.index], firstBlock: location.firstBlock, height: height, width: width,
      channels: channels, border: borders[location.buffer.index] - location.outset.border,
      isNarrow: isNarrow[location.buffer.index])
  }

  private func plain(_ tensor: ID<Tensor>) -> PlainTensor {
    guard case .plain(let shape) = graph.tensors[tensor].form else {
      preconditionFailure("a map where a plain tensor is due")
    }
    let buffer = graph.locations[tensor.index].buffer
    let storage: PlainTensor.Storage =
      switch graph.buffers[buffer].kind {
      case .port(.input(let index)): .input(index)
      case .port(.output(let index)): .output(index)
      case .plain, .map: .arena(places[buffer.index])
      }
    return PlainTensor(storage: storage, shape: shape)
  }

  private func make(
    _ convolution: Convolution2D, _ algorithm: Convolution.Algorithm, _ input: FeatureMap, _ addend: FeatureMap?,
    _ output: FeatureMap, _ weights: AffineWeights, _ activation: Activation
  ) -> Convolution {
    precondition(
      weights.windowShape.prefix(2) == convolution.kernel[...] && input.channels % convolution.groups == 0
        && Array(weights.windowShape.dropFirst(2))
          .isKernel(channels: input.channels, filters: output.channels, groups: convolution.groups),
      "a kernel that fits its maps")
    return Convolution(
      input: input, addend: addend, output: output, strides: strides(convolution.strides, input, output),
      dilation: convolution.dilation,
      top: convolution.padding.top, left: convolution.padding.left, groups: convolution.groups, weights: weights,
      activation: activation, algorithm: algorithm)
  }

  /// Where there is one window, it may move on by any number; none beyond the map is left to compute with.
  private func strides(_ strides: [Int], _ input: FeatureMap, _ output: FeatureMap) -> [Int] {
    [
      output.height == 1 ? min(strides[0], input.height) : strides[0],
      output.width == 1 ? min(strides[1], input.width) : strides[1],
    ]
  }

  /// - Parameter result: of the step; the map that is made is as high and wide.
  private func make(
    _ source: BandSource, _ input: FeatureMap, for step: FormedStep, _ result: FeatureMap
  ) -> BandedConvolution.Source {
    func map(like map: FeatureMap, channels: Int) -> FeatureMap {
      FeatureMap(place: Place(offset: 0, stride: 0), height: map.height, width: map.width, channels: channels)
    }
    let output = map(like: result, channels: input.channels)
    switch source {
    case .depthwise(let filter): return .depthwise(make(filter, input, output))
    case .expanded(let expansion, let depthwise):
      let channels = depthwise.convolution.groups
      var expanded = map(like: input, channels: channels)
      let (from, to) = (graph.tensors[step.inputs[0]], graph.tensors[step.output])
      guard let border = depthwise.convolution.reach(over: from, to: to, batch: step.examples) else {
        preconditionFailure("a border that could be addressed")
      }
      expanded.border = border
      return .expanded(
        ExpandedDepthwise(
          expansion: make(expansion, input, expanded),
          depthwise: make(depthwise, expanded, map(like: result, channels: channels))))
    case .pooling(let pooling): return .pooling(make(pooling, input, output))
    case .normalization(let weights, let activation):
      return .normalization(
        Normalization(
          input: .map(input), output: .map(output), axis: 2, weights: weights, activation: activation))
    }
  }

  private func make(_ filter: Filter, _ input: FeatureMap, _ output: FeatureMap) -> Convolution {
    make(filter.convolution, .direct, input, nil, output, filter.weights, filter.activation)
  }

  private func make(
    _ convolution: TransposedConvolution2D, _ input: FeatureMap, _ output: FeatureMap, _ weights: AffineWeights,
    _ activation: Activation
  ) -> TransposedConvolution {
    precondition(
      weights.windowShape == convolution.kernel + [output.channels, input.channels], "a kernel that fits its maps")
    return TransposedConvolution(
      input: input, output: output, strides: convolution.strides, dilation: convolution.dilation,
      top: convolution.padding.top, left: convolution.padding.left, weights: weights, activation: activation)
  }

  private func make(
    _ input: PlainTensor, _ output: PlainTensor, _ weights: AffineWeights, _ activation: Activation
  ) -> Dense {
    precondition(
      weights.kernelShape == [input.shape.last, output.shape.last] && input.shape.dropLast() == output.shape.dropLast(),
      "a matrix that fits its operands")
    return Dense(input: input, output: output, weights: weights, activation: activation)
  }

  private func make(_ interpolation: Resize2D.Interpolation) -> Resize.Interpolation {
    switch interpolation {
    case .nearest: .nearest
    case .bilinear: .bilinear
    case .bicubic: .bicubic
    case .lanczos3: .lanczos3
    case .lanczos5: .lanczos5
    case .mean: .mean
    }
  }

  private func make(_ pooling: Pooling2D, _ input: FeatureMap, _ output: FeatureMap) -> Pooling {
    precondition(input.channels == output.channels, "a pool keeps its channels")
    let function: Pooling.Function =
      switch pooling.function {
      case .maximum: .maximum
      case .average(let countsPadding): .average(countsPadding: countsPadding)
      }
    return Pooling(
      input: input, output: output, function: function, window: pooling.window,
      strides: strides(pooling.strides, input, output),
      top: pooling.padding.top, left: pooling.padding.left, bottom: pooling.padding.bottom,
      right: pooling.padding.right)
  }
}
