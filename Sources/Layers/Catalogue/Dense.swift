import Operations

/// `Dense(10, activation: softmax)`: weighted sums over the last axis, which becomes `units` long.
///
///     y[…, u] = activation(bias[u] + sum over i of x[…, i] * kernel[i, u])
struct Dense: Layer {
  var units = 1
  var activation = ActivationFunction.linear
  var useBias = true
  var kernelInitializer = Initializer.glorotUniform
  var biasInitializer = Initializer.zeros
  var kernelRegularizer: Regularizer?
  var biasRegularizer: Regularizer?
  var activityRegularizer: Regularizer?
  var kernelConstraint: Constraint?
  var biasConstraint: Constraint?

  static let schema = Schema("Dense", "Weighted sums over the last axis, which becomes `units` long.")

  mutating func visit(_ attributes: inout AttributeVisitor) {
    attributes.required("units", &units, "The number of sums, the last size of the result.", .atLeast(1))
    attributes.optional("activation", &activation, "Function of each result.")
    attributes.optional("use_bias", &useBias, "Whether each unit adds a constant.")
    attributes.optional("kernel_initializer", &kernelInitializer, "First values of the kernel.")
    attributes.optional("bias_initializer", &biasInitializer, "First values of the bias.")
    attributes.optional("kernel_regularizer", &kernelRegularizer, "Penalty on the kernel, in training.")
    attributes.optional("bias_regularizer", &biasRegularizer, "Penalty on the bias, in training.")
    attributes.optional("activity_regularizer", &activityRegularizer, "Penalty on the result, in training.")
    attributes.optional("kernel_constraint", &kernelConstraint, "What training holds the kernel to.")
    attributes.optional("bias_constraint", &biasConstraint, "What training holds the bias to.")
  }

  func outputShape(_ inputs: [Shape]) throws(LayerProblem) -> Shape {
    guard inputs[0].rank >= 2 else {
      throw LayerProblem(
        .rank, .input(0), "Dense takes a tensor [N, …, values], not \(inputs[0])", expected: "[N, …, values]",
        found: "\(inputs[0])")
    }
    _ = try valueCount(inputs[0])
    var result = inputs[0]
    result[result.rank - 1] = Dim(units)
    try activation.check(result)
    return result
  }

  func weights(_ inputs: [Shape]) throws(LayerProblem) -> [Weight] {
    let kernel = try Weight.checked(.kernel, [try valueCount(inputs[0]), units])
    return useBias ? [kernel, try .checked(.bias, [units])] : [kernel]
  }

  func multiplyAccumulates(_ inputs: [Shape], _ output: Shape) throws(DimOverflow) -> Dim {
    try output.exampleCount * inputs[0][inputs[0].rank - 1]
  }

  func field(_ inputs: [Shape]) -> ReceptiveField {
    inputs[0].field(along: Axes(-1)).joined(activation.field(inputs[0].rank))
  }

  func lower(_ call: LayerCall, into graph: inout OperationGraph) -> ID<Value> {
    let sums = graph.add(
      .dense(hasBias: useBias), call.inputs, call.parameters, shape: call.outputShape, origin: call.origin)
    return activation.lower(sums, call, into: &graph)
  }

  private func valueCount(_ input: Shape) throws(LayerProblem) -> Int {
    try input.knownSize(input.rank - 1, what: "values")
  }
}
