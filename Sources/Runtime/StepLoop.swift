/// What the threads of a run are at: some phase of some step. It serves step after step and run after run, so that none
/// of them allocates.
@safe final class StepLoop: @unchecked Sendable {
  /// What the threads of a pool call. They write to different floats: each unit owns its own.
  private(set) var body: ThreadPool.Body = { _, _ in }

  // Changed while no other thread looks: between two loops.
  private var context: StepContext?
  private var step: (any PreparedStep)?
  private var phase = 0

  init() {
    body = { [unowned self] units, turn in
      guard let step, let context else { return }
      step.run(units, phase: phase, turn, context)
    }
  }

  /// Does steps one after the other, each on all threads of a pool.
  ///
  /// - Parameter afterStep: called after each.
  func run(_ steps: ArraySlice<any PreparedStep>, _ context: StepContext, on pool: ThreadPool, _ afterStep: StepHook?) {
    let load = context.load
    self.context = context
    for index in steps.indices {
      let step = steps[index]
      self.step = step
      for phase in 0..<step.phaseCount(load) {
        self.phase = phase
        pool.forEach(step.unitCount(phase: phase, load), body)
      }
      afterStep?(index)
    }
    self.context = nil
    self.step = nil
  }
}

/// Called on the caller's thread after a step, with its position.
typealias StepHook = (_ step: Int) -> Void
