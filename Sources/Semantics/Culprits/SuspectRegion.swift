import Syntax

/// Where what is wrong most likely stands: between the last asserted shape that holds and the place that fails, and in
/// the blocks that are called there.
struct SuspectRegion {
  private var ranges: [SourceRange] = []
  /// A count may have gone wrong anywhere.
  private let isEverywhere: Bool

  init(_ tree: SharedTree, _ model: Model, _ place: Int?, isCount: Bool) {
    let bodies = tree.blocks.map { ($0, $0.body.range) }
    guard let place, !isCount else {
      isEverywhere = true
      return
    }
    isEverywhere = false
    // A promise in a block's head is about the whole block.
    let block = tree.blocks.first { $0.name.range.start <= place && place < $0.body.range.end }
    let body = block?.body.range ?? model.body.range
    var start = body.start
    if place > body.start {
      for expression in tree.expressions {
        guard case .pipeline(_, let stages) = expression.kind else { continue }
        for case .shape(let shape) in stages {
          let end = tree[shape].range.end
          if body.start < end, end < place { start = max(start, end) }
        }
      }
    }
    ranges = [SourceRange(block.map(\.name.range.start) ?? start, max(place, block.map(\.body.range.end) ?? place))]
    if place > body.start { ranges[0] = SourceRange(start, place) }
    // Defaults of the file hold everywhere.
    ranges += tree.defaults.map(\.range)
    let instances = (tree.blocks.map(\.body) + [model.body]).flatMap(\.statements).compactMap { statement in
      if case .layer(let name, let call) = statement.kind { (name.text, call) } else { nil }
    }
    // What is called there, and what that calls.
    var index = 0
    while index < ranges.count, ranges.count < 200 {
      let range = ranges[index]
      index += 1
      var called = tree.callees(in: range)
      for (name, call) in instances where called.contains(name) && !ranges.contains(call.range) {
        ranges.append(call.range)
      }
      for (_, call) in instances where call.range == range { called.insert(call.name.text) }
      for (block, body) in bodies where called.contains(block.name.text) {
        let whole = SourceRange(block.name.range.start, body.end)
        if !ranges.contains(where: { $0.end == whole.end }) { ranges.append(whole) }
      }
    }
  }

  func contains(_ offset: Int) -> Bool { isEverywhere || ranges.contains { $0.start <= offset && offset <= $0.end } }
}

extension SharedTree {
  /// What is called in a stretch of the text.
  fileprivate func callees(in range: SourceRange) -> Set<String> {
    var names: Set<String> = []
    for expression in expressions where expression.range.start <= range.end && range.start <= expression.range.end {
      switch expression.kind {
      case .call(let call): if range.contains(call.range.start) { names.insert(call.name.text) }
      case .pipeline(_, let stages):
        for case .call(_, _, let call) in stages where range.contains(call.range.start) { names.insert(call.name.text) }
      default: break
      }
    }
    return names
  }
}

extension SourceRange {
  fileprivate func contains(_ offset: Int) -> Bool { start <= offset && offset <= end }
}
