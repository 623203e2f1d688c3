/// The lines of a body as a graph: a node for each call at the head of a line, and for each item. Each node stands behind
/// those that it takes from.
struct ItemGraph {
  struct Node {
    enum Kind {
      case call(Int)
      case block(BlockCall)
      case item(Item)
    }

    var kind: Kind
    var sources: [Source]
    /// The call whose result it gives.
    var output: Int
  }

  /// A result of a node, or what the body takes.
  struct Source: Hashable {
    /// nil: the entry.
    var node: Int?
    var result = 0
  }

  private(set) var nodes: [Node] = []
  /// How many nodes take from each; one more where a line has to end, so that others can take from it.
  private(set) var userCounts: [Int] = []

  /// - Parameter endsLine: whether a call is no stage of a line: the body gives its result, or it has several.
  init(_ body: Chains, endsLine: (Int) -> Bool) {
    var ends: [Source] = []
    func source(_ reference: Reference) -> Source {
      guard let line = reference.line else { return Source(node: nil, result: reference.result) }
      return Source(node: ends[line].node, result: reference.result)
    }
    for line in body.lines {
      var last: Source
      switch line.head {
      case .entry: last = Source(node: nil)
      case .line(let reference): last = source(reference)
      case .call(let call, let operands):
        nodes.append(Node(kind: .call(call), sources: operands.map(source), output: call))
        last = Source(node: nodes.count - 1)
      case .block(let call, let operands):
        let output = line.items.first?.input ?? line.end
        nodes.append(Node(kind: .block(call), sources: operands.map(source), output: output))
        last = Source(node: nodes.count - 1)
      }
      for item in line.items {
        nodes.append(Node(kind: .item(item), sources: [last], output: item.output))
        last = Source(node: nodes.count - 1)
      }
      ends.append(last)
    }
    count(endsLine)
  }

  private init(_ nodes: [Node], endsLine: (Int) -> Bool) {
    self.nodes = nodes
    count(endsLine)
  }

  private mutating func count(_ endsLine: (Int) -> Bool) {
    userCounts = nodes.map { endsLine($0.output) ? 1 : 0 }
    for node in nodes {
      for source in Set(node.sources.compactMap(\.node)) { userCounts[source] += 1 }
    }
  }

  /// Some of the nodes as a body of its own, in their order there.
  ///
  /// - Parameter entries: which of the body's tensors each source is that is none of them, in the order of the sources.
  func part(_ part: [Int], taking entries: [Int]) -> ItemGraph {
    var places: [Int: Int] = [:]
    for (place, node) in part.enumerated() { places[node] = place }
    var entries = entries[...]
    let own = part.map { number in
      var node = nodes[number]
      node.sources = node.sources.map { source in
        if let known = source.node.flatMap({ places[$0] }) { return Source(node: known, result: source.result) }
        return Source(node: nil, result: entries.popFirst() ?? 0)
      }
      return node
    }
    let last = own.last?.output
    return ItemGraph(own) { $0 == last }
  }

  /// A call of a block, and what it takes.
  struct Replacement {
    var call: BlockCall
    var entries: [Source]
  }

  /// The graph with calls of blocks in the place of some of its nodes.
  ///
  /// - Parameter calls: by the last node of each block.
  func replacing(_ dropped: Set<Int>, by calls: [Int: Replacement], endsLine: (Int) -> Bool) -> ItemGraph {
    var places: [Int: Int] = [:]
    var others: [Node] = []
    for (number, node) in nodes.enumerated() {
      var node = node
      if let replacement = calls[number] {
        node.kind = .block(replacement.call)
        node.sources = replacement.entries
      } else if dropped.contains(number) {
        continue
      }
      node.sources = node.sources.map { Source(node: $0.node.flatMap { places[$0] }, result: $0.result) }
      places[number] = others.count
      others.append(node)
    }
    return ItemGraph(others, endsLine: endsLine)
  }

  /// The lines again: what only the next item takes is one with it.
  func chains() -> Chains {
    var body = Chains()
    var lines: [Int] = []
    func reference(_ source: Source) -> Reference {
      Reference(line: source.node.map { lines[$0] }, result: source.result)
    }
    for node in nodes {
      switch node.kind {
      case .call(let call):
        body.lines.append(Line(head: .call(call, node.sources.map(reference)), end: node.output))
      case .block(let call):
        body.lines.append(Line(head: .block(call, node.sources.map(reference)), end: node.output))
      case .item(let item):
        let source = node.sources[0]
        if let before = source.node, userCounts[before] == 1, source.result == 0 {
          body.lines[lines[before]].items.append(item)
          body.lines[lines[before]].end = item.output
          lines.append(lines[before])
          continue
        }
        let head = source == Source(node: nil) ? Head.entry : .line(reference(source))
        body.lines.append(Line(head: head, items: [item], end: item.output))
      }
      lines.append(body.lines.count - 1)
    }
    return body
  }
}
