/// The codes that one stage can report: `enum SyntaxCode: String, DiagnosticCode { case unexpectedToken = "…" }`.
package protocol DiagnosticCode: RawRepresentable<String>, CaseIterable, Sendable {}

/// Something that a description's author should know: data first, prose last.
package struct Diagnostic: Hashable, Sendable {
  package enum Severity: String, Hashable, Sendable { case error, warning }

  package var severity: Severity
  /// `shape-assertion`: stable, for people who search and for tools.
  package var code: String
  /// The file's name as the user gave it.
  package var file: String
  /// The bytes to blame; nil if it is the file as a whole.
  package var range: SourceRange?
  /// Where in a document that is not read by lines: a JSON pointer.
  package var node: String?
  /// One sentence in the author's words.
  package var message: String
  /// A few words under the carets: `256 here`.
  package var label: String?
  package var expected: String?
  package var found: String?
  /// Why, a line each: `channels: n1 + n3 = 64 + 128`.
  package var notes: [String]
  /// What to do about it.
  package var help: String?
  /// What should stand in `range` instead, where that is evident.
  package var replacement: String?

  package init(
    _ severity: Severity, _ code: some DiagnosticCode, file: String, range: SourceRange?, node: String? = nil,
    _ message: String, label: String? = nil, expected: String? = nil, found: String? = nil, notes: [String] = [],
    help: String? = nil, replacement: String? = nil
  ) {
    self.init(
      severity, code: code.rawValue, file: file, range: range, node: node, message, label: label, expected: expected,
      found: found, notes: notes, help: help, replacement: replacement)
  }

  /// For codes that come from a stage below, such as a layer's.
  package init(
    _ severity: Severity, code: String, file: String, range: SourceRange?, node: String? = nil, _ message: String,
    label: String? = nil, expected: String? = nil, found: String? = nil, notes: [String] = [], help: String? = nil,
    replacement: String? = nil
  ) {
    self.severity = severity
    self.code = code
    self.file = file
    self.range = range
    self.node = node
    self.message = message
    self.label = label
    self.expected = expected
    self.found = found
    self.notes = notes
    self.help = help
    self.replacement = replacement
  }
}

/// What the stages report, in the order in which they find it.
package struct DiagnosticLog: Sendable {
  package private(set) var diagnostics: [Diagnostic] = []
  package private(set) var errorCount = 0
  package private(set) var warningCount = 0
  /// How many of them are kept; all are counted.
  private let limit: Int
  /// Warnings that nobody wants to hear.
  private let silenced: Set<String>

  /// Whether what comes is only counted.
  package var isFull: Bool { diagnostics.count >= limit }

  package init(limit: Int = 1000, silencing silenced: [String] = []) {
    self.limit = limit
    self.silenced = Set(silenced)
  }

  package mutating func report(_ diagnostic: Diagnostic) {
    if diagnostic.severity == .warning, silenced.contains(diagnostic.code) { return }
    switch diagnostic.severity {
    case .error: errorCount += 1
    case .warning: warningCount += 1
    }
    if diagnostics.count < limit { diagnostics.append(diagnostic) }
  }

  /// Says something else in the place of one diagnostic.
  package mutating func replace(_ old: Diagnostic, with new: Diagnostic) {
    if let index = diagnostics.firstIndex(of: old) { diagnostics[index] = new }
  }

  /// Leaves out an error that another one says too.
  package mutating func drop(_ error: Diagnostic) {
    guard let index = diagnostics.firstIndex(of: error) else { return }
    diagnostics.remove(at: index)
    errorCount -= 1
  }

  /// Adds a document's nodes to the diagnostics of a file that say only which bytes are to blame, and puts before the
  /// message what the node belongs to, where it has a name: `layer 'pool' (MaxPooling2D): …`.
  package mutating func locate(in file: String, _ place: (SourceRange) -> (node: String, owner: String?)?) {
    for index in diagnostics.indices where diagnostics[index].file == file && diagnostics[index].node == nil {
      guard let place = diagnostics[index].range.flatMap(place) else { continue }
      diagnostics[index].node = place.node
      if let owner = place.owner { diagnostics[index].message = "\(owner): \(diagnostics[index].message)" }
    }
  }

  /// Gives each diagnostic another range.
  mutating func map(_ range: (SourceRange) -> SourceRange) {
    for index in diagnostics.indices { diagnostics[index].range = diagnostics[index].range.map(range) }
  }

  /// Takes replacements away from the diagnostics of a file that may not stand where they belong.
  package mutating func dropReplacements(in file: String, unless isAllowed: (SourceRange, String) -> Bool) {
    for index in diagnostics.indices where diagnostics[index].file == file {
      guard let range = diagnostics[index].range, let text = diagnostics[index].replacement else { continue }
      if !isAllowed(range, text) { diagnostics[index].replacement = nil }
    }
  }

  package mutating func append(_ other: DiagnosticLog) {
    errorCount += other.errorCount
    warningCount += other.warningCount
    for diagnostic in other.diagnostics {
      if diagnostic.severity == .warning, silenced.contains(diagnostic.code) {
        warningCount -= 1
      } else if diagnostics.count < limit {
        diagnostics.append(diagnostic)
      }
    }
  }
}

/// What one run may spend; each is charged before the work is done.
package struct Limits: Sendable {
  /// Bytes of one description: at the default some two million layers written out, which a few GiB hold.
  package var bytes = 1 << 27
  /// What `bytes` cannot go beyond: offsets have 32 bits.
  package static let mostBytes = 1 << 31
  /// Words and signs of a description: few bytes of them take much memory. What is written out for a purpose has fewer.
  package var tokens: Int { max(1 << 16, bytes / 4) }
  /// Values and keys of a description in JSON, for the same reason.
  package var values: Int { max(1 << 16, bytes / 16) }
  /// Brackets, operators and braces within one another.
  package var depth = 200
  /// How much is tried to find out what the author of something wrong meant, in hundredths of the usual.
  package var trials = 100
  /// Layers that come from expansion.
  package var layers = 65_536

  package init() {}

  /// For trials themselves: what cannot be read is not mended.
  package var withoutTrials: Limits {
    var limits = self
    limits.trials = 0
    return limits
  }
}
