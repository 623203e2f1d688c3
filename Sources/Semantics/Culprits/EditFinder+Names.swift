import Syntax

/// What is called by another name than was meant.
extension EditFinder {
  /// Calls that are made like an instance where the instance itself is meant.
  mutating func share(_ call: Call, as name: Name, in body: Body) {
    sharedCount += 1
    guard sharedCount <= 20 else { return }
    let spelling = text(call.range)
    let bytes = Array(spelling.utf8)
    var offset = call.range.end
    while offset + bytes.count <= body.range.end {
      if tree.source.bytes[offset..<(offset + bytes.count)].elementsEqual(bytes) {
        add(SourceRange(offset, offset + bytes.count), text(name.range) + "()", .sharedInstance)
        offset += bytes.count
      } else {
        offset += 1
      }
    }
  }

  /// Other names of the same sort in the place of each, the one that was defined last first, and two in each other's.
  mutating func addNames(_ parameters: [Parameter], _ body: Body) {
    var tensors: [(name: Name, end: Int)] = []
    var values: [(name: Name, end: Int)] = []
    for parameter in parameters {
      if case .named = parameter.kind {
        values.append((parameter.name, parameter.name.range.end))
      } else {
        tensors.append((parameter.name, parameter.name.range.end))
      }
    }
    for statement in body.statements {
      switch statement.kind {
      case .input(let name, _): tensors.append((name, statement.range.end))
      case .binding(let names, _): tensors += names.map { ($0, statement.range.end) }
      default: break
      }
    }
    for definitions in [tensors, values] {
      let known = Set(definitions.map(\.name.text))
      let uses = self.uses.filter { known.contains(bare($0)) }
      let names = uses.map(bare)
      let counts = Dictionary(names.map { ($0, 1) }, uniquingKeysWith: +)
      for (index, use) in uses.enumerated() {
        for second in uses[(index + 1)...].prefix(4) { exchange(use, second, .name) }
        // No name is left without a use, and none is meant twice in one statement.
        guard counts[names[index], default: 0] > 1,
          let statement = body.statements.first(where: { $0.range.start <= use.start && use.end <= $0.range.end })
        else { continue }
        let beside = zip(uses, names).lazy.filter {
          statement.range.start <= $0.0.start && $0.0.end <= statement.range.end
        }
        let taken = Set(beside.map(\.1))
        let others = definitions.filter { $0.end <= use.start && !taken.contains($0.name.text) }.suffix(5).reversed()
        for other in others { add(use, text(other.name.range), .name) }
      }
    }
  }

  /// A name without the backquotes it may have.
  private func bare(_ range: SourceRange) -> String { text(range).filter { $0 != "`" } }

  mutating func addIdleParameters(_ parameters: [Parameter], _ calls: ArraySlice<CallSite>) {
    let used = Set(uses.map(bare))
    for parameter in parameters where !passed.contains(parameter.name.text) {
      guard case .named = parameter.kind else { continue }
      let name = parameter.name.text
      for site in calls {
        for attribute in attributes(of: site.call) where attribute.hasPrefix(name) && !site.call.names(attribute) {
          put("\(attribute): \(text(parameter.name.range))", into: site.call, .idleParameter)
        }
        if site.isStage, !used.contains(name) {
          let start = site.call.range.start
          add(SourceRange(start, start), "repeat \(text(parameter.name.range)) ", .idleParameter)
        }
      }
    }
  }
}
