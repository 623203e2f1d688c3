import Operations
import Semantics

/// What the sizes that a network leaves open are in an earlier one: `H` of an input is `16 * h` where the earlier network
/// takes no others. So both can be compared where both are defined, and networks whose sizes only have other names are
/// the same.
struct SizeCorrespondence {
  /// Sizes of the old network by the new one's symbols.
  private var sizes: [String: Dim] = [:]
  /// The inputs that take all that the old network's take, and more.
  private(set) var wider: [ModelDifference.Change] = []

  init(_ old: CheckedModel, _ new: CheckedModel) {
    let pairs = Self.pairs(old.inputs.filter { !$0.isTrainOnly }, new.inputs.filter { !$0.isTrainOnly })
    let shapes = pairs.map { (old.values[$0.value].shape, new.values[$1.value].shape) }
    for (before, after) in shapes where before.rank == after.rank {
      for (size, other) in zip(before.dims, after.dims) {
        // A symbol that is one size here and another there stays what it is here, and does not fit there.
        if let symbol = other.symbolName, sizes[symbol] == nil { sizes[symbol] = size }
      }
    }
    var taken: Set<Dim> = []
    let isRenaming = sizes.values.allSatisfy { $0.symbolName != nil && taken.insert($0).inserted }
    guard !isRenaming else { return }
    for ((port, _), (before, after)) in zip(pairs, shapes) where before != after && before == inOld(after) {
      wider.append(.init(what: "input '\(port.name)'", before, after))
    }
  }

  /// A size of the new network for what the old one takes.
  func inOld(_ size: Dim) -> Dim { (try? size.substituting(sizes)) ?? size }

  /// A shape of the new network for what the old one takes.
  func inOld(_ shape: Shape) -> Shape { Shape(shape.dims.map(inOld)) }

  /// Inputs of one name; of what is left the first of each, and so on.
  private static func pairs(_ old: [CheckedPort], _ new: [CheckedPort]) -> [(CheckedPort, CheckedPort)] {
    let named = Dictionary(new.map { ($0.name, $0) }) { first, _ in first }
    let names = Set(old.map(\.name))
    return old.compactMap { port in named[port.name].map { (port, $0) } }
      + Array(zip(old.filter { named[$0.name] == nil }, new.filter { !names.contains($0.name) }))
  }
}
