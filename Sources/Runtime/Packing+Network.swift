extension Packing {
  /// A step that is ready to run, and the blocks that were packed for it.
  struct Packed: Sendable {
    var step: any PreparedStep
    var blocks: [PackedFloats]
  }

  /// Packs the weights of all steps, which share the work.
  static func prepare(
    _ steps: [any Step], _ store: WeightStore, for kernels: Kernels = .portable, on pool: ThreadPool
  ) throws(ProgramProblem) -> [Packed] {
    let results = Results<Result<Packed, WeightProblem>>(count: steps.count)
    pool.forEach(steps.count, chunk: 1) { units, _ in
      for index in units {
        let packing = Packing(.named(store), for: kernels)
        let result = Result { () throws(WeightProblem) in
          let step = try steps[index].prepare(packing)
          return Packed(step: step, blocks: packing.blocks)
        }
        results.set(index, result)
      }
    }
    var prepared: [Packed] = []
    var problems: [WeightProblem] = []
    for result in results.all() {
      switch result {
      case .success(let step): prepared.append(step)
      case .failure(let problem): problems.append(problem)
      }
    }
    guard problems.isEmpty else { throw .weights(problems) }
    return prepared
  }

  /// Takes the weights of all steps as they have been packed.
  static func prepare(_ steps: [any Step], _ packed: PackedWeights) throws(ProgramProblem) -> [any PreparedStep] {
    let packing = Packing(.packed(packed))
    var prepared: [any PreparedStep] = []
    prepared.reserveCapacity(steps.count)
    do throws(WeightProblem) {
      for step in steps { prepared.append(try step.prepare(packing)) }
    } catch {
      throw .weights([error])
    }
    guard packing.count == packed.count else { throw .packedWeights(expected: packing.count, found: packed.count) }
    return prepared
  }
}

extension Network {
  /// The weights of all steps, packed as `PackedWeights` has them: floats, each four bytes, the lowest first. The same
  /// weights give the same bytes on any processor.
  ///
  /// - Throws: `weights` with every weight that does not fit.
  package func packedWeights(_ store: WeightStore) throws(ProgramProblem) -> [UInt8] {
    try store.check(self)
    let packed = try Packing.prepare(steps, store, on: ThreadPool(threads: ProcessorCount.available))
    var bytes: [UInt8] = []
    bytes.reserveCapacity(packed.reduce(0) { $1.blocks.reduce($0) { $0 + $1.count } } * MemoryLayout<Float>.size)
    for block in packed.flatMap(\.blocks) { block.append(to: &bytes) }
    return bytes
  }
}

extension WeightStore {
  /// - Throws: `weights` with all that keeps a network from reading its weights here.
  func check(_ network: Network) throws(ProgramProblem) {
    let problems = problems(for: network.weights)
    guard problems.isEmpty else { throw .weights(problems) }
  }
}
