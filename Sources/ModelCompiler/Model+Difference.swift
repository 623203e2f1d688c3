import Comparison
import Reports

/// What tells one network from another, and what of a checkpoint of the first the second can use.
public struct ModelComparison: Sendable {
  private let difference: ModelDifference

  init(_ difference: ModelDifference) { self.difference = difference }

  /// What the difference means for those who have the first network.
  public enum Verdict: String, CaseIterable, Sendable {
    /// The same layers, connections, shapes and names.
    case same
    /// Inputs and outputs are the same, but that inputs may take more sizes than they did, and every weight is found in a
    /// checkpoint of the first, if need be under another name.
    case compatible
    /// A weight has to be permuted, or may have to, or starts anew, or an input or output is another.
    case breaking
  }

  /// What the difference means for those who have the first network.
  public var verdict: Verdict {
    switch difference.verdict {
    case .same: .same
    case .compatible: .compatible
    case .breaking: .breaking
    }
  }

  /// For people: a line for each layer, weight, input and output that is not as it was; the totals, the verdict.
  public var text: String { DifferenceReport(difference).text }

  /// The same as JSON, with what becomes of every weight.
  public var json: String { DifferenceReport(difference).json }
}

extension Model {
  /// Compares this network with a later one: layers by path, and those that were only renamed by what they do.
  public func compared(with later: Model) -> ModelComparison {
    ModelComparison(ModelDifference(from: checked, to: later.checked))
  }
}
