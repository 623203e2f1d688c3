/// Blocks whose result is added to what they take in some places and not in others: the sum becomes a part of the block.
extension Structure {
  mutating func takeInSums() {
    for block in blocks.indices {
      guard let (family, isFirst) = commonSum(of: block) else { continue }
      // What is nothing but the sum is no block of its own any more.
      let wrappers = Set(
        blocks.indices.filter { other in
          let items = blocks[other].occurrences.first ?? []
          return items.count == 1 && items[0].family == family
        })
      for body in bodies.indices {
        var chains = bodies[body]
        takeIn(family, block, wrappers, &chains)
        bodies[body] = chains
      }
      for other in blocks.indices where other != block && !wrappers.contains(other) {
        for occurrence in blocks[other].occurrences.indices {
          var items = blocks[other].occurrences[occurrence]
          takeIn(family, block, wrappers, &items)
          blocks[other].occurrences[occurrence] = items
        }
      }
      for occurrence in blocks[block].occurrences.indices {
        let items = blocks[block].occurrences[occurrence]
        if case .sum? = items.first?.kind { continue }
        blocks[block].occurrences[occurrence] = [wrapped(items, tail: [], join: nil, isFirst: isFirst)]
      }
      settle()
    }
  }

  /// The family of the sums of a block's result and what it takes, if there are some and other calls too, and
  /// none where something else is added.
  private func commonSum(of block: Int) -> (family: Int, isFirst: Bool)? {
    var counts: [Int: Int] = [:]
    var order: [(family: Int, isFirst: Bool)] = []
    var others = 0
    func look(_ items: [Item]) {
      for item in items {
        switch item.kind {
        case .layer, .padded: break
        case .sum(let sum): look(sum.main)
        case .call(let call): if call.block == block { others += 1 }
        case .fork(let fork):
          if isSum(fork, of: block) {
            if counts[item.family] == nil { order.append((item.family, fork.shortcut?.isFirst ?? true)) }
            counts[item.family, default: 0] += 1
          } else {
            for line in fork.body.lines { look(line.items) }
          }
        }
      }
    }
    for body in bodies { for line in body.lines { look(line.items) } }
    for other in blocks.indices { look(blocks[other].occurrences[0]) }
    guard others > 0, order.count == 1, families.shortcuts[order[0].family] == nil else { return nil }
    return order[0]
  }

  /// Whether a fork adds what a block makes of a tensor, and at most one layer of the result, to the tensor itself.
  private func isSum(_ fork: Fork, of block: Int) -> Bool {
    guard let shortcut = fork.shortcut, shortcut.items.isEmpty, shortcut.main.count <= 2,
      case .call(let call)? = shortcut.main.first?.kind, call.block == block
    else { return false }
    guard let tail = shortcut.main.dropFirst().first else { return true }
    if case .layer = tail.kind { return true }
    return false
  }

  private func wrapped(_ items: [Item], tail: [Item], join: Int?, isFirst: Bool) -> Item {
    let sum = OptionalSum(main: items, tail: tail, join: join, isFirst: isFirst)
    return Item(
      kind: .sum(sum), input: items[0].input, output: join ?? items[items.count - 1].output,
      layerCount: items.reduce(0) { $0 + $1.layerCount } + tail.count + (join == nil ? 0 : 1))
  }

  private mutating func takeIn(_ family: Int, _ block: Int, _ wrappers: Set<Int>, _ chains: inout Chains) {
    for line in chains.lines.indices { takeIn(family, block, wrappers, &chains.lines[line].items) }
  }

  private mutating func takeIn(_ family: Int, _ block: Int, _ wrappers: Set<Int>, _ items: inout [Item]) {
    for place in items.indices {
      var item = items[place]
      if case .call(let call) = item.kind, wrappers.contains(call.block) {
        item = blocks[call.block].occurrences[call.occurrence][0]
      }
      if case .sum(var sum) = item.kind {
        takeIn(family, block, wrappers, &sum.main)
        items[place].kind = .sum(sum)
      }
      guard case .fork(var fork) = item.kind else { continue }
      if item.family == family, let shortcut = fork.shortcut, case .call(let call) = shortcut.main[0].kind {
        let body = blocks[block].occurrences[call.occurrence]
        let sum = wrapped(
          body, tail: Array(shortcut.main.dropFirst()), join: shortcut.join, isFirst: shortcut.isFirst)
        blocks[block].occurrences[call.occurrence] = [sum]
        items[place] = Item(kind: .call(call), input: item.input, output: item.output, layerCount: sum.layerCount)
      } else {
        takeIn(family, block, wrappers, &fork.body)
        item.kind = .fork(fork)
        items[place] = item
      }
    }
  }
}
