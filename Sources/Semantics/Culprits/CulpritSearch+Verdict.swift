import Syntax

/// Which of the changes with which everything holds is told, and how.
extension CulpritSearch {
  mutating func blame(_ solutions: [Solution]) -> [Diagnostic] {
    guard !solutions.isEmpty else { return errors }
    let slips = solutions.filter(\.isSlip)
    // Of several the nearest, unless what is asserted may be the slip as well.
    let isSure = isAsserted ? !isClaimSlip || slips.count == 1 || !isCount && !isClaimItself() : hasEvidence
    let culprit = isSure ? slips.first ?? (solutions.count == 1 ? solutions[0] : nil) : nil
    // A shape that counts agree with is sure of its number, be that no slip of the finger.
    let isConfirmed = !isCount && hasEvidence && hasClaims && !isClaimSlip
    guard let culprit, culprit.isSlip || errors.count > 1 || isConfirmed else {
      var errors = errors
      let others = (slips.isEmpty ? solutions : slips).prefix(3).map {
        "\($0.replacement) for \($0.written) in line \(line($0.range))"
      }
      errors[0].notes.append("it would hold with " + others.joined(separator: ", or with "))
      return errors
    }
    let others = slips.dropFirst().prefix(2).map { "\($0.replacement) for \($0.written) in line \(line($0.range))" }
    return [
      told(by: culprit, others.isEmpty ? nil : "it would also hold with " + others.joined(separator: ", or with "))
    ]
  }

  /// The first error, said of the culprit.
  func told(by culprit: Solution, _ note: String?) -> Diagnostic {
    let error = errors[0]
    var diagnostic = error
    diagnostic.range = culprit.range
    diagnostic.message = "'\(culprit.written)' does not fit \(whatFails): \(error.message)"
    diagnostic.label = "\(culprit.replacement) would fit"
    diagnostic.expected = culprit.replacement
    diagnostic.found = culprit.written
    diagnostic.notes = [placesNote].compactMap(\.self) + error.notes.prefix(2) + [note].compactMap(\.self)
    diagnostic.help = "write \(culprit.replacement), or change \(whatFails)"
    diagnostic.replacement = culprit.replacement
    return diagnostic
  }

  /// What a culprit does not agree with.
  var whatFails: String { isAsserted ? "what is asserted" : "what comes behind it" }

  /// Where the error was found that the culprit is told for.
  var placesNote: String? {
    errors[0].range.map { range in
      let (line, column) = library.trees[0].source.position(of: range.start)
      return "\(isAsserted ? "asserted" : "found") in line \(line), column \(column)"
        + (errors.count > 1 ? ", and \(errors.count - 1) more" : "")
    }
  }

  private func line(_ range: SourceRange) -> Int { library.trees[0].source.position(of: range.start).line }
}
