/// A Swift expression to be laid out: on one line where it fits, else with its arguments filled into lines below.
struct SwiftExpression: ExpressibleByStringLiteral {
  /// All of it on one line: made once, for every line around asks whether it fits.
  private let flat: String
  private let parts: Parts?

  /// What may be filled into lines of its own.
  private struct Parts {
    var opening: String
    var arguments: [Argument]
    var closing: String
  }

  struct Argument {
    let value: SwiftExpression
    fileprivate let prefix: String

    init(_ label: String? = nil, _ value: SwiftExpression) {
      self.value = value
      prefix = label.map { "\($0): " } ?? ""
    }
  }

  static let width = 120

  private init(_ parts: Parts) {
    flat = parts.opening + parts.arguments.map { $0.prefix + $0.value.flat }.joined(separator: ", ") + parts.closing
    self.parts = parts
  }

  init(stringLiteral value: String) {
    flat = value
    parts = nil
  }

  static func atom(_ text: String) -> SwiftExpression { SwiftExpression(stringLiteral: text) }

  static func call(_ name: String, _ arguments: [Argument]) -> SwiftExpression {
    SwiftExpression(Parts(opening: name + "(", arguments: arguments, closing: ")"))
  }

  static func list(_ elements: [SwiftExpression]) -> SwiftExpression {
    SwiftExpression(Parts(opening: "[", arguments: elements.map { Argument(nil, $0) }, closing: "]"))
  }

  static func integer(_ value: Int) -> SwiftExpression { .atom(SwiftText.integer(value)) }
  static func integers(_ values: [Int]) -> SwiftExpression { .list(values.map(integer)) }
  static func text(_ value: String) -> SwiftExpression { .atom(SwiftText.literal(value)) }

  /// - Parameters:
  ///   - indent: of the line that the expression begins on.
  ///   - lead: characters before it on that line, the indent among them.
  ///   - tail: characters that follow it at once.
  func laidOut(indent: Int, lead: Int, tail: Int = 0) -> String {
    guard let parts, lead + flat.count + tail > Self.width else { return flat }
    return parts.opening + Self.fill(parts.arguments, indent: indent + 2, tail: tail + 1) + parts.closing
  }

  private static func fill(_ arguments: [Argument], indent: Int, tail: Int) -> String {
    var lines: [String] = []
    var line = ""
    for (position, argument) in arguments.enumerated() {
      let isLast = position == arguments.count - 1
      let after = isLast ? tail : 1
      let flat = argument.prefix + argument.value.flat
      if !line.isEmpty, line.count + 1 + flat.count + after <= width {
        line += " " + flat
      } else {
        if !line.isEmpty { lines.append(line) }
        let start = String(repeating: " ", count: indent) + argument.prefix
        line = start + argument.value.laidOut(indent: indent, lead: start.count, tail: after)
        // What was broken keeps its own lines; only the last of them is filled on.
        if let end = line.lastIndex(of: "\n") {
          lines.append(String(line[..<end]))
          line = String(line[line.index(after: end)...])
        }
      }
      if !isLast { line += "," }
    }
    lines.append(line)
    return "\n" + lines.joined(separator: "\n")
  }
}
