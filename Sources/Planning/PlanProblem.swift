package import Operations

/// Why a network that is right as a description cannot be planned: data first, prose last.
package struct PlanProblem: Error, Hashable, Sendable {
  /// What is to blame.
  package enum Subject: Hashable, Sendable {
    /// An input, by its name.
    case input(String)
    case layer(Origin)
  }

  package enum Reason: Hashable, Sendable {
    /// A size of the tensor is a formula where a plan needs a number.
    case sizeUnknown(Dim, in: Shape)
    /// A size of the tensor is zero or less.
    case empty(Shape)
    /// A tensor, a weight or the arena needs more memory than addressable.
    case tooLarge
    /// The operation mixes the examples of a batch, which are computed independently of one another.
    case mixesExamples
  }

  package var subject: Subject
  package var reason: Reason

  package init(_ subject: Subject, _ reason: Reason) {
    self.subject = subject
    self.reason = reason
  }

  /// What could be done about it, if anything is evident.
  package var help: String? {
    guard case .sizeUnknown(let dim, _) = reason else { return nil }
    return "give the inputs sizes that make '\(dim)' a number"
  }
}

extension PlanProblem: CustomStringConvertible {
  package var description: String {
    let name =
      switch subject {
      case .input(let name): name
      case .layer(let origin): origin.path
      }
    return switch reason {
    case .sizeUnknown(let dim, let shape): "'\(name)' has shape \(shape), and '\(dim)' is not known"
    case .empty(let shape): "'\(name)' has shape \(shape), which holds nothing"
    case .tooLarge: "'\(name)' needs more memory than addressable"
    case .mixesExamples: "'\(name)' mixes the examples of a batch"
    }
  }
}
