/// What the threads of a run are at: some phase of some step. It serves step after step and run after run, so that none
/// of them allocates.
@safe final class StepLoop: @unchecked Sendable {
  /// Where the inputs and outputs of the run are.
  @unsafe var inputs: [UnsafePointer<Float>]
  @unsafe var outputs: [UnsafeMutablePointer<Float>]

  /// What the threads of a pool call. They write to different floats: each unit owns its own.
  private(set) var body: @Sendable (Range<Int>, Int) -> Void = { _, _ in }

  // Changed while no other thread looks: between two loops.
  private var context: StepContext?
  private var step: (any PreparedStep)?
  private var phase = 0

  init() {
    unsafe inputs = []
    unsafe outputs = []
    body = { [unowned self] units, worker in
      guard let step, let context else { return }
      step.run(units, phase: phase, worker: worker, context)
    }
  }

  /// What comes next runs on this memory.
  func begin(_ context: StepContext) { self.context = context }

  func set(_ step: any PreparedStep, phase: Int) {
    self.step = step
    self.phase = phase
  }

  /// Forgets the run, but for the room that its lists took.
  func end() {
    context = nil
    step = nil
    unsafe inputs.removeAll(keepingCapacity: true)
    unsafe outputs.removeAll(keepingCapacity: true)
  }
}
