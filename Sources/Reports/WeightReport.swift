import Syntax

/// The tensors of a file, as a table or as JSON.
package struct WeightReport: Sendable {
  /// One tensor.
  package struct Row: Sendable {
    package var name: String
    /// The name of the layer that the file notes, if it does.
    package var layer: String?
    /// nil for a type without a value.
    package var shape: [Int]?
    package var type: String
    package var byteCount: Int
    package var figures: Figures?
    /// How many numbers it has.
    package var count: Int { shape?.reduce(1, *) ?? 0 }

    package init(name: String, layer: String?, shape: [Int]?, type: String, byteCount: Int, figures: Figures?) {
      self.name = name
      self.layer = layer
      self.shape = shape
      self.type = type
      self.byteCount = byteCount
      self.figures = figures
    }
  }

  /// What a tensor's numbers are like; the first four are of those that are finite, nil if none is.
  package struct Figures: Sendable {
    package var mean, deviation, least, greatest: Double?
    package var nanCount, infinityCount: Int

    package init(
      mean: Double?, deviation: Double?, least: Double?, greatest: Double?, nanCount: Int, infinityCount: Int
    ) {
      self.mean = mean
      self.deviation = deviation
      self.least = least
      self.greatest = greatest
      self.nanCount = nanCount
      self.infinityCount = infinityCount
    }

    /// `2 NaN, 1 infinite`; empty if all are finite.
    fileprivate var flags: String {
      [(nanCount, "NaN"), (infinityCount, "infinite")].filter { $0.0 > 0 }
        .map { "\(Reports.Figures.grouped($0.0)) \($0.1)" }.joined(separator: ", ")
    }
  }

  private let file: String
  private let format: String
  private let rows: [Row]
  /// Whether figures were asked for.
  private let hasFigures: Bool

  package init(file: String, format: String, rows: [Row], hasFigures: Bool) {
    self.file = file
    self.format = format
    self.rows = rows
    self.hasFigures = hasFigures
  }

  /// Tensors of types that nobody knows may claim any number; more than can be counted are as many as can.
  private var count: Int {
    rows.reduce(0) { count, row in
      let (sum, overflow) = count.addingReportingOverflow(row.count)
      return overflow ? .max : sum
    }
  }
  private var byteCount: Int { rows.reduce(0) { $0 + $1.byteCount } }

  /// A table, and the totals. Each tensor has a line, however long: names are there to be looked for and copied.
  package var text: String {
    let hasLayers = rows.contains { $0.layer != nil }
    let hasFlags = rows.contains { $0.figures?.flags.isEmpty == false }
    var columns: [Table.Column] = [.init(title: "name")]
    if hasLayers { columns.append(.init(title: "layer")) }
    columns += [.init(title: "shape"), .init(title: "type"), .init(title: "bytes", alignsRight: true)]
    if hasFigures {
      columns += ["mean", "std", "min", "max"].map { .init(title: $0, alignsRight: true) }
      if hasFlags { columns.append(.init(title: "not finite")) }
    }
    let table = Table(
      columns: columns,
      rows: rows.map { row in
        var cells = [displayed(row.name)]
        if hasLayers { cells.append(displayed(row.layer ?? "")) }
        cells += [row.shape.map { "\($0)" } ?? "none", displayed(row.type), Reports.Figures.grouped(row.byteCount)]
        guard hasFigures else { return cells }
        let figures = [row.figures?.mean, row.figures?.deviation, row.figures?.least, row.figures?.greatest]
        cells += figures.map { $0.map { Reports.Figures.significant($0) } ?? "-" }
        return cells + (hasFlags ? [row.figures?.flags ?? ""] : [])
      })
    let widths = table.leastWidths
    let total = widths.reduce(2 * (widths.count - 1), +)
    let rule = String(repeating: "─", count: total)
    var lines = table.header(widths) + [rule]
    for row in table.rows { lines += table.lines(of: row, widths) }
    lines += [
      rule,
      "\(displayed(format)): \(rows.count) tensor\(rows.count == 1 ? "" : "s"), \(Reports.Figures.grouped(count)) numbers, "
        + Reports.Figures.bytes(byteCount),
    ]
    return lines.joined(separator: "\n") + "\n"
  }

  /// The same for programs. Ends with a line break.
  package var json: String {
    var json = JSONWriter()
    json.object { json in
      json.member("file", file)
      json.member("format", format)
      json.member("tensors") { json in
        json.array { json in for row in rows { json.element { json in write(row, to: &json) } } }
      }
      json.member("total") { json in
        json.object { json in
          json.member("tensors", rows.count)
          json.member("numbers", count)
          json.member("bytes", byteCount)
        }
      }
    }
    return json.text + "\n"
  }

  private func write(_ row: Row, to json: inout JSONWriter) {
    json.object { json in
      json.member("name", row.name)
      if let layer = row.layer { json.member("layer", layer) }
      json.member("shape") { json in row.shape.map { json.array($0.map { Int?($0) }) } ?? json.null() }
      json.member("dtype", row.type)
      json.member("bytes", row.byteCount)
      guard let figures = row.figures else { return }
      json.member("mean", figures.mean)
      json.member("std", figures.deviation)
      json.member("min", figures.least)
      json.member("max", figures.greatest)
      json.member("nan", figures.nanCount)
      json.member("infinite", figures.infinityCount)
    }
  }
}

extension Figures {
  /// A number in four digits: `0.01235`, `-1.5`, `3.2e-07`.
  package static func significant(_ value: Double) -> String {
    guard value.isFinite, value != 0 else { return value == 0 ? "0" : "\(value)" }
    var magnitude = value.magnitude
    var exponent = 0
    while magnitude >= 10 {
      magnitude /= 10
      exponent += 1
    }
    while magnitude < 1 {
      magnitude *= 10
      exponent -= 1
    }
    // 9.9996 is 10.
    var digits = Int((magnitude * 1000).rounded())
    if digits == 10_000 { (digits, exponent) = (1000, exponent + 1) }
    let sign = value < 0 ? "-" : ""
    let text = String(digits)
    func joined(_ whole: some StringProtocol, _ fraction: String) -> String {
      var fraction = fraction
      while fraction.utf8.last == UInt8(ascii: "0") { fraction.removeLast() }
      return sign + whole + (fraction.isEmpty ? "" : "." + fraction)
    }
    switch exponent {
    case -4..<0: return joined("0", String(repeating: "0", count: -exponent - 1) + text)
    case 0...3: return joined(text.prefix(exponent + 1), String(text.dropFirst(exponent + 1)))
    case 4...6: return sign + grouped(Int(value.magnitude.rounded()))
    default:
      let power = exponent.magnitude < 10 ? "0\(exponent.magnitude)" : "\(exponent.magnitude)"
      return joined(text.prefix(1), String(text.dropFirst())) + "e\(exponent < 0 ? "-" : "+")\(power)"
    }
  }
}
