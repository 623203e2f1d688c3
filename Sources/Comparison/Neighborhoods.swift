import Layers
import Operations
import Semantics

/// What layers do, and what those do that read them, as numbers: equal numbers mean the same, in both networks.
struct Neighborhoods {
  /// How many layers ahead are looked at.
  static let reach = 3

  /// The classes of the layers of the old network.
  let oldKinds: [Int]
  /// The same of the new network.
  let newKinds: [Int]
  /// For each distance and layer of the old network: what stands there up to so many layers ahead.
  let old: [[Int]]
  /// The same of the new network.
  let new: [[Int]]

  init(_ old: CheckedModel, _ new: CheckedModel) {
    var numbers = Numbers()
    oldKinds = old.nodes.map { numbers.of($0.kind) }
    newKinds = new.nodes.map { numbers.of($0.kind) }
    let own = old.nodes.map { numbers.of(Self.what($0, old)) }
    let others = new.nodes.map { numbers.of(Self.what($0, new)) }
    self.old = Self.neighborhoods(old, own, &numbers)
    self.new = Self.neighborhoods(new, others, &numbers)
  }

  private static func neighborhoods(_ model: CheckedModel, _ own: [Int], _ numbers: inout Numbers) -> [[Int]] {
    var readers = Array(repeating: [(layer: Int, slot: Int)](), count: model.nodes.count)
    for index in model.nodes.indices {
      for (slot, input) in model.nodes[index].inputs.enumerated() {
        readers[model.values[input].producer.index].append((index, slot))
      }
    }
    var all = [own]
    for distance in 0..<reach {
      // Readers in one order, whichever they stand in.
      all.append(
        model.nodes.indices.map { index in
          let ahead = readers[index].map { [all[distance][$0.layer], $0.slot] }.sorted {
            $0.lexicographicallyPrecedes($1)
          }
          return numbers.of([own[index]] + ahead.flatMap(\.self))
        })
    }
    return all
  }

  /// Its class, its attributes and the shapes of its weights.
  private static func what(_ node: LayerNode, _ model: CheckedModel) -> String {
    let attributes = model.normalArguments(of: node).map { "\($0.name): \($0.value)" }.joined(separator: ", ")
    let weights = node.weights.map { "\($0.role.rawValue) \($0.shape)" }.joined(separator: " ")
    return "\(node.kind)(\(attributes)) \(weights)"
  }

  /// Numbers for what is met, counted on.
  private struct Numbers {
    private var texts: [String: Int] = [:]
    private var lists: [[Int]: Int] = [:]

    mutating func of(_ text: String) -> Int {
      if let known = texts[text] { return known }
      texts[text] = texts.count
      return texts.count - 1
    }

    mutating func of(_ list: [Int]) -> Int {
      if let known = lists[list] { return known }
      lists[list] = lists.count
      return lists.count - 1
    }
  }
}
