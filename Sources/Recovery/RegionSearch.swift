import Layers

/// Finds what is repeated and takes several tensors: gates, the cells of NASNet, the steps of a feature pyramid.
///
/// A region is a node of a body and what leads to nothing else, some steps back, with or without one of the nodes where it
/// begins. Regions that are the same but for their numbers have one key; those that save most become calls of a block, then
/// the next. Steps and sizes of a region are bounded: near-linear in the number of items.
extension Structure {
  private static var mostNodes: Int { 48 }
  private static var mostSteps: Int { 16 }
  /// How near its end a region has to join something.
  private static var farthestJoin: Int { 6 }
  private static var mostEntries: Int { 4 }
  private static var mostBlocks: Int { 12 }
  /// Of more occurrences, the first tell enough.
  private static var samples: Int { 64 }

  /// Some nodes of a body, in the order in which the last one needs them.
  private struct Region {
    var body: Int
    var nodes: [Int]
    var entries: [ItemGraph.Source]
    /// Equal for regions that differ in numbers only.
    var key: [Int]
  }

  /// A body, or that of a fork, and the call whose result the fork takes.
  private struct Place {
    var graph: ItemGraph
    var entry: Int?
  }

  mutating func findRegions() {
    var refused: Set<[Int]> = []
    var found: [Int] = []
    while found.count + refused.count < Self.mostBlocks {
      var places: [Place] = []
      rewriteBodies { body, entry, structure in
        places.append(Place(graph: ItemGraph(body, endsLine: structure.endsLine), entry: entry))
      }
      guard let best = bestRegions(in: places, but: refused) else { break }
      let known = self
      makeBlock(of: best, places)
      settle()
      if areAlike {
        found.append(blocks.count - 1)
      } else {
        self = known
        refused.insert(best[0].key)
      }
    }
    if found.isEmpty { return }
    for block in found { takeInCalls(in: block) }
    settle()
    findBlocks()
  }

  private func endsLine(_ call: Int) -> Bool { results.contains(call) || calls[call].resultCount > 1 }

  /// Goes through the bodies in which regions may stand, those of forks before what holds the fork.
  private mutating func rewriteBodies(_ rewrite: (inout Chains, _ entry: Int?, inout Structure) -> Void) {
    func visit(_ body: inout Chains, _ entry: Int?, _ structure: inout Structure) {
      for line in body.lines.indices {
        for place in body.lines[line].items.indices {
          // A sum of a tensor and what is made of it is one thing.
          guard case .fork(var fork) = body.lines[line].items[place].kind, fork.shortcut == nil else { continue }
          visit(&fork.body, body.lines[line].items[place].input, &structure)
          body.lines[line].items[place].kind = .fork(fork)
        }
      }
      rewrite(&body, entry, &structure)
    }
    for place in bodies.indices {
      var body = bodies[place]
      visit(&body, nil, &self)
      bodies[place] = body
    }
  }

  // MARK: Candidates

  /// The regions of one key to make a block of, none of which have a node in common; nil if none are worth it.
  private mutating func bestRegions(in places: [Place], but refused: Set<[Int]>) -> [Region]? {
    var numbers: [[Int]: Int] = [:]
    var groups: [[Region]] = []
    for body in places.indices {
      for region in regions(in: places[body], body) {
        let number = numbers[region.key] ?? groups.count
        if number == groups.count {
          numbers[region.key] = number
          groups.append([])
        }
        groups[number].append(region)
      }
    }
    var best: (regions: [Region], saved: Double)?
    for group in groups where group.count > 1 && !refused.contains(group[0].key) {
      let regions = apart(group)
      guard let first = regions.first, regions.count > 1 else { continue }
      let lines = places[first.body].graph.part(first.nodes, entries: first.entries).chains().lines
      // What one line says is no block.
      guard lines.count > 1 else { continue }
      let size = lines.reduce(0) { $0 + written($1) }
      let least = max(regions.count > 2 ? 0 : 5, best?.saved ?? 0)
      guard saved(regions.count, size, parameters: 0) >= least else { continue }
      let cells = regions.prefix(Self.samples).map { flatCells(of: [item(of: $0, places[$0.body])]) }
      let parameters = parameterCount(cells)
      let saved = saved(regions.count, size, parameters: parameters)
      guard parameters <= Self.mostParameters, saved >= least, best == nil || saved > least else { continue }
      best = (regions, saved)
    }
    return best?.regions
  }

  /// A line with few stages is one as it is written.
  private func written(_ line: Line) -> Double {
    let head =
      switch line.head {
      case .entry, .line: 0.0;
      case .call, .block: 1.0
      }
    return 0.75 + 0.25 * line.items.reduce(head) { $0 + $1.size }
  }

  private func saved(_ count: Int, _ size: Double, parameters: Int) -> Double {
    Double(count) * (size - 1 - 0.25 * Double(parameters)) - size - 3
  }

  /// Those that have no node in common with an earlier one.
  private func apart(_ regions: [Region]) -> [Region] {
    var taken: [Int: Set<Int>] = [:]
    return regions.filter { region in
      guard taken[region.body, default: []].isDisjoint(with: region.nodes) else { return false }
      taken[region.body, default: []].formUnion(region.nodes)
      return true
    }
  }

  private mutating func regions(in place: Place, _ body: Int) -> [Region] {
    let nodes = place.graph.nodes
    var found: [Region] = []
    /// How many steps before each node something is joined.
    var steps: [Int] = []
    for (number, node) in nodes.enumerated() {
      let isJoin = node.sources.count > 1
      steps.append(isJoin ? 0 : node.sources.first?.node.map { steps[$0] + 1 } ?? Self.farthestJoin)
      if steps[number] < Self.farthestJoin { found += regions(endingIn: number, of: place, body) }
    }
    return found
  }

  private mutating func regions(endingIn last: Int, of place: Place, _ body: Int) -> [Region] {
    let graph = place.graph
    guard mayStand(graph.nodes[last]) else { return [] }
    var found: [Region] = []
    var nodes: Set<Int> = [last]
    func isOutside(_ source: ItemGraph.Source) -> Bool { source.node.map { !nodes.contains($0) } ?? true }
    for step in 0..<Self.mostSteps {
      var users: [Int: Set<Int>] = [:]
      for node in nodes {
        for source in graph.nodes[node].sources where isOutside(source) {
          if let before = source.node { users[before, default: []].insert(node) }
        }
      }
      let added = users.filter { $0.value.count == graph.userCounts[$0.key] && mayStand(graph.nodes[$0.key]) }.keys
      if added.isEmpty || nodes.count + added.count > Self.mostNodes { break }
      nodes.formUnion(added)
      if let region = region(nodes, last, of: place, body) { found.append(region) }
      // Where it begins, something else may stand in other places.
      for node in nodes.sorted() where node != last && graph.nodes[node].sources.allSatisfy(isOutside) {
        if let region = region(nodes.subtracting([node]), last, of: place, body) { found.append(region) }
      }
      if step >= Self.farthestJoin, found.isEmpty { break }
    }
    return found
  }

  private func mayStand(_ node: ItemGraph.Node) -> Bool {
    switch node.kind {
    case .call(let call): calls[call].resultCount == 1 && !calls[call].isInput && !calls[call].isShared
    case .block: true
    case .item(let item): !families.isFixed(item.family) && item.calls.allSatisfy { !calls[$0].isShared }
    }
  }

  /// The nodes as the last one needs them; nil if they take one tensor or too many, or some of which nothing is known.
  private mutating func region(_ nodes: Set<Int>, _ last: Int, of place: Place, _ body: Int) -> Region? {
    let graph = place.graph
    var order: [Int] = []
    var numbers: [Int: Int] = [:]
    var entries: [ItemGraph.Source] = []
    var key: [Int] = []
    var stack: [(node: Int, next: Int)] = [(last, 0)]
    while let top = stack.last {
      let sources = graph.nodes[top.node].sources
      if top.next < sources.count {
        stack[stack.count - 1].next += 1
        let source = sources[top.next]
        if let node = source.node, nodes.contains(node) {
          if numbers[node] == nil { stack.append((node, 0)) }
        } else if !entries.contains(source) {
          entries.append(source)
          if entries.count > Self.mostEntries { return nil }
        }
      } else {
        stack.removeLast()
        numbers[top.node] = order.count
        order.append(top.node)
        key.append(family(of: graph.nodes[top.node]))
        key += sources.map { source in
          source.node.flatMap { numbers[$0] } ?? -1 - (entries.firstIndex(of: source) ?? 0)
        }
      }
    }
    guard entries.count > 1, order.count == nodes.count else { return nil }
    for entry in entries {
      // What is in the middle of a chain is no beginning.
      if let node = entry.node, graph.userCounts[node] == 1, case .item(let item) = graph.nodes[node].kind, item.isLayer
      {
        return nil
      }
      guard let call = call(of: entry, in: place), let rank = calls[call].shape?.count else { return nil }
      key += [-100, rank]
    }
    return Region(body: body, nodes: order, entries: entries, key: key)
  }

  private mutating func family(of node: ItemGraph.Node) -> Int {
    switch node.kind {
    case .call(let call): families.family(ofCall: call)
    case .block(let call): families.family(of: call)
    case .item(let item): item.family
    }
  }

  /// The call whose only result a source is.
  private func call(of source: ItemGraph.Source, in place: Place) -> Int? {
    guard let call = source.node.map({ place.graph.nodes[$0].output }) ?? place.entry, calls[call].resultCount == 1
    else {
      return nil
    }
    return call
  }

  // MARK: Replacing

  private func item(of region: Region, _ place: Place) -> Item {
    let part = place.graph.part(region.nodes, entries: region.entries)
    let output = place.graph.nodes[region.nodes[region.nodes.count - 1]].output
    return Item(
      kind: .fork(Fork(body: part.chains())), input: call(of: region.entries[0], in: place) ?? output, output: output)
  }

  private mutating func makeBlock(of regions: [Region], _ places: [Place]) {
    let block = blocks.count
    blocks.append(FoundBlock(occurrences: []))
    var calls: [Int: [Int: ItemGraph.Replacement]] = [:]
    var dropped: [Int: Set<Int>] = [:]
    for (occurrence, region) in regions.enumerated() {
      let place = places[region.body]
      blocks[block].occurrences.append([item(of: region, place)])
      blocks[block].otherInputs.append(region.entries.dropFirst().compactMap { call(of: $0, in: place) })
      let replacement = ItemGraph.Replacement(
        call: BlockCall(block: block, occurrence: occurrence), entries: region.entries)
      calls[region.body, default: [:]][region.nodes[region.nodes.count - 1]] = replacement
      dropped[region.body, default: []].formUnion(region.nodes)
    }
    var number = 0
    rewriteBodies { body, _, structure in
      defer { number += 1 }
      guard let calls = calls[number], let dropped = dropped[number] else { return }
      // Forks within have been rewritten.
      let graph = ItemGraph(body, endsLine: structure.endsLine)
      body = graph.replacing(dropped, by: calls, endsLine: structure.endsLine).chains()
    }
  }

  /// Takes in what stands behind calls of blocks that only this one calls, and once.
  private mutating func takeInCalls(in block: Int) {
    let called = blocks[block].occurrences.map { calledBlocks(in: $0) }
    let single = Set(called[0]).filter { inner in
      blocks[inner].otherInputs.isEmpty && blocks[inner].occurrences.count == called.count
        && called.allSatisfy { $0.count { $0 == inner } == 1 }
    }
    if single.isEmpty { return }
    for occurrence in blocks[block].occurrences.indices {
      var items = blocks[block].occurrences[occurrence]
      takeIn(single, &items)
      blocks[block].occurrences[occurrence] = items
    }
    takeInCalls(in: block)
  }

  private func takeIn(_ single: Set<Int>, _ items: inout [Item]) {
    items = items.flatMap { item -> [Item] in
      var item = item
      switch item.kind {
      case .layer, .padded, .sum: return [item]
      case .call(let call):
        return single.contains(call.block) ? blocks[call.block].occurrences[call.occurrence] : [item]
      case .fork(var fork):
        for line in fork.body.lines.indices { takeIn(single, &fork.body.lines[line].items) }
        item.kind = .fork(fork)
        return [item]
      }
    }
  }
}

extension Item {
  fileprivate var isLayer: Bool {
    switch kind {
    case .layer, .padded: true
    case .fork, .sum, .call: false
    }
  }
}
