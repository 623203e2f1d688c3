import Layers
import Operations
import Spelling
import Syntax

/// Turns one model of a tree into a network: expands blocks, resolves names, infers shapes.
///
/// It never stops at a problem: what fails becomes `.failed`, and whatever depends on it stays silent.
struct Elaborator {
  let library: Library
  let limits: Limits
  var log: DiagnosticLog
  var model: CheckedModel
  var instances: [Instance] = []
  /// The instances whose calls are being expanded, the outermost first.
  var activeInstances: [Int] = []
  /// Layers and calls that came from blocks and `repeat`, charged before each.
  var expanded = 0
  /// How many blocks and repeats are being expanded within one another.
  var depth = 0
  /// How deep expressions and blocks stand within one another; limited, because the checker recurses with them.
  var nesting = 0
  /// The innermost block that is being expanded.
  var group: ID<LayerGroup>?
  /// The blocks that are being expanded, to find recursion.
  var activeBlocks: Set<String> = []
  /// Every block that was expanded.
  var calledBlocks: Set<String> = []
  var pendingClaims: [PendingClaim] = []
  /// What `params(stem/conv2d)` says, once it has been counted.
  var parametersByPath: ParametersByPath?
  /// What has been reported, so that nine calls of one block do not say the same nine times.
  var reported: Set<Report> = []
  /// How many errors were found again where they had been reported, in another expansion of the same text.
  private var foundAgain = 0
  /// Names that are not known, by what was said of them first.
  var toldNames: [String: SemanticsCode] = [:]
  /// A block nobody calls is expanded with unknown parameters: then only names can be judged.
  var judgesOnlyNames = false
  /// Where something that is not expanded has been judged by its names, by its offset in the library.
  var unreadPlaces: Set<Int> = []
  /// The names of stages, if somebody asks for them.
  var stageNames: StageNames?
  /// How a size of a value came about, where a block promised it: `n1 + n3 = 64 + 128`.
  var derivations: [Int: [Derivation]] = [:]
  /// Bindings of tensors and what uses them, to find the one that was meant to be an output.
  var tensorBindings: [TensorBinding] = []
  var usedValues: Set<Int> = []
  /// Asserted numbers that are not what they should be, for whoever looks for the number to blame.
  var failures: [CulpritSearch.Failure] = []
  /// Whether claims are judged: the whole model is known, and its parameters can be counted.
  var isJudging = false
  /// How many claims were judged: those whose `when` holds.
  var judgedClaims = 0
  /// The asserted shapes that were as asserted, by their offsets in the library, and those that were not: copies of a
  /// block speak for no more than one.
  private var heldPlaces: Set<Int> = []
  private var failedPlaces: Set<Int> = []
  /// Whether an output is none for a reason that has been told, be it of the library.
  var hasFailedOutput = false
  /// A trial needs to know only whether something is wrong.
  var stopsAtFailure = false
  /// Values whose shape is not the asserted one, and what comes of them: that they fit nothing else either is no news.
  var doubtful: Set<Int> = []
  /// The paths of all layers; those that share an instance's weights stand here once.
  var paths: Set<String> = []
  /// Whether equal names were reported, from which equal paths follow.
  var hasEqualNames = false
  /// Whether to keep where values come from.
  var explains = false
  /// Sizes that the text leaves open, and somebody has given.
  var knownSizes: [String: Int] = [:]
  /// How many symbols and floors may still be worked out to judge what layers demand of sizes.
  var sizeEffort = 4_000_000
  /// The same to work out which sizes the model accepts, and how many of them were.
  var domainEffort = SizeDomain.usualEffort
  var domainWork = 0
  /// Where the layers with demands on sizes were called.
  var demandScopes: [Int: Scope] = [:]

  /// Layers' calls in the bodies of blocks, by their offsets in the library.
  var settledCalls: [Int: SettledCall] = [:]
  /// Calls of layers that were not settled, by what they are made of: deep networks repeat themselves, and a layer that is
  /// made of the same is neither worked out again nor kept twice.
  var latestCalls = LatestCalls()
  /// How often each name is used in a file, for files where that was asked.
  var nameUses: [Int: [String: Int]] = [:]

  /// The words that attributes of a type take, for types that were asked for.
  var wordsOfTypes: [String: [String]] = [:]

  /// Bodies of blocks, by their offsets in the library.
  var declaredBodies: [Int: DeclaredBody] = [:]

  /// The layers and blocks that each `with` line leaves in doubt, by the line's offset in the library.
  var judgedDefaults: [Int: Set<String>] = [:]

  struct TensorBinding {
    var name: String
    var value: ID<CheckedValue>
    var file: Int
    var range: SourceRange
  }

  struct Report: Hashable {
    var code: String
    var file: Int
    var range: SourceRange
  }

  /// A sum or product in a promised shape, with what its names stood for in one call. It becomes text only if asked.
  struct Derivation {
    var axis: Int
    var file: Int
    var element: NodeID<Expression>
    /// The size of each operand; nil where its text says it.
    var operands: [Dim?]
  }

  init(library: Library, limits: Limits, name: String, source: Source) {
    self.library = library
    self.limits = limits
    log = DiagnosticLog(limit: 1000)
    model = CheckedModel(name: name, source: source)
  }

  /// How many asserted shapes were as asserted, each time.
  var heldShapes: Int { heldPlaces.subtracting(failedPlaces).count }

  mutating func note(_ pattern: SourceRange, _ scope: Scope, holds: Bool) {
    let place = library.offset(of: pattern, in: scope.file)
    if holds { heldPlaces.insert(place) } else { failedPlaces.insert(place) }
  }

  func shape(_ value: ID<CheckedValue>) -> Shape { model.values[value].shape }

  func tree(_ scope: Scope) -> SharedTree { library.trees[scope.file] }

  /// The text of a range, for messages that quote the author.
  func text(_ range: SourceRange, _ scope: Scope) -> String {
    String(decoding: tree(scope).source.bytes[range.start..<range.end], as: UTF8.self)
  }

  /// The line in which a range begins, from 1.
  func line(of range: SourceRange, _ scope: Scope) -> Int {
    library.trees[scope.file].source.position(of: range.start).line
  }

  /// A name as a text has to spell it: `` `5x5` ``.
  func spelling(of name: String) -> String { name.isPlainName ? name : "`\(name)`" }

  // MARK: Suggestions

  /// The candidate that somebody may have meant by `name`. Only as many errors as anyone reads get one: the search
  /// is not worth its time for the ten thousandth.
  func suggestion(
    for name: String, among candidates: @autoclosure () -> some Sequence<String>,
    favouring favourites: @autoclosure () -> Set<String> = []
  ) -> String? {
    log.errorCount < 100 ? nearest(name, among: candidates(), favouring: favourites()) : nil
  }

  /// What is called something in a scope, in order; nothing where it is too much to look through for each error.
  func namesToSuggest(_ scope: Scope) -> [String] {
    log.errorCount < 100 && scope.bindings.count < 2000 ? scope.bindings.keys.sorted() : []
  }

  // MARK: Reporting

  mutating func report(
    _ code: SemanticsCode, _ range: SourceRange, _ scope: Scope, _ message: String, label: String? = nil,
    expected: String? = nil, found: String? = nil, notes: [String] = [], help: String? = nil,
    replacement: String? = nil, severity: Diagnostic.Severity = .error
  ) {
    if judgesOnlyNames && !code.isAboutNames { return }
    // What is missing may stand where the text could not be read.
    if library.isDamaged && code.isAboutAbsence && (replacement == nil || library.hidesNames) { return }
    if hasTold(code, found) { return }
    if severity == .warning, !library.allowances.admit(code.rawValue, file: scope.file, range) { return }
    emit(
      code.rawValue, range, scope, message, label: label, expected: expected, found: found, notes: notes, help: help,
      replacement: replacement, severity: severity)
  }

  /// Whether another error has said that a name is not what it should be: a definition is misspelt, and each use of
  /// it would be told again, under another code.
  private mutating func hasTold(_ code: SemanticsCode, _ name: String?) -> Bool {
    guard let name, code == .unknownName || code == .unknownParameter || code == .unknownAttribute else { return false }
    if let first = toldNames[name] { return first != code }
    toldNames[name] = code
    return false
  }

  /// Whether an error has been told already, as in another copy of a block: nothing has to be worked out for it.
  mutating func isFoundAgain(_ code: SemanticsCode, _ range: SourceRange, _ scope: Scope) -> Bool {
    let isKnown = reported.contains(Report(code: code.rawValue, file: scope.file, range: range))
    if isKnown { foundAgain += 1 }
    return isKnown
  }

  mutating func emit(
    _ code: String, _ range: SourceRange, _ scope: Scope, _ message: String, label: String? = nil,
    expected: String? = nil, found: String? = nil, notes: [String] = [], help: String? = nil,
    replacement: String? = nil, severity: Diagnostic.Severity = .error
  ) {
    guard reported.insert(Report(code: code, file: scope.file, range: range)).inserted else {
      if severity == .error { foundAgain += 1 }
      return
    }
    log.report(
      Diagnostic(
        severity, code: code, file: tree(scope).source.name, range: range, message, label: label, expected: expected,
        found: found, notes: notes + callNotes(scope), help: help, replacement: replacement))
  }

  /// Where the blocks around a problem were called from, the innermost first.
  private func callNotes(_ scope: Scope) -> [String] {
    sequence(first: scope.caller, next: { $0?.outer }).prefix(4).compactMap { caller in
      guard let caller else { return nil }
      let source = library.trees[caller.file].source
      let position = source.position(of: caller.range.start)
      let name = caller.path.isEmpty ? "" : ", called '\(caller.path)'"
      return "in \(caller.block)(…) at \(source.name):\(position.line):\(position.column)\(name)"
    }
  }

  /// Reports a warning, unless its place or the command line allows it.
  mutating func warn(
    _ code: WarningCode, _ range: SourceRange, _ scope: Scope, _ message: String, label: String? = nil,
    expected: String? = nil, found: String? = nil, notes: [String] = [], help: String? = nil,
    replacement: String? = nil
  ) {
    guard library.allowances.admit(code.rawValue, file: scope.file, range) else { return }
    emit(
      code.rawValue, range, scope, message, label: label, expected: expected, found: found, notes: notes, help: help,
      replacement: replacement, severity: .warning)
  }

  /// Reports a layer's problem at the part of the call that it names.
  mutating func report(_ problem: LayerProblem, _ call: ResolvedCall, _ scope: Scope, path: String) {
    if judgesOnlyNames
      || call.inputs.contains(where: { doubtful.contains($0.index) }) && problem.code != .attributeValue
    {
      // It follows from what has been said, or will be judged once that is mended.
      return
    }
    let tree = tree(scope)
    let blamed: SourceRange? =
      switch problem.subject {
      case .layer: nil
      case .attribute(let name): call.attributes[name].map { tree[$0].range }
      case .element(let name, let index):
        call.attributes[name].map { tree.elementRange($0, index) ?? tree[$0].range }
      case .input(let index), .dimension(let index, _):
        index < call.inputRanges.count ? call.inputRanges[index] : nil
      }
    var bare: String?
    if case .attribute(let name) = problem.subject, let value = call.attributes[name],
      case .string(let text) = tree[value].kind
    {
      bare = unquoted(.string(text))
    }
    if let found = problem.found.flatMap({ Int($0) }), let wanted = problem.expected.flatMap({ Int($0) }) {
      failures.append(CulpritSearch.Failure(range: blamed ?? call.range, found: found, wanted: wanted))
    }
    if !problem.words.isEmpty, case .attribute(let name) = problem.subject, let value = call.attributes[name],
      let word = misspeltWord(value, problem.words, scope)
    {
      return emit(
        problem.code.rawValue, word.range, scope, problem.message, label: path.isEmpty ? nil : "'\(path)'",
        expected: problem.expected, found: word.text, notes: problem.notes,
        help: word.near.map { "did you mean '\($0)'?" } ?? problem.help, replacement: word.near)
    }
    emit(
      problem.code.rawValue, blamed ?? call.range, scope, problem.message, label: path.isEmpty ? nil : "'\(path)'",
      expected: problem.expected, found: problem.found, notes: problem.notes,
      help: problem.help ?? bare.map { "write \($0) without quotes" } ?? batchHelp(problem, call, scope),
      replacement: blamed == nil ? nil : problem.replacement ?? bare)
  }

  /// `Reshape([N, 784])`: sizes of one example are wanted.
  private func batchHelp(_ problem: LayerProblem, _ call: ResolvedCall, _ scope: Scope) -> String? {
    guard case .element(let name, 0) = problem.subject, let list = call.attributes[name],
      case .list(let elements) = tree(scope)[list].kind, elements.count > 1,
      case .name(let batch) = tree(scope)[elements[0]].kind, case .size(let dim)? = scope.bindings[batch]?.value,
      dim.constant == nil
    else { return nil }
    let rest = SourceRange(tree(scope)[elements[1]].range.start, tree(scope)[list].range.end)
    return "leave the batch out: [\(text(rest, scope))"
  }

  /// Whether a layer or block may have this path. Thousands of layers below one long name would fill the memory.
  mutating func accept(_ path: String, _ range: SourceRange, _ scope: Scope) -> Bool {
    if path.utf8.count <= Self.pathLimit { return true }
    report(
      .pathTooLong, range, scope, "the name of this, with the names around it, is too long",
      expected: "at most \(Self.pathLimit) bytes", found: "\(path.utf8.count)", help: "give it a shorter label")
    return false
  }

  private static let pathLimit = 1000
  /// Errors that expansions may find once more before they end.
  private static let mostFoundAgain = 2000

  /// Charges one layer or call that an expansion makes; false once the limit is reached, which is said once. False too,
  /// without a word, where expansions have found nothing but known errors for long: to find one takes as long as many
  /// layers, and blocks and repeats would find it as often as they please.
  mutating func charge(_ range: SourceRange, _ scope: Scope, _ layers: Int = 1) -> Bool {
    guard depth > 0 else { return true }
    guard foundAgain < Self.mostFoundAgain else { return false }
    let before = expanded
    expanded += layers
    if expanded <= limits.layers { return true }
    if before <= limits.layers {
      report(
        .tooManyLayers, range, scope, "blocks, repeats and with lines expand to more than \(limits.layers) layers",
        help: "raise it with --limit layers=… if it is meant")
    }
    return false
  }
}
