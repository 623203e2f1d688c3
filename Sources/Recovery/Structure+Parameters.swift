import Layers

extension Structure {
  /// The parameters of all blocks. A block that another one calls comes first, for its arguments are numbers of the
  /// other one.
  func parameters() -> [BlockParameters] {
    var known: [BlockParameters?] = Array(repeating: nil, count: blocks.count)
    for block in blocks.indices { solve(block, &known) }
    return known.map { $0 ?? BlockParameters() }
  }

  /// As deep as blocks stand in blocks, of which there are few.
  private func solve(_ block: Int, _ known: inout [BlockParameters?]) {
    if known[block] != nil { return }
    for occurrence in blocks[block].occurrences {
      for inner in calledBlocks(in: occurrence) { solve(inner, &known) }
    }
    let rows = blocks[block].occurrences.map { items in
      cells(of: items) { call in known[call.block].map { arguments(of: call, $0) } ?? [] }
    }
    let channels = blocks[block].occurrences.map { self.channels(of: $0[0].input) }
    known[block] = ParameterFinder(rows: rows, channels: channels).parameters()
  }

  private func arguments(of call: BlockCall, _ block: BlockParameters) -> [Cell] {
    block.parameters.enumerated().map { place, parameter in
      Cell(
        value: block.arguments[call.occurrence][place], attribute: parameter.attribute, type: parameter.type,
        isOptional: parameter.standard != nil,
        owner: .argument(block: call.block, occurrence: call.occurrence, parameter: place))
    }
  }

  func channels(of call: Int) -> Int? {
    guard let shape = calls[call].shape, shape.count > 1 else { return nil }
    return shape[channelAxis(of: call)]
  }

  /// The axis of the channels of what a call gives, as the layers that it stands among have it.
  func channelAxis(of call: Int) -> Int {
    let rank = calls[call].shape?.count ?? 1
    return rank > 2 && isChannelsFirst ? 1 : rank - 1
  }

  func calledBlocks(in items: [Item]) -> [Int] {
    var found: [Int] = []
    for item in items {
      switch item.kind {
      case .layer, .padded: break
      case .sum(let sum): found += calledBlocks(in: sum.main + sum.tail)
      case .call(let call): found.append(call.block)
      case .fork(let fork): found += calledBlocks(in: fork.body)
      }
    }
    return found
  }

  private func calledBlocks(in chains: Chains) -> [Int] {
    chains.lines.flatMap { line in
      let head: [Int] = if case .block(let call, _) = line.head { [call.block] } else { [] }
      return head + calledBlocks(in: line.items)
    }
  }

  /// The blocks that are called, in the order of their calls, but each before those that call it.
  var blockOrder: [Int] {
    var order: [Int] = []
    func visit(_ block: Int) {
      guard !order.contains(block) else { return }
      for inner in calledBlocks(in: blocks[block].occurrences[0]) { visit(inner) }
      order.append(block)
    }
    for body in bodies { for block in calledBlocks(in: body) { visit(block) } }
    return order
  }
}
