package import Syntax

/// The names that stages without labels have been given, by the offset at which their calls begin in the first file.
struct StageNames {
  /// nil where a label would change a path: the name is not the same each time, or depends on a choice.
  private(set) var names: [Int: String?] = [:]
  /// Whether a branch of a choice takes names, by where the choice stands.
  var choices: [Choice: Bool] = [:]

  struct Choice: Hashable {
    let file: Int
    let start: Int
  }

  mutating func note(_ call: Call, _ name: String?) {
    let place = call.range.start
    guard let earlier = names[place] else {
      names[place] = .some(name)
      return
    }
    if earlier != name { names[place] = .some(nil) }
  }
}

/// The labels that would say what the automatic names of a description's stages are, by the offset at which the
/// stage's call begins. With them every layer keeps its path.
///
/// `trees` are without errors and begin with the file itself. A stage has no label here if it takes none (a block that
/// adds no level, a shared layer), or if its name depends on where its block is called or which branch is taken.
package func automaticLabels(_ trees: [Tree], limits: Limits) -> [Int: String] {
  guard let tree = trees.first else { return [:] }
  var log = DiagnosticLog(limit: 0)
  let library = Library(trees, allowing: [], into: &log)
  var names = StageNames()
  var called: Set<String> = []
  for model in tree.models {
    var elaborator = Elaborator(library: library, limits: limits, name: model.name.text, source: tree.source)
    elaborator.stageNames = names
    _ = elaborator.elaborate(model, nil, [], [])
    names = elaborator.stageNames ?? names
    called.formUnion(elaborator.calledBlocks)
  }
  for block in tree.blocks where !called.contains(block.name.text) {
    var elaborator = Elaborator(library: library, limits: limits, name: block.name.text, source: tree.source)
    elaborator.judgesOnlyNames = true
    elaborator.stageNames = names
    elaborator.readUncalled(block)
    names = elaborator.stageNames ?? names
  }
  return names.names.compactMapValues { $0 }
}

extension Elaborator {
  /// The automatic name of a stage or call, noted where labels are being looked for.
  mutating func automaticName(
    _ base: String, of call: Call, isStage: Bool, _ scope: Scope, _ level: NameLevel
  ) -> String {
    let name = level.automatic(base)
    if isStage { noteName(level.isUncertain ? nil : name, of: call, scope) }
    return name
  }

  mutating func noteName(_ name: String?, of call: Call, _ scope: Scope) {
    if stageNames != nil, scope.file == 0 { stageNames?.note(call, name) }
  }

  /// Behind a choice between branches that may take names, no automatic name of its level is certain.
  mutating func noteChoice(_ branches: [NodeID<Expression>], _ scope: Scope, _ level: NameLevel) {
    guard stageNames != nil, !level.isUncertain else { return }
    let ranges = branches.map { tree(scope)[$0].range }
    let place = StageNames.Choice(file: scope.file, start: ranges[0].start)
    if let known = stageNames?.choices[place] {
      level.isUncertain = known
      return
    }
    level.isUncertain = tree(scope).expressions.contains { expression in
      guard ranges.contains(where: { $0.start <= expression.range.start && expression.range.end <= $0.end }) else {
        return false
      }
      switch expression.kind {
      case .pipeline: return true
      case .call(let call): return call.name.text.utf8.first.map { (0x41...0x5A).contains($0) } ?? false
      default: return false
      }
    }
    stageNames?.choices[place] = level.isUncertain
  }
}

extension Tree {
  /// This tree with labels for stages that have none, by the offset at which their calls begin.
  package func labelled(_ labels: [Int: String]) -> Tree {
    var tree = self
    for index in tree.expressions.indices {
      guard case .pipeline(let head, var stages) = tree.expressions[index].kind else { continue }
      for place in stages.indices {
        guard case .call(nil, let repetition, let call) = stages[place], let label = labels[call.range.start] else {
          continue
        }
        let start = call.range.start
        stages[place] = .call(label: Name(label, SourceRange(start, start)), repetition: repetition, call)
      }
      tree.expressions[index].kind = .pipeline(head, stages)
    }
    return tree
  }
}
