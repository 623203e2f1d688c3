/// Pipelines: in one line if the author has them so and they fit; else the head, and below it stages and shapes in lines
/// as the author broke them. A line that is too long gets one for each of its stages.
extension Formatter {
  mutating func pipeline(_ head: NodeID<Expression>, _ stages: [Stage]) {
    let breaks = stages.map { startsLine($0) }
    let isBroken = breaks.contains(true)
    /// Whether a stage begins a line where the pipeline takes several.
    func isStart(_ place: Int) -> Bool { breaks[place] || !isBroken && !stages[place].isShape }

    layout.open(0)
    if isBroken { layout.forceBreak() }
    layout.open(0)
    expression(head, least: .or, isOperand: true)
    layout.close()
    var place = 0
    while place < stages.count, stages[place].isShape, !breaks[place] {
      shape(stages[place], behind: .ifNeeded, shift: 2)
      place += 1
    }
    while place < stages.count {
      let start = place
      repeat { place += 1 } while place < stages.count && !isStart(place)
      // What is asserted of the whole line; it may fall to the next one.
      var last = place - 1
      while last > start, stages[last].isShape { last -= 1 }
      layout.line(.together, shift: 2)
      takeComments()
      layout.open(2)
      write(stages[start])
      for next in start + 1..<last + 1 {
        if stages[next].isShape {
          shape(stages[next], behind: .together, shift: 0)
        } else {
          layout.line(.together)
          takeComments()
          write(stages[next])
        }
      }
      layout.close()
      for next in last + 1..<place { shape(stages[next], behind: .ifNeeded, shift: 2) }
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
    // Before it stands `|>` or `->`, with `repeat` behind.
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

  /// Writes a shape at the end of the line in which stands what it is asserted of.
  private mutating func shape(_ stage: Stage, behind line: LayoutLine.Kind, shift: Int) {
    guard case .shape(let shape) = stage else { return }
    if let text = word(shape) {
      layout.line(line, flat: "", shift: shift)
      layout.margin(text)
      pass(upTo: tree[shape].range.end)
    } else {
      layout.line(.together, shift: shift)
      layout.open(shift)
      write(stage)
      layout.close()
    }
  }

  /// `-> [N, 28, 28, 192]` as one word; nothing if it has comments, or is so long that it may break like any list.
  private func word(_ shape: NodeID<Expression>) -> String? {
    let text = "-> " + tree.flatText(ofShape: shape)
    return text.utf8.count <= 80 && !hasComment(before: tree[shape].range.end) ? text : nil
  }

  private mutating func write(_ stage: Stage) {
    layout.open(0)
    switch stage {
    case .shape(let shape):
      if let text = word(shape) {
        layout.text(text)
        pass(upTo: tree[shape].range.end)
        break
      }
      put("->", .arrow)
      layout.space()
      self.shape(shape)
    case .call(let label, let repetition, let value):
      put("|>", .pipe)
      layout.space()
      self.label(label)
      repetition.map { self.repetition($0) }
      call(value)
    }
    layout.close()
  }

  private mutating func label(_ label: Name?) {
    guard let label else { return }
    put(label)
    if label.range.start < label.range.end { putSign(":", .colon) } else { layout.text(":") }
    layout.space()
  }

  private mutating func repetition(_ repetition: Repetition) {
    put(.repeat)
    layout.space()
    expression(repetition.count, least: .sum)
    layout.space()
    guard let index = repetition.index else { return }
    put(.as)
    layout.space()
    put(index)
    layout.space()
  }
}

extension Stage {
  fileprivate var isShape: Bool { if case .shape = self { true } else { false } }
}
