import Layers

/// Sums whose short branch begins behind the normalization and the activation that the long one begins with, as in the
/// first block of each stage of a ResNet of the second kind. Where other sums have the same long branch and add the tensor
/// itself, they are written as those are.
extension Structure {
  mutating func takeInPreactivations() {
    for body in bodies.indices {
      var chains = bodies[body]
      takeIn(&chains)
      bodies[body] = chains
    }
    settle()
  }

  private mutating func takeIn(_ chains: inout Chains) {
    for line in chains.lines.indices { takeIn(&chains.lines[line].items) }
  }

  private mutating func takeIn(_ items: inout [Item]) {
    var result: [Item] = []
    for var item in items {
      if case .fork(var fork) = item.kind {
        takeIn(&fork.body)
        item.kind = .fork(fork)
        if let whole = preactivated(item, fork, behind: result) {
          result.removeLast(whole.stem)
          item = whole.item
        }
      }
      result.append(item)
    }
    items = result
  }

  /// A sum and what stands before it as one sum, if there are others like it.
  private mutating func preactivated(
    _ item: Item, _ fork: Fork, behind items: [Item]
  ) -> (item: Item, stem: Int)? {
    guard let shortcut = fork.shortcut, !shortcut.items.isEmpty, shortcut.stem == 0 else { return nil }
    for length in [2, 1] where length <= items.count {
      let stem = Array(items.suffix(length))
      guard stem.allSatisfy({ $0.belongsToAnother(in: self) }),
        families.addsTensorItself(to: stem + shortcut.main, isFirst: shortcut.isFirst, join: shortcut.join)
      else { continue }
      let start = stem[length - 1].output
      func line(_ items: [Item]) -> Line {
        Line(head: .line(Reference(line: 0)), items: items, end: items[items.count - 1].output)
      }
      let operands = [Reference(line: shortcut.isFirst ? 1 : 2), Reference(line: shortcut.isFirst ? 2 : 1)]
      let lines = [
        Line(head: .entry, items: stem, end: start), line(shortcut.items), line(shortcut.main),
        Line(head: .call(shortcut.join, operands), end: item.output),
      ]
      var whole = item
      whole.kind = .fork(Fork(body: Chains(lines: lines)))
      whole.input = stem[0].input
      return (whole, length)
    }
    return nil
  }
}

extension Item {
  fileprivate func belongsToAnother(in structure: Structure) -> Bool {
    if case .layer(let call) = kind { structure.belongsToAnother(call) } else { false }
  }
}
