/// What stands along one axis of a tensor, in order: runs of numbers from where they come from. What joins, moves or
/// flattens tensors makes other runs of them; what works element by element leaves them alone.
struct AxisOrder: Hashable {
  /// A stretch of the axis.
  struct Run: Hashable {
    /// Where its numbers come from: an index into `Sources`.
    var source: Int
    /// Its first number, counted in the source.
    var start: Int
    /// nil if it is not known, then the run is the whole axis.
    var count: Int?
    /// Which tensor a concatenation took it from: of one source there may be several there, such as `x` and `ReLU(x)`.
    var tensor = 0
  }

  /// None for an axis of size 1 that a layer has added.
  var runs: [Run] = []

  init(_ runs: [Run] = []) {
    for run in runs {
      if let last = self.runs.last, let count = last.count, last.source == run.source, last.tensor == run.tensor,
        last.start + count == run.start, let more = run.count
      {
        self.runs[self.runs.count - 1].count = count + more
      } else {
        self.runs.append(run)
      }
    }
  }

  init(_ source: Int, count: Int?) { runs = [Run(source: source, start: 0, count: count)] }

  /// nil if it is not known.
  var count: Int? {
    if runs.isEmpty { return 1 }
    var sum = 0
    for run in runs {
      guard let count = run.count else { return nil }
      sum += count
    }
    return sum
  }

  /// The borders between its runs.
  var borders: Set<Int> {
    var (borders, position): (Set<Int>, Int) = ([], 0)
    for run in runs {
      position += run.count ?? 0
      borders.insert(position)
    }
    return borders
  }

  /// Its runs, cut at borders too, and where each begins.
  func cut(at borders: [Int]) -> [(position: Int, run: Run)] {
    var pieces: [(position: Int, run: Run)] = []
    var (position, next) = (0, 0)
    for run in runs {
      var (rest, left) = (run, run.count ?? 0)
      while left > 0 {
        while next < borders.count, borders[next] <= position { next += 1 }
        let count = next < borders.count ? min(left, borders[next] - position) : left
        rest.count = count
        pieces.append((position, rest))
        rest.start += count
        position += count
        left -= count
      }
    }
    return pieces
  }

  /// What stands in a stretch of it, if sizes are known.
  func slice(_ range: Range<Int>) -> AxisOrder {
    AxisOrder(cut(at: [range.lowerBound, range.upperBound]).filter { range.contains($0.position) }.map(\.run))
  }
}

/// Where the numbers along axes come from, in both networks: equal numbers are equal sources.
struct AxisSources {
  enum Source: Hashable {
    /// An axis that a layer makes, such as that of its filters; of an input each axis.
    case made(layer: Int, axis: Int)
    /// Several axes in one row, the last one fastest.
    case row([AxisOrder])
    /// Each number of an axis several times.
    case multiple(of: Int, Int)
    /// Several axes joined element by element; `starts` count from that of the first.
    case joined([AxisOrder.Run])
    /// What a layer makes of axes in a way that is not followed.
    case derived(what: String, place: Int, from: [AxisOrder])
  }

  private(set) var all: [Source] = []
  private var indices: [Source: Int] = [:]

  mutating func index(of source: Source) -> Int {
    if let known = indices[source] { return known }
    all.append(source)
    indices[source] = all.count - 1
    return all.count - 1
  }

  // MARK: What layers do to axes

  /// Several axes in one row.
  mutating func row(_ axes: [AxisOrder]) -> AxisOrder {
    var factors: [AxisOrder] = []
    for axis in axes where axis.count != 1 {
      if axis.runs.count == 1, let inner = wholeRow(axis.runs[0]) { factors += inner } else { factors.append(axis) }
    }
    if factors.count < 2 { return factors.first ?? axes.last ?? AxisOrder() }
    return AxisOrder(index(of: .row(factors)), count: product(factors))
  }

  /// Axes laid end to end, each of a tensor of its own.
  mutating func concatenation(_ parts: [(axis: AxisOrder, tensor: Int)]) -> AxisOrder {
    let parts = parts.map { axis, tensor in
      AxisOrder(
        axis.runs.map { run in
          var own = run
          if own.tensor == 0 { own.tensor = tensor }
          return own
        })
    }
    guard parts.allSatisfy({ $0.count != nil && !$0.runs.isEmpty }) else {
      return AxisOrder(index(of: .derived(what: "Concatenate", place: 0, from: parts)), count: nil)
    }
    return AxisOrder(parts.flatMap(\.runs))
  }

  /// Axes of one size joined element by element.
  mutating func joined(_ axes: [AxisOrder]) -> AxisOrder {
    guard let first = axes.first else { return AxisOrder() }
    if axes.allSatisfy({ $0 == first }) { return first }
    guard let count = first.count, axes.allSatisfy({ $0.count == count && !$0.runs.isEmpty }) else {
      return AxisOrder(index(of: .derived(what: "Join", place: 0, from: axes)), count: nil)
    }
    let borders = axes.reduce(into: Set<Int>()) { $0.formUnion($1.borders) }.sorted()
    let pieces = axes.map { $0.cut(at: borders) }
    return AxisOrder(
      pieces[0].indices.map { place in
        var operands = Set(pieces.map { $0[place].run }).sorted {
          ($0.source, $0.tensor, $0.start) < ($1.source, $1.tensor, $1.start)
        }
        if operands.count == 1 { return operands[0] }
        let start = operands[0].start
        let count = operands[0].count
        for index in operands.indices {
          (operands[index].start, operands[index].count) = (operands[index].start - start, nil)
        }
        return AxisOrder.Run(source: index(of: .joined(operands)), start: start, count: count)
      })
  }

  /// Each number of an axis several times.
  mutating func multiple(_ axis: AxisOrder, _ times: Int) -> AxisOrder {
    if times == 1 { return axis }
    return AxisOrder(
      axis.runs.map { run in
        var run = run
        run.source = index(of: .multiple(of: run.source, times))
        (run.start, run.count) = (run.start * times, run.count.map { $0 * times })
        return run
      })
  }

  /// The same axis with more or fewer places, such as the rows of a map behind a window.
  mutating func resized(_ axis: AxisOrder, to count: Int?) -> AxisOrder {
    if axis.count == count { return axis }
    if axis.runs.count == 1, axis.runs[0].start == 0, axis.runs[0].tensor == 0 {
      return AxisOrder(axis.runs[0].source, count: count)
    }
    return AxisOrder(index(of: .derived(what: "resized", place: 0, from: [axis])), count: count)
  }

  /// What a layer makes of axes in a way that is not followed.
  mutating func derived(_ what: String, _ place: Int, _ axes: [AxisOrder], count: Int?) -> AxisOrder {
    AxisOrder(index(of: .derived(what: what, place: place, from: axes)), count: count)
  }

  // MARK: What they come from

  /// The axes of a row if a run is the whole of it.
  func wholeRow(_ run: AxisOrder.Run) -> [AxisOrder]? {
    guard case .row(let axes) = all[run.source], run.start == 0, run.count == product(axes) else { return nil }
    return axes
  }

  /// A run without joins: what it is joined from.
  func leaves(_ run: AxisOrder.Run) -> Set<AxisOrder.Run> {
    var (leaves, waiting, seen): (Set<AxisOrder.Run>, [AxisOrder.Run], Set<AxisOrder.Run>) = ([], [run], [])
    while let next = waiting.popLast() {
      guard seen.insert(next).inserted else { continue }
      guard case .joined(let operands) = all[next.source] else {
        leaves.insert(next)
        continue
      }
      for operand in operands {
        var operand = operand
        (operand.start, operand.count) = (operand.start + next.start, next.count)
        if operand.tensor == 0 { operand.tensor = next.tensor }
        waiting.append(operand)
      }
    }
    return leaves
  }

  /// The layers whose axes a source comes from in the end.
  func layers(_ sources: [Int]) -> Set<Int> {
    var (layers, waiting, seen): (Set<Int>, [Int], Set<Int>) = ([], sources, [])
    while let next = waiting.popLast() {
      guard seen.insert(next).inserted else { continue }
      switch all[next] {
      case .made(let layer, _): layers.insert(layer)
      case .row(let axes), .derived(_, _, let axes): waiting += axes.flatMap { $0.runs.map(\.source) }
      case .multiple(let source, _): waiting.append(source)
      case .joined(let runs): waiting += runs.map(\.source)
      }
    }
    return layers
  }

  private func product(_ axes: [AxisOrder]) -> Int? {
    var product = 1
    for axis in axes {
      guard let count = axis.count else { return nil }
      let (result, overflow) = product.multipliedReportingOverflow(by: count)
      if overflow { return nil }
      product = result
    }
    return product
  }
}
