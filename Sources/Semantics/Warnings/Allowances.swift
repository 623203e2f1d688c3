import Layers
import Spelling
import Syntax

/// The warnings that authors mean to live with, and which of these allowances have silenced one.
///
/// A file's allowances hold for all of it, a head's for its declaration, a statement's for the statement; the nearest
/// one silences.
final class Allowances {
  /// One written allowance.
  struct Entry {
    var allowance: Allowance
    var file: Int
    /// The block in which it stands.
    var block: String?
    var isUsed = false
  }

  /// A stretch of a file and what is allowed there: places in `entries` by code.
  private struct Region {
    var range: SourceRange
    var entries: [String: Int]
  }

  private struct Regions {
    var file: [String: Int] = [:]
    /// Sorted; none overlaps another.
    var declarations: [Region] = []
    var statements: [Region] = []
  }

  private(set) var entries: [Entry] = []
  private var files: [Regions] = []
  private let everywhere: Set<String>
  /// Warnings are told once, be there several models with the block.
  private var told: Set<Elaborator.Report> = []

  init(_ trees: [Tree], everywhere: [String]) {
    self.everywhere = Set(everywhere)
    for (file, tree) in trees.enumerated() { files.append(regions(of: tree, file)) }
  }

  /// Whether a warning is to be told: nobody allows it, and it has not been told before.
  func admit(_ code: String, file: Int, _ range: SourceRange) -> Bool {
    if everywhere.contains(code) { return false }
    if let entry = entry(code, file, range.start) {
      entries[entry].isUsed = true
      return false
    }
    return told.insert(Elaborator.Report(code: code, file: file, range: range)).inserted
  }

  private func entry(_ code: String, _ file: Int, _ place: Int) -> Int? {
    let regions = files[file]
    return Self.region(at: place, among: regions.statements)?.entries[code]
      ?? Self.region(at: place, among: regions.declarations)?.entries[code] ?? regions.file[code]
  }

  private static func region(at place: Int, among regions: [Region]) -> Region? {
    var low = 0
    var high = regions.count
    while low < high {
      let middle = (low + high) / 2
      if regions[middle].range.start <= place { low = middle + 1 } else { high = middle }
    }
    guard low > 0, place <= regions[low - 1].range.end else { return nil }
    return regions[low - 1]
  }

  // MARK: Reading

  private func regions(of tree: Tree, _ file: Int) -> Regions {
    var regions = Regions()
    regions.file = add(tree.allowances, file, block: nil)
    func addBody(_ name: Name, _ body: Body, block: String?) {
      let whole = SourceRange(name.range.start, max(name.range.end, body.range.end))
      insert(body.allowances, whole, file, block, into: &regions.declarations)
      for statement in body.statements {
        insert(statement.allowances, statement.range, file, block, into: &regions.statements)
      }
    }
    for block in tree.blocks { addBody(block.name, block.body, block: block.name.text) }
    for model in tree.models { addBody(model.name, model.body, block: nil) }
    for training in tree.trainings {
      var whole = training.model.range
      for entry in training.entries {
        let range = entry.values.reduce(entry.name.range) { $0.union(tree[$1].range) }
        whole = whole.union(range)
        insert(entry.allowances, range, file, nil, into: &regions.statements)
      }
      insert(training.allowances, whole, file, nil, into: &regions.declarations)
    }
    regions.declarations.sort { $0.range.start < $1.range.start }
    regions.statements.sort { $0.range.start < $1.range.start }
    return regions
  }

  private func insert(
    _ allowances: [Allowance], _ range: SourceRange, _ file: Int, _ block: String?, into regions: inout [Region]
  ) {
    guard !allowances.isEmpty else { return }
    regions.append(Region(range: range, entries: add(allowances, file, block: block)))
  }

  private func add(_ allowances: [Allowance], _ file: Int, block: String?) -> [String: Int] {
    var places: [String: Int] = [:]
    for allowance in allowances {
      if places[allowance.code] == nil { places[allowance.code] = entries.count }
      entries.append(Entry(allowance: allowance, file: file, block: block))
    }
    return places
  }
}

/// Reports allowances of what is no warning.
func judgeAllowances(_ library: Library, into log: inout DiagnosticLog) {
  let unknown = library.allowances.entries.filter { WarningCode(rawValue: $0.allowance.code) == nil }
  guard !unknown.isEmpty else { return }
  let known = WarningCode.allCases.map(\.rawValue)
  let errors = Set(
    SyntaxCode.allCases.map(\.rawValue) + SemanticsCode.allCases.map(\.rawValue)
      + LayerProblem.Code.allCases.map(\.rawValue))
  for entry in unknown {
    let code = entry.allowance.code
    let near = log.errorCount < 100 ? nearest(code, among: known) : nil
    log.report(
      Diagnostic(
        .error, SemanticsCode.unknownWarning, file: library.trees[entry.file].source.name,
        range: entry.allowance.range,
        errors.contains(code) ? "'\(code)' is an error, which cannot be allowed" : "there is no warning '\(code)'",
        expected: "the code of a warning", found: code,
        help: near.map { "did you mean '\($0)'?" } ?? "modelc explain lists all codes", replacement: near))
  }
}

/// Warns of allowances that silence nothing: what they were for is gone, or never was.
///
/// Only of those that had their chance: in the file itself, in a block that is called, beside a model.
func warnUnneeded(_ library: Library, _ called: Set<String>, into log: inout DiagnosticLog) {
  guard !library.trees[0].models.isEmpty else { return }
  let own = WarningCode.unneededAllow.rawValue
  // Allowances of this very warning come last: the others decide whether they are needed.
  for isOwn in [false, true] {
    for entry in library.allowances.entries where (entry.allowance.code == own) == isOwn {
      guard !entry.isUsed, entry.file == 0, entry.block.map(called.contains) ?? true,
        library.allowances.admit(own, file: 0, entry.allowance.range)
      else { continue }
      log.report(
        Diagnostic(
          .warning, WarningCode.unneededAllow, file: library.trees[0].source.name, range: entry.allowance.range,
          "nothing here is a '\(entry.allowance.code)'", help: "take it away"))
    }
  }
}
