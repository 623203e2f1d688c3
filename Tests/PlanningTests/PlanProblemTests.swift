import Operations
import Planning
import Testing

@Suite struct PlanProblemTests {
  @Test func sizesMustBeNumbers() {
    var graph = OperationGraph()
    let shape = Shape([.symbol("N"), .symbol("H"), 4, 3])
    let x = graph.values.add(Value(shape: shape))
    graph.inputs = [Port(name: "image", value: x)]
    graph.outputs = [Port(name: "image", value: x)]
    let problem = PlanProblem(.input("image"), .sizeUnknown(.symbol("H"), in: shape))
    #expect(throws: problem) { try plan(graph) }
    #expect(problem.description == "'image' has shape [N, H, 4, 3], and 'H' is not known")
    #expect(problem.help == "give the inputs sizes that make 'H' a number")
  }

  @Test func theLayerIsNamed() {
    var builder = GraphBuilder()
    let x = builder.input([4])
    let y = builder.graph.add(
      .elementwise(.tanh), [x], shape: Shape([.symbol("N"), .symbol("C")]),
      origin: Origin(path: "a/b", layer: "Activation", place: "x.model:7"))
    builder.output(y)
    #expect {
      try plan(builder.graph)
    } throws: { error in
      guard let error = error as? PlanProblem, case .layer(let origin) = error.subject else { return false }
      return origin.path == "a/b" && origin.place == "x.model:7"
    }
  }

  @Test(arguments: [
    [1 << 20, 1 << 20, 1 << 20], [Int.max, Int.max], [1 << 46], [1 << 44, 1, 1], [1, 1 << 41, 16],
  ]) func whatDoesNotFitIsRefused(sizes: [Int]) {
    var builder = GraphBuilder()
    let x = builder.input(sizes)
    // Several together do not fit even where each one does.
    let y = sizes.count == 3 ? builder.convolution(x, 16, [3, 3], hasBias: false) : builder.elementwise(x, .tanh)
    let z = sizes.count == 3 ? builder.convolution(y, 16, hasBias: false) : builder.elementwise(y, .tanh)
    builder.output(builder.elementwise(builder.sum([y, z]), .tanh))
    #expect {
      try plan(builder.graph)
    } throws: { ($0 as? PlanProblem)?.reason == .tooLarge }
  }

  @Test func bordersBeyondMemoryAreRefused() {
    var builder = GraphBuilder()
    let x = builder.input([2, 2, 3])
    for padding in [Padding2D(top: Int.max / 2), Padding2D(left: 1 << 46), Padding2D(top: 1 << 30, left: 1 << 30)] {
      var builder = builder
      let kernel = [padding.top + 2, padding.left + 2]
      let y = builder.graph.add(
        .convolution(
          Convolution2D(
            kernel: [1, 1], strides: [kernel[0], kernel[1]], dilation: [1, 1], padding: padding, groups: 1,
            format: .channelsLast, hasBias: false)), [x],
        [builder.graph.parameters.add(Parameter(name: "k", role: .kernel, shape: [1, 1, 3, 4], isTrainable: true))],
        shape: GraphBuilder.shape([1, 1, 4]), origin: Origin(path: "c", layer: "Conv2D", place: ""))
      builder.output(y)
      #expect {
        try plan(builder.graph)
      } throws: { ($0 as? PlanProblem)?.reason == .tooLarge }
    }
  }

  @Test func weightsBeyondMemoryAreRefused() {
    var builder = GraphBuilder()
    let x = builder.input([1 << 32])
    builder.output(builder.dense(x, 1 << 32))
    #expect {
      try plan(builder.graph)
    } throws: { ($0 as? PlanProblem)?.reason == .tooLarge }
  }

  @Test func examplesAreIndependent() {
    var builder = GraphBuilder()
    let x = builder.input([4])
    builder.output(builder.add(.softmax(axis: 0), [x], sizes: [4], layer: "Softmax"))
    #expect {
      try plan(builder.graph)
    } throws: { ($0 as? PlanProblem)?.reason == .mixesExamples }
  }

  @Test func nothingIsEmpty() {
    var builder = GraphBuilder()
    builder.output(builder.elementwise(builder.input([4, 0]), .tanh))
    #expect {
      try plan(builder.graph)
    } throws: { ($0 as? PlanProblem)?.reason == .empty(GraphBuilder.shape([4, 0])) }
  }
}
