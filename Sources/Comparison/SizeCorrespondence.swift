import Operations
import Semantics

/// What the sizes that a network leaves open are in an earlier one: `H` of an input is `16 * h` where the earlier network
/// takes no others. So both can be compared where both are defined, and networks whose sizes only have other names are
/// the same. What has to fit is a formula in both, see `Grains`.
struct SizeCorrespondence {
  /// Sizes of the old network by the new one's symbols.
  private var sizes: [String: Dim] = [:]
  /// What takes all the sizes that it took, and more.
  private(set) var wider: [ModelDifference.Change] = []
  /// Where inputs are written alike and some of what the old network takes does not do for the new one.
  private(set) var narrower: [ModelDifference.Change] = []

  init(_ old: CheckedModel, _ new: CheckedModel) {
    let pairs = Self.pairs(old.inputs.filter { !$0.isTrainOnly }, new.inputs.filter { !$0.isTrainOnly })
    let shapes = pairs.map { (old.values[$0.value].shape, new.values[$1.value].shape) }
    let dims = shapes.filter { $0.rank == $1.rank }.flatMap { zip($0.dims, $1.dims) }
    for (size, other) in dims {
      // A symbol that is one size here and another there stays what it is here, and does not fit there.
      if let symbol = other.symbolName, sizes[symbol] == nil { sizes[symbol] = size }
    }
    for (size, other) in dims {
      if let (symbol, solution) = other.solution(for: size), sizes[symbol] == nil { sizes[symbol] = solution }
    }
    guard shapes.allSatisfy({ $0 == inOld($1) }) else { return }
    compareDomains(old, new)
    var taken: Set<Dim> = []
    let isRenaming = sizes.values.allSatisfy { $0.symbolName != nil && taken.insert($0).inserted }
    guard !isRenaming else { return }
    for ((port, _), (before, after)) in zip(pairs, shapes) where before != after {
      wider.append(.init(what: "input '\(port.name)'", before, after))
    }
  }

  /// Whether each size that the one network takes does for the other.
  private mutating func compareDomains(_ old: CheckedModel, _ new: CheckedModel) {
    let names = old.symbolNames
    let conditions = old.conditions.map(\.condition)
    let others = new.conditions.map { $0.condition.map(inOld) }
    let (before, after) = (old.domain, SizeDomain(symbols: names, conditions: others))
    let both = SizeDomain(symbols: names, conditions: conditions + others)
    if !both.isSame(as: before) {
      narrower.append(.init(what: "sizes that are taken", Self.text(before), Self.text(both)))
    } else if !both.isSame(as: after) {
      wider.append(.init(what: "the network", Self.text(before), Self.text(after)))
    }
  }

  private static func text(_ domain: SizeDomain) -> String {
    domain.texts.isEmpty ? "all" : domain.texts.joined(separator: ", ")
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

extension Dim {
  /// What the only symbol of a multiple, `2 * h` or `2 * h - 1`, has to be to make a size; nil if no formula does it.
  fileprivate func solution(for size: Dim) -> (symbol: String, size: Dim)? {
    let names = symbolNames
    guard names.count == 1, let zero = try? substituting([names[0]: 0]),
      let slope = try? substituting([names[0]: 1]) - zero, let multiple = try? .symbol(names[0]) * slope + zero,
      multiple == self, let rest = try? size - zero, let quotient = try? rest.divided(exactlyBy: slope)
    else { return nil }
    return (names[0], quotient)
  }
}

extension SizeDomain {
  /// Whether the sizes are the same, which is told by how they are written.
  fileprivate func isSame(as other: SizeDomain) -> Bool {
    symbols == other.symbols && Set(conditions) == Set(other.conditions)
  }
}
