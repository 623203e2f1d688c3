import Syntax

/// Memory over time, as SVG: a box for each piece of memory, as wide as the steps for which it lives and as high as it is
/// large, at its place.
package struct MemoryDrawing: Sendable {
  private let plan: PlanReport

  package init(_ plan: PlanReport) { self.plan = plan }

  private static let height = 360.0
  private static let top = 56.0
  private static let left = 76.0
  private static let right = 24.0
  private static let bottom = 44.0

  private var stepWidth: Double { max(4, min(28, 960 / Double(max(1, plan.steps.count)))) }
  private var width: Double { stepWidth * Double(plan.steps.count) }

  package var svg: String {
    let (total, most) = (Self.left + width + Self.right, Self.top + Self.height + Self.bottom)
    var lines = [
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"\(number(total))\" height=\"\(number(most))\" "
        + "viewBox=\"0 0 \(number(total)) \(number(most))\" font-family=\"Helvetica,Arial,sans-serif\" font-size=\"11\">",
      "<rect width=\"100%\" height=\"100%\" fill=\"white\"/>",
      text(plan.model, x: Self.left, y: 22, size: 15),
      text(
        "\(Figures.bytes(plan.arena)) for the activations of one example, \(plan.steps.count) steps", x: Self.left,
        y: 40,
        color: Palette.faint),
    ]
    lines += axes
    for tenant in plan.tenants { lines.append(box(tenant)) }
    lines.append("</svg>")
    return lines.joined(separator: "\n") + "\n"
  }

  private var axes: [String] {
    let bottom = Self.top + Self.height
    var lines = [0.0, 0.25, 0.5, 0.75, 1].flatMap { share -> [String] in
      let y = bottom - share * Self.height
      return [
        "<line x1=\"\(number(Self.left))\" y1=\"\(number(y))\" x2=\"\(number(Self.left + width))\" y2=\"\(number(y))\" "
          + "stroke=\"\(Palette.frame)\" stroke-width=\"0.5\"/>",
        text(
          Figures.bytes(Int(Double(plan.arena) * share)), x: Self.left - 6, y: y + 4, color: Palette.faint,
          anchor: "end"),
      ]
    }
    let every = max(1, (plan.steps.count + 19) / 20)
    for step in stride(from: 0, to: plan.steps.count, by: every) {
      lines.append(
        text(
          "\(step + 1)", x: Self.left + (Double(step) + 0.5) * stepWidth, y: bottom + 16, color: Palette.faint,
          anchor: "middle"))
    }
    lines.append(
      text("step", x: Self.left + width / 2, y: bottom + 34, color: Palette.faint, anchor: "middle"))
    return lines
  }

  private func box(_ tenant: PlanReport.Tenant) -> String {
    let scale = Self.height / Double(max(1, plan.arena))
    let x = Self.left + Double(tenant.steps.lowerBound) * stepWidth
    let y = Self.top + Self.height - Double(tenant.offset + tenant.size) * scale
    let colors = Palette.colors(of: role(tenant))
    let steps = plan.steps[tenant.steps.lowerBound].layers.joined(separator: ", ")
    let title =
      "\(steps): \(Figures.bytes(tenant.size)), steps \(tenant.steps.lowerBound + 1) to \(tenant.steps.upperBound + 1)"
    return "<rect x=\"\(number(x))\" y=\"\(number(y))\" width=\"\(number(Double(tenant.steps.count) * stepWidth))\" "
      + "height=\"\(number(Double(tenant.size) * scale))\" fill=\"\(colors.fill)\" stroke=\"\(colors.line)\" "
      + "stroke-width=\"0.7\"><title>\(escaped(title))</title></rect>"
  }

  /// What lives long is seen at once.
  private func role(_ tenant: PlanReport.Tenant) -> Outline.Box.Role {
    tenant.steps.count > 4 ? .window : .weighted
  }

  private func text(
    _ words: String, x: Double, y: Double, size: Int = 11, color: String = Palette.ink, anchor: String = "start"
  ) -> String {
    "<text x=\"\(number(x))\" y=\"\(number(y))\" font-size=\"\(size)\" fill=\"\(color)\" text-anchor=\"\(anchor)\">"
      + "\(escaped(words))</text>"
  }

  private func number(_ value: Double) -> String { Figures.fixed(value, decimals: 2) }
}
