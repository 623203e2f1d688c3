import Layers
import Syntax

/// What no other number mends may be mended by another word, stage or attribute.
extension CulpritSearch {
  /// Errors that have such causes apart from those that numbers have.
  static let editCodes: Set<String> = [
    LayerProblem.Code.rank.rawValue, LayerProblem.Code.attributeValue.rawValue, SemanticsCode.unknownName.rawValue,
  ]

  /// The likeliest change of the text with which everything holds; nil if none is found.
  mutating func edit() -> Edit? {
    // Of a long file too few changes could be tried.
    guard library.trees[0].expressions.count <= 3000, !isClaimItself() else { return nil }
    // The other half is for numbers that need more trials.
    let reserve = effort / 2
    for edit in edits() {
      guard effort > reserve else { return nil }
      if holds(edit) { return edit }
    }
    return nil
  }

  /// Where a window lacks `padding: same`, with which everything holds: that is left out more often than the size of a
  /// window is wrong.
  mutating func forgottenPadding() -> Edit? {
    guard let failure, failure.found < failure.wanted, library.trees[0].expressions.count <= 3000, !isClaimItself()
    else { return nil }
    let paddings = edits().filter { $0.range.start == $0.range.end && $0.replacement.hasSuffix("padding: same") }
    for edit in paddings.prefix(12) where effort > 0 && holds(edit, needsEvidence: false) { return edit }
    return nil
  }

  /// Whether all that is asserted holds once the sizes that do not are written as they are: then those are the slip.
  mutating func isClaimItself() -> Bool {
    guard !isCount, isAsserted else { return isClaimSlip }
    let tree = library.trees[0]
    let wrong = failures.filter { !$0.isClaim && $0.isModest }
    guard !wrong.isEmpty, wrong.count == failures.count else { return false }
    var changes: [NodeID<Expression>: Expression.Kind] = [:]
    for (index, expression) in tree.expressions.enumerated() {
      guard case .integer = expression.kind else { continue }
      if let failure = wrong.first(where: { $0.range == expression.range }) {
        changes[NodeID(index)] = .integer(failure.found)
      }
    }
    guard changes.count == wrong.count, case .holds = trial(changes) else { return false }
    return lastClaims > 0 || isClaimSlip
  }

  var region: SuspectRegion {
    SuspectRegion(library.trees[0], model, errors[0].range?.start, isCount: isCount)
  }

  /// Those that are tried, in order: between the last thing asserted that holds and what fails, then elsewhere.
  private func edits() -> [Edit] {
    let tree = library.trees[0]
    let finder = EditFinder(tree, model, blocks)
    let region = region
    var edits = finder.edits
    if errors[0].code == SemanticsCode.unknownName.rawValue {
      // A name that is used before it is there may have changed places with another.
      guard let place = errors[0].range else { return [] }
      edits = edits.filter { $0.likelihood == .name && $0.range.start <= place.start && place.end <= $0.range.end }
    }
    let place = failure?.range.start ?? errors[0].range?.start ?? 0
    func rank(_ edit: Edit) -> (Int, Int, Int) {
      let start = edit.range.start
      let distance = start < place ? place - start : start - place + tree.source.bytes.count
      // Near a shape there are few names, and each is soon tried.
      let isNear = edit.likelihood == .name && !isCount && region.contains(start)
      let likelihood = isNear ? Edit.Likelihood.expectedStage : edit.likelihood
      return (region.contains(start) ? 0 : 1, likelihood.rawValue, distance)
    }
    let ranks = edits.map(rank)
    return edits.indices.sorted { ranks[$0] == ranks[$1] ? $0 < $1 : ranks[$0] < ranks[$1] }.map { edits[$0] }
  }

  /// Whether everything holds with a change of the text. `needsEvidence` unless the change takes nothing away of what
  /// is asserted.
  private mutating func holds(_ edit: Edit, needsEvidence: Bool = true) -> Bool {
    let before = library
    let model = model
    let others = others
    defer { (library, self.model, self.others) = (before, model, others) }
    let source = before.trees[0].source
    var bytes = source.bytes
    bytes.replaceSubrange(edit.range.start..<edit.range.end, with: Array(edit.replacement.utf8))
    effort -= bytes.count / 25
    var log = DiagnosticLog()
    var tree = parse(Source(name: source.name, bytes: bytes), limits: limits, into: &log)
    guard log.errorCount == 0, let changed = tree.models.first(where: { $0.name.text == model.name.text }) else {
      return false
    }
    tree.imports = before.trees[0].imports
    library = before.replacingFirst(tree, into: &log)
    guard log.errorCount == 0 else { return false }
    self.model = changed
    self.others = tree.models.filter { $0.name.range != changed.name.range }
    guard case .holds = trial([:]) else { return false }
    // What fails now has to be asked, and to hold.
    return !needsEvidence || isCount || lastHeldShapes > heldShapes || !isAsserted && lastClaims > 0
  }

  /// The first error, said of what an edit changes.
  func told(by edit: Edit) -> Diagnostic {
    let error = errors[0]
    let written = text(edit.range)
    let meant = edit.replacement.trimmed
    var diagnostic = error
    diagnostic.range = edit.range
    diagnostic.expected = meant.isEmpty ? nil : meant
    diagnostic.found = written.isEmpty ? nil : written
    diagnostic.notes = [placesNote].compactMap(\.self) + error.notes.prefix(2)
    diagnostic.replacement = edit.replacement
    if written.isEmpty {
      diagnostic.message = "'\(meant)' seems to be missing: \(error.message)"
      diagnostic.label = "with it everything asserted would hold"
      diagnostic.help = "put in \(meant), or change \(whatFails)"
    } else if meant.isEmpty {
      diagnostic.message = "'\(written.trimmed)' does not fit \(whatFails): \(error.message)"
      diagnostic.label = "without it everything would hold"
      diagnostic.help = "take it away, or change \(whatFails)"
    } else {
      diagnostic.message = "'\(written)' does not fit \(whatFails): \(error.message)"
      diagnostic.label = "\(meant) would fit"
      diagnostic.help = "write \(meant), or change \(whatFails)"
    }
    if written.utf8.contains(UInt8(ascii: "\n")) { tellExchange(edit, written, &diagnostic) }
    return diagnostic
  }

  /// Two names that are lines apart: the first is told, and where the other stands.
  private func tellExchange(_ edit: Edit, _ written: String, _ diagnostic: inout Diagnostic) {
    let first = written.prefix { $0.isNameCharacter }
    let last = written.reversed().prefix { $0.isNameCharacter }
    let second = String(last.reversed())
    let line = library.trees[0].source.position(of: edit.range.end - second.utf8.count).line
    diagnostic.range = SourceRange(edit.range.start, edit.range.start + first.utf8.count)
    diagnostic.message = "'\(first)' and '\(second)' in line \(line) have changed places: \(errors[0].message)"
    diagnostic.label = "\(second) would fit"
    (diagnostic.expected, diagnostic.found) = (second, String(first))
    diagnostic.help = "write \(second) here, and \(first) in line \(line)"
    diagnostic.replacement = nil
  }
}

extension Character {
  fileprivate var isNameCharacter: Bool { isLetter || isNumber || self == "_" || self == "`" }
}

extension String {
  /// Without the pipe, comma and blanks around what is put in or taken away.
  fileprivate var trimmed: String {
    let surplus: [Character] = [" ", ",", "|", ">", "\n"]
    return String(drop { surplus.contains($0) }.reversed().drop { surplus.contains($0) }.reversed())
  }
}
