import Syntax

/// The time of each step, as SVG: a bar for each, in the order in which they are done, as long as it takes. The filled
/// part is as long as its multiply-accumulates would take at the processor's peak.
package struct TimeDrawing: Sendable {
  private let report: BenchmarkReport
  private let steps: [(step: BenchmarkReport.Step, median: Double)]
  private let longest: Double
  private let sum: Double

  package init(_ report: BenchmarkReport) {
    self.report = report
    steps = report.steps.map { ($0, Quartiles($0.times).median) }
    longest = steps.reduce(1) { max($0, $1.median) }
    sum = steps.reduce(0) { $0 + $1.median }
  }

  private static let top = 78.0
  private static let row = 17.0
  private static let bar = 12.0
  private static let bottom = 20.0
  /// Where bars begin, behind the layers' names.
  private static let left = 300.0
  private static let length = 400.0
  /// Where the figures' columns end: milliseconds, share, rate; the method begins behind them.
  private static let columns = [left + length + 62, left + length + 104, left + length + 168]
  private static let method = left + length + 182
  private static let width = method + 170
  /// Of a layers' column.
  private static let characters = 44

  package var svg: String {
    SVG.document(
      width: Self.width, height: Self.top + Double(steps.count) * Self.row + Self.bottom,
      heading + scale + steps.indices.flatMap(row))
  }

  private var heading: [String] {
    let whole = Quartiles(report.times)
    let rate = report.rate(report.multiplyAccumulates, whole.median)
    let speed = rate.map { ", \(Int($0.rounded())) GFLOP/s" + report.share(of: $0) } ?? ""
    let lines = [
      "median \(report.milliseconds(whole.median)) ms of \(report.times.count) runs, quartiles "
        + "\(report.milliseconds(whole.lower)) to \(report.milliseconds(whole.upper))" + speed,
      "A bar is as long as its step takes"
        + (report.peak == nil ? "." : ", the darker part as long as it would at the peak."),
    ]
    let titles = zip(Self.columns, ["ms", "share", "GFLOP/s"]).map { x, title in
      SVG.text(title, x: x, y: Self.top - 8, color: Palette.faint, anchor: "end")
    }
    return [SVG.text(report.title, x: 16, y: 22, size: 15)]
      + lines.enumerated().map { SVG.text($1, x: 16, y: 40 + 15 * Double($0), color: Palette.faint) } + titles
  }

  /// A line behind the bars at each quarter of the longest.
  private var scale: [String] {
    [0.0, 0.25, 0.5, 0.75, 1].flatMap { share -> [String] in
      let x = Self.left + share * Self.length
      return [
        SVG.line(x, Self.top - 4, x, Self.top + Double(steps.count) * Self.row),
        SVG.text(
          report.milliseconds(longest * share), x: x, y: Self.top - 8, color: Palette.faint, anchor: "middle"),
      ]
    }
  }

  private func row(_ index: Int) -> [String] {
    let (step, median) = steps[index]
    let y = Self.top + Double(index) * Self.row
    let baseline = y + Self.row - 5
    let layers = step.layers.isEmpty ? step.method : step.layers.joined(separator: ", ")
    let rate = report.rate(step.multiplyAccumulates, median)
    let title = "\(layers): \(step.method), \(step.shape.map(String.init).joined(separator: " x "))"
    func bar(_ nanoseconds: Double, _ colors: (fill: String, line: String)) -> String {
      let length = nanoseconds / longest * Self.length
      return SVG.box(x: Self.left, y: y + 2, width: length, height: Self.bar, colors: colors, title: title)
    }
    var elements = [
      SVG.text("\(index + 1)", x: 30, y: baseline, color: Palette.faint, anchor: "end"),
      SVG.text(shortened(displayed(layers), to: Self.characters), x: 38, y: baseline),
      bar(median, Palette.colors(of: rate == nil ? .plain : .weighted)),
    ]
    // Tiles may need fewer multiplications than are counted, so that a step may be faster than the peak.
    if let rate, let peak = report.peak, peak > 0 {
      elements.append(bar(median * min(1, rate / peak), Palette.reached))
    }
    let figures = [
      report.milliseconds(median), "\(sum > 0 ? Int((median / sum * 100).rounded()) : 0) %",
      rate.map { "\(Int($0.rounded()))" } ?? "",
    ]
    elements += zip(Self.columns, figures).map { SVG.text($1, x: $0, y: baseline, anchor: "end") }
    elements.append(SVG.text(step.method, x: Self.method, y: baseline, color: Palette.faint))
    return elements
  }
}
