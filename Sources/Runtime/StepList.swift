/// The prepared steps of a network in their order: those of the trunk, and those behind it.
struct StepList: Sendable {
  let steps: [any PreparedStep]
  let trunkCount: Int

  var trunk: ArraySlice<any PreparedStep> { steps[..<trunkCount] }
  var rest: ArraySlice<any PreparedStep> { steps[trunkCount...] }

  /// The same with each run of siblings as one step; where the trunk ends within a run, as two.
  func joining(_ siblings: [Range<Int>]) -> StepList {
    let trunk = Self.joined(trunk, siblings)
    return StepList(steps: trunk + Self.joined(rest, siblings), trunkCount: trunk.count)
  }

  private static func joined(_ steps: ArraySlice<any PreparedStep>, _ siblings: [Range<Int>]) -> [any PreparedStep] {
    var joined: [any PreparedStep] = []
    var position = steps.startIndex
    for run in siblings.map({ $0.clamped(to: steps.indices) }) {
      guard run.count > 1, let one = Siblings(steps[run]) else { continue }
      joined += steps[position..<run.lowerBound]
      joined.append(one)
      position = run.upperBound
    }
    return joined + steps[position...]
  }
}
