/// Which calls stand between two others: a call that all paths from the inputs pass, and one that all paths to the
/// results pass. Near-linear: calls are in order, so that one pass each way is enough.
struct Dominators {
  /// By the last call that every path to a call passes.
  private let before: DominatorTree
  /// By the first call that every path from a call passes.
  private let behind: DominatorTree
  /// The calls that take a call's results, each once, in order.
  let consumers: [[Int]]
  let isResult: [Bool]
  /// The calls of several tensors that all paths to lead through a call, and through none behind it.
  private let joins: [[Int]]

  init(_ network: Network) {
    let count = network.calls.count
    var consumers: [[Int]] = Array(repeating: [], count: count)
    var sources: [[Int]] = []
    sources.reserveCapacity(count)
    for (place, call) in network.calls.enumerated() {
      var distinct: [Int] = []
      for operand in call.operands where consumers[operand.call].last != place {
        distinct.append(operand.call)
        consumers[operand.call].append(place)
      }
      sources.append(distinct)
    }
    var isResult = Array(repeating: false, count: count)
    for result in network.results { isResult[result.tensor.call] = true }
    self.consumers = consumers
    self.isResult = isResult
    before = DominatorTree(sources, isOpen: network.calls.map(\.operands.isEmpty), order: Array(0..<count))
    behind = DominatorTree(
      consumers, isOpen: (0..<count).map { isResult[$0] || consumers[$0].isEmpty }, order: (0..<count).reversed())
    var joins: [[Int]] = Array(repeating: [], count: count)
    for place in 0..<count where network.calls[place].operands.count > 1 {
      if let source = before.parent[place] { joins[source].append(place) }
    }
    self.joins = joins
  }

  /// The call in which all paths from a call meet again, if nothing else leads into what stands between the two or out
  /// of it.
  func meeting(of call: Int, in network: Network) -> Int? {
    guard let join = behind.parent[call], before.parent[join] == call, network.calls[join].operands.count > 1 else {
      return nil
    }
    return join
  }

  /// Where some of the paths from a call meet again, so that nothing else leads into what stands between the two or out
  /// of it, though the call's result goes elsewhere too: in order, none between another and the call.
  ///
  /// - Parameter exit: all of them stand before it.
  func meetings(of call: Int, before exit: Int?, in network: Network) -> [Int] {
    guard consumers[call].count > 1 else { return [] }
    var found: [Int] = []
    var inner: Set<Int> = []
    for join in joins[call].reversed() where join != exit && !inner.contains(join) {
      if let exit, !behind.isAncestor(exit, of: join) { continue }
      if let between = between(call, join, in: network) {
        inner.formUnion(between)
        found.append(join)
      }
    }
    return found.reversed()
  }

  /// How many parts a fork has at most whose beginning goes elsewhere too.
  private static let widest = 64

  /// The calls that begin the parts between a call and its join, each for all that only they lead to; nil if one of them
  /// leads elsewhere.
  private func between(_ call: Int, _ join: Int, in network: Network) -> [Int]? {
    let depth = before.depth[call] + 1
    var parts: Set<Int> = []
    var open = [join]
    while let part = open.popLast() {
      for operand in network.calls[part].operands where operand.call != call {
        guard let top = before.ancestor(operand.call, at: depth), behind.isAncestor(join, of: top) else { return nil }
        guard parts.insert(top).inserted else { continue }
        if parts.count > Self.widest { return nil }
        open.append(top)
      }
    }
    return Array(parts)
  }
}

/// For each call the nearest one that all paths from it in one direction share, its parent.
private struct DominatorTree {
  private(set) var parent: [Int?]
  /// How many calls are shared.
  private(set) var depth: [Int]
  /// A far ancestor, so that climbing takes few steps: as in a skew-binary list.
  private var jump: [Int?]

  /// - Parameters:
  ///   - neighbours: where the paths from each call go on.
  ///   - isOpen: whether a path ends at the call itself.
  ///   - order: the calls, each behind its neighbours.
  init(_ neighbours: [[Int]], isOpen: [Bool], order: [Int]) {
    parent = Array(repeating: nil, count: neighbours.count)
    depth = Array(repeating: 0, count: neighbours.count)
    jump = Array(repeating: nil, count: neighbours.count)
    for place in order {
      var common: Int?
      if !isOpen[place], let first = neighbours[place].first {
        common = first
        for other in neighbours[place].dropFirst() {
          guard let known = common else { break }
          common = meeting(known, other)
        }
      }
      parent[place] = common
      guard let common else { continue }
      depth[place] = depth[common] + 1
      if let near = jump[common], let far = jump[near], depth[common] - depth[near] == depth[near] - depth[far] {
        jump[place] = far
      } else {
        jump[place] = common
      }
    }
  }

  /// The ancestor of a call, or the call itself, at this depth; nil if the call stands higher.
  func ancestor(_ call: Int, at wanted: Int) -> Int? {
    var node: Int? = call
    while let current = node, depth[current] > wanted {
      if let far = jump[current], depth[far] >= wanted { node = far } else { node = parent[current] }
    }
    return node.flatMap { depth[$0] == wanted ? $0 : nil }
  }

  /// Whether all paths from a call pass another one, or it is that.
  func isAncestor(_ call: Int, of other: Int) -> Bool { ancestor(other, at: depth[call]) == call }

  private func meeting(_ a: Int, _ b: Int) -> Int? {
    let level = min(depth[a], depth[b])
    var left = ancestor(a, at: level)
    var right = ancestor(b, at: level)
    while let a = left, let b = right, a != b {
      if let farA = jump[a], let farB = jump[b], farA != farB {
        (left, right) = (farA, farB)
      } else {
        (left, right) = (parent[a], parent[b])
      }
    }
    return left == nil ? nil : right
  }
}
