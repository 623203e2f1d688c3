import Foundation
import LibFuzzer

/// The target of this process, and what changes its inputs: libFuzzer calls functions that can hold nothing.
private nonisolated(unsafe) var chosen = FuzzTarget.all[0]

/// Hands a target to libFuzzer, which reads its options from the arguments and seldom returns.
func feed(_ target: FuzzTarget) -> CInt {
  unsafe chosen = target
  // The target's name is no option of libFuzzer's.
  var arguments = unsafe [CommandLine.unsafeArgv[0]]
  for index in 2..<max(CommandLine.arguments.count, 2) { unsafe arguments.append(CommandLine.unsafeArgv[index]) }
  var count = unsafe CInt(arguments.count)
  unsafe arguments.append(nil)
  return unsafe arguments.withUnsafeMutableBufferPointer { buffer in
    var start = buffer.baseAddress
    return unsafe LLVMFuzzerRunDriver(&count, &start) { data, size in
      let bytes = unsafe [UInt8](UnsafeBufferPointer(start: data, count: size))
      let start = processorTime()
      unsafe chosen.run(bytes)
      require(processorTime() - start < 1_000_000_000, "an input takes less than a second")
      return unsafe bytes.starts(with: chosen.opening) ? 0 : -1
    }
  }
}

/// The time of the processor that this thread has had, in nanoseconds: a busy machine makes no input slow.
private func processorTime() -> UInt64 {
  var time = timespec()
  unsafe clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
  return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
}

/// libFuzzer calls this one instead of its own function where there is one.
@_cdecl("LLVMFuzzerCustomMutator")
public func mutate(_ data: UnsafeMutablePointer<UInt8>, _ size: Int, _ capacity: Int, _ seed: CUnsignedInt) -> Int {
  var random = SplitMix(state: UInt64(seed))
  let count = unsafe mutated(data, size, capacity, &random)
  // Few are given another beginning.
  let opening = unsafe chosen.opening
  if count >= opening.count, random.next() % 16 != 0 {
    for (index, byte) in opening.enumerated() { unsafe data[index] = byte }
  }
  return count
}

private func mutated(
  _ data: UnsafeMutablePointer<UInt8>, _ size: Int, _ capacity: Int, _ random: inout SplitMix
) -> Int {
  switch unsafe chosen.mutation {
  case .bytes: return unsafe LLVMFuzzerMutate(data, size, capacity)
  case .words:
    guard random.next() % 2 == 0, size > 0 else { return unsafe LLVMFuzzerMutate(data, size, capacity) }
    var text = unsafe Array(UnsafeBufferPointer(start: data, count: size))
    for _ in 0...random.next() % 3 { text = changed(text, &random) }
    let count = min(text.count, capacity)
    for index in 0..<count { unsafe data[index] = text[index] }
    return count
  case .lengthOfHeader(let place, let width):
    let count = unsafe LLVMFuzzerMutate(data, size, capacity)
    let bytes = unsafe UnsafeBufferPointer(start: data, count: count)
    guard random.next() % 8 != 0, let end = unsafe bytes.lastIndex(of: UInt8(ascii: "}")), end >= place + width else {
      return count
    }
    for index in 0..<width {
      unsafe data[place + index] = UInt8(truncatingIfNeeded: (end + 1 - place - width) >> (8 * index))
    }
    return count
  }
}
