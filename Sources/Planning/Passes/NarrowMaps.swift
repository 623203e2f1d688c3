import Operations
import Runtime

/// For each buffer whether its map is narrow: few channels brought in for convolutions that sum them up directly.
func narrowMaps(_ graph: StoredGraph) -> [Bool] {
  var isImported = [Bool](repeating: false, count: graph.buffers.count)
  var isNarrow = [Bool](repeating: true, count: graph.buffers.count)
  for step in graph.steps {
    let output = graph.locations[step.output.index].buffer.index
    if case .importMap = step.kind, graph.tensors[step.output].form.channels < FeatureMap.lanes {
      isImported[output] = true
    } else {
      isNarrow[output] = false
    }
    // What a convolution adds to its sums it reads as a map like its own.
    for (position, input) in step.inputs.enumerated() where position > 0 || !graph.convolvesDirectly(step) {
      isNarrow[graph.locations[input.index].buffer.index] = false
    }
  }
  return zip(isImported, isNarrow).map { $0 && $1 }
}

extension StoredGraph {
  /// Whether a step sums up rows of windows without gaps, all channels together.
  fileprivate func convolvesDirectly(_ step: FormedStep) -> Bool {
    guard case .convolution(let convolution, _, _) = step.kind else { return false }
    let (input, output) = (tensors[step.inputs[0]].form, tensors[step.output].form)
    return convolution.groups == 1 && convolution.dilation[1] == 1
      && convolution.algorithm(from: input, to: output, batch: step.examples) == .direct
  }
}
