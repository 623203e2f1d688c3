/// How the order along an axis in one network stands to that in another, from good to bad.
enum OrderRelation: Int, Comparable {
  /// What stands in a place stood there before, or nothing that stood elsewhere.
  case same
  /// All that stood there stands there, in another order.
  case permuted
  /// Some of it stands elsewhere, or it cannot be followed.
  case unclear
  /// What has to stay together has not.
  case torn

  static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

extension AxisSources {
  /// How the axes of a tensor stand to those of another, axis by axis.
  func relations(_ old: [AxisOrder], _ new: [AxisOrder]) -> [OrderRelation] {
    if old == new { return old.map { _ in .same } }
    guard old.count == new.count else { return new.map { _ in .same } }
    return new.indices.map { axis in
      isElsewhere(new[axis], old, than: axis) ? .unclear : relation(old[axis], new[axis])
    }
  }

  /// Whether what stands along an axis stood along another.
  private func isElsewhere(_ axis: AxisOrder, _ old: [AxisOrder], than index: Int) -> Bool {
    if axis == old[index] { return false }
    let sources = plainSources(axis).subtracting(plainSources(old[index]))
    return old.indices.contains { $0 != index && !sources.isDisjoint(with: plainSources(old[$0])) }
  }

  private func plainSources(_ axis: AxisOrder) -> Set<Int> {
    Set(axis.runs.flatMap { leaves($0).map(\.source) })
  }

  /// Whether an axis of some stood along another of them before.
  func isTurned(_ old: [AxisOrder], _ new: [AxisOrder]) -> Bool {
    old.count == new.count && new.indices.contains { isElsewhere(new[$0], old, than: $0) }
  }

  /// Whether what stands along an axis is what stood there, in whichever order.
  func hasAlike(_ old: AxisOrder, _ new: AxisOrder) -> Bool {
    sorted(old, true) == sorted(new, true)
  }

  func relation(_ old: AxisOrder, _ new: AxisOrder) -> OrderRelation {
    if old == new { return .same }
    guard let count = old.count, let other = new.count else {
      let (sources, others) = (old.runs.map(\.source), new.runs.map(\.source))
      return sources == others || layers(sources).isDisjoint(with: layers(others)) ? .same : .unclear
    }
    // What has another size fits nothing anyway.
    guard count == other else { return .same }
    let borders = old.borders.union(new.borders).sorted()
    let (before, after) = (Places(old.cut(at: borders), self), Places(new.cut(at: borders), self))
    let isAmbiguous = before.isAmbiguous || after.isAmbiguous
    if sorted(old, isAmbiguous) == sorted(new, isAmbiguous),
      zip(before.leaves, after.leaves).contains(where: { named($0, isAmbiguous) != named($1, isAmbiguous) })
    {
      return .permuted
    }
    var worst = OrderRelation.same
    for (place, (first, second)) in zip(before.leaves, after.leaves).enumerated() {
      let (first, second) = (named(first, isAmbiguous), named(second, isAmbiguous))
      if first == second { continue }
      let position = before.positions[place]
      if second.contains(where: { before.hasElsewhere($0, than: position, isAmbiguous) }) { return .unclear }
      worst = max(worst, relation(of: first.subtracting(second), to: second.subtracting(first)))
    }
    return worst
  }

  /// How what has gone from a place stands to what has come there.
  private func relation(of first: Set<AxisOrder.Run>, to second: Set<AxisOrder.Run>) -> OrderRelation {
    // Of one source, another tensor.
    let (old, new) = (named(first, false), named(second, false))
    let (gone, come) = (old.subtracting(new), new.subtracting(old))
    if gone.count == 1, come.count == 1, let first = gone.first.flatMap(wholeRow),
      let second = come.first.flatMap(wholeRow)
    {
      return relation(ofRow: first, to: second)
    }
    // What stays there may be joined with the same in another order.
    let isOther =
      layers(gone.map(\.source)).isDisjoint(with: layers(new.map(\.source)))
      && layers(come.map(\.source)).isDisjoint(with: layers(old.map(\.source)))
    return isOther ? .same : .unclear
  }

  private func relation(ofRow old: [AxisOrder], to new: [AxisOrder]) -> OrderRelation {
    if old != new,
      Dictionary(grouping: old, by: \.self).mapValues(\.count)
        == Dictionary(grouping: new, by: \.self).mapValues(\.count)
    {
      return .permuted
    }
    if old.map(\.count) == new.map(\.count) { return relations(old, new).max() ?? .same }
    let (sources, others) = (old.flatMap { $0.runs.map(\.source) }, new.flatMap { $0.runs.map(\.source) })
    return layers(sources).isDisjoint(with: layers(others)) ? .same : .unclear
  }

  /// What stands along an axis, whatever the order.
  private func sorted(_ axis: AxisOrder, _ isAmbiguous: Bool) -> [AxisOrder.Run] {
    let runs = named(Set(axis.runs), isAmbiguous)
    guard runs.count == axis.runs.count else { return axis.runs }
    return AxisOrder(runs.sorted { ($0.source, $0.tensor, $0.start) < ($1.source, $1.tensor, $1.start) }).runs
  }

  /// Runs as they are compared: the tensor counts only where the source alone does not tell.
  private func named(_ runs: Set<AxisOrder.Run>, _ isAmbiguous: Bool) -> Set<AxisOrder.Run> {
    if isAmbiguous { return runs }
    return Set(
      runs.map { run in
        var run = run
        run.tensor = 0
        return run
      })
  }
}

/// The pieces of an axis by what they come from.
private struct Places {
  /// Where each piece begins.
  var positions: [Int]
  /// What each piece comes from.
  var leaves: [Set<AxisOrder.Run>]
  /// By source, sorted by their starts.
  private var bySource: [Int: [(position: Int, run: AxisOrder.Run)]] = [:]

  init(_ pieces: [(position: Int, run: AxisOrder.Run)], _ sources: AxisSources) {
    positions = pieces.map(\.position)
    leaves = pieces.map { sources.leaves($0.run) }
    for (position, leaves) in zip(positions, leaves) {
      for leaf in leaves { bySource[leaf.source, default: []].append((position, leaf)) }
    }
    for source in bySource.keys { bySource[source]?.sort { $0.run.start < $1.run.start } }
  }

  /// Whether something stands there twice.
  var isAmbiguous: Bool {
    bySource.values.contains { found in
      var end = Int.min
      for (_, run) in found {
        if run.start < end { return true }
        end = max(end, run.start + (run.count ?? 0))
      }
      return false
    }
  }

  /// Whether a run, or a part of it, stands in another place than where it would if it began at a position.
  func hasElsewhere(_ run: AxisOrder.Run, than position: Int, _ isAmbiguous: Bool) -> Bool {
    (bySource[run.source] ?? []).contains { other in
      other.run.start < run.start + (run.count ?? 0) && run.start < other.run.start + (other.run.count ?? 0)
        && (!isAmbiguous || other.run.tensor == run.tensor)
        && other.position - other.run.start != position - run.start
    }
  }
}
