import Operations
import Semantics
import Spelling
import Syntax

/// What the calls in a description's text are named: each stands in one place and may be reached many times.
struct LayerSites {
  /// A call of a layer or block in one of the files.
  struct Site: Hashable {
    var tree: Int
    var start: Int
    var end: Int
    var callee: String

    init(_ tree: Int, _ range: SourceRange, _ callee: String) {
      (self.tree, start, end, self.callee) = (tree, range.start, range.end, callee)
    }
  }

  /// How a place names what it makes.
  enum Naming {
    /// By this path below that of the block around it; empty: as the block.
    case path(String)
    /// By the path of the block around it: a path for each of them.
    case byCaller([(caller: String, path: String)])
  }

  /// The paths that a place gives, with those of the blocks around it, in order.
  private var paths: [Site: [(caller: String, path: String)]] = [:]

  init(_ models: [CheckedModel]) {
    for model in models {
      for node in model.nodes where node.layer != nil {
        note(Site(node.tree, node.range, node.kind), node.path, in: node.group, model)
      }
      for group in model.groups {
        note(Site(group.tree, group.range, group.block), group.path, in: group.parent, model)
      }
    }
  }

  private mutating func note(_ site: Site, _ path: String, in group: ID<LayerGroup>?, _ model: CheckedModel) {
    paths[site, default: []].append((group.map { model.groups[$0].path } ?? "", path))
  }

  /// The name that a place gives; nil where no model comes by.
  ///
  /// - Parameter isRepeated: whether it is a stage that is repeated, so that a number follows what is told.
  func naming(_ site: Site, isRepeated: Bool) -> Naming? {
    guard let found = paths[site] else { return nil }
    let bases = found.map { ($0.caller, isRepeated ? Self.withoutNumber($0.path) : $0.path) }
    let relative = bases.map { Self.path($0.1, below: $0.0) }
    if relative.allSatisfy({ $0 == relative[0] }) { return .path(relative[0]) }
    var seen: Set<String> = []
    return .byCaller(bases.filter { seen.insert($0.0).inserted }.map { (caller: $0.0, path: $0.1) })
  }

  /// `dense` for `dense/3`.
  private static func withoutNumber(_ path: String) -> String {
    let steps = path.split(separator: "/", omittingEmptySubsequences: false)
    return steps.dropLast().joined(separator: "/")
  }

  private static func path(_ path: String, below base: String) -> String {
    guard !base.isEmpty else { return path }
    return path == base ? "" : String(path.dropFirst(base.count + 1))
  }
}
