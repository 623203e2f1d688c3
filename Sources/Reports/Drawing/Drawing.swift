import Operations
import Semantics
import Syntax

/// A network as a drawing in the DOT language, which Graphviz lays out.
///
/// Boxes say what a paper's figure says: the layer with what its author asked of it, and the shape of its result. Blocks
/// are frames around their layers; what only training has is dashed.
package struct Drawing: Sendable {
  private let outline: Outline
  private let summary: Summary
  private let isSideways: Bool
  /// For each frame, whether all that stands in it is dashed.
  private let trainOnlyFrames: [Bool]

  package init(_ outline: Outline, of summary: Summary, isSideways: Bool) {
    self.outline = outline
    self.summary = summary
    self.isSideways = isSideways
    var isTrainOnly = [Bool](repeating: true, count: outline.frames.count)
    for box in outline.boxes where !box.isTrainOnly {
      var next = box.frame
      while let frame = next, isTrainOnly[frame] {
        isTrainOnly[frame] = false
        next = outline.frames[frame].parent
      }
    }
    trainOnlyFrames = isTrainOnly
  }

  package var text: String {
    var lines = ["digraph \(quoted(summary.model)) {"]
    lines += attributes
    lines += boxes
    lines += outputs
    lines += edges
    lines.append("}")
    return lines.joined(separator: "\n") + "\n"
  }

  private var attributes: [String] {
    let counts = summary.totals.deployed
    let costs =
      "\(Figures.grouped(counts.parameters)) parameters"
      + (counts.multiplyAccumulates.constant.map { ", \(Figures.short($0)) MACs" } ?? "")
    let title = "<b>\(escaped(summary.model))</b><br/>\(small(costs))"
    let font = "fontname=\"Helvetica,Arial,sans-serif\""
    return [
      "  graph [rankdir=\(isSideways ? "LR" : "TB"), \(font), fontsize=16, fontcolor=\"\(Palette.ink)\", labelloc=t,",
      "    label=<\(title)>, nodesep=0.25, ranksep=0.3, pad=0.3, bgcolor=white, ordering=in]",
      "  node [shape=box, style=\"rounded,filled\", \(font), fontsize=11, fontcolor=\"\(Palette.ink)\", penwidth=1,",
      "    margin=\"0.12,0.06\", height=0.3]",
      "  edge [color=\"\(Palette.edge)\", arrowsize=0.6, penwidth=1]",
    ]
  }

  // MARK: Boxes and frames

  /// Boxes in order, within their frames: boxes of one frame are neighbours.
  private var boxes: [String] {
    var lines: [String] = []
    var open: [Int] = []
    func indent() -> String { String(repeating: "  ", count: min(open.count, 20) + 1) }
    func close() {
      open.removeLast()
      lines.append(indent() + "}")
    }
    for (index, box) in outline.boxes.enumerated() {
      let wanted = chain(box.frame)
      while let innermost = open.last, !(open.count <= wanted.count && wanted[open.count - 1] == innermost) { close() }
      for frame in wanted.dropFirst(open.count) {
        lines.append(indent() + "subgraph cluster_\(lines.count) {")
        open.append(frame)
        lines.append(indent() + frameAttributes(frame))
      }
      lines.append(indent() + "n\(index) [\(nodeAttributes(box))]")
    }
    while !open.isEmpty { close() }
    return lines
  }

  /// The frames around a box, the outermost first.
  private func chain(_ frame: Int?) -> [Int] {
    var chain: [Int] = []
    var next = frame
    while let current = next {
      chain.append(current)
      next = outline.frames[current].parent
    }
    return chain.reversed()
  }

  private func frameAttributes(_ index: Int) -> String {
    let frame = outline.frames[index]
    let style = trainOnlyFrames[index] ? "rounded,filled,dashed" : "rounded,filled"
    let outer = frame.parent.map { outline.frames[$0].name } ?? ""
    let name = relative(frame.name, to: outer)
    let block = small(frame.block)
    let label = name.isEmpty ? block : "<b>\(escaped(name))</b> \(block)"
    return "label=<\(label)>; style=\"\(style)\"; color=\"\(Palette.frame)\"; fillcolor=\"#00000008\"; fontsize=11; "
      + "labeljust=l; margin=10"
  }

  private func nodeAttributes(_ box: Outline.Box) -> String {
    let frame = box.frame.map { outline.frames[$0].name } ?? ""
    var rows = heading(box)
    let shapes = box.shapes.map(Self.sizes).joined(separator: ", ")
    if !shapes.isEmpty { rows.append(small(shapes)) }
    let name = relative(box.name, to: frame)
    if box.role == .block, box.parameters > 0 { rows.append(small("\(Figures.grouped(box.parameters)) parameters")) }
    if box.role != .input, !name.isEmpty { rows.append(faint(name)) }
    let (fill, line) = Palette.colors(of: box.role)
    let style = box.isTrainOnly ? "rounded,filled,dashed" : "rounded,filled"
    let tooltip = box.role == .input ? box.name : "\(box.name): \(Figures.grouped(box.parameters)) parameters"
    return "label=<\(rows.joined(separator: "<br/>"))>, style=\"\(style)\", fillcolor=\"\(fill)\", color=\"\(line)\", "
      + "tooltip=\(quoted(tooltip))"
  }

  /// The title with what was asked of the layer, in lines of some width.
  private func heading(_ box: Outline.Box) -> [String] {
    let title = box.role == .input ? box.name : box.title
    var lines: [String] = []
    var line = ""
    for (index, detail) in box.details.enumerated() {
      let word = shortened(detail, to: Self.width) + (index + 1 < box.details.count ? "," : "")
      let used = displayWidth(line) + (lines.isEmpty ? displayWidth(title) + 1 : 0)
      if !line.isEmpty, used + 1 + displayWidth(word) > Self.width {
        lines.append(line)
        line = ""
      }
      line += (line.isEmpty ? "" : " ") + word
    }
    lines.append(line)
    return lines.enumerated().map { index, line in
      index == 0
        ? "<b>\(escaped(shortened(title, to: Self.width)))</b>" + (line.isEmpty ? "" : " " + escaped(line))
        : escaped(line)
    }
  }

  /// Characters of a line in a box.
  private static let width = 32

  // MARK: Outputs and edges

  private var outputs: [String] {
    outline.outputs.enumerated().map { index, output in
      let (fill, line) = Palette.output
      let style = output.isTrainOnly ? "rounded,filled,dashed" : "rounded,filled"
      return "  o\(index) [label=<<b>\(escaped(output.name))</b>>, style=\"\(style)\", fillcolor=\"\(fill)\", "
        + "color=\"\(line)\"]"
    }
  }

  private var edges: [String] {
    var lines: [String] = []
    for (index, box) in outline.boxes.enumerated() {
      for input in box.inputs { lines.append("  n\(input) -> n\(index)" + (box.isTrainOnly ? " [style=dashed]" : "")) }
    }
    for (index, output) in outline.outputs.enumerated() {
      lines.append("  n\(output.box) -> o\(index)" + (output.isTrainOnly ? " [style=dashed]" : ""))
    }
    return lines
  }

  // MARK: Text

  /// `28 × 28 × 256`: the sizes of one example.
  private static func sizes(_ shape: Shape) -> String {
    shape.dims.dropFirst().map(\.operandDescription).joined(separator: " × ")
  }

  /// A path as it reads within a frame: `b/reduce` in `i3a`.
  private func relative(_ path: String, to outer: String) -> String {
    if outer.isEmpty { return path }
    if path == outer { return "" }
    return path.utf8.starts(with: (outer + "/").utf8) ? String(path.utf8.dropFirst(outer.utf8.count + 1)) ?? path : path
  }

  private func small(_ text: String) -> String { "<font point-size=\"10\">\(escaped(text))</font>" }

  private func faint(_ text: String) -> String {
    "<font point-size=\"9\" color=\"\(Palette.faint)\">\(escaped(shortened(text, to: Self.width)))</font>"
  }

  /// Fit to stand as a string, in which Graphviz reads `&lt;` as a sign.
  private func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in displayed(text).unicodeScalars {
      if scalar == "\"" || scalar == "\\" { result += "\\" }
      result += scalar == "&" ? "&amp;" : String(scalar)
    }
    return result + "\""
  }
}

/// Text of the user's, fit to stand in markup.
func escaped(_ text: String) -> String {
  var result = ""
  for scalar in displayed(text).unicodeScalars {
    switch scalar {
    case "&": result += "&amp;"
    case "<": result += "&lt;"
    case ">": result += "&gt;"
    case "\"": result += "&quot;"
    // Graphviz's reader waits for what follows a bracket, and a name of brackets alone is then no text to it.
    case "]": result += "&#93;"
    default: result.unicodeScalars.append(scalar)
    }
  }
  return result
}

/// The colours of a drawing: quiet ones, told apart by those who do not see red or green too.
enum Palette {
  static let ink = "#1f2933"
  static let faint = "#7b8794"
  static let edge = "#52606d"
  static let frame = "#9aa5b1"
  static let output = (fill: "#ffffff", line: "#1f2933")
  /// The part of a bar that had to be.
  static let reached = (fill: "#8db4e6", line: "#3b6fb6")

  static func colors(of role: Outline.Box.Role) -> (fill: String, line: String) {
    switch role {
    case .input: ("#ffffff", "#1f2933")
    case .weighted: ("#dbeafe", "#3b6fb6")
    case .window: ("#fde8d7", "#c2703d")
    case .joint: ("#e3f1e5", "#4f8a5b")
    case .plain: ("#f1f3f5", "#9aa5b1")
    case .block: ("#ece7f6", "#6b5ca5")
    }
  }
}
