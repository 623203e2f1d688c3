import Syntax

/// What the stages of a body are called.
struct Labels {
  var ofCalls: [Int: String] = [:]
  /// Of calls of blocks, by the block's number and the call's.
  var ofBlocks: [BlockKey: String] = [:]

  struct BlockKey: Hashable {
    var block: Int
    var occurrence: Int
  }
}

extension Structure {
  /// The names that the layers of a block have in each of its occurrences, behind what the occurrence's names have in
  /// common. Layers without weights need none.
  func labels(ofBlock block: Int, _ labelling: Labelling) -> Labels {
    let rows = blocks[block].occurrences.map { layers(of: $0) }
    let prefixes = rows.map { NamePrefix($0.compactMap(\.name)) }
    let calls = blockCalls(in: blocks[block].occurrences[0])
    var labels = Labels()
    var taken: Set<String> = []
    var blockPlace = 0
    for place in rows[0].indices {
      var common: String?
      var isCommon = true
      for (row, prefix) in zip(rows, prefixes) where place < row.count && !row[place].isAbsent {
        let rest = row[place].name.flatMap { prefix.rest(of: $0) }
        if rest == nil || common != nil && common != rest { isCommon = false }
        common = rest
      }
      let call = rows[0][place].call
      let key = call == nil && blockPlace < calls.count ? calls[blockPlace] : nil
      if call == nil { blockPlace += 1 }
      let kind = call.map { self.calls[$0].calleeName }
      guard isCommon, let label = common.flatMap({ labelling.label($0, of: kind, isInBlock: true) }),
        taken.insert(label).inserted
      else { continue }
      if let call {
        if self.calls[call].hasWeights { labels.ofCalls[call] = label }
      } else if let key {
        labels.ofBlocks[.init(block: key.block, occurrence: key.occurrence)] = label
      }
    }
    return labels
  }

  /// The calls of blocks, in the order of `layers(of:)`.
  private func blockCalls(in items: [Item]) -> [BlockCall] {
    var found: [BlockCall] = []
    for item in items {
      switch item.kind {
      case .layer, .padded: break
      case .sum(let sum): found += blockCalls(in: sum.main)
      case .call(let call): found.append(call)
      case .fork(let fork):
        if let shortcut = fork.shortcut {
          let short = shortcut.items.isEmpty ? families.shortcuts[item.family] ?? [] : shortcut.items
          if shortcut.isFirst { found += blockCalls(in: short) }
          found += blockCalls(in: shortcut.main)
          if !shortcut.isFirst { found += blockCalls(in: short) }
        } else {
          for line in fork.body.lines {
            if case .block(let call, _) = line.head { found.append(call) }
            found += blockCalls(in: line.items)
          }
        }
      }
    }
    return found
  }
}
