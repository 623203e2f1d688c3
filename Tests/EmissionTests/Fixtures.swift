import Emission
import Planning
import Runtime

/// Small plans, written by hand.
enum Fixtures {
  /// 8 x 8 x 3 -> 3 x 3 convolution to 8 channels -> 2 x 2 maximum -> dense to 10 -> softmax.
  static func digits(
    input: String = "image", output: String = "probabilities", layer: String = "hidden/conv",
    place: String = "digits.model:5"
  ) -> Plan {
    let image = PlainTensor(storage: .input(0), shape: [8, 8, 3])
    let bordered = FeatureMap(
      place: Place(offset: 0, stride: 1600), height: 8, width: 8, channels: 3,
      border: Border(top: 1, bottom: 1, left: 1, right: 1))
    let hidden = FeatureMap(place: Place(offset: 1600, stride: 1024), height: 8, width: 8, channels: 8)
    let pooled = FeatureMap(place: Place(offset: 2624, stride: 256), height: 4, width: 4, channels: 8)
    let plain = PlainTensor(storage: .arena(Place(offset: 2880, stride: 128)), shape: [4, 4, 8])
    let flat = PlainTensor(storage: .arena(Place(offset: 2880, stride: 128)), shape: [128])
    let logits = PlainTensor(storage: .arena(Place(offset: 3008, stride: 16)), shape: [10])
    let result = PlainTensor(storage: .output(0), shape: [10])
    return Plan(
      steps: [
        PlannedStep(
          operation: .importMap(ImportMap(input: image, output: bordered, order: .channelsLast)), layers: [input],
          layer: "InputLayer", place: "digits.model:3", shape: [8, 8, 3]),
        PlannedStep(
          operation: .convolution(
            Convolution(
              input: bordered, output: hidden, strides: [1, 1], dilation: [1, 1], top: 1, left: 1, groups: 1,
              weights: AffineWeights(
                kernel: "\(layer)/kernel", kernelShape: [3, 3, 3, 8], bias: nil,
                normalization: NormalizationWeights(
                  gamma: "hidden/norm/gamma", beta: nil, mean: "hidden/norm/moving_mean",
                  variance: "hidden/norm/moving_variance", epsilon: 0.001, count: 8)),
              activation: .relu(slope: 0.1, maximum: 6))),
          layers: [layer, "hidden/norm", "hidden/relu"], layer: "Conv2D", place: place, shape: [8, 8, 8]),
        PlannedStep(
          operation: .pooling(
            Pooling(
              input: hidden, output: pooled, function: .maximum, window: [2, 2], strides: [2, 2], top: 0, left: 0,
              bottom: 0, right: 0)), layers: ["hidden/max_pooling2d"], layer: "MaxPooling2D", place: "digits.model:6",
          shape: [4, 4, 8]),
        PlannedStep(
          operation: .exportMap(ExportMap(input: pooled, output: plain, order: .channelsLast)), layers: ["flatten"],
          layer: "Flatten", place: "digits.model:7", shape: [128]),
        PlannedStep(
          operation: .dense(
            Dense(
              input: flat, output: logits,
              weights: AffineWeights(kernel: "dense/kernel", kernelShape: [128, 10], bias: "dense/bias"),
              activation: .linear)), layers: ["dense"], layer: "Dense", place: "digits.model:8", shape: [10]),
        PlannedStep(
          operation: .softmax(Softmax(input: logits, output: result, axis: 0)), layers: ["softmax"], layer: "Softmax",
          place: "digits.model:8", shape: [10]),
      ],
      inputs: [Port(name: input, shape: [8, 8, 3])], outputs: [Port(name: output, shape: [10])],
      arenaSize: 3024,
      weights: [
        WeightShape(name: "\(layer)/kernel", shape: [3, 3, 3, 8]), WeightShape(name: "hidden/norm/gamma", shape: [8]),
        WeightShape(name: "hidden/norm/moving_mean", shape: [8]),
        WeightShape(name: "hidden/norm/moving_variance", shape: [8]),
        WeightShape(name: "dense/kernel", shape: [128, 10]),
        WeightShape(name: "dense/bias", shape: [10]),
      ])
  }

  /// Two inputs, two outputs, names that are no identifiers, and a step for each of `count` functions in place.
  static func pair(count: Int) -> Plan {
    let left = PlainTensor(storage: .input(0), shape: [4])
    let right = PlainTensor(storage: .input(1), shape: [4])
    let sum = PlainTensor(storage: .arena(Place(offset: 0, stride: 16)), shape: [4])
    let results = (0..<2).map { PlainTensor(storage: .output($0), shape: [4]) }
    func step(_ operation: StepKind, _ name: String) -> PlannedStep {
      PlannedStep(
        operation: operation, layers: [name], layer: "Activation", place: "/some/folder/pair.model:9", shape: [4])
    }
    var steps = [
      step(
        .sum(Sum(inputs: [.plain(left), .plain(right)], output: .plain(sum), activation: .elu(alpha: 0.3))), "sum")
    ]
    for index in 0..<count {
      let activation = Activation.relu(slope: Float(index) / 1000, threshold: -.infinity)
      steps.append(
        step(.elementwise(Elementwise(input: .plain(sum), output: .plain(sum), activation: activation)), "f\(index)"))
    }
    for result in results {
      steps.append(
        step(.elementwise(Elementwise(input: .plain(sum), output: .plain(result), activation: .tanh)), "last"))
    }
    return Plan(
      steps: steps, inputs: [Port(name: "RIGHT image", shape: [4]), Port(name: "right-image", shape: [4])],
      outputs: [Port(name: "in", shape: [4]), Port(name: "5x5", shape: [4])], arenaSize: 16, weights: [])
  }

  static func options(
    name: String = "Digits", weights: EmissionOptions.Weights = .none, vectors: RecordedVectors? = nil
  ) -> EmissionOptions {
    EmissionOptions(
      name: name, model: name, source: "digits.model", weights: weights,
      vectors: vectors
        ?? RecordedVectors(
          batch: 2,
          outputs: [RecordedVectors.Output(name: "probabilities", values: (0..<20).map { Float($0) / 190 })]))
  }
}

extension PackageFiles {
  /// The text of a file that must be there.
  func text(_ path: String) -> String {
    self[path].map { String(decoding: $0, as: UTF8.self) } ?? "(no file \(path))"
  }
}

extension Fixtures {
  /// What a plan gives for synthetic inputs, on the portable kernels.
  static func vectors(_ plan: Plan, weights: WeightStore, batch: Int) throws -> (RecordedVectors, [[Float]]) {
    let program = try Program(network(plan), weights: weights, path: .portable)
    let results = try program.run(inputs(plan, batch: batch))
    let outputs = zip(plan.outputs, results).map { RecordedVectors.Output(name: $0.name, values: $1) }
    return (RecordedVectors(batch: batch, outputs: outputs), results)
  }

  static func inputs(_ plan: Plan, batch: Int) -> [[Float]] {
    plan.inputs.map { SyntheticValues.input($0.name, count: $0.shape.reduce(batch, *)) }
  }

  static func network(_ plan: Plan) -> Network {
    Network(
      name: "fixture", inputs: plan.inputs,
      outputs: plan.outputs,
      weights: plan.weights, arenaSize: plan.arenaSize,
      steps: plan.steps.map { step($0.operation) })
  }

  private static func step(_ kind: StepKind) -> any Step {
    switch kind {
    case .convolution(let step): step
    case .bandedConvolution(let step): step
    case .dense(let step): step
    case .pooling(let step): step
    case .reduceMap(let step): step
    case .reducePlain(let step): step
    case .elementwise(let step): step
    case .sum(let step): step
    case .arithmetic(let step): step
    case .normalization(let step): step
    case .standardization(let step): step
    case .parametricRelu(let step): step
    case .softmax(let step): step
    case .importMap(let step): step
    case .exportMap(let step): step
    case .copyMap(let step): step
    case .joinPlain(let step): step
    case .transpose(let step): step
    case .slice(let step): step
    case .transposedConvolution(let step): step
    case .resize(let step): step
    case .localResponseNormalization(let step): step
    case .layerNormalization(let step): step
    case .groupNormalization(let step): step
    }
  }
}
