import Layers

/// How many lines a block would save.
extension Structure {
  private static var mostParameters: Int { 10 }
  /// Of more occurrences, the first tell enough.
  private static var samples: Int { 64 }

  /// Lines that a block saves: each call takes one and a little for each parameter, and the block is written once.
  /// Where names tell which stretches belong together, only those may be meant.
  func saved(by candidate: Candidate, _ sequences: [[Item]]) -> (saved: Double, isNatural: Bool) {
    let wanted = sequences[candidate.start.sequence][
      candidate.start.place..<candidate.start.place + candidate.length
    ].map(\.family)
    var all: [Occurrence] = []
    var count = 0
    for items in sequences {
      for start in starts(of: wanted, in: items) {
        count += 1
        let end = start + wanted.count
        if wanted.count > 1, splitsRun(items, start) || splitsRun(items, end) { return (0, false) }
        if all.count >= Self.samples { continue }
        let cuts = (isCut(items, start) ? 1 : 0) + (isCut(items, end) ? 1 : 0)
        let cells = flatCells(of: Array(items[start..<end]))
        all.append(Occurrence(cells: cells, isNatural: isNatural(items, start..<end), cuts: cuts))
      }
    }
    if isShifted(wanted), 2 * all.count(where: { $0.cuts > 0 }) > all.count { return (0, false) }
    let share = Double(count) / Double(max(all.count, 1))
    let whole = saved(all, share, candidate.size)
    let natural = all.filter(\.isNatural)
    guard natural.count > 1, natural.count < all.count, 2 * natural.count > all.count else { return (whole, false) }
    let chosen = saved(natural, share, candidate.size)
    return 1.15 * chosen > whole ? (chosen, true) : (whole, false)
  }

  private struct Occurrence {
    var cells: [Cell]
    var isNatural: Bool
    /// At how many of its ends it tears a layer from what belongs to it.
    var cuts: Int
  }

  /// - Parameter share: how many occurrences there are for each of these.
  private func saved(_ occurrences: [Occurrence], _ share: Double, _ size: Double) -> Double {
    let parameters = parameterCount(occurrences.map(\.cells))
    if parameters > Self.mostParameters { return 0 }
    let count = Double(occurrences.count) * share
    let cuts = Double(occurrences.reduce(0) { $0 + $1.cuts }) * share
    let natural = Double(occurrences.count(where: \.isNatural)) * share
    let saved = count * (size - 1 - 0.25 * Double(parameters)) - size - 3 - 0.5 * cuts
    return saved * (1 + 0.5 * natural / count)
  }

  /// Whether the names of a stretch have a beginning in common that those of its neighbours lack, but for layers without
  /// weights.
  func isNatural(_ items: [Item], _ stretch: Range<Int>) -> Bool {
    let prefix = NamePrefix(layers(of: Array(items[stretch])).compactMap(\.name))
    // A name that many have, `conv`, tells nothing.
    guard let name = prefix.name, name.contains(where: \.isNumber) else { return false }
    let outside = [stretch.lowerBound - 1, stretch.upperBound].filter { items.indices.contains($0) }
    return outside.allSatisfy { place in
      layers(of: [items[place]]).allSatisfy { layer in
        if let call = layer.call, !calls[call].hasWeights { return true }
        return layer.name.map { !prefix.begins($0) } ?? true
      }
    }
  }

  /// Whether blocks or forks of one family, which `repeat` can say, stand on both sides of a place.
  private func splitsRun(_ items: [Item], _ place: Int) -> Bool {
    guard place > 0, place < items.count, items[place].family == items[place - 1].family else { return false }
    switch items[place].kind {
    case .layer, .padded: return false
    case .fork, .call, .sum: return true
    }
  }

  /// Whether a stretch that begins or ends here tears a layer from what belongs to it: a normalization or an activation
  /// from the layer before.
  private func isCut(_ items: [Item], _ place: Int) -> Bool {
    guard place > 0, place < items.count, case .layer(let call) = items[place].kind else { return false }
    switch items[place - 1].kind {
    case .layer, .padded: break
    case .fork, .call, .sum: return false
    }
    return belongsToAnother(call)
  }

  /// Whether a layer is written together with the one before: a normalization or an activation.
  private func belongsToAnother(_ call: Int) -> Bool {
    let kind = calls[call].calleeName
    return kind.hasSuffix("Normalization") || kind == "Activation" || kind.hasSuffix("LU") || kind == "Dropout"
  }

  /// Whether a stretch is a layer with weights, its normalization and its activation.
  func isUnit(_ items: [Item]) -> Bool {
    guard items.count == 3 else { return false }
    let layers = items.compactMap { item -> Int? in
      switch item.kind {
      case .layer(let call): call
      case .padded(let padded): padded.layer
      case .fork, .sum, .call: nil
      }
    }
    return layers.count == 3 && calls[layers[0]].hasWeights && !belongsToAnother(layers[0])
      && layers.dropFirst().allSatisfy(belongsToAnother)
  }

  /// Whether a stretch is a shorter one and half of it again, or more.
  private func isShifted(_ families: [Int]) -> Bool {
    (2..<max(families.count, 2)).contains { 3 * $0 <= 2 * families.count && isPeriodic(families, $0) }
  }

  private func flatCells(of items: [Item]) -> [Cell] {
    cells(of: items) { call in flatCells(of: blocks[call.block].occurrences[call.occurrence]) }
  }

  /// How many numbers differ, each that is always the same as another or a multiple of it counted once.
  private func parameterCount(_ rows: [[Cell]]) -> Int {
    guard let first = rows.first else { return 0 }
    var seen: Set<[Literal?]> = []
    for place in first.indices {
      let column = rows.map { place < $0.count ? $0[place].value : nil }
      let known = column.compactMap { $0 }
      guard let one = known.first, known.contains(where: { $0 != one }) else { continue }
      // What is decided by other numbers more often than not.
      if ["Bool", "Padding"].contains(first[place].type) { continue }
      seen.insert(proportions(column))
    }
    return seen.count
  }

  /// Whole numbers in proportion to the first one; other values as they are.
  private func proportions(_ column: [Literal?]) -> [Literal?] {
    let numbers: [Int] = column.compactMap { if case .integer(let value)? = $0 { value } else { nil } }
    guard numbers.count == column.count, let first = numbers.first, first > 0 else { return column }
    return numbers.map { .real(Double($0) / Double(first)) }
  }
}
