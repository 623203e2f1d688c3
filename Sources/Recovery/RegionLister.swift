/// Some nodes of a body, in the order in which the last one needs them.
struct Region {
  var body: Int
  var nodes: [Int]
  var entries: [ItemGraph.Source]
  var key: Key
  /// The layers from which nothing else takes: in the middle of a chain, unless such a region ends there.
  var torn: [Int]
  var last: Int { nodes[nodes.count - 1] }

  /// Equal for regions that differ in numbers only.
  struct Key: Hashable {
    /// One for all regions that would be the same if they took something else in each place.
    var form: UInt64
    /// Which of the entries is taken in each place.
    var entries: [Int]
  }
}

/// Lists the regions of a body that end in a node. Steps and sizes are bounded: linear in the number of nodes.
struct RegionLister {
  /// A region as a few numbers: there are many, of which few are looked at again.
  struct Sketch {
    var body: Int
    var last: Int
    /// How many steps back it begins, and without which of the nodes there.
    var step: Int
    var without: Int?
    var form: UInt64
    var taken: UInt64
    var takesSeveral: Bool
  }

  private static var mostNodes: Int { 64 }
  private static var mostSteps: ClosedRange<Int> { 12...32 }
  /// Steps from all nodes together, where there are few enough of them.
  private static var mostStepsInAll: Int { 32_000 }
  /// How near its end a region has to join something.
  private static var farthestJoin: Int { 6 }
  private static var mostEntries: Int { 4 }

  let graph: ItemGraph
  let body: Int
  /// Of each node: equal for those that differ in numbers only.
  let families: [Int]
  /// Of each node's result, if it has one and the rank is known; of the body's entry.
  let ranks: [Int?]
  let entryRank: Int?
  let mayStand: [Bool]
  private let stepCount: Int
  /// What stands for each node in the region that is looked at: its number there, or one of these.
  private var numbers: [Int]
  private static var outside: Int { -1 }
  private static var inside: Int { -2 }

  init(
    _ graph: ItemGraph, body: Int, families: [Int], ranks: [Int?], entryRank: Int?, mayStand: [Bool]
  ) {
    self.graph = graph
    self.body = body
    self.families = families
    self.ranks = ranks
    self.entryRank = entryRank
    self.mayStand = mayStand
    let count = max(graph.nodes.count, 1)
    stepCount = min(max(Self.mostStepsInAll / count, Self.mostSteps.lowerBound), Self.mostSteps.upperBound)
    numbers = Array(repeating: Self.outside, count: graph.nodes.count)
  }

  /// All regions, by their ends.
  mutating func sketches() -> [Sketch] {
    var found: [Sketch] = []
    /// How many steps before each node something is joined.
    var steps: [Int] = []
    for (last, node) in graph.nodes.enumerated() {
      let isJoin = node.sources.count > 1
      steps.append(isJoin ? 0 : node.sources.first?.node.map { steps[$0] + 1 } ?? Self.farthestJoin)
      guard steps[last] < Self.farthestJoin else { continue }
      let count = found.count
      grow(from: last) { lister, step, without in
        if let region = lister.region(last) {
          var taken: UInt64 = 0
          for entry in region.key.entries { taken = mixed(taken, entry) }
          found.append(
            Sketch(
              body: lister.body, last: last, step: step, without: without, form: region.key.form, taken: taken,
              takesSeveral: region.entries.count > 1))
        }
        return step < Self.farthestJoin || found.count > count
      }
    }
    return found
  }

  /// The regions of sketches with one end, in their order.
  mutating func regions(of sketches: ArraySlice<Sketch>) -> [Region] {
    guard let last = sketches.first?.last else { return [] }
    var rest = sketches
    var regions: [Region] = []
    grow(from: last) { lister, step, without in
      if let next = rest.first, next.step == step, next.without == without {
        rest.removeFirst()
        if let region = lister.region(last) { regions.append(region) }
      }
      return !rest.isEmpty
    }
    return regions
  }

  /// Goes back from a node step by step, each time to what leads to nothing else.
  ///
  /// - Parameter visit: looks at the nodes that are inside, with all of them and without each of those where they begin.
  ///   Whether to go on.
  private mutating func grow(
    from last: Int, _ visit: (inout RegionLister, _ step: Int, _ without: Int?) -> Bool
  ) {
    guard mayStand[last] else { return }
    var nodes: [Int] = []
    var userCounts: [Int: Int] = [:]
    var next = [last]
    for step in 0...stepCount {
      let added = next
      next = []
      for node in added {
        nodes.append(node)
        numbers[node] = Self.inside
        for source in Set(graph.nodes[node].sources.compactMap(\.node)).sorted() {
          userCounts[source, default: 0] += 1
          if userCounts[source] == graph.userCounts[source], mayStand[source] { next.append(source) }
        }
      }
      if step > 0 {
        var goesOn = visit(&self, step - 1, nil)
        for node in nodes where node != last && graph.nodes[node].sources.allSatisfy(isOutside) {
          // Where it begins, something else may stand in other places.
          numbers[node] = Self.outside
          goesOn = visit(&self, step - 1, node) && goesOn
          numbers[node] = Self.inside
        }
        if !goesOn { break }
      }
      if next.isEmpty || nodes.count + next.count > Self.mostNodes { break }
    }
    for node in nodes { numbers[node] = Self.outside }
  }

  private func isOutside(_ source: ItemGraph.Source) -> Bool {
    source.node.map { numbers[$0] == Self.outside } ?? true
  }

  /// What is inside, as the last node needs it; nil if it is a chain, or takes too many tensors or some of which nothing
  /// is known.
  private mutating func region(_ last: Int) -> Region? {
    var order: [Int] = []
    var entries: [ItemGraph.Source] = []
    var taken: [Int] = []
    var torn: [Int] = []
    var form: UInt64 = 0
    defer { for node in order { numbers[node] = Self.inside } }
    var stack: [(node: Int, next: Int)] = [(last, 0)]
    while let top = stack.last {
      let sources = graph.nodes[top.node].sources
      if top.next < sources.count {
        stack[stack.count - 1].next += 1
        let source = sources[top.next]
        if !isOutside(source) {
          if let node = source.node, numbers[node] == Self.inside { stack.append((node, 0)) }
        } else if !entries.contains(source) {
          guard entries.count < Self.mostEntries, rank(of: source) != nil else { return nil }
          entries.append(source)
          if let node = source.node, isLayerOfChain(node) { torn.append(node) }
        }
      } else {
        stack.removeLast()
        numbers[top.node] = order.count
        order.append(top.node)
        form = mixed(form, families[top.node])
        for source in sources {
          if let entry = entries.firstIndex(of: source) {
            form = mixed(form, -1 - (rank(of: source) ?? 0))
            taken.append(entry)
          } else if let node = source.node {
            form = mixed(form, numbers[node])
          }
        }
      }
    }
    guard taken.count > 1, !isRun(order) else { return nil }
    return Region(
      body: body, nodes: order, entries: entries, key: Region.Key(form: form, entries: taken), torn: torn)
  }

  private func rank(of source: ItemGraph.Source) -> Int? { source.node.map { ranks[$0] } ?? entryRank }

  private func isLayerOfChain(_ node: Int) -> Bool {
    guard graph.userCounts[node] == 1, case .item(let item) = graph.nodes[node].kind else { return false }
    switch item.kind {
    case .layer, .padded: return true
    case .fork, .sum, .call: return false
    }
  }

  /// Whether nodes are calls of one block in a row, which are written as one that is repeated.
  private func isRun(_ nodes: [Int]) -> Bool {
    for (place, number) in nodes.enumerated() {
      let node = graph.nodes[number]
      guard case .block = node.kind else { return false }
      guard place > 0 else { continue }
      let before = nodes[place - 1]
      guard node.sources[0] == ItemGraph.Source(node: before), families[number] == families[before],
        node.sources.dropFirst() == graph.nodes[before].sources.dropFirst()
      else { return false }
    }
    return true
  }
}

/// Another number for each sequence of numbers, but for accidents: `Hasher` gives others in each run.
private func mixed(_ hash: UInt64, _ number: Int) -> UInt64 {
  let product = (hash ^ UInt64(bitPattern: Int64(number))) &* 0x9E37_79B9_7F4A_7C15
  return (product ^ (product >> 29)) &* 0xBF58_476D_1CE4_E5B9
}
