import Planning
import Runtime

/// The file with the public type: named inputs and outputs, sizes in the doc comments, errors.
struct APIFile {
  let plan: Plan
  let names: PackageNames
  let ports: PortNames
  let model: String
  let source: String
  let weights: EmissionOptions.Weights

  private var type: String { names.model }

  var text: String {
    var lines = ["package import \(names.runtime)"]
    lines += [""] + summary + ["public struct \(type): Sendable {", "  private let program: Program", ""]
    lines += initializer + [""] + call + ["}", ""]
    lines += output + [""]
    lines += weightsType + ["", precisionType, "", failure]
    return SwiftFile.text(lines, source: source)
  }

  /// `[N, 224, 224, 3]`
  static func batched(_ shape: [Int]) -> String {
    "[" + (["N"] + shape.map(SwiftText.integer)).joined(separator: ", ") + "]"
  }

  private var summary: [String] {
    let call = zip(ports.inputs, plan.inputs).map { "\($0.0): \($0.0)" }.joined(separator: ", ")
    var lines = [
      "/// The network `\(SwiftText.comment(model))`, compiled from `\(SwiftText.comment(source))`.",
      "///",
      "///     let network = try \(type)(\(hasEmbeddedWeights ? "" : "weights: .file(\"weights.safetensors\")"))",
      "///     let output = try network(\(call))",
    ]
    if let first = ports.outputs.first { lines.append("///     print(output.\(first))") }
    lines += [
      "///",
      "/// A network may be called from several threads at once. The same input gives the same bits whatever the number of",
      "/// threads and whichever example of a batch it is.",
    ]
    return lines
  }

  private var hasEmbeddedWeights: Bool {
    if case .embedded = weights { return true }
    return false
  }

  private var initializer: [String] {
    [
      hasEmbeddedWeights
        ? "  /// Takes the weights that are built in, or reads and packs others."
        : "  /// Reads the weights and packs them.",
      "  ///",
      "  /// - Parameters:",
      "  ///   - weights: where they come from.",
      "  ///   - threads: how many take part in a call, the caller's among them; nil for as many as this process may use.",
      "  ///   - precision: how exactly products are computed"
        + (hasEmbeddedWeights ? "; fast takes a file, for the weights built in are packed for full." : "."),
      "  public init(",
      "    weights: Weights\(hasEmbeddedWeights ? " = .embedded" : ""), threads: Int? = nil, precision: Precision = .full",
      "  ) throws(Failure) {",
      "    let weights = try weights.opened()",
      "    do throws(ProgramProblem) {",
      "      program = try Program(",
      "        Plan.network, weights: weights, threads: threads, precision: precision == .fast ? .fast : .full)",
      "    } catch {",
      "      throw Failure(error)",
      "    }",
      "  }",
    ]
  }

  private var call: [String] {
    var lines = ["  /// Runs the network on a batch of N examples; N is taken from the sizes of the arrays.", "  ///"]
    let documented = zip(ports.inputs, plan.inputs).map { name, port in
      "\(name): `\(Self.batched(port.shape))`, row-major" + (name == port.name ? "" : Self.called(port.name)) + "."
    }
    if let only = documented.first, documented.count == 1 {
      lines.append("  /// - Parameter \(only)")
    } else {
      lines.append("  /// - Parameters:")
      lines += documented.map { "  ///   - \($0)" }
    }
    let parameters = ports.inputs.map { "\($0): [Float]" }
    let results = ports.outputs.enumerated().map {
      SwiftExpression.Argument($0.element, .atom("results[\($0.offset)]"))
    }
    let run = "      let results = try program.run("
    let output = "      return "
    lines += [
      "  /// - Throws: `Failure.size` if an array does not hold whole examples, or not as many as the others.",
      Self.function("public func callAsFunction", parameters, "throws(Failure) -> Output"),
      "    do throws(ProgramProblem) {",
      run + SwiftExpression.list(ports.inputs.map { .atom($0) }).laidOut(indent: 6, lead: run.count, tail: 1) + ")",
      output + SwiftExpression.call("Output", results).laidOut(indent: 6, lead: output.count),
      "    } catch {",
      "      throw Failure(error)",
      "    }",
      "  }",
    ]
    return lines
  }

  /// The head of a function, its parameters on lines of their own if they do not fit.
  private static func function(_ head: String, _ parameters: [String], _ tail: String) -> String {
    let flat = "  \(head)(\(parameters.joined(separator: ", "))) \(tail) {"
    if flat.count <= SwiftExpression.width { return flat }
    return "  \(head)(\n    " + parameters.joined(separator: ",\n    ") + "\n  ) \(tail) {"
  }

  /// What the author calls a port that has to be called something else here.
  private static func called(_ name: String) -> String { "; `\(SwiftText.comment(name))` in the model" }

  private var output: [String] {
    var lines = [
      "extension \(type) {", "  /// What the network makes of a batch of N examples.",
      "  public struct Output: Sendable {",
    ]
    for (name, port) in zip(ports.outputs, plan.outputs) {
      lines += [
        "    /// `\(Self.batched(port.shape))`, row-major" + (name == port.name ? "" : Self.called(port.name)) + ".",
        "    public var \(name): [Float]",
      ]
    }
    return lines + ["  }", "}"]
  }

  private var weightsType: [String] {
    var lines = [
      "extension \(type) {", "  /// Where weights come from.", "  public enum Weights: Hashable, Sendable {",
    ]
    if hasEmbeddedWeights { lines += ["    /// Those built into this library.", "    case embedded"] }
    lines += [
      "    /// A safetensors file at this path; it is mapped, and must not change while the network is made.",
      "    case file(String)",
      "    /// Weights made by a rule, for measuring and testing; `gain` scales the kernels.",
      "    case synthetic(gain: Double = 1)",
      "",
      "    package func opened() throws(Failure) -> NetworkWeights {",
      "      switch self {",
    ]
    if hasEmbeddedWeights {
      lines += ["      case .embedded: return .packed(EmbeddedWeights.packed)"]
    }
    return lines + [
      "      case .file(let path):",
      "        do throws(FileProblem) { return .named(try WeightStore(file: path)) } catch {",
      "          throw .weights(error.description)",
      "        }",
      "      case .synthetic(let gain): return .named(.synthetic(kernelGain: gain))",
      "      }",
      "    }",
      "  }",
      "}",
    ]
  }

  private var precisionType: String {
    """
    extension \(type) {
      /// How exactly the products of a network are computed.
      public enum Precision: Hashable, Sendable {
        /// As floats.
        case full
        /// Large convolutions from 16 bits of each factor, where the processor has AMX, which multiplies these several
        /// times as fast. Outputs are about 1e-5 of their spread off, instead of 1e-6.
        case fast
      }

      /// What this network computes with: full even if fast was asked for, where the processor has no AMX.
      public var precision: Precision { program.kernels.precision == .fast ? .fast : .full }
    }
    """
  }

  private var failure: String {
    """
    extension \(type) {
      /// Why a network cannot be made, or cannot run what it was given.
      public enum Failure: Error, Hashable, Sendable, CustomStringConvertible {
        /// Weights are missing or do not fit; a line for each.
        case weights(String)
        /// An input does not hold whole examples, or not as many as the others.
        case size(String)
        /// There is not enough memory, or the number of threads is impossible.
        case resources(String)

        init(_ problem: ProgramProblem) {
          self =
            switch problem {
            case .weights, .packedWeights, .packedPrecision: .weights(problem.description)
            case .inputCount, .inputSize, .inputBatch, .outputCount, .outputSize, .batch: .size(problem.description)
            default: .resources(problem.description)
            }
        }

        /// A sentence without its full stop; for weights, a line for each.
        public var description: String {
          switch self {
          case .weights(let reason), .size(let reason), .resources(let reason): reason
          }
        }
      }
    }
    """
  }
}
