import Reports
import Semantics

/// How a size of a model came about.
public struct SizeExplanation: Sendable {
  private let explanation: Semantics.Explanation

  init(_ explanation: Semantics.Explanation) { self.explanation = explanation }

  /// For people: each layer that had a part in it, with the arithmetic, the attributes, the file and line.
  public var text: String { explanation.text }

  /// The same as JSON.
  public var json: String { explanation.json }
}

extension Model {
  /// Explains a size: `i3a.C`, `i3a.height`, `i3a.3`; without a size, all but the batch. The name is that of a layer, a
  /// binding, an input or an output, or of one of the model's parameters. Where attributes come from is told if the
  /// model was checked with `CheckOptions.explains`.
  ///
  /// - Throws: if there is nothing of the name.
  public func explanation(of question: String) throws(BuildProblem) -> SizeExplanation {
    do throws(ExplanationProblem) {
      return SizeExplanation(try checked.explain(question))
    } catch {
      throw BuildProblem([error.message], help: error.help)
    }
  }
}
