import Operations

/// Lets steps that work element by element write over an operand of their result's sizes that nobody reads afterwards,
/// and convolutions over what they add.
func sharingPlaces(_ graph: StoredGraph) -> StoredGraph {
  var graph = graph
  var uses = BufferUses(graph)
  /// The buffer that stands in for each; one lookup, because only a buffer's first step moves it.
  var standIn = graph.buffers.indices.map { ID<Buffer>($0) }
  for (index, step) in graph.steps.enumerated() {
    let operands: ArraySlice<ID<Tensor>>
    switch step.kind {
    case .convolution, .bandedConvolution: operands = step.inputs.dropFirst()
    case .elementwise, .sum, .arithmetic, .normalization, .standardization, .parametricRelu, .layerNormalization,
      .groupNormalization:
      operands = step.inputs[...]
    default: continue
    }
    let output = graph.locations[step.output.index]
    guard output == Location(buffer: output.buffer), uses.writers[output.buffer.index] == 1 else { continue }
    let form = graph.tensors[step.output].form
    let buffers = step.inputs.map { standIn[graph.locations[$0.index].buffer.index] }
    let occurrences = Dictionary(buffers.map { ($0, 1) }, uniquingKeysWith: +)
    let candidate = operands.first { tensor in
      let input = graph.locations[tensor.index]
      let buffer = standIn[input.buffer.index]
      return input == Location(buffer: input.buffer) && uses.last[buffer.index] == index
        && graph.buffers[buffer].kind == graph.buffers[output.buffer].kind
        && occurrences[buffer] == 1 && graph.tensors[tensor].form == form
    }
    if let candidate {
      let buffer = standIn[graph.locations[candidate.index].buffer.index]
      standIn[output.buffer.index] = buffer
      uses.last[buffer.index] = uses.last[output.buffer.index]
    }
  }
  for index in graph.locations.indices {
    graph.locations[index].buffer = standIn[graph.locations[index].buffer.index]
  }
  return graph
}

/// When each buffer is written and read, in positions of steps; by the buffer's index.
struct BufferUses {
  /// The first step that writes it; nil for inputs and for buffers that nobody uses.
  var first: [Int?]
  /// The last step that reads or writes it.
  var last: [Int]
  /// How many steps write it.
  var writers: [Int]

  init(_ graph: StoredGraph) {
    first = Array(repeating: nil, count: graph.buffers.count)
    last = Array(repeating: 0, count: graph.buffers.count)
    writers = Array(repeating: 0, count: graph.buffers.count)
    for (index, step) in graph.steps.enumerated() {
      let output = graph.locations[step.output.index].buffer.index
      if first[output] == nil { first[output] = index }
      last[output] = index
      writers[output] += 1
      for input in step.inputs { last[graph.locations[input.index].buffer.index] = index }
    }
  }
}
