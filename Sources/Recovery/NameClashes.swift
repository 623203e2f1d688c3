import Semantics
import Spelling

/// The parts of paths that layers have now though they mean other layers: in the network that was read, or to Keras,
/// whose names have `_` for each `/`. Whoever goes by names, as files of weights do, would take the one for the other.
///
/// - Parameter pairs: the layers of the two that correspond.
func nameClashes(_ old: CheckedModel, _ new: CheckedModel, _ pairs: [(Int, Int)]) -> Set<String> {
  let owners = Dictionary(
    old.nodes.enumerated().map { (kerasName($1.path), $0) }, uniquingKeysWith: { first, _ in first })
  var paths: [String: String] = [:]
  var clashes: Set<String> = []
  for (before, after) in pairs {
    let (from, to) = (old.nodes[before], new.nodes[after])
    let name = kerasName(to.path)
    let isAnothers = owners[name].map { old.nodes[$0].path != from.path && old.nodes[$0].kind == from.kind } ?? false
    let isTwice = paths.updateValue(to.path, forKey: name).map { $0 != to.path } ?? false
    if isAnothers || isTwice { clashes.formUnion(writtenSteps(of: to)) }
  }
  return clashes
}

/// The steps of a path but those that nobody writes: numbers of copies, and the layer's automatic name.
private func writtenSteps(of node: LayerNode) -> [String] {
  let steps = node.path.split(separator: "/")
  return steps.enumerated().compactMap { place, step in
    let isAutomatic = place > 0 && (step.allSatisfy(\.isNumber) || isAutomatic(step, of: node.kind))
    return isAutomatic ? nil : String(step)
  }
}
