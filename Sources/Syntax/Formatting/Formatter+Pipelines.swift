/// Pipelines: in one line if the author has them so and they fit; else the head, and below it stages in lines as the
/// author broke them. A line that is too long gets one for each of its stages.
extension Formatter {
  mutating func pipeline(_ head: NodeID<Expression>, _ stages: [Stage]) {
    let breaks = stages.map { stage in
      if case .call = stage { startsLine(stage) } else { false }
    }
    let isBroken = breaks.contains(true)
    layout.open(0)
    if isBroken { layout.forceBreak() }
    layout.open(0)
    expression(head, least: .or, isOperand: true)
    var place = shapes(stages, from: 0)
    layout.close()
    while place < stages.count {
      layout.line(.together, shift: 2)
      takeComments()
      layout.open(2)
      var isFirst = true
      while place < stages.count, isFirst || isBroken && !breaks[place] {
        if !isFirst { layout.line(.together) }
        takeComments()
        layout.open(0)
        if case .call(let label, let repetition, let call) = stages[place] { stage(label, repetition, call) }
        place = shapes(stages, from: place + 1)
        layout.close()
        isFirst = false
      }
      layout.close()
    }
    layout.close()
  }

  /// Whether the author put a stage at the beginning of a line.
  private func startsLine(_ stage: Stage) -> Bool {
    guard hasTokens else { return false }
    let start: Int =
      switch stage {
      case .call(let label?, _, _) where label.range.start < label.range.end: label.range.start
      case .call(_, let repetition?, _): tree[repetition.count].range.start
      case .call(_, _, let call): call.name.range.start
      case .shape(let shape): tree[shape].range.start
      }
    var index = tokenIndex(at: start) - 1
    if index >= 0, tokens[index].kind == .keyword(.repeat) { index -= 1 }
    return index >= 0 && tokens[index].startsLine
  }

  /// The token that begins at an offset.
  func tokenIndex(at offset: Int) -> Int {
    var low = 0
    var high = tokens.count
    while low < high {
      let middle = low + (high - low) / 2
      if tokens[middle].start < offset { low = middle + 1 } else { high = middle }
    }
    return min(low, tokens.count - 1)
  }

  /// Writes shapes that are asserted of what has just been written, and gives the place of the first other stage.
  private mutating func shapes(_ stages: [Stage], from start: Int) -> Int {
    var place = start
    while place < stages.count, case .shape(let shape) = stages[place] {
      let text = "-> " + tree.flatText(ofShape: shape)
      let end = tree[shape].range.end
      if text.utf8.count <= Self.longestMargin, !hasComment(before: end) {
        layout.line(.together, flat: "")
        layout.margin(text)
        pass(upTo: end)
      } else {
        layout.line(.together)
        put("->", .arrow)
        layout.space()
        self.shape(shape)
      }
      place += 1
    }
    return place
  }

  /// A shape longer than this may break like any list.
  private static let longestMargin = 80

  private mutating func stage(_ label: Name?, _ repetition: Repetition?, _ value: Call) {
    put("|>", .pipe)
    layout.space()
    if let label {
      put(label)
      if label.range.start < label.range.end { putSign(":", .colon) } else { layout.text(":") }
      layout.space()
    }
    if let repetition {
      put(.repeat)
      layout.space()
      expression(repetition.count, least: .sum)
      layout.space()
      if let index = repetition.index {
        put(.as)
        layout.space()
        put(index)
        layout.space()
      }
    }
    call(value)
  }
}
