/// Calls of blocks in the place of stretches.
extension Structure {
  /// Where a stretch of these families begins, none within another.
  func starts(of families: [Int], in items: [Item]) -> [Int] {
    var starts: [Int] = []
    var place = 0
    while place + families.count <= items.count {
      if families.indices.allSatisfy({ items[place + $0].family == families[$0] }) {
        starts.append(place)
        place += families.count
      } else {
        place += 1
      }
    }
    return starts
  }

  mutating func replace(_ stretch: Stretch, by block: Int, in body: inout Chains) {
    for line in body.lines.indices { replace(stretch, by: block, in: &body.lines[line].items) }
  }

  mutating func replace(_ wanted: Stretch, by block: Int, in items: inout [Item]) {
    let length = wanted.families.count
    let starts = Set(
      starts(of: wanted.families, in: items).filter { [items] in
        (!wanted.isNatural || isNatural(items, $0..<$0 + length)) && items[$0].output != wanted.stranger
          && rank(of: items[$0]) ?? wanted.rank == wanted.rank
      })
    var result: [Item] = []
    var place = 0
    while place < items.count {
      if starts.contains(place) {
        let stretch = Array(items[place..<place + length])
        let call = BlockCall(block: block, occurrence: blocks[block].occurrences.count)
        blocks[block].occurrences.append(stretch)
        result.append(
          Item(
            kind: .call(call), input: stretch[0].input, output: stretch[stretch.count - 1].output,
            layerCount: stretch.reduce(0) { $0 + $1.layerCount }))
        place += length
      } else {
        var item = items[place]
        if case .fork(var fork) = item.kind {
          replace(wanted, by: block, in: &fork.body)
          item.kind = .fork(fork)
        }
        if case .sum(var sum) = item.kind {
          replace(wanted, by: block, in: &sum.main)
          item.kind = .sum(sum)
        }
        result.append(item)
        place += 1
      }
    }
    items = result
  }
}
