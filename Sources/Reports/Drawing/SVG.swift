import Syntax

/// The pieces of a drawing that is laid out here, in SVG. Lengths are pixels.
enum SVG {
  /// A whole drawing on white.
  static func document(width: Double, height: Double, _ elements: [String]) -> String {
    let (width, height) = (number(width), number(height))
    let lines =
      [
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"\(width)\" height=\"\(height)\" "
          + "viewBox=\"0 0 \(width) \(height)\" font-family=\"Helvetica,Arial,sans-serif\" font-size=\"11\">",
        "<rect width=\"100%\" height=\"100%\" fill=\"white\"/>",
      ] + elements + ["</svg>"]
    return lines.joined(separator: "\n") + "\n"
  }

  /// Words whose baseline is at `y`.
  static func text(
    _ words: String, x: Double, y: Double, size: Int = 11, color: String = Palette.ink, anchor: String = "start"
  ) -> String {
    "<text x=\"\(number(x))\" y=\"\(number(y))\" font-size=\"\(size)\" fill=\"\(color)\" text-anchor=\"\(anchor)\">"
      + "\(escaped(words))</text>"
  }

  /// A thin line of a scale.
  static func line(_ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double) -> String {
    "<line x1=\"\(number(x1))\" y1=\"\(number(y1))\" x2=\"\(number(x2))\" y2=\"\(number(y2))\" "
      + "stroke=\"\(Palette.frame)\" stroke-width=\"0.5\"/>"
  }

  /// A box that says `title` to whoever points at it.
  static func box(
    x: Double, y: Double, width: Double, height: Double, colors: (fill: String, line: String), title: String
  ) -> String {
    return "<rect x=\"\(number(x))\" y=\"\(number(y))\" width=\"\(number(width))\" height=\"\(number(height))\" "
      + "fill=\"\(colors.fill)\" stroke=\"\(colors.line)\" stroke-width=\"0.7\"><title>\(escaped(title))</title></rect>"
  }

  static func number(_ value: Double) -> String { Figures.fixed(value, decimals: 2) }
}
