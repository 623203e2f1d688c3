/// Calls of a block of several tensors, each on the result of the one before and all on the same other tensors:
/// `x |> repeat 3 Gate(y)`.
extension BodyWriter {
  /// The lines of a body with such calls as one.
  func repeating(_ body: Chains) -> Chains {
    let body = body.opened
    var userCounts: [Int: Int] = [:]
    for line in body.lines {
      for line in line.head.references.compactMap(\.line) { userCounts[line, default: 0] += 1 }
    }
    var heads = body.lines.map(\.head)
    var dropped: Set<Int> = []
    for number in body.lines.indices {
      guard case .block(var call, let operands) = heads[number], let first = operands.first, first.result == 0,
        let before = first.line, case .block(let previous, let others) = heads[before],
        others.dropFirst() == operands.dropFirst(), isSame(previous, call)
      else { continue }
      let line = body.lines[before]
      guard line.items.isEmpty, userCounts[before] == 1, !structure.endsLine(line.end) else { continue }
      call.count += previous.count
      heads[number] = .block(call, others)
      dropped.insert(before)
    }
    var repeating = Chains()
    var places: [Int: Int] = [:]
    for (number, line) in body.lines.enumerated() where !dropped.contains(number) {
      places[number] = repeating.lines.count
      var line = line
      line.head = heads[number].mapped { Reference(line: $0.line.flatMap { places[$0] }, result: $0.result) }
      repeating.lines.append(line)
    }
    return repeating
  }
}

extension Chains {
  /// The lines with those of forks among them that lines begin with and that call blocks of several tensors: what follows
  /// may go on with the last of these calls.
  fileprivate var opened: Chains {
    var opened = Chains()
    var places: [Int: Int] = [:]
    for (number, line) in lines.enumerated() {
      var line = line
      line.head = line.head.mapped { Reference(line: $0.line.flatMap { places[$0] }, result: $0.result) }
      if let entry = line.head.tensor, case .fork(let fork)? = line.items.first?.kind, fork.shortcut == nil {
        let inner = fork.body.opened
        if inner.lines.contains(where: \.callsBlock) {
          let offset = opened.lines.count
          for var line in inner.lines {
            line.head = line.head.mapped { reference in
              reference.line.map { Reference(line: $0 + offset, result: reference.result) } ?? entry
            }
            if case .entry = line.head { line.head = .line(entry) }
            opened.lines.append(line)
          }
          opened.lines[opened.lines.count - 1].items += line.items.dropFirst()
          opened.lines[opened.lines.count - 1].end = line.end
          places[number] = opened.lines.count - 1
          continue
        }
      }
      places[number] = opened.lines.count
      opened.lines.append(line)
    }
    return opened
  }
}

extension Line {
  fileprivate var callsBlock: Bool { if case .block = head { true } else { false } }
}

extension Head {
  /// The tensor that a line begins with; nil if it begins with a call.
  fileprivate var tensor: Reference? {
    switch self {
    case .entry: Reference(line: nil)
    case .line(let reference): reference
    case .call, .block: nil
    }
  }

  fileprivate var references: [Reference] {
    switch self {
    case .entry: []
    case .line(let reference): [reference]
    case .call(_, let operands), .block(_, let operands): operands
    }
  }

  fileprivate func mapped(_ map: (Reference) -> Reference) -> Head {
    switch self {
    case .entry: self
    case .line(let reference): .line(map(reference))
    case .call(let call, let operands): .call(call, operands.map(map))
    case .block(let call, let operands): .block(call, operands.map(map))
    }
  }
}
