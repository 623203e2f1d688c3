/// Why a program cannot be made, or cannot run what it was given.
package enum ProgramProblem: Error, Hashable, Sendable {
  /// Weights that are missing, or that do not fit: all of them.
  case weights([WeightProblem])
  /// Packed weights that are not those of this network: their floats are not as many as its steps take.
  case packedWeights(expected: Int, found: Int)
  /// Packed weights where fast products were asked for, which need weights by name.
  case packedPrecision
  /// A port whose sizes are negative or multiply to more than memory can address.
  case port(Port)
  /// The number of floats that the arena takes for one example is negative.
  case arenaSize(Int)
  case tooManyPorts(count: Int, maximum: Int)
  case pathUnavailable(Kernels.Path)
  /// Zero threads or fewer, or more than a pool can have.
  case threads(Int)
  case inputCount(expected: [String], found: Int)
  /// An input that is no whole number of examples.
  case inputSize(Port, found: Int)
  /// An input whose number of examples is not that of the first input, or not the one asked for.
  case inputBatch(Port, expected: Int, found: Int)
  case outputCount(expected: [String], found: Int)
  case outputSize(Port, batch: Int, found: Int)
  /// A batch of zero or fewer.
  case batch(Int)
  /// A batch whose memory cannot be addressed, or is not to be had.
  case outOfMemory(batch: Int)
}

extension ProgramProblem: CustomStringConvertible {
  /// A sentence without its full stop; for weights, a line for each.
  package var description: String {
    switch self {
    case .weights(let problems):
      problems.messages.joined(separator: "\n")
    case .packedWeights(let expected, let found):
      "the packed weights are not this network's: it takes \(expected) floats, and they are \(found)"
    case .packedPrecision:
      "precision fast packs the weights in its own way and needs a file of them; those built in are packed for full"
    case .port(let port):
      "\(quoted(port.name)) has impossible sizes \(port.shape)"
    case .arenaSize(let size):
      "an arena of \(size) floats is impossible"
    case .tooManyPorts(let count, let maximum):
      "\(count) inputs and outputs are more than the \(maximum) that one program can have"
    case .pathUnavailable(let path):
      "this processor cannot run the \(path.rawValue) kernels"
    case .threads(let count):
      "\(count) threads cannot run anything: there are from 1 to \(ThreadPool.maximumThreads)"
    case .inputCount(let expected, let found):
      "expected \(Self.list(expected, "input")), found \(found)"
    case .inputSize(let port, let found):
      "input \(quoted(port.name)) needs \(Self.values(port)) for each example, but has \(found) values"
    case .inputBatch(let port, let expected, let found):
      "input \(quoted(port.name)) holds \(Self.examples(found)), but the batch has \(Self.examples(expected))"
    case .outputCount(let expected, let found):
      "expected room for \(Self.list(expected, "output")), found \(found)"
    case .outputSize(let port, let batch, let found):
      """
      output \(quoted(port.name)) needs \(Self.values(port)) for each of \(Self.examples(batch)), \
      but there is room for \(found) values
      """
    case .batch(let batch):
      "a batch of \(batch) is impossible: at least 1 example is needed"
    case .outOfMemory(let batch):
      "there is not enough memory for a batch of \(Self.examples(batch))"
    }
  }

  /// A line for each thing that is wrong.
  package var messages: [String] {
    if case .weights(let problems) = self { problems.messages } else { [description] }
  }

  private static func list(_ names: [String], _ noun: String) -> String {
    let known = names.isEmpty ? "" : " (\(names.map { quoted($0) }.joined(separator: ", ")))"
    return "\(names.count) \(noun)\(names.count == 1 ? "" : "s")\(known)"
  }

  private static func values(_ port: Port) -> String {
    "\(port.shape.checkedProduct() ?? 0) values (\(port.shape.map(String.init).joined(separator: " x ")))"
  }

  private static func examples(_ count: Int) -> String {
    "\(count) example\(count == 1 ? "" : "s")"
  }
}
