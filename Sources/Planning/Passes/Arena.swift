import Runtime

/// Memory that is needed from one step to another, both included.
struct Lifetime: Hashable {
  var first: Int
  var last: Int
  /// In floats, a multiple of `Memory.line`.
  var size: Int
}

/// Offsets into one block of memory such that no two that live at one time overlap.
struct Arena: Hashable {
  /// By position among the lifetimes.
  var offsets: [Int]
  var size: Int

  /// How many (lifetime, step) pairs are looked at one by one; beyond, `reusing` takes over.
  static let closeLookLimit = 2_000_000
  /// How many orders are tried where the first does not reach the lower bound, and how many pairs in all of them.
  static let attempts = 200
  static let attemptedPairsLimit = 4_000_000

  /// Places lifetimes; nil if the sum of all sizes could not be addressed.
  init?(_ lifetimes: [Lifetime], stepCount: Int) {
    var sum = 0
    var pairs = 0
    for lifetime in lifetimes {
      sum += lifetime.size
      guard sum <= Memory.addressable else { return nil }
      pairs += lifetime.last - lifetime.first + 1
    }
    guard pairs <= Self.closeLookLimit else {
      self = .reusing(lifetimes, stepCount: stepCount)
      return
    }
    let attempts = min(Self.attempts, Self.attemptedPairsLimit / max(1, pairs))
    self = .best(lifetimes, stepCount: stepCount, attempts: attempts)
  }

  private init(offsets: [Int], lifetimes: [Lifetime]) {
    self.offsets = offsets
    size = zip(offsets, lifetimes).reduce(0) { max($0, $1.0 + $1.1.size) }
  }

  /// The largest first; then, as long as that is not the least possible, what ended highest gets its place before all
  /// others.
  static func best(_ lifetimes: [Lifetime], stepCount: Int, attempts: Int) -> Arena {
    let bound = lowerBound(lifetimes, stepCount: stepCount)
    var order = lifetimes.indices.sorted {
      let (a, b) = (lifetimes[$0], lifetimes[$1])
      return a.size != b.size ? a.size > b.size : a.first != b.first ? a.first < b.first : $0 < $1
    }
    var last = firstFit(lifetimes, order, stepCount: stepCount)
    var best = last
    for _ in 0..<attempts where best.size > bound {
      guard let highest = order.firstIndex(where: { last.offsets[$0] + lifetimes[$0].size == last.size }) else { break }
      order.insert(order.remove(at: highest), at: 0)
      last = firstFit(lifetimes, order, stepCount: stepCount)
      if last.size < best.size { best = last }
    }
    return best
  }

  /// In an order, each at the lowest offset that is free for as long as it lives.
  private static func firstFit(_ lifetimes: [Lifetime], _ order: [Int], stepCount: Int) -> Arena {
    var offsets = [Int](repeating: 0, count: lifetimes.count)
    /// What is placed already and lives at a step, and what begins there: together, whoever meets a lifetime either
    /// lives at its first step or begins later.
    var living = [[Int]](repeating: [], count: stepCount)
    var beginning = [[Int]](repeating: [], count: stepCount)
    for index in order {
      let lifetime = lifetimes[index]
      var met = living[lifetime.first]
      if lifetime.first < lifetime.last {
        for step in lifetime.first + 1...lifetime.last { met += beginning[step] }
      }
      met.sort { offsets[$0] < offsets[$1] }
      var offset = 0
      for other in met {
        if offset + lifetime.size <= offsets[other] { break }
        offset = max(offset, offsets[other] + lifetimes[other].size)
      }
      offsets[index] = offset
      beginning[lifetime.first].append(index)
      for step in lifetime.first...lifetime.last { living[step].append(index) }
    }
    return Arena(offsets: offsets, lifetimes: lifetimes)
  }

  /// In the order of the steps: what is free and of the same size is used again, else the arena grows. Linear time, for
  /// networks in which very many tensors live very long.
  static func reusing(_ lifetimes: [Lifetime], stepCount: Int) -> Arena {
    var beginning = [[Int]](repeating: [], count: stepCount)
    var ending = [[Int]](repeating: [], count: stepCount)
    for (index, lifetime) in lifetimes.enumerated() {
      beginning[lifetime.first].append(index)
      ending[lifetime.last].append(index)
    }
    var offsets = [Int](repeating: 0, count: lifetimes.count)
    var free: [Int: [Int]] = [:]
    var end = 0
    for step in 0..<stepCount {
      for index in beginning[step] {
        let size = lifetimes[index].size
        if let offset = free[size]?.popLast() {
          offsets[index] = offset
        } else {
          offsets[index] = end
          end += size
        }
      }
      for index in ending[step] { free[lifetimes[index].size, default: []].append(offsets[index]) }
    }
    return Arena(offsets: offsets, lifetimes: lifetimes)
  }

  /// The most floats that live at one step.
  static func lowerBound(_ lifetimes: [Lifetime], stepCount: Int) -> Int {
    var change = [Int](repeating: 0, count: stepCount + 1)
    for lifetime in lifetimes {
      change[lifetime.first] += lifetime.size
      change[lifetime.last + 1] -= lifetime.size
    }
    var live = 0
    return change.reduce(0) { peak, difference in
      live += difference
      return max(peak, live)
    }
  }
}
