extension Program {
  /// Runs the network and measures each step.
  ///
  /// - Parameters: as in `run(_:batch:)`.
  /// - Returns: nanoseconds of each step, in the network's order. They are somewhat more than in a run without clocks.
  package func stepTimes(_ inputs: [[Float]], batch: Int? = nil) throws(ProgramProblem) -> [UInt64] {
    var times: [UInt64] = []
    var last = Clock.now
    _ = try run(inputs, batch: batch) {
      let now = Clock.now
      times.append(now &- last)
      last = now
    }
    return times
  }

  /// Runs the network and measures the whole of it, in nanoseconds.
  package func time(_ inputs: [[Float]], batch: Int? = nil) throws(ProgramProblem) -> UInt64 {
    let start = Clock.now
    _ = try run(inputs, batch: batch)
    return Clock.now &- start
  }

  /// Bytes of memory that one run takes, the weights and the caller's own not counted.
  package func memory(batch: Int) -> Int {
    (workspaceSize(batch: batch) ?? 0) * MemoryLayout<Float>.stride
  }
}
