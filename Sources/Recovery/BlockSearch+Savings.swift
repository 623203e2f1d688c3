import Layers

/// What a block would save, and which stretches would be calls of it (see `Stretch`).
struct Saving {
  var lines = 0.0
  var isNatural = false
  var rank: Int?
  var stranger: Int?
}

extension Structure {
  static var mostParameters: Int { 10 }
  /// Of more occurrences, the first tell enough.
  private static var samples: Int { 64 }

  /// Lines that a block saves: each call takes one and a little for each parameter, and the block is written once.
  /// Where names tell which stretches belong together, only those may be meant.
  func saving(by candidate: Candidate, _ sequences: [[Item]]) -> Saving {
    let wanted = sequences[candidate.start.sequence][
      candidate.start.place..<candidate.start.place + candidate.length
    ].map(\.family)
    let places = sequences.indices.flatMap { sequence in
      starts(of: wanted, in: sequences[sequence]).map { (items: sequences[sequence], start: $0) }
    }
    let rank = commonRank(places.map { self.rank(of: $0.items[$0.start]) })
    var all: [Occurrence] = []
    var count = 0
    for (items, start) in places where rank == self.rank(of: items[start]) ?? rank {
      count += 1
      let end = start + wanted.count
      if wanted.count > 1, splitsRun(items, start) || splitsRun(items, end) { return Saving() }
      if all.count >= Self.samples { continue }
      let cuts = (isCut(items, start) ? 1 : 0) + (isCut(items, end) ? 1 : 0)
      let cells = flatCells(of: Array(items[start..<end]))
      let size = items[start..<end].reduce(0) { $0 + $1.size }
      all.append(
        Occurrence(
          cells: cells, size: size, isNatural: isNatural(items, start..<end), cuts: cuts, output: items[start].output))
    }
    if count < 2 { return Saving() }
    if isShifted(wanted), 2 * all.count(where: { $0.cuts > 0 }) > all.count { return Saving() }
    let share = Double(count) / Double(max(all.count, 1))
    let whole = Saving(lines: saved(all, share), rank: rank)
    let natural = all.filter(\.isNatural)
    if natural.count > 1, natural.count < all.count, 2 * natural.count > all.count {
      let chosen = saved(natural, share)
      return 1.15 * chosen > whole.lines ? Saving(lines: chosen, isNatural: true, rank: rank) : whole
    }
    guard count == all.count, let stranger = stranger(among: all) else { return whole }
    let others = saved(all.filter { $0.output != stranger }, share)
    return 1.15 * others > whole.lines ? Saving(lines: others, rank: rank, stranger: stranger) : whole
  }

  /// How many sizes the tensor has that an item takes.
  func rank(of item: Item) -> Int? { calls[item.input].shape?.count }

  /// The rank that most have, the lower one of two: a block is for tensors of one rank.
  private func commonRank(_ ranks: [Int?]) -> Int? {
    var counts: [Int: Int] = [:]
    for rank in ranks.compactMap({ $0 }) { counts[rank, default: 0] += 1 }
    return counts.max { ($0.value, -$0.key) < ($1.value, -$1.key) }?.key
  }

  /// The only occurrence for which several parameters are there that all others do without.
  private func stranger(among all: [Occurrence]) -> Int? {
    guard all.count > 4 else { return nil }
    var own: [Int: Int] = [:]
    for place in all[0].cells.indices where !["Bool", "Padding"].contains(all[0].cells[place].type) {
      var counts: [Literal: Int] = [:]
      for occurrence in all { if let value = occurrence.cells[place].value { counts[value, default: 0] += 1 } }
      guard counts.count == 2, let single = counts.first(where: { $0.value == 1 })?.key,
        let odd = all.first(where: { $0.cells[place].value == single })
      else { continue }
      own[odd.output, default: 0] += 1
    }
    return own.count == 1 ? own.first { $0.value > 1 }?.key : nil
  }

  private struct Occurrence {
    var cells: [Cell]
    /// How many lines it takes: one may pad a map where another does not.
    var size: Double
    var isNatural: Bool
    /// At how many of its ends it tears a layer from what belongs to it.
    var cuts: Int
    /// What its first item gives.
    var output: Int
  }

  /// - Parameter share: how many occurrences there are for each of these.
  private func saved(_ occurrences: [Occurrence], _ share: Double) -> Double {
    let parameters = parameterCount(occurrences.map(\.cells))
    if parameters > Self.mostParameters { return 0 }
    let count = Double(occurrences.count) * share
    let cuts = Double(occurrences.reduce(0) { $0 + $1.cuts }) * share
    let natural = Double(occurrences.count(where: \.isNatural)) * share
    let sizes = occurrences.reduce(0) { $0 + $1.size } * share
    let largest = occurrences.reduce(0) { max($0, $1.size) }
    let saved = sizes - count * (1 + 0.25 * Double(parameters)) - largest - 3 - 0.5 * cuts
    return saved * (1 + 0.5 * natural / count)
  }

  /// Whether the names of a stretch have a beginning in common that those of its neighbours lack, but for layers without
  /// weights. That of the model around them tells nothing, so that a chain without neighbours needs a longer one.
  func isNatural(_ items: [Item], _ stretch: Range<Int>) -> Bool {
    let names = layers(of: Array(items[stretch])).compactMap(\.name)
    let prefix = NamePrefix(names)
    // A name that many have, `conv`, tells nothing.
    guard let name = prefix.name, name.contains(where: \.isNumber) else { return false }
    let before = nearestWeighted(items, from: stretch.lowerBound - 1, by: -1)
    let behind = nearestWeighted(items, from: stretch.upperBound, by: 1)
    if before.isEmpty && behind.isEmpty { return !names[0].dropFirst(name.count).hasPrefix("/") }
    return (before + behind).allSatisfy { $0.name.map { !prefix.begins($0) } ?? true }
  }

  /// The layers with weights, and calls of blocks, of the first item that has such, of the next three.
  private func nearestWeighted(_ items: [Item], from start: Int, by step: Int) -> [LayerName] {
    for place in stride(from: start, to: start + 3 * step, by: step) where items.indices.contains(place) {
      let weighted = layers(of: [items[place]]).filter { $0.call.map { calls[$0].hasWeights } ?? true }
      if !weighted.isEmpty { return weighted }
    }
    return []
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
  func belongsToAnother(_ call: Int) -> Bool {
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

  /// Whether a stretch is a sum of a tensor and what is made of it.
  func isResidual(_ items: [Item]) -> Bool {
    guard items.count == 1, case .fork(let fork) = items[0].kind else { return false }
    return fork.shortcut != nil
  }

  /// Whether a stretch is a shorter one and half of it again, or more.
  private func isShifted(_ families: [Int]) -> Bool {
    (2..<max(families.count, 2)).contains { 3 * $0 <= 2 * families.count && isPeriodic(families, $0) }
  }

  func flatCells(of items: [Item]) -> [Cell] {
    cells(of: items) { call in flatCells(of: blocks[call.block].occurrences[call.occurrence]) }
  }

  /// How many numbers differ, each that is always the same as another or a multiple of it counted once.
  func parameterCount(_ rows: [[Cell]]) -> Int {
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
