/// Runs a network on `.npy` files, from the command line.
///
/// It prints nothing: the caller does, with what `run` returns or throws.
package struct RunCommand: Hashable, Sendable {
  package enum Weights: Hashable, Sendable {
    /// A safetensors file.
    case file(String)
    case synthetic(kernelGain: Double)
  }

  /// As given: `NAME=FILE`, or `FILE` if the network has one input.
  package var inputs: [String]
  /// The folder that the outputs are written into, one `.npy` file each.
  package var outputFolder: String
  /// nil for those that the network comes with.
  package var weights: Weights?
  /// nil for as many as this process may use.
  package var threads: Int?
  /// nil for the fastest kernels that the processor runs.
  package var path: Kernels.Path?
  package var precision: Precision

  package init(
    inputs: [String], outputFolder: String, weights: Weights? = nil, threads: Int? = nil, path: Kernels.Path? = nil,
    precision: Precision = .full
  ) {
    self.inputs = inputs
    self.outputFolder = outputFolder
    self.weights = weights
    self.threads = threads
    self.path = path
    self.precision = precision
  }

  package static let flags: [CommandArguments.Flag] = [
    .init("input", letter: "i", value: "NAME=FILE", help: "a .npy file, its first size the batch", mayRepeat: true),
    .init("output", letter: "o", value: "DIR", help: "where <output>.npy files are written"),
    .init("weights", letter: "w", value: "FILE", help: "a .safetensors file, or synthetic, or synthetic:GAIN"),
    .init("threads", letter: "t", value: "N", help: "as many as the process may use, if not given"),
    .init(
      "path", value: "KERNELS",
      help: Kernels.Path.allCases.map(\.rawValue).joined(separator: ", ") + "; the fastest, if not given"),
    precisionFlag,
  ]

  package static let precisionFlag = CommandArguments.Flag(
    "precision", value: "full|fast",
    help: "full if not given; fast: AMX, 16 bits of each factor: 1e-5 of the spread off, not 1e-6")

  /// Takes what `flags` describe; other flags and the positionals are the caller's.
  package init(_ arguments: CommandArguments) throws(UsageProblem) {
    guard let outputFolder = arguments.value("output") else {
      throw UsageProblem("--output DIR says where the results go, and is missing")
    }
    guard !outputFolder.isEmpty else { throw UsageProblem("--output needs the name of a folder") }
    self.outputFolder = outputFolder
    inputs = arguments.values("input")
    weights = try arguments.value("weights").map { (text) throws(UsageProblem) in try Self.weights(text) }
    threads = try Self.threads(arguments)
    path = try arguments.value("path").map { (text) throws(UsageProblem) in try Self.path(text) }
    precision = try Self.precision(arguments)
  }

  /// `synthetic`, `synthetic:0.8`, or a file; a file of such a name is `./synthetic`.
  package static func weights(_ text: String) throws(UsageProblem) -> Weights {
    let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.first == "synthetic" else { return .file(text) }
    guard parts.count == 2 else { return .synthetic(kernelGain: 1) }
    guard let gain = Double(parts[1]), gain.isFinite else {
      throw UsageProblem("--weights synthetic:GAIN takes a number, not \(quoted(String(parts[1])))")
    }
    return .synthetic(kernelGain: gain)
  }

  /// What `--threads` says; nil where it is not given.
  package static func threads(_ arguments: CommandArguments) throws(UsageProblem) -> Int? {
    let threads = try arguments.count("threads")
    if let threads, threads > ThreadPool.maximumThreads {
      throw UsageProblem("--threads: \(ProgramProblem.threads(threads))")
    }
    return threads
  }

  /// The kernels of a name.
  package static func path(_ text: String) throws(UsageProblem) -> Kernels.Path {
    guard let path = Kernels.Path(rawValue: text) else {
      let known = Kernels.Path.allCases.map(\.rawValue).joined(separator: ", ")
      throw UsageProblem("--path is one of \(known), not \(quoted(text))")
    }
    return path
  }

  /// What `--precision` says; full where it is not given.
  package static func precision(_ arguments: CommandArguments) throws(UsageProblem) -> Precision {
    guard let text = arguments.value("precision") else { return .full }
    guard let precision = Precision(rawValue: text) else {
      let known = Precision.allCases.map(\.rawValue).joined(separator: " or ")
      throw UsageProblem("--precision is \(known), not \(quoted(text))")
    }
    return precision
  }
}

/// Why a run did not happen: everything that is wrong.
package struct RunProblem: Error, Hashable, Sendable, CustomStringConvertible {
  /// A line each, fit to be printed.
  package var messages: [String]
  /// Whether the command line is wrong, rather than a file that it names.
  package var isUsage: Bool

  package init(_ messages: [String], isUsage: Bool = false) {
    self.messages = messages
    self.isUsage = isUsage
  }

  package var description: String { messages.joined(separator: "\n") }
}
