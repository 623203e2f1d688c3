import Layers
import Operations
import Syntax

/// The author wrote 512 for 256, and a thousand lines further on a count is not what it should be. What failed is the
/// assertion, but the number before it is to blame: the one whose change makes everything hold that is asserted.
///
/// Each number that the counts depend on is changed by one to see how they move; parameters are a polynomial in each,
/// so two such probes tell which value would satisfy. That value counts only if the whole model is then without an
/// error, and only if there is one such number that a slip of the finger explains.
struct CulpritSearch {
  private var library: Library
  private let model: Model
  /// The other models of the file, which may use the same blocks.
  private let others: [Model]
  private let settings: [Setting]
  private let sizes: [InputSizes]
  private let limits: Limits
  private let failure: Failure
  /// How many layers trials may still elaborate: a bound on time that does not depend on the machine.
  private var effort = 150_000

  /// Something asserted that does not hold, as a number that is not the wanted one.
  struct Failure {
    /// Of the claim, the shape's element, or the tensor that does not fit.
    var range: SourceRange
    var found: Int
    var wanted: Int

    /// Whether differences of it and its like stay within 64 bits.
    var isModest: Bool { found.magnitude < 1 << 60 && wanted.magnitude < 1 << 60 }
  }

  /// A change with which everything holds.
  private struct Solution {
    var range: SourceRange
    var replacement: String
    var written: String
    var isSlip: Bool
  }

  /// What trials came to.
  private enum Trial {
    case holds
    /// What the failed assertion finds now.
    case found(Int)
    case other
  }

  private static let codes: Set<String> = [
    SemanticsCode.shapeAssertion.rawValue, SemanticsCode.shapePromise.rawValue, SemanticsCode.shapeMismatch.rawValue,
    SemanticsCode.assertionFailed.rawValue, SemanticsCode.inexactDivision.rawValue,
    LayerProblem.Code.shapesDiffer.rawValue, LayerProblem.Code.windowTooLarge.rawValue,
    LayerProblem.Code.indivisible.rawValue,
  ]

  /// nil if the model failed for other reasons than what is asserted.
  init?(_ elaborated: Elaborator, _ model: Model, of models: [Model], _ settings: [Setting], _ sizes: [InputSizes]) {
    let errors = elaborated.log.diagnostics.filter { $0.severity == .error }
    guard !errors.isEmpty, errors.count <= 20, errors.count == elaborated.log.errorCount,
      errors.allSatisfy({ Self.codes.contains($0.code) && $0.file == elaborated.library.trees[0].source.name }),
      !elaborated.library.isDamaged, let failure = elaborated.failures.first, failure.isModest
    else { return nil }
    library = elaborated.library
    self.model = model
    others = models.filter { $0.name.range != model.name.range }
    self.settings = settings
    self.sizes = sizes
    self.failure = failure
    limits = elaborated.limits
    blocks = elaborated.calledBlocks
    self.errors = errors
    judgedClaims = elaborated.judgedClaims
    failed = Set(elaborated.failures.map(\.range))
  }

  private let blocks: Set<String>
  private let errors: [Diagnostic]
  /// A change with which fewer claims are judged makes nothing hold.
  private let judgedClaims: Int
  /// How many claims held with a change.
  private var claimsHeld = 0
  /// What failed before anything was changed.
  private let failed: Set<SourceRange>

  /// The errors of the model, said better where a culprit is known.
  mutating func diagnostics() -> [Diagnostic] {
    guard errors.count > 1 || !isClaimItself(errors[0]) else { return errors }
    let (numbers, neighbours) = candidates()
    var solutions: [Solution] = []
    for candidate in numbers {
      guard effort > 0 else { break }
      if let value = value(for: candidate) {
        solutions.append(
          Solution(
            range: library.trees[0][candidate.id].range, replacement: String(value), written: String(candidate.value),
            isSlip: isSlip(candidate.value, for: value)))
      }
    }
    if !solutions.contains(where: \.isSlip) {
      for (a, b) in neighbours where effort > 0 {
        if let solution = swapped(a, b) { solutions.append(solution) }
      }
    }
    return blame(solutions)
  }

  /// Whether the number that is claimed is itself the slip: one digit of millions is wrong.
  private func isClaimItself(_ error: Diagnostic) -> Bool {
    error.code == SemanticsCode.assertionFailed.rawValue && failure.wanted >= 1000
      && isSlip(failure.wanted, for: failure.found) && failure.wanted != failure.found / 2
      && failure.wanted / 2 != failure.found
  }

  /// Numbers and neighbours, the nearest before what failed first.
  private func candidates() -> ([NumberCandidate], [(NodeID<Expression>, NodeID<Expression>)]) {
    let tree = library.trees[0]
    let place = failure.range.start
    let finder = CandidateFinder(tree, model, blocks)
    func distance(_ candidate: NumberCandidate) -> Int {
      let start = tree[candidate.id].range.start
      return start < place ? place - start : start - place + tree.source.bytes.count
    }
    let numbers = finder.numbers.map { ($0, distance($0)) }.sorted { $0.1 < $1.1 }.map(\.0)
    return (numbers, finder.neighbours)
  }

  // MARK: Trials

  /// The value of a number with which everything holds.
  private mutating func value(for candidate: NumberCandidate) -> Int? {
    let written = candidate.value
    guard written >= 0, written < 1 << 40 else { return nil }
    var tries: [Int] = []
    switch trial([candidate.id: .integer(written + 1)]) {
    case .holds: return written + 1
    case .found(let one) where one == failure.found:
      // A floor may hide what it does: one step in the other direction shows.
      guard !isCount, written > 1 else { return nil }
      let less = written <= 16 ? written - 1 : 1
      if case .found(let other) = trial([candidate.id: .integer(less)]), other == failure.found { return nil }
      tries = Array(likelyNumbers(for: written).prefix(24))
    case .found(let one):
      let slope = one - failure.found
      let missing = failure.wanted - failure.found
      if missing % slope == 0 { tries.append(written + missing / slope) }
      if case .found(let two) = trial([candidate.id: .integer(written + 2)]), two - one != slope {
        tries += steps(slope, two - one - slope, missing).map { written + $0 }
        if !isParameterCount { tries += likelyNumbers(for: written).prefix(24) }
      } else if !isCount, written <= 16 {
        tries += likelyNumbers(for: written).prefix(24)
      }
    case .other:
      // It breaks what held before, and so would every other value; unless what does not fit is itself the failure.
      guard isMisfit else { return nil }
      tries = Array(likelyNumbers(for: written).prefix(24))
    }
    var seen: Set<Int> = [written, written + 1]
    for value in tries where value > 0 && seen.insert(value).inserted && effort > 0 {
      if case .holds = trial([candidate.id: .integer(value)]) { return value }
    }
    return nil
  }

  /// The whole k for which `slope * k + curve * k * (k - 1) / 2` comes to `missing`.
  private func steps(_ slope: Int, _ curve: Int, _ missing: Int) -> [Int] {
    guard curve != 0, abs(curve) < 1 << 40, abs(slope) < 1 << 50, abs(missing) < 1 << 60 else { return [] }
    let (a, b, c) = (Double(curve) / 2, Double(slope) - Double(curve) / 2, -Double(missing))
    let root = b * b - 4 * a * c
    guard root >= 0 else { return [] }
    return [(-b + root.squareRoot()) / (2 * a), (-b - root.squareRoot()) / (2 * a)]
      .filter { abs($0) < 1e12 }.map { Int($0.rounded()) }
  }

  /// Two arguments in the other order.
  private mutating func swapped(_ a: NodeID<Expression>, _ b: NodeID<Expression>) -> Solution? {
    let (first, second) = (library.trees[0][a].kind, library.trees[0][b].kind)
    guard case .holds = trial([a: second, b: first]) else { return nil }
    let tree = library.trees[0]
    let between = SourceRange(tree[a].range.end, tree[b].range.start)
    let text = { (range: SourceRange) in String(decoding: tree.source.bytes[range.start..<range.end], as: UTF8.self) }
    let range = tree[a].range.union(tree[b].range)
    return Solution(
      range: range, replacement: text(tree[b].range) + text(between) + text(tree[a].range), written: text(range),
      isSlip: true)
  }

  /// Checks the model with some expressions changed.
  private mutating func trial(_ changes: [NodeID<Expression>: Expression.Kind]) -> Trial {
    let tree = library.trees[0]
    library.trees[0] = tree.replacing(changes)
    defer { library.trees[0] = tree }
    let (isGood, failures, claims) = check(model)
    if isGood { claimsHeld = max(claimsHeld, claims) }
    if isGood { return claims >= judgedClaims && others.allSatisfy { check($0).isGood } ? .holds : .other }
    // A count that was right and moves with this number would be wrong with any other value of it.
    if isCount, failures.contains(where: { !failed.contains($0.range) }) { return .other }
    guard let now = failures.first(where: { $0.range == failure.range }), now.isModest else { return .other }
    return .found(now.found)
  }

  /// Whether a count is wrong, and nothing before it.
  private var isCount: Bool { errors[0].code == SemanticsCode.assertionFailed.rawValue }

  /// Parameters are polynomials in each number; multiplications are divided by strides.
  private var isParameterCount: Bool { isCount && errors[0].message.contains("params") }

  /// Whether tensors do not fit each other or their layer.
  private var isMisfit: Bool { errors.contains { LayerProblem.Code(rawValue: $0.code) != nil } }

  private mutating func check(_ model: Model) -> (isGood: Bool, failures: [Failure], claims: Int) {
    var elaborator = Elaborator(
      library: library, limits: limits, name: model.name.text, source: library.trees[0].source)
    elaborator.stopsAtFailure = true
    elaborator.sizeEffort = 40_000
    _ = elaborator.elaborate(model, nil, settings, sizes)
    effort -= elaborator.model.nodes.count + elaborator.expanded + library.trees[0].expressions.count / 4 + 40
    return (elaborator.log.errorCount == 0, elaborator.failures, elaborator.judgedClaims)
  }

  // MARK: The verdict

  private mutating func blame(_ solutions: [Solution]) -> [Diagnostic] {
    guard !solutions.isEmpty else { return errors }
    let slips = solutions.filter(\.isSlip)
    let culprit = slips.count == 1 ? slips[0] : slips.isEmpty && solutions.count == 1 ? solutions[0] : nil
    guard let culprit, culprit.isSlip || errors.count > 1, isCount || !isAssertionAlone() else {
      var errors = errors
      let others = (slips.isEmpty ? solutions : slips).prefix(3).map {
        "\($0.replacement) for \($0.written) in line \(line($0.range))"
      }
      errors[0].notes.append("it would hold with " + others.joined(separator: ", or with "))
      return errors
    }
    let error = errors[0]
    let places = error.range.map { range in
      let (line, column) = library.trees[0].source.position(of: range.start)
      return "asserted in line \(line), column \(column)" + (errors.count > 1 ? ", and \(errors.count - 1) more" : "")
    }
    var diagnostic = error
    diagnostic.range = culprit.range
    diagnostic.message = "'\(culprit.written)' does not fit what is asserted: \(error.message)"
    diagnostic.label = "\(culprit.replacement) would fit"
    diagnostic.expected = culprit.replacement
    diagnostic.found = culprit.written
    diagnostic.notes = [places].compactMap(\.self) + error.notes.prefix(2)
    diagnostic.help = "write \(culprit.replacement), or change what is asserted"
    diagnostic.replacement = culprit.replacement
    return [diagnostic]
  }

  /// Whether all holds but the shape that failed: then the number and what is asserted of it are word against word.
  private mutating func isAssertionAlone() -> Bool {
    guard !isMisfit else { return claimsHeld == 0 }
    var elaborator = Elaborator(
      library: library, limits: limits, name: model.name.text, source: library.trees[0].source)
    elaborator.ignoresShapes = true
    elaborator.sizeEffort = 40_000
    _ = elaborator.elaborate(model, nil, settings, sizes)
    return elaborator.log.errorCount == 0
  }

  private func line(_ range: SourceRange) -> Int { library.trees[0].source.position(of: range.start).line }
}
