/// Which calls stand between two others: a call that all paths from the inputs pass, and one that all paths to the
/// results pass. Near-linear: calls are in order, so that one pass each way is enough.
struct Dominators {
  /// The last call that every path to a call passes; nil if there is none.
  let before: [Int?]
  /// The first call that every path from a call passes; nil if there is none.
  let behind: [Int?]
  /// The calls that take a call's results, each once, in order.
  let consumers: [[Int]]
  let isResult: [Bool]

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
    before = Self.nearest(sources, isOpen: network.calls.map(\.operands.isEmpty), order: Array(0..<count))
    behind = Self.nearest(
      consumers, isOpen: (0..<count).map { isResult[$0] || consumers[$0].isEmpty }, order: (0..<count).reversed())
  }

  /// For each call the nearest one that all paths through `neighbours` share. `isOpen`: a path ends at the call itself.
  private static func nearest(_ neighbours: [[Int]], isOpen: [Bool], order: [Int]) -> [Int?] {
    var parent: [Int?] = Array(repeating: nil, count: neighbours.count)
    var depth = Array(repeating: 0, count: neighbours.count)
    /// A far ancestor, so that climbing takes few steps: as in a skew-binary list.
    var jump: [Int?] = Array(repeating: nil, count: neighbours.count)
    func ancestor(_ start: Int, at wanted: Int) -> Int? {
      var node: Int? = start
      while let current = node, depth[current] > wanted {
        if let far = jump[current], depth[far] >= wanted { node = far } else { node = parent[current] }
      }
      return node
    }
    func meeting(_ a: Int, _ b: Int) -> Int? {
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
    return parent
  }

  /// The call in which the paths from a call meet again, if nothing else leads into what stands between the two or out
  /// of it.
  func meeting(of call: Int, in network: Network) -> Int? {
    guard let join = behind[call], before[join] == call, network.calls[join].operands.count > 1 else { return nil }
    return join
  }
}
