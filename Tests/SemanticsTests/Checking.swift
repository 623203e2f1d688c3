import Operations
import Semantics
import Syntax
import Testing

/// What checking a text gives.
struct Checked {
  var models: [CheckedModel]
  var diagnostics: [Diagnostic]
  var source: Source

  /// Small programs leave much unused; only tests of that want to hear of it.
  static let unused = WarningCode.allCases.map(\.rawValue).filter { $0.hasPrefix("unused-") && $0 != "unused-value" }

  /// `isForeign` reads the text as if it came from a file of another format.
  init(
    _ text: String, settings: [Setting] = [], allowing allowed: [String] = unused, sizes: [InputSizes] = [],
    limits: Limits = Limits(), isForeign: Bool = false, explains: Bool = false
  ) {
    source = Source(name: "test.model", bytes: Array("modelc 1\n\(text)\n".utf8))
    var log = DiagnosticLog()
    var tree = parse(source, limits: limits, into: &log)
    tree.isForeign = isForeign
    models = check(
      [tree], settings: settings, sizes: sizes, allowing: allowed, limits: limits, explains: explains, into: &log)
    diagnostics = log.diagnostics
  }

  /// `code: culprit's text`, for each diagnostic.
  var problems: [String] {
    diagnostics.map { diagnostic in
      let culprit = diagnostic.range.map { String(decoding: source.bytes[$0.start..<$0.end], as: UTF8.self) } ?? ""
      return "\(diagnostic.code): \(culprit)"
    }
  }

  /// `path: [shape]` for each layer of the only model.
  var layers: [String] {
    guard let model = models.first else { return [] }
    return model.nodes.map { "\($0.path): \(model.values[$0.output].shape)" }
  }
}

/// A model around statements that work on `x`, a map of 8 x 8 pixels and 3 channels.
func onMap(_ statements: String) -> Checked {
  Checked("model M {\n  input x: [N, 8, 8, 3]\n\(statements)\n}")
}
