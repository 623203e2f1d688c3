/// A network with its weights packed, ready to run on this processor.
///
/// It may be called from several threads at once; one of them gets the thread pool, the others run on their own.
/// The same input gives the same bits whatever the number of threads and whichever example of a batch it is.
package final class Program: Sendable {
  /// Each port of a call is a stack frame.
  static let maximumPorts = 1024

  package let inputs: [Port]
  package let outputs: [Port]
  package let kernels: Kernels
  private let arenaSize: Int
  /// Every step by itself, as threads alone and clocks take them.
  private let steps: StepList
  /// Siblings as one, as threads take them together.
  private let joinedSteps: StepList
  private let trunk: Trunk?
  private let portSizes: PortSizes
  private let pool: ThreadPool
  private let workspaces = WorkspaceStore()

  package var stepCount: Int { steps.steps.count }

  /// How many threads take part in a run, the caller's among them.
  package var threads: Int { pool.threads }

  /// Reads and packs the weights of every step, in parallel, where they are not packed already.
  ///
  /// - Parameters:
  ///   - threads: with the caller's; nil for as many as this process may use.
  ///   - path: nil for the fastest that this processor runs.
  ///   - precision: fast takes weights by name; `kernels` says whether this processor has it.
  /// - Throws: `weights` with every weight that does not fit, or why a program cannot be made at all.
  package convenience init(
    _ network: Network, weights: NetworkWeights, threads: Int? = nil, path: Kernels.Path? = nil,
    precision: Precision = .full
  ) throws(ProgramProblem) {
    guard let kernels = Kernels(path: path, precision: precision) else { throw .pathUnavailable(path ?? .portable) }
    if precision == .fast, case .packed = weights { throw .packedPrecision }
    try self.init(network, weights: weights, threads: threads, kernels: kernels)
  }

  /// - Parameter kernels: that this processor can run.
  init(_ network: Network, weights: NetworkWeights, threads: Int?, kernels: Kernels) throws(ProgramProblem) {
    try Self.check(network)
    let threads = threads ?? min(ProcessorCount.available, ThreadPool.maximumThreads)
    guard 1...ThreadPool.maximumThreads ~= threads else { throw .threads(threads) }
    if case .named(let store) = weights { try store.check(network) }

    inputs = network.inputs
    outputs = network.outputs
    arenaSize = network.arenaSize
    trunk = network.trunk
    portSizes = PortSizes(
      inputs: inputs.map { $0.shape.reduce(1, *) }, outputs: outputs.map { $0.shape.reduce(1, *) })
    self.kernels = kernels
    pool = ThreadPool(threads: threads)
    let prepared: [any PreparedStep]
    switch weights {
    case .named(let store): prepared = try Packing.prepare(network.steps, store, for: kernels, on: pool).map(\.step)
    case .packed(let packed): prepared = try Packing.prepare(network.steps, packed)
    }
    steps = StepList(steps: prepared, trunkCount: network.trunk?.stepCount ?? 0)
    joinedSteps = steps.joining(network.siblings)
  }

  /// As above, with weights by name.
  package convenience init(
    _ network: Network, weights: WeightStore, threads: Int? = nil, path: Kernels.Path? = nil,
    precision: Precision = .full
  ) throws(ProgramProblem) {
    try self.init(network, weights: .named(weights), threads: threads, path: path, precision: precision)
  }

  /// Runs the network on a batch.
  ///
  /// - Parameters:
  ///   - inputs: one for each input of the network, in its order: the examples one after the other, row-major.
  ///   - batch: the number of examples; nil to take it from the sizes of the inputs.
  /// - Returns: the outputs of the network, in its order, laid out as the inputs are.
  package func run(_ inputs: [[Float]], batch: Int? = nil) throws(ProgramProblem) -> [[Float]] {
    try run(inputs, batch: batch, afterStep: nil)
  }

  /// - Parameter afterStep: called after each step.
  func run(_ inputs: [[Float]], batch: Int?, afterStep: StepHook?) throws(ProgramProblem) -> [[Float]] {
    let batch = try checkedBatch(inputs.count, asked: batch) { inputs[$0].count }
    let outputCounts = try outputCounts(batch: batch)
    let (workspace, layout) = try takeWorkspace(batch: batch)
    defer { workspaces.putBack(workspace) }
    return unsafe withPointers(to: inputs[...], []) { inputs in
      unsafe withNewArrays(of: outputCounts[...], []) { outputs in
        unsafe workspace.ports.inputs = unsafe inputs
        unsafe workspace.ports.outputs = unsafe outputs
        execute(batch, workspace, layout, afterStep)
      }
    }
  }

  /// Runs the network on a batch in memory that the caller owns. Once a batch of that size has been run, it takes no
  /// memory and no lock, unless there are several callers at once.
  ///
  /// - Parameters:
  ///   - inputs: as in `run(_:batch:)`.
  ///   - outputs: room for each output of the network, of exactly its size; no two may overlap, nor an input.
  @unsafe package func run(
    _ inputs: [UnsafeBufferPointer<Float>], into outputs: [UnsafeMutableBufferPointer<Float>], batch: Int? = nil
  ) throws(ProgramProblem) {
    try unsafe run(inputs, into: outputs, batch: batch, afterStep: nil)
  }

  /// - Parameter afterStep: called after each step.
  @unsafe func run(
    _ inputs: [UnsafeBufferPointer<Float>], into outputs: [UnsafeMutableBufferPointer<Float>], batch: Int?,
    afterStep: StepHook?
  ) throws(ProgramProblem) {
    let batch = try unsafe checkedBatch(inputs.count, asked: batch) { unsafe inputs[$0].count }
    guard unsafe outputs.count == self.outputs.count else {
      throw unsafe .outputCount(expected: self.outputs.map(\.name), found: outputs.count)
    }
    for index in self.outputs.indices where unsafe outputs[index].count != count(of: self.outputs[index], batch: batch)
    {
      throw unsafe .outputSize(self.outputs[index], batch: batch, found: outputs[index].count)
    }
    let (workspace, layout) = try takeWorkspace(batch: batch)
    defer { workspaces.putBack(workspace) }
    for index in unsafe inputs.indices { unsafe workspace.ports.inputs.append(Self.base(of: inputs[index])) }
    for index in unsafe outputs.indices { unsafe workspace.ports.outputs.append(Self.base(of: outputs[index])) }
    execute(batch, workspace, layout, afterStep)
  }
}

// MARK: - Checking

extension Program {
  private static func check(_ network: Network) throws(ProgramProblem) {
    let ports = network.inputs.count + network.outputs.count
    guard ports <= maximumPorts else { throw .tooManyPorts(count: ports, maximum: maximumPorts) }
    for port in network.inputs + network.outputs where port.shape.checkedProduct() == nil { throw .port(port) }
    guard network.arenaSize >= 0 else { throw .arenaSize(network.arenaSize) }
    if let trunk = network.trunk {
      precondition(
        trunk.examples > 0 && 0...network.steps.count ~= trunk.stepCount && 0...network.arenaSize ~= trunk.arenaBehind,
        "the trunk is a part of its network")
    }
    precondition(
      network.siblings.allSatisfy { 0 <= $0.lowerBound && $0.upperBound <= network.steps.count }
        && zip(network.siblings, network.siblings.dropFirst()).allSatisfy { $0.upperBound <= $1.lowerBound },
      "siblings are steps of their network, in their order")
  }

  /// The batch that all inputs agree on.
  ///
  /// - Parameter count: the floats that are given for an input.
  private func checkedBatch(
    _ inputCount: Int, asked: Int?, _ count: (_ input: Int) -> Int
  ) throws(ProgramProblem) -> Int {
    guard inputCount == inputs.count else {
      throw .inputCount(expected: inputs.map(\.name), found: inputCount)
    }
    if let asked, asked < 1 { throw .batch(asked) }
    var batch = asked
    for index in inputs.indices {
      let (port, count) = (inputs[index], count(index))
      let size = port.shape.checkedProduct() ?? 0
      // Of an input without elements any number of examples looks alike.
      guard size > 0 else {
        guard count == 0 else { throw .inputSize(port, found: count) }
        continue
      }
      guard count.isMultiple(of: size) else { throw .inputSize(port, found: count) }
      guard count > 0 else { throw .batch(0) }
      if let batch, batch != count / size { throw .inputBatch(port, expected: batch, found: count / size) }
      batch = count / size
    }
    return batch ?? 1
  }

  /// Floats of a port; nil beyond 64 bits.
  private func count(of port: Port, batch: Int) -> Int? {
    guard let size = port.shape.checkedProduct() else { return nil }
    let (count, overflow) = size.multipliedReportingOverflow(by: batch)
    return overflow ? nil : count
  }

  /// Floats of each output.
  func outputCounts(batch: Int) throws(ProgramProblem) -> [Int] {
    var counts: [Int] = []
    for port in outputs {
      guard let count = count(of: port, batch: batch), Workspace.isPossible(capacity: count) else {
        throw .outOfMemory(batch: batch)
      }
      counts.append(count)
    }
    return counts
  }

  private func load(batch: Int) -> Load { Load(batch: batch, threads: threads) }

  /// How the memory of a run is divided: lanes for the trunk, scratch, the arena for what all threads do together; nil
  /// beyond 64 bits.
  func layout(batch: Int) -> RunLayout? {
    let load = load(batch: batch)
    guard let trunk = usedTrunk(load) else {
      return layout(lane: 0, Scratch(), scratch(steps.steps[...], load), arena: arenaSize, load)
    }
    var (laneScratch, first) = (Scratch(), 0)
    while let groups = trunk.groups(from: first, load) {
      laneScratch.include(scratch(steps.trunk, Load(batch: groups.examples, threads: 1)))
      first = groups.end
    }
    var together = scratch(steps.rest, load)
    let left = Load(batch: batch - first, threads: threads)
    if left.batch > 0 { together.include(scratch(steps.trunk, left)) }
    return layout(lane: arenaSize * trunk.examples, laneScratch, together, arena: trunk.arenaBehind, load)
  }

  /// - Parameter lane: floats of a thread's arena; none has a lane if there are none.
  private func layout(lane: Int, _ laneScratch: Scratch, _ scratch: Scratch, arena: Int, _ load: Load) -> RunLayout? {
    let (end, isTooLong) = lane.addingReportingOverflow(laneScratch.size(threads: 1))
    let size = (end + FeatureMap.lanes - 1) / FeatureMap.lanes * FeatureMap.lanes
    let (lanes, isTooMany) = size.multipliedReportingOverflow(by: load.threads)
    let (arena, isTooLarge) = arena.multipliedReportingOverflow(by: load.batch)
    let (scratchStart, overflow) = lanes.addingReportingOverflow(arena)
    let (total, totalOverflow) = scratchStart.addingReportingOverflow(scratch.size(threads: load.threads))
    guard !isTooLong, !isTooMany, !isTooLarge, !overflow, !totalOverflow else { return nil }
    return RunLayout(
      lane: size, laneScratch: laneScratch, scratchStart: scratchStart, scratch: scratch, arenaBehind: lanes,
      size: total)
  }

  private func scratch(_ steps: ArraySlice<any PreparedStep>, _ load: Load) -> Scratch {
    steps.reduce(into: Scratch()) { $0.include($1.scratch(load)) }
  }

  /// The trunk, if there are examples enough to keep all threads busy with some of their own.
  private func usedTrunk(_ load: Load) -> Trunk? { load.batch > 1 && load.batch >= load.threads ? trunk : nil }

  private func takeWorkspace(batch: Int) throws(ProgramProblem) -> (Workspace, RunLayout) {
    guard let layout = layout(batch: batch), let workspace = workspaces.take(capacity: layout.size) else {
      throw .outOfMemory(batch: batch)
    }
    return (workspace, layout)
  }
}

// MARK: - Running

extension Program {
  /// Runs the steps, on a workspace whose ports and size the callers have proven to be what the batch takes.
  private func execute(_ batch: Int, _ workspace: Workspace, _ layout: RunLayout, _ afterStep: StepHook?) {
    unsafe workspace.withFloats { start in
      let (load, together) = (load(batch: batch), workspace.stepLoop)
      let memory = unsafe RunMemory(
        start: start, layout: layout, load: load, ports: workspace.ports, sizes: portSizes, arenaSize: arenaSize,
        results: trunk?.results ?? [], kernels: kernels)
      let shared = afterStep == nil ? joinedSteps : steps
      guard let trunk = usedTrunk(load) else {
        together.run(shared.steps[...], memory.batchContext, on: pool, afterStep)
        return
      }
      var first = 0
      while let groups = trunk.groups(from: first, load) {
        workspace.trunkLoop.run(
          TrunkLoop.Work(steps: steps.trunk, groups: groups, memory: memory, afterStep: afterStep), on: pool)
        first = groups.end
      }
      if first < batch {
        let context = memory.sharedContext(workspace.sharedPorts, examples: first..<batch)
        together.run(shared.trunk, context, on: pool, afterStep)
        memory.keepResults(context, first: first)
      }
      together.run(shared.rest, memory.batchContext, on: pool, afterStep)
    }
    workspace.ports.clear()
  }

  @unsafe private static func base(of buffer: UnsafeBufferPointer<Float>) -> UnsafePointer<Float> {
    unsafe buffer.baseAddress ?? UnsafePointer(nowhere)
  }

  @unsafe private static func base(of buffer: UnsafeMutableBufferPointer<Float>) -> UnsafeMutablePointer<Float> {
    unsafe buffer.baseAddress ?? nowhere
  }

  /// Stands for the address of a tensor without elements.
  nonisolated(unsafe) private static let nowhere = UnsafeMutablePointer<Float>.allocate(capacity: 16)

  /// Calls `body` with pointers to all `arrays`, after those in `pointers`.
  @unsafe private func withPointers<R>(
    to arrays: ArraySlice<[Float]>, _ pointers: [UnsafePointer<Float>], _ body: ([UnsafePointer<Float>]) -> R
  ) -> R {
    guard let first = arrays.first else { return unsafe body(pointers) }
    return unsafe first.withUnsafeBufferPointer { buffer in
      unsafe withPointers(to: arrays.dropFirst(), pointers + [Self.base(of: buffer)], body)
    }
  }

  /// New arrays of `counts` floats, which `body` fills through pointers that come after those in `pointers`.
  @unsafe private func withNewArrays(
    of counts: ArraySlice<Int>, _ pointers: [UnsafeMutablePointer<Float>],
    _ body: ([UnsafeMutablePointer<Float>]) -> Void
  ) -> [[Float]] {
    guard let count = counts.first else {
      unsafe body(pointers)
      return []
    }
    var rest: [[Float]] = []
    let first = unsafe [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
      rest = unsafe withNewArrays(of: counts.dropFirst(), pointers + [Self.base(of: buffer)], body)
      initialized = count
    }
    return [first] + rest
  }
}
