/// How the memory of a run is divided, in floats.
struct RunLayout: Hashable {
  /// What each thread has for its examples of the trunk; 0 if all steps take the whole batch.
  var lane: Int
  /// How each thread's scratch is divided, which is behind its arena.
  var laneScratch: Scratch
  /// Where the scratch of steps begins that all threads do together, and how it is divided.
  var scratchStart: Int
  var scratch: Scratch
  /// Where the arena of the steps behind the trunk begins.
  var arenaBehind: Int
  var size: Int
}

/// Where the inputs and outputs of some examples are, each port's by its position.
@safe final class PortPointers: @unchecked Sendable {
  @unsafe var inputs: [UnsafePointer<Float>] = unsafe []
  @unsafe var outputs: [UnsafeMutablePointer<Float>] = unsafe []

  /// Forgets them, but for the room that the lists took.
  func clear() {
    unsafe inputs.removeAll(keepingCapacity: true)
    unsafe outputs.removeAll(keepingCapacity: true)
  }

  /// Points at what a whole batch has from an example on.
  func point(at example: Int, of batch: PortPointers, _ sizes: PortSizes) {
    clear()
    for (index, size) in sizes.inputs.enumerated() {
      unsafe inputs.append(batch.inputs[index] + example * size)
    }
    for (index, size) in sizes.outputs.enumerated() {
      unsafe outputs.append(batch.outputs[index] + example * size)
    }
  }
}

/// Floats of one example, for each port by its position.
struct PortSizes {
  var inputs: [Int]
  var outputs: [Int]
}

/// The memory of a run, and which part of it serves which examples: the only place that makes pointers for steps.
@safe struct RunMemory {
  @unsafe let start: UnsafeMutablePointer<Float>
  let layout: RunLayout
  let load: Load
  /// The caller's own memory, for the whole batch.
  let ports: PortPointers
  let sizes: PortSizes
  let arenaSize: Int
  let results: [Place]
  let kernels: Kernels

  /// For steps that take the whole batch.
  var batchContext: StepContext {
    unsafe context(start + layout.arenaBehind, ports, scratch: start + layout.scratchStart, layout.scratch, load)
  }

  /// For examples that a thread takes through the trunk, on memory of its own.
  func laneContext(_ ports: PortPointers, _ worker: Int, examples: Range<Int>) -> StepContext {
    ports.point(at: examples.lowerBound, of: self.ports, sizes)
    let lane = unsafe start + worker * layout.lane
    return unsafe context(
      lane, ports, scratch: lane + arenaSize * examples.count, layout.laneScratch,
      Load(batch: examples.count, threads: 1))
  }

  /// For the examples that all threads take through the trunk together, where each of them had its lane before.
  func sharedContext(_ ports: PortPointers, examples: Range<Int>) -> StepContext {
    ports.point(at: examples.lowerBound, of: self.ports, sizes)
    return unsafe context(
      start, ports, scratch: start + layout.scratchStart, layout.scratch,
      Load(batch: examples.count, threads: load.threads))
  }

  /// Brings what the trunk gave for the examples of `context` to where the steps behind it look for it.
  ///
  /// - Parameter first: the place of its first example in the batch.
  func keepResults(_ context: borrowing StepContext, first: Int) {
    for place in results {
      let source = unsafe context.arena + place.offset * context.batch
      let target = unsafe start + layout.arenaBehind + place.offset * load.batch + first * place.stride
      unsafe target.update(from: source, count: place.stride * context.batch)
    }
  }

  private func context(
    _ arena: UnsafeMutablePointer<Float>, _ ports: PortPointers, scratch: UnsafeMutablePointer<Float>,
    _ division: Scratch, _ load: Load
  ) -> StepContext {
    unsafe StepContext(
      arena: arena, inputs: ports.inputs, outputs: ports.outputs, scratch: scratch, dividedAs: division, load: load,
      kernels: kernels)
  }
}
