import Layers

/// Finds what is repeated: the stretch of items whose writing as a block saves most, then the next, until nothing is
/// saved any more.
///
/// Stretches are named by what they begin with and the item behind it, so that longer ones are looked for only where
/// shorter ones occur twice: near-linear in the number of items for a length that is bounded.
extension Structure {
  private static var longest: Int { 32 }
  private static var mostBlocks: Int { 40 }

  mutating func findBlocks() {
    var refused: Set<[Int]> = []
    while blocks.count + refused.count < Self.mostBlocks, let best = bestStretch(but: refused) {
      let known = self
      let block = blocks.count
      blocks.append(FoundBlock(occurrences: []))
      for body in bodies.indices {
        var chains = bodies[body]
        replace(best, by: block, in: &chains)
        bodies[body] = chains
      }
      for other in 0..<block {
        for occurrence in blocks[other].occurrences.indices {
          var items = blocks[other].occurrences[occurrence]
          replace(best, by: block, in: &items)
          blocks[other].occurrences[occurrence] = items
        }
      }
      settle()
      if !areAlike {
        self = known
        refused.insert(best.families)
      }
    }
  }

  /// Whether the calls of each block are of one kind still: a stretch may be in some of them only.
  var areAlike: Bool {
    blocks.allSatisfy { block in
      let families = block.occurrences.map { $0.map(\.family) }
      return families.allSatisfy { $0 == families[0] }
    }
  }

  // MARK: Candidates

  struct Candidate {
    var start: (sequence: Int, place: Int)
    var length: Int
    /// What would be saved if the block had no parameters.
    var mostSaved: Double
    /// What it has to save.
    var least: Double
  }

  /// A stretch by its name, and the item behind it.
  private struct Extension: Hashable {
    var name: Int
    var next: Int
  }

  /// The occurrences of a stretch so far.
  private struct Count {
    var first: (sequence: Int, place: Int)
    var count = 0
    var end = (sequence: -1, place: 0)
    /// How many lines all of them take, and the largest one.
    var sizes = 0.0
    var largest = 0.0

    init(first: (sequence: Int, place: Int)) { self.first = first }

    /// Occurrences do not overlap.
    mutating func add(_ size: Double, at start: (sequence: Int, place: Int), _ length: Int) {
      if end.sequence == start.sequence, end.place > start.place { return }
      count += 1
      end = (start.sequence, start.place + length)
      sizes += size
      largest = max(largest, size)
    }
  }

  /// What becomes a block.
  struct Stretch {
    var families: [Int]
    /// Whether only those become calls of it that belong together by their names.
    var isNatural: Bool
    /// How many sizes the tensors have that it takes, where that is known.
    var rank: Int?
    /// What the first item of the one gives that is no call of it, for it differs from all others in too much.
    var stranger: Int?
  }

  /// The families of the stretch to make a block of; nil if none is worth it.
  private func bestStretch(but refused: Set<[Int]>) -> Stretch? {
    let (sequences, bodies) = sequences()
    var candidates = candidates(in: sequences, bodies)
    candidates.sort { a, b in
      if a.mostSaved != b.mostSaved { return a.mostSaved > b.mostSaved }
      if a.length != b.length { return a.length > b.length }
      return (a.start.sequence, a.start.place) < (b.start.sequence, b.start.place)
    }
    var best: (candidate: Candidate, saving: Saving)?
    for candidate in candidates.prefix(60) where !refused.contains(items(of: candidate, sequences).map(\.family)) {
      // Names can make it half as good again.
      if let best, candidate.mostSaved * 1.5 <= best.saving.lines { break }
      let saving = saving(by: candidate, sequences)
      if saving.lines >= candidate.least, best.map({ saving.lines > $0.saving.lines }) ?? true {
        best = (candidate, saving)
      }
    }
    guard let (candidate, saving) = best else { return nil }
    return Stretch(
      families: items(of: candidate, sequences).map(\.family), isNatural: saving.isNatural, rank: saving.rank,
      stranger: saving.stranger)
  }

  private func items(of candidate: Candidate, _ sequences: [[Item]]) -> ArraySlice<Item> {
    sequences[candidate.start.sequence][candidate.start.place..<candidate.start.place + candidate.length]
  }

  /// All chains of items, in forks and blocks too, and which of them are whole blocks.
  private func sequences() -> (all: [[Item]], bodies: Set<Int>) {
    var sequences: [[Item]] = []
    var whole: Set<Int> = []
    func gather(_ items: [Item]) {
      sequences.append(items)
      for item in items {
        if case .fork(let fork) = item.kind { gather(fork.body) }
        if case .sum(let sum) = item.kind { gather(sum.main) }
      }
    }
    func gather(_ body: Chains) { for line in body.lines where !line.items.isEmpty { gather(line.items) } }
    for body in bodies { gather(body) }
    let called = Set(blockOrder)
    for block in blocks.indices where called.contains(block) {
      guard let first = blocks[block].occurrences.first else { continue }
      whole.insert(sequences.count)
      gather(first)
    }
    return (sequences, whole)
  }

  private func candidates(in sequences: [[Item]], _ bodies: Set<Int>) -> [Candidate] {
    var candidates: [Candidate] = []
    /// How many lines the items of each sequence take that stand before each place.
    let sizes: [[Double]] = sequences.map { items in
      var total = 0.0
      return [0]
        + items.map { item in
          total += item.size
          return total
        }
    }
    /// The name of the stretch that begins at each place, of the length that is looked at; nil if it occurs once.
    var names: [[Int?]] = sequences.map { $0.map { families.isFixed($0.family) ? nil : $0.family } }
    for length in 1...Self.longest {
      var counts: [Int: Count] = [:]
      // A block is not made one again.
      let known = Set(bodies.filter { sequences[$0].count == length }.compactMap { names[$0].first ?? nil })
      var order: [Int] = []
      for sequence in names.indices {
        for place in names[sequence].indices {
          guard let name = names[sequence][place] else { continue }
          let size = sizes[sequence][place + length] - sizes[sequence][place]
          if counts[name] == nil { order.append(name) }
          counts[name, default: Count(first: (sequence, place))].add(size, at: (sequence, place), length)
        }
      }
      for name in order {
        guard let found = counts[name], found.count > 1, !known.contains(name) else { continue }
        let items = Array(sequences[found.first.sequence][found.first.place..<found.first.place + length])
        let mostSaved = found.sizes - Double(found.count) - found.largest - 3
        // What everybody takes for one thing may save little.
        let least = found.count >= 4 && (isUnit(items) || isResidual(items)) ? 0 : 5.0
        // Two layers are a block only where they are everywhere.
        if mostSaved >= least, found.largest >= 3 || found.count >= 12, !isPower(items.map(\.family)), isWhole(items) {
          candidates.append(Candidate(start: found.first, length: length, mostSaved: mostSaved, least: least))
        }
      }
      guard length < Self.longest else { break }
      var longer: [Extension: Int] = [:]
      var isAny = false
      for sequence in names.indices {
        let items = sequences[sequence]
        for place in names[sequence].indices {
          guard let name = names[sequence][place] else { continue }
          guard (counts[name]?.count ?? 0) > 1, place + length < items.count,
            !families.isFixed(items[place + length].family)
          else {
            names[sequence][place] = nil
            continue
          }
          let key = Extension(name: name, next: items[place + length].family)
          let number = longer[key] ?? longer.count
          longer[key] = number
          names[sequence][place] = number
          isAny = true
        }
      }
      guard isAny else { break }
    }
    return candidates
  }

  /// Whether a stretch is another one several times over, which `repeat` says.
  private func isPower(_ families: [Int]) -> Bool {
    families.count > 1
      && (1...families.count / 2).contains { families.count.isMultiple(of: $0) && isPeriodic(families, $0) }
  }

  /// Whether everything in a stretch comes again after so many items.
  func isPeriodic(_ families: [Int], _ period: Int) -> Bool {
    families.indices.dropFirst(period).allSatisfy { families[$0] == families[$0 - period] }
  }

  /// Whether it is more than one call of a block that there is already.
  private func isWhole(_ items: [Item]) -> Bool {
    if items.count > 1 { return true }
    if case .fork = items[0].kind { return true }
    return false
  }
}
