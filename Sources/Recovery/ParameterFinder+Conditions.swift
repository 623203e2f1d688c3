import Layers

/// What is decided by other numbers: whether a branch does anything, and how a map is padded.
extension ParameterFinder {
  func decide(_ columns: inout [Column]) {
    // What holds in two places says little.
    guard rows.count > 2 else { return }
    for place in columns.indices where columns[place].formula == nil {
      let values = columns[place].values.compactMap { $0 }
      guard ["Bool", "Padding"].contains(rows[0][columns[place].cells[0]].type) || columns[place].group == "padding",
        Set(values).count == 2, let first = values.first, let other = values.first(where: { $0 != first })
      else { continue }
      let isFirst = columns[place].values.map { $0.map { $0 == first } }
      guard let condition = condition(for: isFirst, columns) else { continue }
      switch first {
      case .boolean(let isTrue):
        var decided = condition
        if !isTrue { decided.isNegated.toggle() }
        columns[place].formula = .condition(decided)
      default:
        let (then, otherwise) = condition.isNegated ? (other, first) : (first, other)
        let plain = Condition(equalities: condition.equalities)
        columns[place].formula = .choice(plain, .literal(then), .literal(otherwise))
      }
    }
  }

  /// What holds in those rows in which something is so, and in no other: that a stride is 1, that the channels stay as
  /// they are, or both; or the contrary.
  private func condition(for isSo: [Bool?], _ columns: [Column]) -> Condition? {
    var single: [(equality: Condition.Equality, holds: [Bool])] = []
    for place in columns.indices where columns[place].formula == nil || columns[place].group == "size" {
      guard let numbers = numbers(columns[place]), !numbers.contains(nil) else { continue }
      switch columns[place].group {
      case "strides", "window":
        let value = columns[place].group == "strides" ? 1 : numbers.compactMap { $0 }.min() ?? 1
        let equality = Condition.Equality(left: .parameter(place), right: .literal(.integer(value)))
        single.append((equality, numbers.map { $0 == value }))
      case "size" where channels.allSatisfy { $0 != nil }:
        if columns[place].formula == .channels { continue }
        let equality = Condition.Equality(left: .channels, right: .parameter(place))
        single.append((equality, zip(numbers, channels).map { $0 == $1 }))
      default: break
      }
    }
    for (equality, holds) in single {
      if let isNegated = agrees(isSo, holds) { return Condition(equalities: [equality], isNegated: isNegated) }
    }
    for (place, first) in single.enumerated() {
      for second in single[(place + 1)...] where first.equality.left != second.equality.left {
        let holds = zip(first.holds, second.holds).map { $0 && $1 }
        guard let isNegated = agrees(isSo, holds) else { continue }
        let strideFirst = second.equality.left == .channels
        let both = [first.equality, second.equality]
        return Condition(equalities: strideFirst ? both : both.reversed(), isNegated: isNegated)
      }
    }
    return nil
  }

  /// Whether one is always so where the other is not; nil if neither that nor the contrary.
  private func agrees(_ isSo: [Bool?], _ holds: [Bool]) -> Bool? {
    let known = zip(isSo, holds).compactMap { so, holds in so.map { ($0, holds) } }
    if known.allSatisfy({ $0 == $1 }) { return false }
    return known.allSatisfy { $0 != $1 } ? true : nil
  }
}
