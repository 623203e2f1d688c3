import Layers

/// Sizes that follow from other sizes.
extension ParameterFinder {
  /// Sizes that are multiples of others, or of the channels that come in.
  func relate(_ columns: inout [Column]) {
    let sizes = columns.indices.filter { columns[$0].group == "size" && numbers(columns[$0]) != nil }
    let sorted = sizes.sorted { a, b in
      let left = numbers(columns[a])?.compactMap { $0 }.min() ?? 0
      let right = numbers(columns[b])?.compactMap { $0 }.min() ?? 0
      return (left, a) < (right, b)
    }
    var bases: [Int] = []
    var hasDependents: Set<Int> = []
    for place in sorted {
      guard let values = numbers(columns[place]) else { continue }
      let base = bases.first { base in
        guard let others = numbers(columns[base]) else { return false }
        return factor(values, others) != nil
      }
      if let base, let others = numbers(columns[base]), let factor = factor(values, others) {
        columns[place].formula = .multiple(factor, .parameter(base))
        hasDependents.insert(base)
      } else {
        bases.append(place)
      }
    }
    guard rows.count > 1 else { return }
    for base in bases where hasDependents.contains(base) && isSqueezed(columns[base]) { turn(base, &columns) }
    for base in bases {
      guard let values = numbers(columns[base]), !hasDependents.contains(base) else { continue }
      if let formula = ofChannels(values) { columns[base].formula = formula }
    }
  }

  private func isSqueezed(_ column: Column) -> Bool { column.cells.allSatisfy { rows[0][$0].isSqueezed } }

  /// What squeezes a map speaks of the map: `filters / 16` instead of `16 * units` in the layers that make it, or `C / 16`
  /// where they are not in the block.
  private func turn(_ base: Int, _ columns: inout [Column]) {
    var factors: [(column: Int, factor: Int)] = []
    for place in columns.indices {
      if case .multiple(let factor, .parameter(base))? = columns[place].formula { factors.append((place, factor)) }
    }
    let others = factors.filter { !isSqueezed(columns[$0.column]) }
    guard let whole = others.map(\.factor).min(), let first = others.first(where: { $0.factor == whole })?.column else {
      let all = [base] + factors.map(\.column)
      let formulas = all.map { numbers(columns[$0]).flatMap(ofChannels) }
      guard !formulas.contains(nil) else { return }
      for (place, formula) in zip(all, formulas) { columns[place].formula = formula }
      return
    }
    guard factors.allSatisfy({ $0.factor.isMultiple(of: whole) }) else { return }
    columns[base].formula = .quotient(.parameter(first), whole)
    columns[first].formula = nil
    for (place, factor) in factors where place != first {
      columns[place].formula = factor == whole ? .parameter(first) : .multiple(factor / whole, .parameter(first))
    }
  }

  /// `6 * C`, `C / 4`
  private func ofChannels(_ values: [Int?]) -> Formula? {
    guard values.allSatisfy({ $0 != nil }), channels.allSatisfy({ $0 != nil }) else { return nil }
    if let factor = factor(values, channels, least: 1) { return factor == 1 ? .channels : .multiple(factor, .channels) }
    if rows.count > 2, let divisor = factor(channels, values) { return .quotient(.channels, divisor) }
    return nil
  }

  /// How many times as large each number is as the other, if that is the same for all and a small whole number.
  private func factor(_ values: [Int?], _ others: [Int?], least: Int = 2) -> Int? {
    var common: Int?
    for (value, other) in zip(values, others) {
      guard let value else { continue }
      guard let other, other > 0, value % other == 0 else { return nil }
      let factor = value / other
      guard factor >= least, factor <= 16, common == nil || common == factor else { return nil }
      common = factor
    }
    return common
  }

  func numbers(_ column: Column) -> [Int?]? {
    var numbers: [Int?] = []
    for value in column.values {
      switch value {
      case nil: numbers.append(nil)
      case .integer(let number)?: numbers.append(number)
      default: return nil
      }
    }
    return numbers
  }

  /// A list whose every element is known or follows from other numbers: `[1, 1, 6 * C]`.
  func listFormula(_ cell: Int, _ columns: [Column]) -> Formula? {
    var elements: [[Int?]] = []
    for row in rows {
      guard case .list(let values)? = row[cell].value else { return nil }
      elements.append(values.map { if case .integer(let value) = $0 { value } else { nil } })
    }
    guard let count = elements.first?.count, elements.allSatisfy({ $0.count == count && !$0.contains(nil) }) else {
      return nil
    }
    var formulas: [Formula] = []
    for place in 0..<count {
      let values = elements.map { $0[place] }
      if let first = values[0], values.allSatisfy({ $0 == first }) {
        formulas.append(.literal(.integer(first)))
      } else if let formula = follows(values, columns) {
        formulas.append(formula)
      } else {
        return nil
      }
    }
    return .list(formulas)
  }

  private func follows(_ values: [Int?], _ columns: [Column]) -> Formula? {
    for (place, column) in columns.enumerated() {
      guard let others = numbers(column), let factor = factor(values, others, least: 1) else { continue }
      if factor == 1 { return .parameter(place) }
      if column.formula == nil { return .multiple(factor, .parameter(place)) }
    }
    return ofChannels(values)
  }
}
