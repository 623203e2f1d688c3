import Layers

/// Finds the parameters of one block from the cells of its occurrences.
struct ParameterFinder {
  /// The cells of each occurrence.
  let rows: [[Cell]]
  /// The channels of what each occurrence takes; nil if they are not known.
  let channels: [Int?]

  /// A parameter to be, or what follows from one.
  struct Column {
    var cells: [Int]
    var values: [Literal?]
    var group: String
    var formula: Formula?
  }

  func parameters() -> BlockParameters {
    var formulas: [Formula?] = Array(repeating: nil, count: rows[0].count)
    var columns: [Column] = []
    var lists: [Int] = []
    for cell in rows[0].indices {
      let values = rows.map { $0[cell].value }
      let known = values.compactMap { $0 }
      guard let first = known.first else { continue }
      if known.allSatisfy({ $0 == first }) {
        formulas[cell] = .literal(first)
      } else if rows[0][cell].attribute == "target_shape" {
        lists.append(cell)
      } else {
        add(cell, values, to: &columns)
      }
    }
    relate(&columns)
    decide(&columns)
    for cell in lists {
      if let formula = listFormula(cell, columns) {
        formulas[cell] = resolved(formula, columns)
      } else {
        columns.append(Column(cells: [cell], values: rows.map { $0[cell].value }, group: "list"))
      }
    }
    var result = BlockParameters()
    name(columns, &result)
    for column in columns { for cell in column.cells { formulas[cell] = resolved(column, columns) } }
    result.formulas = formulas.map { $0 ?? .literal(.none) }
    return result
  }

  /// Puts a cell to one that has the same values wherever both are there.
  func add(_ cell: Int, _ values: [Literal?], to columns: inout [Column]) {
    let group = rows[0][cell].group
    for place in columns.indices where columns[place].group == group {
      let agree = zip(columns[place].values, values).allSatisfy { $0 == nil || $1 == nil || $0 == $1 }
      // Two that are never there together have nothing in common.
      let meet = zip(columns[place].values, values).contains { $0 != nil && $1 != nil }
      guard agree, meet else { continue }
      columns[place].cells.append(cell)
      for row in values.indices where columns[place].values[row] == nil { columns[place].values[row] = values[row] }
      return
    }
    columns.append(Column(cells: [cell], values: values, group: group))
  }

  // MARK: Names

  /// The place among the parameters of a column that is one.
  private func place(of column: Int, _ columns: [Column]) -> Int {
    columns[..<column].count { $0.formula == nil }
  }

  private func resolved(_ column: Column, _ columns: [Column]) -> Formula {
    if let formula = column.formula { return resolved(formula, columns) }
    return .parameter(place(of: columns.firstIndex { $0.cells == column.cells } ?? 0, columns))
  }

  /// A formula that speaks of parameters instead of columns.
  func resolved(_ formula: Formula, _ columns: [Column]) -> Formula {
    switch formula {
    case .literal, .channels: formula
    case .parameter(let column): resolved(columns[column], columns)
    case .multiple(let factor, let of): .multiple(factor, resolved(of, columns))
    case .quotient(let of, let divisor): .quotient(resolved(of, columns), divisor)
    case .list(let elements): .list(elements.map { resolved($0, columns) })
    case .condition(let condition): .condition(resolved(condition, columns))
    case .choice(let condition, let then, let otherwise):
      .choice(resolved(condition, columns), resolved(then, columns), resolved(otherwise, columns))
    }
  }

  private func resolved(_ condition: Condition, _ columns: [Column]) -> Condition {
    var condition = condition
    for place in condition.equalities.indices {
      let (left, right) = (condition.equalities[place].left, condition.equalities[place].right)
      condition.equalities[place] = .init(left: resolved(left, columns), right: resolved(right, columns))
    }
    return condition
  }

  /// Parameters in the order in which the block speaks of them.
  private func name(_ columns: [Column], _ result: inout BlockParameters) {
    for column in columns where column.formula == nil {
      let cell = rows[0][column.cells[0]]
      let known = column.values.compactMap { $0 }
      let (most, count) = mostFrequent(known)
      let mayBeLeftOut = column.cells.allSatisfy { rows[0][$0].isOptional }
      let isUsual = mayBeLeftOut && 2 * count > known.count || known.count < column.values.count
      // Where what it belongs to is missing, it says nothing.
      let isMissing = known.count < column.values.count
      let standard = isMissing && cell.type == "Float" ? Literal.real(0) : isUsual ? most : nil
      result.parameters.append(
        BlockParameters.Parameter(
          name: cell.attribute, attribute: cell.attribute, type: type(of: known, cell), standard: standard))
    }
    let parameters = columns.filter { $0.formula == nil }
    result.arguments = rows.indices.map { row in
      parameters.enumerated().map { place, column in
        column.values[row] ?? result.parameters[place].standard ?? .none
      }
    }
  }

  func mostFrequent(_ values: [Literal]) -> (Literal, Int) {
    var counts: [Literal: Int] = [:]
    for value in values { counts[value, default: 0] += 1 }
    var best = (values[0], 0)
    for value in values where counts[value, default: 0] > best.1 { best = (value, counts[value, default: 0]) }
    return best
  }

  private func type(of values: [Literal], _ cell: Cell) -> String {
    if cell.type == "Bool" { return "Bool" }
    let areWhole = values.allSatisfy { if case .integer = $0 { true } else { false } }
    if areWhole { return cell.type == "Float" ? "Float" : "Int" }
    let areNumbers = values.allSatisfy {
      switch $0 {
      case .integer, .real: true
      default: false
      }
    }
    if areNumbers { return "Float" }
    return cell.attribute == "padding" ? "Padding" : "[Int]"
  }
}
