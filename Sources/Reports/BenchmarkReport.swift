import Syntax

/// How long a network takes, and each of its steps.
package struct BenchmarkReport: Sendable {
  package struct Step: Sendable {
    /// The layers that it does, the main one first.
    package var layers: [String]
    /// How: `Winograd F(4,3)`.
    package var method: String
    /// The sizes of the result for one example.
    package var shape: [Int]
    /// For one example.
    package var multiplyAccumulates: Int
    /// Nanoseconds of each measured run.
    package var times: [UInt64]

    package init(layers: [String], method: String, shape: [Int], multiplyAccumulates: Int, times: [UInt64]) {
      self.layers = layers
      self.method = method
      self.shape = shape
      self.multiplyAccumulates = multiplyAccumulates
      self.times = times
    }
  }

  package var model: String
  package var batch: Int
  package var threads: Int
  /// Which kernels: `avx512`.
  package var path: String
  /// How exactly: `full`.
  package var precision: String
  /// Nanoseconds of each run of the whole network.
  package var times: [UInt64]
  package var multiplyAccumulates: Int?
  /// In the order in which they are done.
  package var steps: [Step]
  /// Bytes of one run: activations and what steps need for themselves.
  package var memory: Int
  /// What the processor reaches with so many threads in multiply-adds alone, in GFLOP/s; nil if that is not known.
  package var peak: Double?

  package init(
    model: String, batch: Int, threads: Int, path: String, precision: String, times: [UInt64],
    multiplyAccumulates: Int?, steps: [Step], memory: Int, peak: Double?
  ) {
    self.model = model
    self.batch = batch
    self.threads = threads
    self.path = path
    self.precision = precision
    self.times = times
    self.multiplyAccumulates = multiplyAccumulates
    self.steps = steps
    self.memory = memory
    self.peak = peak
  }

  /// What was measured: `GoogLeNet, batch 1, 2 threads, avx512`, with the precision if it is not full.
  var title: String {
    "\(displayed(model)), batch \(batch), \(threads) thread\(threads == 1 ? "" : "s"), \(path)"
      + (precision == "full" ? "" : ", precision \(precision)")
  }

  /// How much of the processor's peak a rate is: `: 71 % of the peak of 208`.
  func share(of rate: Double) -> String {
    guard let peak, peak > 0 else { return "" }
    return ": \(Int((rate / peak * 100).rounded())) % of the \(Int(peak.rounded())) of multiply-adds alone"
  }

  /// The whole network's times, then a row for each step, the slowest first if asked for.
  package func text(width: Int) -> String {
    let whole = Quartiles(times)
    var lines = [
      title,
      "  median \(milliseconds(whole.median)) ms, quartiles \(milliseconds(whole.lower)) to \(milliseconds(whole.upper)), "
        + "fastest \(milliseconds(whole.least)), of \(times.count) runs",
    ]
    if let rate = rate(multiplyAccumulates, whole.median) {
      lines.append(
        "  \(Figures.significant(rate)) GFLOP/s, counting two for each multiply-accumulate" + share(of: rate))
    }
    lines += ["  \(Figures.bytes(memory)) for activations and scratch", ""]
    let sum = steps.reduce(0.0) { $0 + Quartiles($1.times).median }
    let table = Table(
      columns: [
        .init(title: "layers", least: 16), .init(title: "method", least: 10), .init(title: "output"),
        .init(title: "ms", alignsRight: true), .init(title: "share", alignsRight: true),
        .init(title: "GFLOP/s", alignsRight: true),
      ],
      rows: steps.map { step in
        let median = Quartiles(step.times).median
        return [
          step.layers.map(displayed).joined(separator: ", "), step.method,
          step.shape.map(String.init).joined(separator: " x "), milliseconds(median),
          sum > 0 ? "\(Int((median / sum * 100).rounded())) %" : "-",
          rate(step.multiplyAccumulates, median).map { String(Int($0.rounded())) } ?? "-",
        ]
      })
    let widths = table.widths(within: width) ?? table.leastWidths
    let rule = String(repeating: "─", count: widths.reduce(2 * (widths.count - 1), +))
    lines += table.header(widths) + [rule]
    for row in table.rows { lines += table.lines(of: row, widths) }
    lines += [rule, "steps \(milliseconds(sum)) ms"]
    return lines.joined(separator: "\n") + "\n"
  }

  /// The same for programs; times in milliseconds. Ends with a line break.
  package var json: String {
    var json = JSONWriter()
    json.object { json in
      json.member("model", model)
      json.member("batch", batch)
      json.member("threads", threads)
      json.member("kernels", path)
      json.member("precision", precision)
      json.member("bytes", memory)
      json.member("macs", multiplyAccumulates)
      json.member("peak_gflops", peak)
      write(times, to: &json)
      json.member("steps") { json in
        json.array { json in
          for step in steps {
            json.element { json in
              json.object { json in
                json.member("layers") { $0.array(step.layers) }
                json.member("method", step.method)
                json.member("shape") { $0.array(step.shape.map { Int?($0) }) }
                json.member("macs", step.multiplyAccumulates)
                write(step.times, to: &json)
              }
            }
          }
        }
      }
    }
    return json.text + "\n"
  }

  private func write(_ times: [UInt64], to json: inout JSONWriter) {
    let quartiles = Quartiles(times)
    json.member("median_ms", quartiles.median / 1e6)
    json.member("lower_quartile_ms", quartiles.lower / 1e6)
    json.member("upper_quartile_ms", quartiles.upper / 1e6)
    json.member("fastest_ms", quartiles.least / 1e6)
  }

  func milliseconds(_ nanoseconds: Double) -> String { Figures.fixed(nanoseconds / 1e6, decimals: 3) }

  /// Thousand million operations in a second, two for each multiply-accumulate of the batch.
  func rate(_ multiplyAccumulates: Int?, _ nanoseconds: Double) -> Double? {
    guard let multiplyAccumulates, multiplyAccumulates > 0, nanoseconds > 0 else { return nil }
    return 2 * Double(multiplyAccumulates) * Double(batch) / nanoseconds
  }
}

/// The middle of measured times, and how far they spread.
struct Quartiles {
  let least, lower, median, upper: Double

  /// Of at least one time.
  init(_ times: [UInt64]) {
    let sorted = times.sorted()
    func at(_ share: Double) -> Double {
      let position = share * Double(sorted.count - 1)
      let below = Int(position)
      let above = min(below + 1, sorted.count - 1)
      return Double(sorted[below]) + (Double(sorted[above]) - Double(sorted[below])) * (position - Double(below))
    }
    (least, lower, median, upper) = (Double(sorted[0]), at(0.25), at(0.5), at(0.75))
  }
}
