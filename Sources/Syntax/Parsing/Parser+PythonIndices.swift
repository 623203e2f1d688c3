/// Python's brackets behind a tensor: `x[:, 1:9, -1]` is `GetItem(x, [slice, slice(start: 1, stop: 9), -1])` here.
extension Parser {
  private static var mostTokens: Int { 64 }

  /// Passes and reports brackets behind a name that hold a slice or None, which no list has.
  mutating func passesPythonIndices(of name: Token) -> Bool {
    guard let (key, end) = pythonKey() else { return false }
    while index < end { advance() }
    let call = "GetItem(\(text(name)), [\(key.joined(separator: ", "))])"
    slip(range(from: name.start)) { $0.pythonIndices(call) }
    return true
  }

  /// What the brackets say, and the index behind them.
  private func pythonKey() -> (key: [String], end: Int)? {
    var key: [String] = []
    /// What stands between the colons of a part.
    var bounds = [""]
    var isSlice = false
    for place in tokens.indices.dropFirst(index + 1).prefix(Self.mostTokens) {
      let token = tokens[place]
      switch token.kind {
      case .integer, .minus: bounds[bounds.count - 1] += text(token)
      case .name where text(token) == "None" && bounds == [""]:
        bounds = ["none"]
        isSlice = true
      case .colon:
        bounds.append("")
        isSlice = true
      case .comma, .rightBracket:
        guard let part = Self.part(bounds) else { return nil }
        key.append(part)
        bounds = [""]
        if token.kind == .rightBracket { return isSlice ? (key, place + 1) : nil }
      default: return nil
      }
    }
    return nil
  }

  private static func part(_ bounds: [String]) -> String? {
    if bounds.count == 1 { return bounds[0].isEmpty ? nil : bounds[0] }
    guard bounds.count <= 3 else { return nil }
    let arguments = zip(["start", "stop", "step"], bounds).filter { !$1.isEmpty }.map { "\($0): \($1)" }
    return arguments.isEmpty ? "slice" : "slice(\(arguments.joined(separator: ", ")))"
  }
}
