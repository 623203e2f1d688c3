/// The sizes for which a network can be: for each symbol its own set, and what ties symbols together.
package struct SizeDomain: Sendable {
  package struct Symbol: Hashable, Sendable {
    package var name: String
    package var sizes: SizeSet
  }

  /// In the order in which the inputs name them.
  package private(set) var symbols: [Symbol]
  /// What has to hold besides: conditions on several symbols, and those with too long a period to be worked out.
  package private(set) var conditions: [SizeCondition]
  /// The least sizes that fit together; nil if none do, or none were found near the least of each symbol.
  package private(set) var smallest: [String: Int]?

  /// A network all of whose sizes are numbers.
  package static let none = SizeDomain(symbols: [], conditions: [])

  /// How many symbols and floors may be worked out for a domain that is shown: some tenths of a second.
  package static let usualEffort = 4_000_000

  package init(symbols: [String], conditions: [SizeCondition]) {
    var effort = Self.usualEffort
    self.init(symbols: symbols, conditions: conditions, effort: &effort)
  }

  /// - Parameter effort: how many symbols and floors may still be worked out; charged for what is done.
  package init(symbols names: [String], conditions all: [SizeCondition], effort: inout Int) {
    var sets = Dictionary(names.map { ($0, SizeSet.all) }, uniquingKeysWith: { first, _ in first })
    var seen: Set<SizeCondition> = []
    var tying: [SizeCondition] = []
    for condition in all where seen.insert(condition).inserted {
      let symbols = condition.symbolNames
      if symbols.count == 1, let old = sets[symbols[0]], let solved = condition.solution(effort: &effort),
        let both = old.intersection(solved)
      {
        sets[symbols[0]] = both
      } else {
        tying.append(condition)
      }
    }
    symbols = names.map { Symbol(name: $0, sizes: sets[$0] ?? .all) }
    let leasts = sets.mapValues { $0.least ?? 1 }
    conditions = tying.filter { condition in
      effort -= condition.length
      guard effort > 0 else { return true }
      return !condition.follows(from: { leasts[$0] ?? 1 })
    }
    smallest = nil
    if symbols.allSatisfy({ !$0.sizes.isEmpty }) { smallest = search(effort: &effort) }
  }

  /// Whether the network can be with these sizes. Every symbol has to have one.
  package func contains(_ sizes: [String: Int]) -> Bool {
    symbols.allSatisfy { symbol in sizes[symbol.name].map(symbol.sizes.contains) ?? false }
      && conditions.allSatisfy { $0.holds { sizes[$0] ?? 1 } }
  }

  /// Whether any sizes will do.
  package var isEverything: Bool { conditions.isEmpty && symbols.allSatisfy { $0.sizes == .all } }

  /// `H >= 16`, `W >= 16`, `H == W`: what has to hold, all of it; sizes that may be any are left out.
  package var texts: [String] {
    symbols.filter { $0.sizes != .all }.map { $0.sizes.text($0.name) } + conditions.map(\.description)
  }

  /// From the least sizes on, all symbols growing by turns, near ones first.
  private func search(effort: inout Int) -> [String: Int]? {
    var sizes = Dictionary(
      symbols.map { ($0.name, $0.sizes.least ?? 1) }, uniquingKeysWith: { first, _ in first })
    if conditions.isEmpty { return sizes }
    let cost = max(1, conditions.reduce(0) { $0 + $1.length })
    func isGood(_ sizes: [String: Int]) -> Bool { conditions.allSatisfy { $0.holds { sizes[$0] ?? 1 } } }
    // All sizes alike, then two of them apart.
    let bound = 512
    var equal = sizes.values.max() ?? 1
    var best: [String: Int]?
    for _ in 0..<bound where best == nil {
      effort -= cost
      guard effort > 0 else { return nil }
      if isGood(sizes) { best = sizes }
      let all = symbols.reduce(into: [String: Int]()) {
        $0[$1.name] = $1.sizes.next(from: equal) ?? $1.sizes.least ?? 1
      }
      if best == nil, isGood(all) { best = all }
      equal = min(equal, .max - 1) + 1
    }
    if best != nil { return best }
    if conditions.allSatisfy({ $0.keepsHolding(from: { sizes[$0] ?? 1 }) }) { return grown(from: equal, isGood) }
    let tied = symbols.filter { symbol in conditions.contains { $0.symbolNames.contains(symbol.name) } }
    guard tied.count == 2 else { return nil }
    for first in members(of: tied[0], bound) {
      for second in members(of: tied[1], bound) {
        effort -= cost
        guard effort > 0 else { return nil }
        sizes[tied[0].name] = first
        sizes[tied[1].name] = second
        if isGood(sizes) { return sizes }
      }
    }
    return nil
  }

  /// The least sizes above a number, as alike as may be, for conditions that hold for all larger ones too.
  private func grown(from size: Int, _ isGood: ([String: Int]) -> Bool) -> [String: Int]? {
    func alike(_ size: Int) -> [String: Int]? {
      var sizes: [String: Int] = [:]
      for symbol in symbols {
        guard let next = symbol.sizes.next(from: size) else { return nil }
        sizes[symbol.name] = next
      }
      return isGood(sizes) ? sizes : nil
    }
    var (small, large) = (size, size)
    while alike(large) == nil {
      guard large < 1 << 40 else { return nil }
      (small, large) = (large, 2 * large)
    }
    while large - small > 1 {
      let middle = small + (large - small) / 2
      if alike(middle) == nil { small = middle } else { large = middle }
    }
    return alike(large)
  }

  private func members(of symbol: Symbol, _ count: Int) -> [Int] {
    var members: [Int] = []
    var from = 1
    for _ in 0..<count {
      guard let next = symbol.sizes.next(from: from) else { break }
      members.append(next)
      if next == .max { break }
      from = next + 1
    }
    return members
  }
}

extension SizeCondition {
  /// Whether it follows from the symbols being at least so large. False where it cannot be told.
  fileprivate func follows(from least: (String) -> Int) -> Bool {
    switch relation {
    case .atLeast: keepsHolding(from: least) && holds(least)
    case .equal, .divisible: alwaysHolds
    }
  }

  /// Whether it holds for all sizes that are larger than some for which it does. False where it cannot be told.
  fileprivate func keepsHolding(from least: (String) -> Int) -> Bool {
    relation == .atLeast && ((try? left - right)?.neverFalls(from: least) ?? false)
  }
}
