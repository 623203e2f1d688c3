import Syntax

/// What will be done to run a network, step by step, and where everything stands meanwhile.
package struct PlanReport: Sendable {
  package struct Step: Sendable {
    /// The layers that it does, the main one first.
    package var layers: [String]
    /// How: `Winograd F(4,3)`.
    package var method: String
    /// The sizes of the result for one example.
    package var shape: [Int]
    /// Bytes of its packed weights.
    package var weights: Int
    /// What was decided about it, and why.
    package var notes: [String]

    package init(layers: [String], method: String, shape: [Int], weights: Int, notes: [String]) {
      self.layers = layers
      self.method = method
      self.shape = shape
      self.weights = weights
      self.notes = notes
    }
  }

  /// Memory that holds results from one step to another, both included; in bytes for one example.
  package struct Tenant: Sendable {
    package var steps: ClosedRange<Int>
    package var offset: Int
    package var size: Int

    package init(steps: ClosedRange<Int>, offset: Int, size: Int) {
      self.steps = steps
      self.offset = offset
      self.size = size
    }
  }

  package var model: String
  package var steps: [Step]
  /// In the order in which they are first written.
  package var tenants: [Tenant]
  /// Bytes of the memory that they share, the least that there could be, and what they would take side by side.
  package var arena, lowerBound, sum: Int
  /// How many steps, from the first on, each thread does for examples of its own.
  package var trunkSteps: Int

  package init(
    model: String, steps: [Step], tenants: [Tenant], arena: Int, lowerBound: Int, sum: Int, trunkSteps: Int
  ) {
    self.model = model
    self.steps = steps
    self.tenants = tenants
    self.arena = arena
    self.lowerBound = lowerBound
    self.sum = sum
    self.trunkSteps = trunkSteps
  }

  /// Bytes that live while each step runs.
  private var live: [Int] {
    var change = [Int](repeating: 0, count: steps.count + 1)
    for tenant in tenants {
      change[tenant.steps.lowerBound] += tenant.size
      change[tenant.steps.upperBound + 1] -= tenant.size
    }
    var live = 0
    return change.dropLast().map { difference in
      live += difference
      return live
    }
  }

  /// A row for each step, then what the memory comes to.
  package func text(width: Int) -> String {
    let table = Table(
      columns: [
        .init(title: "step", alignsRight: true), .init(title: "layers", least: 16), .init(title: "method", least: 10),
        .init(title: "output"), .init(title: "weights", alignsRight: true), .init(title: "live", alignsRight: true),
        .init(title: "notes", least: 16),
      ],
      rows: zip(steps, live).enumerated().map { index, row in
        let (step, live) = row
        return [
          "\(index + 1)", step.layers.map(displayed).joined(separator: ", "), step.method,
          step.shape.map(String.init).joined(separator: " x "), step.weights > 0 ? Figures.bytes(step.weights) : "-",
          Figures.bytes(live), step.notes.joined(separator: "; "),
        ]
      })
    let widths = table.widths(within: width) ?? table.leastWidths
    let rule = String(repeating: "─", count: widths.reduce(2 * (widths.count - 1), +))
    var lines = ["\(displayed(model)): \(steps.count) steps", ""] + table.header(widths) + [rule]
    for row in table.rows { lines += table.lines(of: row, widths) }
    lines += [
      rule,
      "activations: \(Figures.bytes(arena)) for one example; no plan of these steps needs less than "
        + "\(Figures.bytes(lowerBound)), side by side they would take \(Figures.bytes(sum))",
      "packed weights: \(Figures.bytes(steps.reduce(0) { $0 + $1.weights }))",
    ]
    if trunkSteps > 0 {
      let steps = trunkSteps == steps.count ? "all steps" : "steps 1 to \(trunkSteps)"
      lines.append("of several examples each thread takes some of its own through \(steps)")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// The same for programs. Ends with a line break.
  package var json: String {
    var json = JSONWriter()
    json.object { json in
      json.member("model", model)
      json.member("activation_bytes", arena)
      json.member("least_activation_bytes", lowerBound)
      json.member("unshared_activation_bytes", sum)
      json.member("steps_by_example", trunkSteps)
      json.member("steps") { json in
        json.array { json in
          for (step, live) in zip(steps, live) {
            json.element { json in
              json.object { json in
                json.member("layers") { $0.array(step.layers) }
                json.member("method", step.method)
                json.member("shape") { $0.array(step.shape.map { Int?($0) }) }
                json.member("weight_bytes", step.weights)
                json.member("live_bytes", live)
                json.member("notes") { $0.array(step.notes) }
              }
            }
          }
        }
      }
      json.member("memory") { json in
        json.array { json in
          for tenant in tenants {
            json.element { json in
              json.object { json in
                json.member("first_step", tenant.steps.lowerBound + 1)
                json.member("last_step", tenant.steps.upperBound + 1)
                json.member("offset", tenant.offset)
                json.member("bytes", tenant.size)
              }
            }
          }
        }
      }
    }
    return json.text + "\n"
  }
}
