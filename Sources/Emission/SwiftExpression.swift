/// A Swift expression to be laid out: on one line where it fits, else with its arguments filled into lines below.
enum SwiftExpression: ExpressibleByStringLiteral {
  case atom(String)
  case call(String, [Argument])
  case list([SwiftExpression])

  struct Argument {
    var label: String?
    var value: SwiftExpression

    init(_ label: String? = nil, _ value: SwiftExpression) {
      self.label = label
      self.value = value
    }

    var prefix: String { label.map { "\($0): " } ?? "" }
  }

  static let width = 120

  init(stringLiteral value: String) { self = .atom(value) }

  static func integer(_ value: Int) -> SwiftExpression { .atom(SwiftText.integer(value)) }
  static func integers(_ values: [Int]) -> SwiftExpression { .list(values.map(integer)) }
  static func text(_ value: String) -> SwiftExpression { .atom(SwiftText.literal(value)) }

  /// - Parameters:
  ///   - indent: of the line that the expression begins on.
  ///   - lead: characters before it on that line, the indent among them.
  ///   - tail: characters that follow it at once.
  func laidOut(indent: Int, lead: Int, tail: Int = 0) -> String {
    let flat = self.flat
    if lead + flat.count + tail <= Self.width { return flat }
    switch self {
    case .atom: return flat
    case .call(let name, let arguments):
      return "\(name)(" + Self.fill(arguments, indent: indent + 2, tail: tail + 1) + ")"
    case .list(let elements):
      return "[" + Self.fill(elements.map { Argument(nil, $0) }, indent: indent + 2, tail: tail + 1) + "]"
    }
  }

  private var flat: String {
    switch self {
    case .atom(let text): text
    case .call(let name, let arguments):
      "\(name)(\(arguments.map { $0.prefix + $0.value.flat }.joined(separator: ", ")))"
    case .list(let elements): "[\(elements.map(\.flat).joined(separator: ", "))]"
    }
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
