import Operations
import Semantics
import Spelling

/// Which layers have names that only count, `conv2d_3` or `bottleneck_1/conv2d`, and count otherwise in another network:
/// with a layer put in between, the next of its class has the name of the one before.
struct CountedNames {
  /// For each layer of the old network, whether its name tells nothing.
  let old: [Bool]
  /// The same of the new network.
  let new: [Bool]

  init(_ old: CheckedModel, _ new: CheckedModel) {
    let (first, second) = (Series(old), Series(new))
    self.old = Self.shifted(old, first, second)
    self.new = Self.shifted(new, first, second)
  }

  private static func shifted(_ model: CheckedModel, _ first: Series, _ second: Series) -> [Bool] {
    var groups: [Bool] = []
    for group in model.groups {
      let isWithinShifted = group.parent.map { groups[$0.index] } ?? false
      groups.append(isWithinShifted || first.groups.isShifted(in: second.groups, group.path))
    }
    return model.nodes.map { node in
      node.group.map { groups[$0.index] } ?? false || first.layers.isShifted(in: second.layers, node.path, node.kind)
    }
  }

  /// The names of a network that differ in their last number only, as Keras has them.
  private struct Series {
    var layers = Numbered()
    var groups = Numbered()

    init(_ model: CheckedModel) {
      for node in model.nodes {
        layers.add(node.path, node.kind, isAutomatic: isAutomatic(lastStep(node.path), of: node.kind))
      }
      for group in model.groups {
        groups.add(group.path, isAutomatic: isAutomatic(lastStep(group.path), of: group.block))
      }
    }
  }

  private struct Numbered {
    private var names: [String: Set<String>] = [:]
    private var automatic: Set<String> = []

    mutating func add(_ path: String, _ kind: String = "", isAutomatic: Bool) {
      let name = kerasName(path)
      let key = Self.key(name, kind)
      names[key, default: []].insert(name)
      if isAutomatic { automatic.insert(key) }
    }

    /// Whether a name is one that is counted by itself, in either network, and the two do not have the same of them.
    func isShifted(in other: Numbered, _ path: String, _ kind: String = "") -> Bool {
      let key = Self.key(kerasName(path), kind)
      guard automatic.contains(key) || other.automatic.contains(key) else { return false }
      // A flat network has no blocks to count.
      if names.isEmpty || other.names.isEmpty { return false }
      return names[key] != other.names[key]
    }

    /// `conv2d` for `conv2d_3`, with its class.
    private static func key(_ name: String, _ kind: String) -> String {
      let digits = name.reversed().prefix(while: \.isNumber).count
      let stem = name.dropLast(digits)
      return (digits > 0 && stem.last == "_" ? String(stem.dropLast()) : name) + " " + kind
    }
  }
}

/// `reduce` for `i3a/b/reduce`.
func lastStep(_ path: String) -> Substring { path.split(separator: "/").last ?? "" }
