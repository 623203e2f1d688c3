import Operations
import Runtime

/// Gives every buffer its address and makes the steps.
///
/// - Parameter trunkSteps: how many steps are done example by example; nil to choose.
func placed(_ graph: StoredGraph, of concrete: ConcreteGraph, trunkSteps: Int?) throws(PlanProblem) -> Plan {
  let borders = try borders(graph)
  let isNarrow = narrowMaps(graph)
  let uses = BufferUses(graph)
  let siblings = siblings(graph)
  var lifetimes: [Lifetime] = []
  /// Which lifetime is a buffer's, by the buffer's index.
  var position = [Int?](repeating: nil, count: graph.buffers.count)
  for (index, buffer) in graph.buffers.enumerated() {
    guard let first = uses.first[index] else { continue }
    if case .port = buffer.kind { continue }
    guard let size = buffer.size(border: borders[index], isNarrow: isNarrow[index]) else {
      throw PlanProblem(.layer(graph.steps[first].origins[0]), .tooLarge)
    }
    position[index] = lifetimes.count
    lifetimes.append(Lifetime(first: first, last: uses.last[index], size: size))
  }
  guard let arena = Arena(lifetimes, stepCount: graph.steps.count) else {
    throw PlanProblem(.layer(graph.steps[largest(lifetimes)].origins[0]), .tooLarge)
  }
  let places = position.map { position in
    position.map { Place(offset: arena.offsets[$0], stride: lifetimes[$0].size) } ?? Place(offset: 0, stride: 0)
  }
  let maker = StepMaker(graph: graph, borders: borders, isNarrow: isNarrow, places: places)
  var steps = graph.steps.map(maker.planned)
  for run in siblings {
    for index in run { steps[index].notes.append("steps \(run.lowerBound + 1) to \(run.upperBound) in one loop") }
  }
  let memory = MemoryReport(
    arena: arena.size, lowerBound: Arena.lowerBound(lifetimes, stepCount: graph.steps.count),
    sum: lifetimes.reduce(0) { $0 + $1.size },
    tenants: zip(lifetimes, arena.offsets)
      .map { MemoryReport.Tenant(steps: $0.first...$0.last, offset: $1, size: $0.size) }
      .sorted { ($0.steps.lowerBound, $0.offset) < ($1.steps.lowerBound, $1.offset) })
  return Plan(
    steps: steps, inputs: ports(concrete.graph.inputs, concrete), outputs: ports(concrete.graph.outputs, concrete),
    arenaSize: arena.size, trunk: Trunk(memory, stepCount: trunkSteps ?? Trunk.stepCount(steps)),
    siblings: siblings, weights: weights(concrete.graph), memory: memory)
}

/// The step at which the largest lifetime begins.
private func largest(_ lifetimes: [Lifetime]) -> Int {
  lifetimes.max { $0.size < $1.size }?.first ?? 0
}

private func ports(_ ports: [Operations.Port], _ concrete: ConcreteGraph) -> [Runtime.Port] {
  ports.map { Runtime.Port(name: $0.name, shape: concrete.sizes[$0.value.index]) }
}

/// Each weight once, in the order in which the layers have them. What layers have and operations do not read, weight
/// files may have too.
private func weights(_ graph: OperationGraph) -> [WeightShape] {
  var isRead = [Bool?](repeating: nil, count: graph.parameters.count)
  var fanIn = [Int?](repeating: nil, count: graph.parameters.count)
  for operation in graph.operations {
    for (position, parameter) in operation.parameters.enumerated() {
      isRead[parameter.index] = isRead[parameter.index] == true || operation.kind.reads(parameter: position)
    }
    if case .transposedConvolution(let convolution) = operation.kind {
      let kernel = operation.parameters[0]
      fanIn[kernel.index] = graph.parameters[kernel].shape.last.map { convolution.kernel.reduce($0, *) }
    }
  }
  return graph.parameters.indices.compactMap { index in
    let parameter = graph.parameters[index]
    return isRead[index].map {
      WeightShape(name: parameter.name, shape: parameter.shape, isOptional: !$0, fanIn: fanIn[index])
    }
  }
}

extension OperationKind {
  /// Whether the operation looks at the parameter at a position among its own.
  fileprivate func reads(parameter position: Int) -> Bool {
    if case .standardization = self { position < 2 } else { true }
  }
}

extension Buffer {
  /// Floats with the border, in whole lines; nil beyond what can be addressed.
  func size(border: Border, isNarrow: Bool) -> Int? {
    switch kind {
    case .plain(let count): Memory.aligned(count)
    case .map(let height, let width, let channels):
      Memory.product([
        height + border.top + border.bottom, width + border.left + border.right,
        isNarrow ? channels : FeatureMap.blocks(of: channels) * FeatureMap.lanes,
      ]).map(Memory.aligned)
    case .port: 0
    }
  }
}
