/// A program with inputs and room for its outputs, whose runs are measured one by one.
@safe package final class TimedRuns: @unchecked Sendable {
  package let program: Program
  private let inputs: [UnsafeBufferPointer<Float>]
  private let outputs: [UnsafeMutableBufferPointer<Float>]
  private let batch: Int

  /// - Parameters:
  ///   - inputs: as in `Program.run(_:batch:)`.
  ///   - batch: the number of examples.
  /// - Throws: if there is no memory for the outputs.
  package init(_ program: Program, _ inputs: [[Float]], batch: Int) throws(ProgramProblem) {
    let counts = try program.outputCounts(batch: batch)
    self.program = program
    self.batch = batch
    unsafe self.inputs = unsafe inputs.map { values in
      let buffer = UnsafeMutableBufferPointer<Float>.allocate(capacity: values.count)
      _ = unsafe buffer.initialize(fromContentsOf: values)
      return UnsafeBufferPointer(buffer)
    }
    unsafe outputs = unsafe counts.map { count in
      let buffer = UnsafeMutableBufferPointer<Float>.allocate(capacity: count)
      unsafe buffer.initialize(repeating: 0)
      return unsafe buffer
    }
  }

  deinit {
    for index in unsafe inputs.indices { unsafe inputs[index].deallocate() }
    for index in unsafe outputs.indices { unsafe outputs[index].deallocate() }
  }

  /// Runs the network and measures the whole of it, in nanoseconds.
  package func time() throws(ProgramProblem) -> UInt64 {
    let start = Clock.now
    try unsafe program.run(inputs, into: outputs, batch: batch)
    return Clock.now &- start
  }

  /// Runs the network and measures each step.
  ///
  /// - Returns: nanoseconds of each step, in the network's order. They are somewhat more than in a run without clocks.
  ///   Of steps that each thread does for examples of its own, they are what the caller's thread took for all of its.
  package func stepTimes() throws(ProgramProblem) -> [UInt64] {
    var times = [UInt64](repeating: 0, count: program.stepCount)
    var last = Clock.now
    try unsafe program.run(inputs, into: outputs, batch: batch) { step in
      let now = Clock.now
      times[step] &+= now &- last
      last = now
    }
    return times
  }

  /// Bytes of memory that one run takes, the weights and the caller's own not counted.
  package var memory: Int { (program.layout(batch: batch)?.size ?? 0) * MemoryLayout<Float>.stride }
}
