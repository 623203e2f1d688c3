import Reports
package import Syntax

/// Something that a description's author should know.
public struct Problem: Hashable, Sendable {
  /// How much it weighs.
  public enum Severity: String, Hashable, Sendable {
    /// The description does not hold.
    case error
    /// It holds, and yet is hardly what was meant.
    case warning
  }

  /// How much it weighs.
  public var severity: Severity
  /// What kind of problem it is: `shape-assertion`.
  public var code: String
  /// The name of the description.
  public var file: String
  /// The line in which it begins, from 1; nil if it is the file as a whole.
  public var line: Int?
  /// The column at which it begins, from 1, in bytes.
  public var column: Int?
  /// The line of the place behind its last byte.
  public var endLine: Int?
  /// The column of the place behind its last byte.
  public var endColumn: Int?
  /// Where in a JSON document: a pointer.
  public var node: String?
  /// What is wrong, in the author's words.
  public var message: String
  /// What should be: `[N, 28, 28, 240]`.
  public var expected: String?
  /// What is instead: `[N, 28, 28, 256]`.
  public var found: String?
  /// What to do about it.
  public var help: String?
  /// What should stand there instead, where that is evident.
  public var replacement: String?
}

/// The problems of one description or of several.
public struct Problems: Sendable {
  package private(set) var log = DiagnosticLog()
  package private(set) var sources: [Source] = []

  /// None yet.
  public init() {}

  init(_ log: DiagnosticLog, _ sources: [Source]) {
    self.log = log
    self.sources = sources
  }

  /// The same but for those of one kind.
  func without(code: String) -> Problems {
    var log = DiagnosticLog()
    for diagnostic in self.log.diagnostics where diagnostic.code != code { log.report(diagnostic) }
    return Problems(log, sources)
  }

  /// How many errors there are, those too many to show among them.
  public var errorCount: Int { log.errorCount }
  /// How many warnings there are.
  public var warningCount: Int { log.warningCount }
  /// Whether there is neither an error nor a warning.
  public var isEmpty: Bool { errorCount == 0 && warningCount == 0 }

  /// Adds the problems of another description.
  public mutating func append(_ other: Problems) {
    log.append(other.log)
    // Only what is shown needs its text.
    if !other.log.diagnostics.isEmpty { sources += other.sources }
  }

  /// Adds a file that could not be read: `does not exist`.
  public mutating func addUnreadable(_ file: String, _ reason: String, help: String? = nil) {
    log.report(
      Diagnostic(
        .error, FileCode.unreadable, file: file, range: nil,
        "'\(displayed(shortened(file, to: longestName)))' \(reason)", help: help))
  }
}

/// Columns of a file's name in a message, which goes on behind it.
let longestName = 300

/// What can be wrong with a file before it is looked into.
package enum FileCode: String, DiagnosticCode {
  case unreadable = "unreadable-file"
  case unresolvedImport = "unreadable-import"
}

/// Why a description cannot be written in another form.
enum RewritingCode: String, DiagnosticCode {
  case notText = "not-text"
  case unwritableName = "unwritable-name"
  case notInKeras = "not-in-keras"
  case equalNames = "equal-keras-names"
  case severalModels = "several-models"
  case fault
}

extension Problems {
  /// Each problem, by file and place; of very many, the first.
  public var all: [Problem] { log.diagnostics.inOrder().map { Problem($0, in: source(named: $0.file)) } }

  /// For a person: what, where, the line with carets under the culprit, why, and what to do. Fit to be printed.
  public var text: String { DiagnosticText.of(log, source: source) }

  /// For a program: `{"diagnostics": […], "errors": 1, "warnings": 0}`.
  public var json: String { DiagnosticJSON.of(log, source: source) + "\n" }

  /// For code-scanning services: SARIF 2.1.0.
  public var sarif: String {
    SARIF.of(log, version: modelcVersion, rule: rule, source: source)
  }

  private func rule(_ code: String) -> SARIF.Rule? {
    Explanation.of(code).map { SARIF.Rule(summary: $0.summary, page: $0.markdown) }
  }

  /// For a log of GitHub Actions, which shows them beside the lines of a pull request.
  public var gitHubAnnotations: String { GitHubAnnotations.of(log, source: source) }

  /// `2 errors, 1 warning in 3 files`
  package func summary(files: Int) -> String {
    diagnosticSummary(errors: errorCount, warnings: warningCount, files: files)
  }

  private func source(named name: String) -> Source? { sources.first { $0.name.utf8.elementsEqual(name.utf8) } }
}

extension Problem {
  init(_ diagnostic: Diagnostic, in source: Source?) {
    let start = diagnostic.range.flatMap { range in source?.position(of: range.start) }
    let end = diagnostic.range.flatMap { range in source?.position(of: range.end) }
    self.init(
      severity: diagnostic.severity == .error ? .error : .warning, code: diagnostic.code, file: diagnostic.file,
      line: start?.line, column: start?.column, endLine: end?.line, endColumn: end?.column, node: diagnostic.node,
      message: diagnostic.message, expected: diagnostic.expected, found: diagnostic.found, help: diagnostic.help,
      replacement: diagnostic.replacement)
  }
}
