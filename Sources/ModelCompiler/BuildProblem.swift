import Planning
import Runtime
import Semantics

/// Why a sound model cannot be built or run: a size that only the user knows, weights or inputs that do not fit.
public struct BuildProblem: Error, Hashable, Sendable, CustomStringConvertible {
  /// A line each, fit to be printed.
  public var messages: [String]
  /// What to do about it.
  public var help: String?

  init(_ messages: [String], help: String? = nil) {
    self.messages = messages
    self.help = help
  }

  /// All messages.
  public var description: String { messages.joined(separator: "\n") }
}

extension BuildProblem {
  init(_ problem: LoweringProblem) {
    self.init(
      ["input '\(problem.input)' has shape \(problem.shape), and a size but the batch is not known"],
      help: "give them: --shape \(problem.input)=SIZES, such as 224x224")
  }

  init(_ problem: PlanProblem) { self.init([problem.description], help: problem.help) }

  init(_ problem: ProgramProblem) { self.init(problem.messages) }

  /// The same where the weights may be the reason: what to do if a file has them under other names.
  init(_ problem: ProgramProblem, _ weights: Weights, of model: Model) {
    self.init(problem.messages, help: weights.helpWithNames(of: model))
  }
}
