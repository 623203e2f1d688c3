import Layers
import Operations
import Semantics
import Syntax

/// What is said about a program, and what the program comes to.
struct Outcome {
  var errors: [Diagnostic]
  var warnings: Int
  /// Layers, shapes and counts of every model, to tell equal programs from others.
  var meaning: [String]
  var source: Source

  /// `bytes` in the place of the program's own.
  init(_ bytes: [UInt8], of program: Program) {
    let name = program.name
    source = Source(name: name, bytes: bytes)
    var log = DiagnosticLog()
    let tree = parse(source, limits: Limits(), callees: Catalogue.callees, into: &log)
    let models = check([tree] + program.imports, into: &log)
    let ordered = log.diagnostics.inOrder()
    errors = ordered.filter { $0.severity == .error }
    warnings = log.warningCount
    meaning = models.flatMap { model in
      [model.name] + model.nodes.map { "\($0.path) \($0.kind) \(model.values[$0.output].shape) \($0.parameterCount)" }
        + model.outputs.map { "\($0.name) \($0.value.index)" }
    }
  }
}

/// How well a slip was told.
struct Verdict {
  var slip: Slip
  /// The first error lies on the culprit.
  var isBlamed: Bool
  /// It is the only one, and no warning came with it.
  var isSingle: Bool
  /// Its replacement brings the program back; nil if that is not asked for.
  var isCured: Bool?
  var outcome: Outcome

  var isGood: Bool { isBlamed && isSingle && isCured != false }

  /// nil if the slip left a program that is right, where that may be.
  init?(_ slip: Slip, original: Outcome) {
    let outcome = Outcome(slip.bytes, of: slip.program)
    if outcome.errors.isEmpty, slip.mayBeRight || outcome.meaning == original.meaning { return nil }
    self.slip = slip
    self.outcome = outcome
    let first = outcome.errors.first
    isBlamed = first?.range.map { range in slip.culprits.contains { Self.meets($0, range) } } ?? false
    isSingle = outcome.errors.count == 1 && outcome.warnings <= original.warnings
    guard slip.isCurable else { return }
    isCured = false
    guard let range = first?.range, let replacement = first?.replacement else { return }
    var bytes = slip.bytes
    bytes.replaceSubrange(range.start..<range.end, with: Array(replacement.utf8))
    let isRestored = words(of: bytes).map(\.text) == slip.program.words.map(\.text)
    let cured = Outcome(bytes, of: slip.program)
    // Where a definition is misspelt, its uses may be cured instead: then all is there under another name.
    let isRenamed = slip.category == "definition misspelt" && cured.meaning.count == original.meaning.count
    isCured = cured.errors.isEmpty && (isRestored || isRenamed || cured.meaning == original.meaning)
  }

  /// Whether a diagnostic's range lies on the culprit: it shares a byte with it, or touches where either is empty. A
  /// range of several lines blames nobody.
  private static func meets(_ culprit: SourceRange, _ range: SourceRange) -> Bool {
    if range.end - range.start > 160 { return false }
    let isEmpty = culprit.start == culprit.end || range.start == range.end
    return isEmpty
      ? culprit.start <= range.end && range.start <= culprit.end
      : culprit.start < range.end && range.start < culprit.end
  }

  /// The line of the slip and what is said about it.
  var text: String {
    let source = outcome.source
    let culprit = slip.culprits[0]
    let (line, column) = source.position(of: min(culprit.start, max(0, source.bytes.count - 1)))
    var text = "--- \(slip.category): \(slip.program.name):\(line):\(column)"
    text += " blamed \(isBlamed) single \(isSingle) cured \(isCured.map { "\($0)" } ?? "-")\n"
    text += "    " + String(decoding: source.line(line), as: UTF8.self) + "\n"
    text +=
      "    culprit: \(String(decoding: source.bytes[culprit.start..<min(culprit.end, source.bytes.count)], as: UTF8.self))\n"
    if outcome.errors.isEmpty { text += "    (nothing is said)\n" }
    for diagnostic in outcome.errors.prefix(4) {
      text += DiagnosticText.of(diagnostic, in: source)
      if let replacement = diagnostic.replacement { text += "  => \(replacement.debugDescription)\n" }
    }
    return text
  }
}
