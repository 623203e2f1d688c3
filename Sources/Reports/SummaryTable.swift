import Operations
import Semantics
import Syntax

/// Columns of the table that are shown on request.
package enum SummaryExtra: String, Hashable, Sendable, CaseIterable {
  case receptiveField = "field"
  case memory
}

extension Summary {
  /// `H >= 16, W >= 16`
  private var sizes: String { domain.texts.joined(separator: ", ") }

  /// The table that people know, at most `width` columns wide unless its numbers need more, then the totals.
  package func table(width: Int, with extras: [SummaryExtra] = []) -> String {
    var lines = heading
    lines.append("")
    lines += layerLines(width, extras)
    lines.append("")
    lines += totalLines
    return lines.joined(separator: "\n") + "\n"
  }

  /// `GoogLeNet (classes = 1000)`, then inputs and outputs with their shapes.
  private var heading: [String] {
    let values = settings.map { "\(displayed($0.name)) = \(displayed($0.value))" }.joined(separator: ", ")
    let ports =
      inputs.map { ("input", $0) } + outputs.map { ($0.isTrainOnly ? "train output" : "output", $0) }
    let kindWidth = ports.reduce(0) { max($0, displayWidth($1.0)) }
    let nameWidth = ports.reduce(0) { max($0, displayWidth(displayed($1.1.name))) }
    return [displayed(model) + (values.isEmpty ? "" : " (\(values))")]
      + ports.map { kind, port in
        "  " + padded(kind, to: kindWidth) + "  " + padded(displayed(port.name), to: nameWidth) + "  "
          + displayed(port.shape.description)
      } + (domain.isEverything ? [] : ["  " + padded("sizes", to: kindWidth) + "  " + displayed(sizes)])
  }

  // MARK: Layers

  private func layerLines(_ width: Int, _ extras: [SummaryExtra]) -> [String] {
    let columns: [Table.Column] =
      [
        .init(title: "name", least: 16), .init(title: "layer"), .init(title: "output shape", least: 12),
        .init(title: "params", alignsRight: true), .init(title: "MACs", alignsRight: true, least: 12),
      ] + extras.map { Table.Column(title: $0.rawValue, alignsRight: true) } + [
        .init(title: "connected to", least: 16)
      ]
    func cells(_ row: Row, _ list: ([String]) -> String = { $0.joined(separator: ", ") }) -> [String] {
      self.cells(row) + extras.map { cell(of: $0, row) } + [list(row.inputs.map(displayed))]
    }
    let wide = Table(columns: columns, rows: rows.map { cells($0) })
    if let widths = wide.widths(within: width), widths == wide.widths(within: .max) {
      return lines(wide, widths) { _, _ in [] }
    }
    let table = Table(columns: columns, rows: rows.map { cells($0, factored) })
    if let widths = table.widths(within: width, balancing: 0, columns.count - 1) {
      return lines(table, widths) { _, _ in [] }
    }
    // Too narrow for a column of connections: a row says where it comes from if that is not the row above.
    let narrow = Table(columns: columns.dropLast(), rows: rows.map { Array(cells($0).dropLast()) })
    let widths = narrow.widths(within: width) ?? narrow.leastWidths
    return lines(narrow, widths) { row, above in
      guard !row.inputs.isEmpty, row.inputs != [above?.name] else { return [] }
      let sources = row.inputs.map(displayed).joined(separator: ", ")
      return wrapped(sources, to: max(30, width - 9)).enumerated().map { ($0 == 0 ? "    from " : "         ") + $1 }
    }
  }

  /// The rows of a table that has one for each of the summary's, those of training at its end. `notes` are lines below
  /// a row, which may depend on the row above it.
  private func lines(_ table: Table, _ widths: [Int], notes: (Row, _ above: Row?) -> [String]) -> [String] {
    let total = widths.reduce((widths.count - 1) * Table.gap.utf8.count, +)
    func lines(_ indices: [Int]) -> [String] {
      indices.indices.flatMap { place in
        let above = place > 0 ? rows[indices[place - 1]] : nil
        return table.lines(of: table.rows[indices[place]], widths) + notes(rows[indices[place]], above)
      }
    }
    let rule = String(repeating: "─", count: total)
    var all = table.header(widths) + [rule] + lines(rows.indices.filter { !rows[$0].isTrainOnly })
    if hasTrainOnlyRows {
      let title = "─ in training only "
      all.append(title + String(repeating: "─", count: max(0, total - displayWidth(title))))
      all += lines(rows.indices.filter { rows[$0].isTrainOnly })
    }
    return all + [rule]
  }

  private func cells(_ row: Row) -> [String] {
    [
      displayed(row.name), displayed(row.layer), displayed(row.shapes.map(\.description).joined(separator: ", ")),
      row.sharesWeights ? "shared" : Figures.grouped(row.parameters), figure(row.multiplyAccumulates),
    ]
  }

  private func cell(of extra: SummaryExtra, _ row: Row) -> String {
    switch extra {
    case .receptiveField: row.reach.description
    case .memory:
      row.isTrainOnly
        ? "" : row.liveMemory.constant.map(Figures.bytes) ?? displayed(row.liveMemory.description) + " B"
    }
  }

  private func figure(_ dim: Dim) -> String { dim.constant.map(Figures.grouped) ?? displayed(dim.description) }

  // MARK: Totals

  private var totalLines: [String] {
    func column(_ counts: Totals.Counts, memory: Dim?) -> [String] {
      [
        Figures.grouped(counts.parameters), Figures.grouped(counts.trainableParameters),
        Figures.grouped(counts.nonTrainableParameters), figure(counts.multiplyAccumulates),
        Self.bytes(ofWeights: counts.parameters).map(Figures.bytes) ?? "beyond 64 bits",
        memory.map { $0.constant.map(Figures.bytes) ?? displayed($0.description) + " B" } ?? "",
      ]
    }
    let names = [
      "parameters", "  trainable", "  non-trainable", "multiply-accumulates (MACs)", "weights",
      "activations at their peak",
    ]
    var columns: [Table.Column] = [.init(title: ""), .init(title: "one image, fp32", alignsRight: true)]
    var cells = [names, column(totals.deployed, memory: totals.activationMemory)]
    if hasTrainOnlyRows {
      columns[1].title = "deployed"
      columns.append(.init(title: "in training", alignsRight: true))
      cells.append(column(totals.training, memory: nil))
    }
    let table = Table(columns: columns, rows: names.indices.map { row in cells.map { $0[row] } })
    guard let widths = table.widths(within: .max) else { return [] }
    let body = table.rows.flatMap { table.lines(of: $0, widths) }
    guard hasTrainOnlyRows else { return body }
    return table.header(widths) + body
  }
}
