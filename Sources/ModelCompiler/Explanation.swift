import Explanations
import Interchange
import Layers
import Semantics
import Spelling
import Syntax

/// What modelc knows of one kind of problem: what it says, why, an example, and the example mended.
///
///     print(Explanation.of("shape-assertion")?.text ?? "no such code")
public struct Explanation: Sendable {
  /// As problems have it: `shape-assertion`.
  public let code: String
  /// What it says, in a sentence.
  public let summary: String
  /// The whole page in Markdown.
  public let markdown: String
  /// The page for a terminal.
  public let text: String

  /// The page of a code; nil for what is none.
  public static func of(_ code: String) -> Explanation? { Page.all.first { $0.code == code }.map(Explanation.init) }

  /// All of them, sorted by code.
  public static var all: [Explanation] { Page.all.map(Explanation.init) }

  /// The code that somebody may have meant.
  public static func code(near name: String) -> String? { nearest(name, among: Page.all.map(\.code)) }

  private init(_ page: Page) {
    code = page.code
    summary = page.summary
    markdown = page.markdown
    text = page.text
  }
}

/// Every code that a stage can report. Each has a page: a test goes through them all.
package enum ProblemCodes {
  package static let all: [String] =
    codes(SyntaxCode.self) + codes(JSONCode.self) + codes(SemanticsCode.self) + codes(WarningCode.self)
    + codes(LayerProblem.Code.self) + codes(KerasCode.self) + codes(ModelJSONCode.self)
    + codes(FileCode.self) + codes(RewritingCode.self)

  private static func codes<Code: RawRepresentable<String> & CaseIterable>(_: Code.Type) -> [String] {
    Code.allCases.map(\.rawValue)
  }
}
