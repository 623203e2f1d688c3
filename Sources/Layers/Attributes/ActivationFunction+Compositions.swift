import Operations

/// Activations that are several operations: rarely met, and not worth one of their own.
extension ActivationFunction {
  func compose(_ x: ID<Value>, _ call: LayerCall, into graph: inout OperationGraph) -> ID<Value> {
    switch phrase.word {
    case "celu":
      // x above zero, alpha * (exp(x / alpha) - 1) below
      let alpha = number("alpha")
      let bent = call.apply(.elu(alpha: 1), to: call.join(.divide, x, alpha, into: &graph), into: &graph)
      return call.join(.multiply, bent, alpha, into: &graph)
    case "sparse_sigmoid":
      // min(max((x + 1) / 2, 0), 1)
      return call.clip(halfStep(x, call, into: &graph), 0, 1, into: &graph)
    case "log_sigmoid":
      // -softplus(-x)
      let softplus = call.apply(.softplus, to: call.apply(.negative, to: x, into: &graph), into: &graph)
      return call.apply(.negative, to: softplus, into: &graph)
    case "hard_tanh":
      return call.clip(x, -1, 1, into: &graph)
    case "tanh_shrink":
      // x - tanh(x)
      return call.join(.subtract, x, call.apply(.tanh, to: x, into: &graph), into: &graph)
    case "sparse_plus":
      // 0 up to -1, ((x + 1) / 2)² up to 1, x from there
      let middle = call.apply(
        .square, to: halfStep(call.clip(x, -1, 1, into: &graph), call, into: &graph), into: &graph)
      let end = call.join(.maximum, call.join(.subtract, x, 1, into: &graph), 0, into: &graph)
      return call.join(.add, middle, end, into: &graph)
    case "squareplus":
      // (x + sqrt(x² + b)) / 2
      let raised = call.join(.add, call.apply(.square, to: x, into: &graph), number("b"), into: &graph)
      let root = call.apply(.squareRoot, to: raised, into: &graph)
      return call.join(.multiply, call.join(.add, x, root, into: &graph), 0.5, into: &graph)
    case "soft_shrink":
      // x without what of it lies within the threshold
      let threshold = number("threshold")
      return call.join(.subtract, x, call.clip(x, -threshold, threshold, into: &graph), into: &graph)
    case "hard_shrink":
      // x beyond the threshold on either side, 0 within: relu from the threshold on, both ways
      let relu = ElementwiseFunction.relu(negativeSlope: 0, maximum: nil, threshold: Float(number("threshold")))
      let below = call.apply(relu, to: call.apply(.negative, to: x, into: &graph), into: &graph)
      return call.join(.subtract, call.apply(relu, to: x, into: &graph), below, into: &graph)
    default: preconditionFailure("the activation '\(phrase.word)' has no arithmetic")
    }
  }

  /// (x + 1) / 2
  private func halfStep(_ x: ID<Value>, _ call: LayerCall, into graph: inout OperationGraph) -> ID<Value> {
    call.join(.multiply, call.join(.add, x, 1, into: &graph), 0.5, into: &graph)
  }
}

extension LayerCall {
  /// Each value, moved to the nearer end where it is outside of an interval.
  func clip(
    _ value: ID<Value>, _ least: Double, _ greatest: Double, into graph: inout OperationGraph
  ) -> ID<Value> {
    join(.minimum, join(.maximum, value, least, into: &graph), greatest, into: &graph)
  }

  /// d - log(sum(exp(d))), d being each value minus the greatest.
  func logSoftmax(_ value: ID<Value>, axis: Int, into graph: inout OperationGraph) -> ID<Value> {
    let below = belowGreatest(value, [axis], into: &graph)
    let sum = reduce(.sum, [axis], apply(.exponential, to: below, into: &graph), into: &graph)
    return join(.subtract, below, apply(.logarithm, to: sum, into: &graph), into: &graph)
  }
}
