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

  mutating func chains() -> Chains { build(Array(network.calls.indices), Draft()) }

  /// The lines of a body, or of a fork, that are there so far.
  private struct Draft {
    var body = Chains()
    /// Which line gives a call's result.
    var lines: [Int: Int] = [:]
    /// What a fork takes, and gives in the end.
    var entry: Int?
    var exit: Int?
    var depth = 0

    func reference(_ tensor: Tensor) -> Reference {
      tensor.call == entry ? Reference(line: nil) : Reference(line: lines[tensor.call], result: tensor.result)
    }

    func head(_ call: Int) -> Head { call == entry ? .entry : .line(reference(Tensor(call: call))) }

    /// The end of a line.
    func end(_ line: Int) -> Int { body.lines[line].end }

    mutating func begin(_ head: Head, end: Int) -> Int {
      body.lines.append(Line(head: head, end: end))
      return body.lines.count - 1
    }

    mutating func append(_ kind: Item.Kind, to line: Int, input: Int, output: Int) {
      body.lines[line].items.append(Item(kind: kind, input: input, output: output))
      body.lines[line].end = output
      lines[output] = line
    }
  }

  private mutating func build(_ calls: [Int], _ start: Draft) -> Chains {
    var draft = start
    if let entry = draft.entry { addForks(behind: entry, to: &draft) }
    for call in calls where !isTaken[call] {
      isTaken[call] = true
      let line: Int
      if let source = source(of: call) {
        if dominators.consumers[source] == [call], !dominators.isResult[source], let known = draft.lines[source],
          draft.end(known) == source
        {
          line = known
        } else {
          line = draft.begin(draft.head(source), end: source)
        }
        draft.append(.layer(call), to: line, input: source, output: call)
      } else {
        line = draft.begin(.call(call, network.calls[call].operands.map(draft.reference)), end: call)
        draft.lines[call] = line
      }
      extend(line, of: &draft)
      addForks(behind: draft.end(line), to: &draft)
    }
    for line in draft.body.lines.indices { draft.body.lines[line].items = joined(draft.body.lines[line].items) }
    return draft.body
  }

  /// What forks where a line ends and joins again goes on as a part of the same line.
  private mutating func extend(_ line: Int, of draft: inout Draft) {
    while draft.end(line) != draft.exit {
      let start = draft.end(line)
      guard let join = dominators.meeting(of: start, in: network), let fork = fork(start, join, draft.depth) else {
        return
      }
      draft.append(.fork(fork), to: line, input: start, output: join)
    }
  }

  /// What forks at a call and joins again begins lines of its own where the call's result goes elsewhere too.
  private mutating func addForks(behind call: Int, to draft: inout Draft) {
    var open = [call]
    while let start = open.popLast() {
      var ends: [Int] = []
      for join in dominators.meetings(of: start, before: draft.exit, in: network) {
        guard let fork = fork(start, join, draft.depth) else { continue }
        let line = draft.begin(draft.head(start), end: start)
        draft.append(.fork(fork), to: line, input: start, output: join)
        extend(line, of: &draft)
        ends.append(draft.end(line))
      }
      open += ends.reversed()
    }
  }

  /// Takes all that stands between a call and the one in which what forks there meets again; nil if that cannot stand
  /// within a line.
  private mutating func fork(_ start: Int, _ join: Int, _ depth: Int) -> Fork? {
    guard depth < Self.depthLimit, !isTaken[join], network.calls[start].resultCount == 1,
      network.calls[join].resultCount == 1
    else { return nil }
    let inner = between(start, join)
    // Several results need names, which what stands within a line cannot bind.
    guard inner.allSatisfy({ network.calls[$0].resultCount == 1 }) else { return nil }
    return Fork(body: build(inner + [join], Draft(entry: start, exit: join, depth: depth + 1)))
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
        network.calls[padding].calleeName.hasPrefix("ZeroPadding")
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
