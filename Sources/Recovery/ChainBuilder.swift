/// Finds the chains and forks of a network.
struct ChainBuilder {
  let network: Network
  private let dominators: Dominators
  /// Forks within forks; what is deeper is written line by line.
  private static let depthLimit = 24
  private var isTaken: [Bool]

  init(_ network: Network) {
    self.network = network
    dominators = Dominators(network)
    isTaken = Array(repeating: false, count: network.calls.count)
  }

  mutating func chains() -> Chains { build(Array(network.calls.indices), entry: nil, exit: nil, depth: 0) }

  private mutating func build(_ calls: [Int], entry: Int?, exit: Int?, depth: Int) -> Chains {
    var body = Chains()
    /// Which line gives a call's result, and whether it still ends there.
    var lines: [Int: Int] = [:]
    func reference(_ tensor: Tensor) -> Reference {
      tensor.call == entry ? Reference(line: nil) : Reference(line: lines[tensor.call], result: tensor.result)
    }
    for call in calls where !isTaken[call] {
      isTaken[call] = true
      var line: Int
      if let source = source(of: call), dominators.consumers[source] == [call], !dominators.isResult[source],
        let known = lines[source], body.lines[known].end == source
      {
        line = known
        body.lines[line].items.append(Item(kind: .layer(call), input: source, output: call))
        body.lines[line].end = call
      } else if let source = source(of: call) {
        let head: Head = source == entry ? .entry : .line(reference(Tensor(call: source)))
        line = body.lines.count
        body.lines.append(Line(head: head, items: [Item(kind: .layer(call), input: source, output: call)], end: call))
      } else {
        line = body.lines.count
        body.lines.append(Line(head: .call(call, network.calls[call].operands.map(reference)), end: call))
      }
      lines[call] = line
      // What forks here and joins again goes on as a part of the same line.
      var start = call
      while start != exit, depth < Self.depthLimit, let join = fork(at: start) {
        let inner = between(start, join)
        // Several results need names, which what stands within a line cannot bind.
        guard inner.allSatisfy({ network.calls[$0].resultCount == 1 }) else { break }
        let branches = build(inner + [join], entry: start, exit: join, depth: depth + 1)
        body.lines[line].items.append(
          Item(kind: .fork(Fork(body: branches)), input: start, output: join))
        body.lines[line].end = join
        lines[join] = line
        start = join
      }
    }
    for line in body.lines.indices { body.lines[line].items = joined(body.lines[line].items) }
    return body
  }

  /// Convolutions with the padding before them as one item.
  private func joined(_ items: [Item]) -> [Item] {
    var result: [Item] = []
    for item in items {
      guard case .layer(let call) = item.kind, network.calls[call].calleeName.contains("Conv") else {
        result.append(item)
        continue
      }
      var padded = item
      padded.kind = .padded(Padded(padding: nil, layer: call))
      if let last = result.last, case .layer(let padding) = last.kind,
        network.calls[padding].calleeName == "ZeroPadding2D"
      {
        result.removeLast()
        padded.kind = .padded(Padded(padding: padding, layer: call))
        padded.input = last.input
        padded.layerCount = 2
      }
      result.append(padded)
    }
    return result
  }

  /// The only tensor that a call takes, if it is a stage of a chain.
  private func source(of call: Int) -> Int? {
    let operands = network.calls[call].operands
    guard operands.count == 1, network.calls[call].resultCount == 1 else { return nil }
    return network.calls[operands[0].call].resultCount == 1 ? operands[0].call : nil
  }

  private func fork(at call: Int) -> Int? {
    guard network.calls[call].resultCount == 1, let join = dominators.meeting(of: call, in: network),
      !isTaken[join],
      network.calls[join].resultCount == 1
    else { return nil }
    return join
  }

  /// The calls between a fork and its join, in the order in which the join's operands need them.
  private func between(_ start: Int, _ join: Int) -> [Int] {
    var order: [Int] = []
    var seen: Set<Int> = [start]
    var stack: [(call: Int, next: Int)] = [(join, 0)]
    while let top = stack.last {
      let operands = network.calls[top.call].operands
      guard top.next < operands.count else {
        stack.removeLast()
        if top.call != join { order.append(top.call) }
        continue
      }
      stack[stack.count - 1].next += 1
      let operand = operands[top.next].call
      if seen.insert(operand).inserted { stack.append((operand, 0)) }
    }
    return order
  }
}
