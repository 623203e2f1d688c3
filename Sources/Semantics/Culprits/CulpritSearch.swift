import Layers
import Operations
import Spelling
import Syntax

/// The author wrote 512 for 256, and a thousand lines further on a count is not what it should be. What failed is the
/// assertion, but the number before it is to blame: the one whose change makes everything hold that is asserted.
///
/// Each number is changed by one to see what moves. Where sizes or counts do, a few more trials find the value that
/// would satisfy; where something else goes wrong, those values are tried that a slip of the finger explains. A value
/// counts only if the whole model is then without an error.
struct CulpritSearch {
  var library: Library
  var model: Model
  /// The other models of the file, which may use the same blocks.
  var others: [Model]
  private let settings: [Setting]
  private let sizes: [InputSizes]
  let limits: Limits
  /// What does not hold, as far as numbers say it.
  let failure: Failure?
  let failures: [Failure]
  /// How many layers trials may still elaborate: a bound on time that does not depend on the machine.
  var effort: Int

  /// Something asserted that does not hold, as a number that is not the wanted one.
  struct Failure {
    /// Of the claim, the shape's element, or the tensor that does not fit.
    var range: SourceRange
    var found: Int
    var wanted: Int
    /// Whether it is the claim of an assertion.
    var isClaim = false

    /// Whether differences of it and its like stay within 64 bits.
    var isModest: Bool { found.magnitude < 1 << 60 && wanted.magnitude < 1 << 60 }
  }

  /// A change with which everything holds.
  struct Solution {
    var range: SourceRange
    var replacement: String
    var written: String
    var isSlip: Bool
  }

  /// What trials came to.
  enum Trial {
    case holds
    /// What the failed assertion finds now.
    case found(Int)
    /// The same error in the same words: what was changed has no part in it.
    case same
    /// A count that was right is wrong now, as it would be with every other value.
    case refuted
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
    effort = 1150 * elaborated.limits.trials
    // Sizes from outside are no slip in the text.
    guard sizes.isEmpty, !errors.isEmpty, errors.count <= 20, errors.count == elaborated.log.errorCount,
      errors.allSatisfy({ $0.file == elaborated.library.trees[0].source.name }),
      errors.allSatisfy({ Self.codes.contains($0.code) || Self.editCodes.contains($0.code) }),
      !elaborated.library.isDamaged, elaborated.failures.first?.isModest ?? true,
      // What cannot be read several times is not tried at all.
      elaborated.model.nodes.count + elaborated.expanded < effort / 12
    else { return nil }
    library = elaborated.library
    self.model = model
    others = models.filter { $0.name.range != model.name.range }
    self.settings = settings
    self.sizes = sizes
    failure = elaborated.failures.first
    failures = elaborated.failures
    var limits = elaborated.limits.withoutTrials
    limits.layers = min(limits.layers, 2 * elaborated.expanded + 1000)
    self.limits = limits
    blocks = elaborated.calledBlocks
    isOpen = elaborated.model.nodes.contains { node in
      elaborated.model.values[node.output].shape.dims.dropFirst().contains { $0.constant == nil }
    }
    self.errors = errors
    judgedClaims = elaborated.judgedClaims
    heldShapes = elaborated.heldShapes
    failed = Set(elaborated.failures.map(\.range))
  }

  let blocks: Set<String>
  /// Whether sizes are left open.
  let isOpen: Bool
  let errors: [Diagnostic]
  /// A change with which fewer claims are judged makes nothing hold.
  private let judgedClaims: Int
  let heldShapes: Int
  /// What held in the last trial.
  private(set) var lastHeldShapes = 0
  private(set) var lastClaims = 0
  /// Whether with some change something asserted held that nothing else speaks for.
  var hasEvidence = false
  var hasClaims = false
  /// What failed before anything was changed.
  private let failed: Set<SourceRange>

  /// The errors of the model, said better where a culprit is known.
  mutating func diagnostics() -> [Diagnostic] {
    // What stays below a bound can be brought there in many ways.
    guard failure != nil || !isCount, isAsserted || hasAssertions else { return errors }
    if errors[0].code == LayerProblem.Code.attributeValue.rawValue { return exchange() ?? errors }
    guard errors.allSatisfy({ Self.codes.contains($0.code) }) else { return edit().map { [told(by: $0)] } ?? errors }
    let (numbers, neighbours, misuses) = candidates()
    for misuse in misuses where effort > 0 {
      guard case .holds = trial([misuse.use: .name(misuse.meant)]) else { continue }
      let range = library.trees[0][misuse.use].range
      let meant = misuse.meant.isPlainName ? misuse.meant : "`\(misuse.meant)`"
      let solution = Solution(range: range, replacement: meant, written: text(range), isSlip: true)
      return [told(by: solution, "'\(misuse.meant)' is used nowhere")]
    }
    if isAsserted, !isCount, let padding = forgottenPadding() { return [told(by: padding)] }
    var solutions: [Solution] = []
    func keep(_ value: Int, for candidate: NumberCandidate) {
      guard value >= candidate.least else { return }
      solutions.append(
        Solution(
          range: library.trees[0][candidate.id].range, replacement: String(value), written: String(candidate.value),
          isSlip: isSlip(candidate.value, for: value)))
    }
    // First what a few trials settle, the nearest arguments in the other order among it, then what many may.
    for (a, b) in neighbours.prefix(4) where effort > 0 {
      if let solution = swapped(a, b) { solutions.append(solution) }
    }
    var unsettled: [NumberCandidate] = []
    for candidate in numbers where effort > 0 && isTriable(candidate) {
      switch probe(candidate) {
      case .value(let value): keep(value, for: candidate)
      case .unsettled: unsettled.append(candidate)
      case .none: break
      }
    }
    if !solutions.contains(where: \.isSlip), !isCount {
      // Near what failed the likeliest numbers come before words.
      let region = region
      let near = unsettled.filter { region.contains(library.trees[0][$0.id].range.start) }.prefix(12)
      for (candidate, value) in firstHolding(Array(near), rounds: 5) { keep(value, for: candidate) }
    }
    if !solutions.contains(where: \.isSlip), let edit = edit() { return [told(by: edit)] }
    if !solutions.contains(where: \.isSlip) {
      for (a, b) in neighbours.dropFirst(4) where effort > 0 {
        if let solution = swapped(a, b) { solutions.append(solution) }
      }
    }
    if !solutions.contains(where: \.isSlip) {
      for (candidate, value) in firstHolding(unsettled) { keep(value, for: candidate) }
    }
    return blame(solutions)
  }

  /// Whether what is asserted may itself be the slip: one number, for which another was meant.
  var isClaimSlip: Bool {
    guard errors.count == 1, let failure, failed.count == 1 else { return false }
    // A size that a name stands for is what its definition says.
    let isWritten = failure.isClaim || text(failure.range).utf8.allSatisfy { (0x30...0x39).contains($0) || $0 == 0x5F }
    return isWritten && isSlip(failure.wanted, for: failure.found)
  }

  /// Numbers and neighbours, the nearest before what failed first.
  private func candidates() -> (
    [NumberCandidate], [(NodeID<Expression>, NodeID<Expression>)], [CandidateFinder.Misuse]
  ) {
    let tree = library.trees[0]
    let place = failure?.range.start ?? errors[0].range?.start ?? 0
    let finder = CandidateFinder(tree, model, blocks)
    // What a block promises in its head is kept by its body.
    let promising = tree.blocks.first {
      $0.promises.contains { tree[$0].range.start <= place && place <= tree[$0].range.end }
    }
    func distance(_ id: NodeID<Expression>) -> Int {
      let start = tree[id].range.start
      if let body = promising?.body.range, body.start <= start, start < body.end { return start - body.start }
      return start < place ? place - start : start - place + tree.source.bytes.count
    }
    let numbers = finder.numbers.map { ($0, distance($0.id)) }.sorted { $0.1 < $1.1 }.map(\.0)
    let neighbours = finder.neighbours.map { ($0, distance($0.0)) }.sorted { $0.1 < $1.1 }.map(\.0)
    let misuses = finder.misuses.map { ($0, $0.isInOrder ? 0 : 1, distance($0.use)) }
      .sorted { ($0.1, $0.2) < ($1.1, $1.2) }.map(\.0)
    return (numbers, neighbours, misuses)
  }

  // MARK: Trials

  func text(_ range: SourceRange) -> String {
    String(decoding: library.trees[0].source.bytes[range.start..<range.end], as: UTF8.self)
  }

  /// Two arguments in the other order.
  private mutating func swapped(_ a: NodeID<Expression>, _ b: NodeID<Expression>) -> Solution? {
    let (first, second) = (library.trees[0][a].kind, library.trees[0][b].kind)
    guard case .holds = trial([a: second, b: first]) else { return nil }
    let tree = library.trees[0]
    let between = SourceRange(tree[a].range.end, tree[b].range.start)
    let range = tree[a].range.union(tree[b].range)
    return Solution(
      range: range, replacement: text(tree[b].range) + text(between) + text(tree[a].range), written: text(range),
      isSlip: true)
  }

  /// A value that a layer refuses may be another one's: two arguments in each other's place.
  private mutating func exchange() -> [Diagnostic]? {
    let tree = library.trees[0]
    let bodies = [model.body.range] + tree.blocks.map(\.body.range)
    // What a train section says is not tried.
    guard let place = errors[0].range, bodies.contains(where: { $0.start <= place.start && place.end <= $0.end }) else {
      return nil
    }
    for (a, b) in candidates().1.prefix(60) where effort > 0 {
      if let solution = swapped(a, b), lastClaims > 0 || lastHeldShapes > heldShapes {
        return [told(by: solution, nil)]
      }
    }
    return nil
  }

  /// Checks the model with some expressions changed.
  mutating func trial(_ changes: [NodeID<Expression>: Expression.Kind]) -> Trial {
    let tree = library.trees[0]
    library.trees[0] = tree.replacing(changes)
    defer { library.trees[0] = tree }
    let (isGood, failures, claims, error) = check(model)
    if isGood, claims > 0 || lastHeldShapes > heldShapes { hasEvidence = true }
    if isGood, claims > 0 { hasClaims = true }
    if isGood { return claims >= judgedClaims && others.allSatisfy { check($0).isGood } ? .holds : .other }
    // A count that was right and moves with this number would be wrong with any other value of it.
    if isCount, failures.contains(where: { !failed.contains($0.range) && $0.isClaim }) { return .refuted }
    if let failure, let now = failures.first(where: { $0.range == failure.range }), now.isModest {
      return .found(now.found)
    }
    return error.map { isSame($0, errors[0]) } ?? false ? .same : .other
  }

  private func isSame(_ a: Diagnostic, _ b: Diagnostic) -> Bool {
    a.range == b.range && a.message == b.message && a.expected == b.expected && a.found == b.found
  }

  /// Whether what failed is something asserted, and not that tensors, windows or numbers do not fit: that is told
  /// where it happens, unless something asserted speaks for a change.
  var isAsserted: Bool {
    [SemanticsCode.shapeAssertion, .shapePromise, .assertionFailed].contains { $0.rawValue == errors[0].code }
  }

  /// Whether anything is asserted that could speak for a change.
  private var hasAssertions: Bool {
    let tree = library.trees[0]
    if ([model.body] + tree.blocks.map(\.body)).contains(where: { body in
      body.statements.contains { if case .assertion = $0.kind { true } else { false } }
    }) {
      return true
    }
    return tree.blocks.contains { !$0.promises.isEmpty } || tree.assertsShapes
  }

  /// Whether a count is wrong, and nothing before it.
  var isCount: Bool { errors[0].code == SemanticsCode.assertionFailed.rawValue }

  /// Parameters are polynomials in each number; multiplications are divided by strides.
  var isParameterCount: Bool { isCount && errors[0].message.mentions("params") }

  private mutating func check(_ model: Model) -> (isGood: Bool, failures: [Failure], claims: Int, error: Diagnostic?) {
    var elaborator = Elaborator(
      library: library, limits: limits, name: model.name.text, source: library.trees[0].source)
    elaborator.stopsAtFailure = true
    elaborator.sizeEffort = 40_000
    elaborator.domainEffort = 400_000
    _ = elaborator.elaborate(model, nil, settings, sizes)
    let work = elaborator.model.nodes.count + elaborator.expanded + library.trees[0].expressions.count / 4 + 40
    // Sizes that are formulas take longer than numbers.
    effort -= (isOpen ? 5 * work / 2 : work) + elaborator.domainWork / 100
    lastHeldShapes = elaborator.heldShapes
    lastClaims = elaborator.judgedClaims
    return (
      elaborator.log.errorCount == 0, elaborator.failures, elaborator.judgedClaims,
      elaborator.log.diagnostics.first { $0.severity == .error }
    )
  }
}
