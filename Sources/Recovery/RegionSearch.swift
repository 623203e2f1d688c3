import Layers

/// Finds what is repeated and takes several tensors: gates, the cells of NASNet, the steps of a feature pyramid.
///
/// A region is a node of a body and what leads to nothing else, some steps back, with or without one of the nodes where it
/// begins. Regions that are the same but for their numbers and for what they take have one form; those that save most
/// become calls of a block, then the next: near-linear in the number of items.
extension Structure {
  private static var mostBlocks: Int { 12 }
  /// Of more occurrences, the first tell enough.
  private static var samples: Int { 64 }

  private typealias Key = Region.Key

  /// A body, or that of a fork, and the call whose result the fork takes.
  private struct Place {
    var graph: ItemGraph
    var entry: Int?
  }

  mutating func findRegions() {
    var refused: Set<Key> = []
    var found: [Int] = []
    while found.count + refused.count < Self.mostBlocks {
      var places: [Place] = []
      rewriteBodies { body, entry, structure in
        places.append(Place(graph: ItemGraph(body, endsLine: structure.endsLine), entry: entry))
      }
      guard let best = bestRegions(in: places, but: refused) else { break }
      let known = self
      makeBlock(of: chained(best), places)
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

  /// Whether a call is no stage of a line, since the body gives its result or it has several.
  func endsLine(_ call: Int) -> Bool { results.contains(call) || calls[call].resultCount > 1 }

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

  /// The regions of one form to make a block of, none of which have a node in common; nil if none are worth it.
  private mutating func bestRegions(in places: [Place], but refused: Set<Key>) -> [Region]? {
    var best: (regions: [Region], saved: Double)?
    let groups = groups(in: places)
    for group in groups {
      for key in keys(of: group) where !refused.contains(key) {
        let regions = regions(of: key, in: group)
        // What is torn from a chain makes no block; where there is one, it is a call of it.
        let whole = whole(regions)
        guard let first = whole.first, whole.count > 1 else { continue }
        let part = places[first.body].graph.part(first.nodes, taking: key.entries).chains()
        // What one line says is no block.
        guard part.lines.count > 1 else { continue }
        let size = written(part)
        let least = max(whole.count > 2 ? 0 : 5, best?.saved ?? 0)
        guard saved(whole.count, size, parameters: 0) >= least else { continue }
        let cells = whole.prefix(Self.samples).map { flatCells(of: [item(of: $0, places[$0.body])]) }
        let parameters = parameterCount(cells)
        guard parameters <= Self.mostParameters, saved(whole.count, size, parameters: parameters) >= least else {
          continue
        }
        let saved = saved(by: whole, in: places, parameters: parameters) - size - 3
        guard saved >= least, best == nil || saved > least else { continue }
        let steps = steps(of: regions, among: groups)
        if let step = steps?.first, refused.contains(step.key) { continue }
        best = (steps ?? regions, saved)
      }
    }
    return best?.regions
  }

  /// The regions of each form of which several take several tensors, forms and regions in their order.
  private mutating func groups(in places: [Place]) -> [[Region]] {
    var listers = places.indices.map { lister(of: places[$0], $0) }
    var sketches: [RegionLister.Sketch] = []
    for body in listers.indices { sketches += listers[body].sketches() }
    var counts: [[UInt64]: Int] = [:]
    for sketch in sketches where sketch.takesSeveral {
      counts[[sketch.form, sketch.taken], default: 0] += 1
    }
    let repeated = Set(counts.filter { $0.value > 1 }.map(\.key[0]))
    sketches.removeAll { !repeated.contains($0.form) }
    var groups: [[Region]] = []
    var numbers: [UInt64: Int] = [:]
    var rest = sketches[...]
    while let first = rest.first {
      let sameEnd = rest.prefix { $0.body == first.body && $0.last == first.last }
      rest.removeFirst(sameEnd.count)
      for region in listers[first.body].regions(of: sameEnd) {
        let number = numbers[region.key.form] ?? groups.count
        if number == groups.count {
          numbers[region.key.form] = number
          groups.append([])
        }
        groups[number].append(region)
      }
    }
    return groups
  }

  private mutating func lister(of place: Place, _ body: Int) -> RegionLister {
    let nodes = place.graph.nodes
    func rank(_ call: Int) -> Int? { calls[call].resultCount == 1 ? calls[call].shape?.count : nil }
    return RegionLister(
      place.graph, body: body, families: nodes.map { family(of: $0) }, ranks: nodes.map { rank($0.output) },
      entryRank: place.entry.flatMap { rank($0) }, mayStand: nodes.map { mayStand($0) })
  }

  /// The keys that regions of a form have which take several tensors, in the order of the regions.
  private func keys(of group: [Region]) -> [Key] {
    var known: Set<Key> = []
    return group.compactMap { $0.entries.count > 1 && known.insert($0.key).inserted ? $0.key : nil }
  }

  /// The regions of a key, and those that take one tensor where it takes several: `Cell(x, x)`.
  private func regions(of key: Key, in group: [Region]) -> [Region] {
    var exact: [Region] = []
    var all: [Region] = []
    for var region in group {
      if region.key == key {
        exact.append(region)
      } else {
        guard let entries = entries(of: region, as: key) else { continue }
        region.entries = entries
        region.key = key
      }
      all.append(region)
    }
    return exact.count * 2 < all.count ? apart(exact) : apart(all)
  }

  /// What a region of the same form takes in the places of a key's entries; nil if it takes several things for one.
  private func entries(of region: Region, as key: Key) -> [ItemGraph.Source]? {
    var entries: [Int: Int] = [:]
    for (own, wanted) in zip(region.key.entries, key.entries)
    where entries.updateValue(own, forKey: wanted) ?? own != own {
      return nil
    }
    return (0..<entries.count).map { region.entries[entries[$0] ?? 0] }
  }

  /// Where regions are the same step several times over, from the result of one to the next, the steps.
  private func steps(of regions: [Region], among groups: [[Region]]) -> [Region]? {
    let size = regions[0].nodes.count
    var whole: [Int: Set<Int>] = [:]
    for region in regions { whole[region.body, default: []].formUnion(region.nodes) }
    for group in groups where group[0].nodes.count < size && size.isMultiple(of: group[0].nodes.count) {
      guard group.count >= regions.count * size / group[0].nodes.count else { continue }
      for key in keys(of: group) {
        let steps = apart(group.filter { $0.key == key })
        let inside = steps.filter { whole[$0.body]?.isSuperset(of: $0.nodes) == true }
        guard inside.count == regions.count * size / group[0].nodes.count else { continue }
        let count = inside.count / regions.count
        guard let place = chainedEntry(inside[0], inside[1]) else { continue }
        let areChained = inside.indices.allSatisfy {
          $0.isMultiple(of: count) || chainedEntry(inside[$0 - 1], inside[$0]) == place
        }
        if areChained { return steps }
      }
    }
    return nil
  }

  /// Which of the tensors that a region takes is the result of another, if the others are the same.
  private func chainedEntry(_ before: Region, _ region: Region) -> Int? {
    guard before.body == region.body else { return nil }
    let place = region.entries.firstIndex(of: ItemGraph.Source(node: before.last))
    return place.flatMap { place in
      region.entries.indices.allSatisfy { $0 == place || region.entries[$0] == before.entries[$0] } ? place : nil
    }
  }

  /// Regions that take first what the one before gives, where they follow each other: only that comes through a pipeline.
  private func chained(_ regions: [Region]) -> [Region] {
    let places = zip(regions, regions.dropFirst()).compactMap { chainedEntry($0, $1) }
    guard let place = places.first, places.allSatisfy({ $0 == place }), place > 0 else { return regions }
    return regions.map { region in
      var region = region
      region.entries.swapAt(0, place)
      region.key.entries = region.key.entries.map { $0 == 0 ? place : $0 == place ? 0 : $0 }
      return region
    }
  }

  /// How many lines there are, as they are written: one with few stages is one.
  private func written(_ chains: Chains) -> Double {
    chains.lines.reduce(0) { lines, line in
      let head =
        switch line.head {
        case .entry, .line: 0.0;
        case .call, .block: 1.0
        }
      return lines + 0.75 + 0.25 * line.items.reduce(head) { $0 + $1.size }
    }
  }

  private func saved(_ count: Int, _ size: Double, parameters: Int) -> Double {
    Double(count) * (size - 1 - 0.25 * Double(parameters)) - size - 3
  }

  /// How many lines fewer there are where regions stand once they are calls.
  private func saved(by regions: [Region], in places: [Place], parameters: Int) -> Double {
    var saved = -0.25 * Double(parameters * regions.count)
    // In one order, for sums of fractions depend on it.
    for (body, regions) in Dictionary(grouping: regions, by: \.body).sorted(by: { $0.key < $1.key }) {
      var calls: [Int: ItemGraph.Replacement] = [:]
      for region in regions {
        calls[region.last] = .init(call: BlockCall(block: blocks.count, occurrence: 0), entries: region.entries)
      }
      let graph = places[body].graph
      let after = graph.replacing(Set(regions.flatMap(\.nodes)), by: calls, endsLine: endsLine)
      saved += written(graph.chains()) - written(after.chains())
      // Calls in a row that say the same are one line.
      guard parameters == 0 else { continue }
      for (before, region) in zip(regions, regions.dropFirst()) where chainedEntry(before, region) != nil { saved += 1 }
    }
    return saved
  }

  /// Those that are torn from no chain: where one begins behind a layer, another one ends.
  private func whole(_ regions: [Region]) -> [Region] {
    let ends = Set(regions.map { [$0.body, $0.last] })
    return regions.filter { region in region.torn.allSatisfy { ends.contains([region.body, $0]) } }
  }

  /// Those that have no node in common with an earlier one; what is torn comes last.
  private func apart(_ regions: [Region]) -> [Region] {
    var taken: [Int: Set<Int>] = [:]
    var isKept = regions.map { _ in false }
    for isTorn in [false, true] {
      for (place, region) in regions.enumerated() where region.torn.isEmpty != isTorn {
        guard taken[region.body, default: []].isDisjoint(with: region.nodes) else { continue }
        taken[region.body, default: []].formUnion(region.nodes)
        isKept[place] = true
      }
    }
    return regions.indices.filter { isKept[$0] }.map { regions[$0] }
  }

  private func mayStand(_ node: ItemGraph.Node) -> Bool {
    switch node.kind {
    case .call(let call): calls[call].resultCount == 1 && !calls[call].isInput && !calls[call].isShared
    case .block: true
    case .item(let item): !families.isFixed(item.family) && item.calls.allSatisfy { !calls[$0].isShared }
    }
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
    let part = place.graph.part(region.nodes, taking: region.key.entries)
    let output = place.graph.nodes[region.last].output
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
      calls[region.body, default: [:]][region.last] = replacement
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
