import Layers
import Operations
package import Semantics
package import Syntax

/// What a flat program has become.
package struct Recovery {
  /// In the style of the language.
  package var text: String
  /// The paths of layers that have others now, by the old ones.
  package var paths: [String: String]
  /// Why the program is written without blocks, or call by call: what would have been another network otherwise. nil if
  /// it is not.
  package var obstacle: String?
  /// Parts of the paths of layers that would be taken for others.
  package var clashes: Set<String> = []
}

/// Writes a flat program, as the readers of foreign formats make it, as a person would have: what is repeated as blocks
/// with parameters, chains as pipelines, what calls have in common in `with` lines, defaults left out.
///
/// What is written is checked, and compared with what was read, layer by layer; where it differs, the program has no
/// blocks, and if it differs still, it stays flat. `models` are what the check of the tree gave. Near-linear in the number of calls.
package func recovered(_ tree: Tree, _ models: [CheckedModel], limits: Limits) -> Recovery {
  let grains = models.map(Grains.init)
  var obstacle: String?
  for findsBlocks in [true, false] {
    guard let structured = Structured(tree, models, grains, findsBlocks: findsBlocks) else { break }
    var written: Result<Recovery, Obstacle>?
    var avoided: Set<String> = []
    // With other names others may clash, but hardly ever.
    for _ in 0..<4 {
      let result = compared(structured.program(avoiding: avoided), tree, models, grains, limits)
      if case .failure = result, written != nil { break }
      written = result
      guard case .success(let recovery) = result, !recovery.clashes.isSubset(of: avoided) else { break }
      avoided.formUnion(recovery.clashes)
    }
    switch written {
    case .success(var recovery):
      recovery.obstacle = obstacle
      return recovery
    case .failure(let problem): obstacle = obstacle ?? problem.reason
    case nil: break
    }
  }
  return Recovery(text: tree.written(), paths: [:], obstacle: obstacle ?? "statements that are no single calls")
}

private struct Obstacle: Error {
  var reason: String
}

/// What a flat program says, as its blocks and chains.
private struct Structured {
  let structure: Structure
  let networks: [Network]
  let source: Tree

  init?(_ tree: Tree, _ models: [CheckedModel], _ grains: [Grains], findsBlocks: Bool) {
    var reader = NetworkReader(tree, models)
    var networks: [Network] = []
    for (model, grains) in zip(tree.models, grains) {
      guard var network = reader.network(of: model) else { return nil }
      network.grains = grains
      networks.append(network)
    }
    var read = 0
    while read < reader.keptBlocks.count {
      let kept = reader.keptBlocks[read]
      guard let network = reader.network(ofBlock: kept.name, at: kept.path) else { return nil }
      networks.append(network)
      read += 1
    }
    Self.describeResults(in: &networks)
    var structure = Structure(networks)
    if findsBlocks {
      structure.findBlocks()
      structure.findRegions()
      structure.takeInSums()
    }
    self.structure = structure
    self.networks = networks
    source = tree
  }

  /// Gives calls of blocks that are kept the shapes of what the blocks give. Of blocks within blocks the inner ones stand
  /// behind.
  private static func describeResults(in networks: inout [Network]) {
    var shapes: [String: [Int?]] = [:]
    for place in networks.indices.reversed() {
      for call in networks[place].calls.indices where networks[place].calls[call].shape == nil {
        guard networks[place].calls[call].resultCount == 1 else { continue }
        networks[place].calls[call].shape = shapes[networks[place].calls[call].kindName]
      }
      guard !networks[place].isModel, networks[place].results.count == 1 else { continue }
      shapes[networks[place].name] = networks[place].calls[networks[place].results[0].tensor.call].shape
    }
  }

  func program(avoiding avoided: Set<String>) -> Tree {
    var writer = ProgramWriter(structure, networks, from: source, avoiding: avoided)
    return CommonAttributes.settled(in: writer.program())
  }
}

/// Checks what was written against what was read.
private func compared(
  _ written: Tree, _ tree: Tree, _ models: [CheckedModel], _ grains: [Grains], _ limits: Limits
) -> Result<Recovery, Obstacle> {
  let text = written.written()
  var log = DiagnosticLog(limit: 1)
  let name = tree.source.name.hasSuffix(".json") ? String(tree.source.name.dropLast(5)) : tree.source.name
  var again = parse(Source(name: name + ".model", bytes: Array(text.utf8)), limits: limits, into: &log)
  again.isForeign = tree.isForeign
  let others = log.errorCount == 0 ? check([again], limits: limits, into: &log) : []
  guard log.errorCount == 0, others.count == models.count else {
    return .failure(Obstacle(reason: log.diagnostics.first { $0.severity == .error }?.message ?? "a model is missing"))
  }
  var paths: [String: String] = [:]
  var clashes: Set<String> = []
  for (place, (model, other)) in zip(models, others).enumerated() {
    let comparison = NetworkComparison(model, other, sizes: grains[place].formulas)
    if let difference = comparison.difference { return .failure(Obstacle(reason: difference)) }
    for (old, new) in comparison.pairs where model.nodes[old].sharedWith == nil {
      let (from, to) = (model.nodes[old], other.nodes[new])
      if from.path != to.path { paths[from.path] = to.path }
    }
    clashes.formUnion(nameClashes(model, other, comparison.pairs))
  }
  return .success(Recovery(text: text, paths: paths, obstacle: nil, clashes: clashes))
}
