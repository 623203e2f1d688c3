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
    let heading = [
      SVG.text(plan.model, x: Self.left, y: 22, size: 15),
      SVG.text(
        "\(Figures.bytes(plan.arena)) for the activations of one example, \(plan.steps.count) steps", x: Self.left,
        y: 40, color: Palette.faint),
    ]
    return SVG.document(width: total, height: most, heading + axes + plan.tenants.map(box))
  }

  private var axes: [String] {
    let bottom = Self.top + Self.height
    var lines = [0.0, 0.25, 0.5, 0.75, 1].flatMap { share -> [String] in
      let y = bottom - share * Self.height
      return [
        SVG.line(Self.left, y, Self.left + width, y),
        SVG.text(
          Figures.bytes(Int(Double(plan.arena) * share)), x: Self.left - 6, y: y + 4, color: Palette.faint,
          anchor: "end"),
      ]
    }
    let every = max(1, (plan.steps.count + 19) / 20)
    for step in stride(from: 0, to: plan.steps.count, by: every) {
      lines.append(
        SVG.text(
          "\(step + 1)", x: Self.left + (Double(step) + 0.5) * stepWidth, y: bottom + 16, color: Palette.faint,
          anchor: "middle"))
    }
    lines.append(
      SVG.text("step", x: Self.left + width / 2, y: bottom + 34, color: Palette.faint, anchor: "middle"))
    return lines
  }

  private func box(_ tenant: PlanReport.Tenant) -> String {
    let scale = Self.height / Double(max(1, plan.arena))
    let x = Self.left + Double(tenant.steps.lowerBound) * stepWidth
    let y = Self.top + Self.height - Double(tenant.offset + tenant.size) * scale
    let steps = plan.steps[tenant.steps.lowerBound].layers.joined(separator: ", ")
    let title =
      "\(steps): \(Figures.bytes(tenant.size)), steps \(tenant.steps.lowerBound + 1) to \(tenant.steps.upperBound + 1)"
    return SVG.box(
      x: x, y: y, width: Double(tenant.steps.count) * stepWidth, height: Double(tenant.size) * scale,
      colors: Palette.colors(of: role(tenant)), title: title)
  }

  /// What lives long is seen at once.
  private func role(_ tenant: PlanReport.Tenant) -> Outline.Box.Role {
    tenant.steps.count > 4 ? .window : .weighted
  }
}
