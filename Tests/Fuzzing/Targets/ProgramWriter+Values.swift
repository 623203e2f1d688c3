/// Numbers, shapes, conditions and values of attributes.
extension ProgramWriter {
  private static let small = ["2", "1", "3", "4", "8", "5", "16", "7", "6", "32", "10", "9"]
  private static let extreme = [
    "0", "-1", "224", "1_000_000", "65536", "2147483648", "4294967296", "4611686018427387904", "9223372036854775807",
    "-9223372036854775807", "0.5", "1e300", "true",
  ]

  mutating func number() -> String {
    if wild(12) { return choices.pick(Self.extreme) }
    if choices.percent(isTame ? 4 : 15), !numbers.isEmpty { return choices.pick(numbers) }
    return choices.pick(Self.small)
  }

  mutating func real() -> String {
    if wild(15) { return choices.pick(["1e308", "-1e308", "5e-324", "-1", "1 / 3", "2", "9223372036854775807"]) }
    return choices.pick(["0.5", "0.25", "0.001", "0.9", "0.1", "1.0", "0.2"])
  }

  mutating func expression() -> String {
    guard depth < 4 else { return number() }
    depth += 1
    defer { depth -= 1 }
    switch choices.below(12) {
    case 0..<4: return number()
    case 4: return "\(expression()) + \(expression())"
    case 5: return "(\(expression()) - \(expression())) * \(number())"
    case 6: return "\(expression()) * \(expression())"
    case 7: return "floor((\(expression())) / \(number()))"
    case 8: return "ceil((\(expression())) / \(number()))"
    case 9: return "\(choices.pick(["min", "max"]))(\(expression()), \(expression()))"
    case 10: return "(\(expression())) % \(number())"
    default: return "if \(condition()) { \(expression()) } else { \(expression()) }"
    }
  }

  mutating func condition() -> String {
    guard depth < 4 else { return "true" }
    depth += 1
    defer { depth -= 1 }
    switch choices.below(8) {
    case 0: return "true"
    case 1: return "not (\(condition()))"
    case 2: return "(\(condition())) \(choices.pick(["and", "or"])) (\(condition()))"
    default:
      return "\(expression()) \(choices.pick(["==", "<", "<=", ">", ">=", "!="])) \(expression())"
    }
  }

  mutating func claim() -> String {
    let quantity = choices.pick([
      "params", "macs", "memory", "trainable_params", "training_params", "training_macs", "params(x1)",
      "macs(x2/conv2d)",
    ])
    let claim = "\(quantity) \(choices.pick(["==", "<=", ">", "!="])) \(expression())"
    return choices.percent(20) ? "\(claim) when \(condition())" : claim
  }

  mutating func inputShape(isRow: Bool) -> String {
    if wild(10) {
      return choices.pick([
        "[N]", "[]", "[N, 0, 3, 1]", "[2, 4, 4, 1]", "[N, 9223372036854775807, 2, 1]", "[N, -1, 3, 3]", "[N, _, _, 3]",
        "[N, H / 2, W, 1]", "[N, 3, 4, 5, 6]", "[N, H - 40, W, 1]", "[N, H * W, 2]", "[N, H % 3, 4, 4]", "[N, 6, 4]",
        "[N, 3037000500, 3037000500, 3]",
      ])
    }
    if isRow { return choices.pick(["[N, 16]", "[N, 8]", isTame ? "[N, 5]" : "[N, F]", "[N, 1]"]) }
    let known = ["[N, 8, 8, 3]", "[N, 28, 28, 1]", "[N, 8, 8, 4]", "[N, 5, 7, 8]", "[N, 16, 12, 2]"]
    if isTame || choices.percent(50) { return choices.pick(known) }
    return choices.pick([
      "[N, H, W, 3]", "[N, 2 * h, 2 * w, 4]", "[N, H, H, 8]", "[N, 16 * h, 16 * w, 1]", "[N, H + 1, W, 3]",
      "[N, H, 8, C]", "[N, 3 * h + 2, W, 4]", "[N, H, W, H]",
    ])
  }

  mutating func shape(isRow: Bool) -> String {
    let rest = (0..<(isRow ? 1 : 3) + (wild(5) ? 1 : 0)).map { _ in
      choices.percent(30) ? "_" : choices.percent(15) ? expression() : number()
    }
    return "[\((["N"] + rest).joined(separator: ", "))]"
  }

  /// A value for an attribute or a parameter.
  mutating func value(_ name: String, type: String, words: [String]) -> String {
    if !words.isEmpty, !choices.percent(15) {
      let word = choices.pick(words)
      guard wild(15) else { return word }
      return "\(word)(\(choices.pick(["seed: 1", "0.5", "alpha: 0.3", "negative_slope: \(real())"])))"
    }
    switch (name, type) {
    case ("axis", _), ("axes", _): return choices.pick(["-1", "1", "3", "2", "0", "-4", "[1, 2]", "[-1]", "4"])
    case ("dims", _): return choices.pick(["[2, 1, 3]", "[3, 1, 2]", "[1]", "[1, 2, 3]", "[3, 2, 1]", "[1, 1]"])
    case ("target_shape", _): return choices.pick(["[-1]", "[16]", "[4, -1]", "[2, 2, -1]", "[-1, 8]", "[H, 2]", "[]"])
    case (_, "Int"): return wild(15) ? expression() : number()
    case (_, "Float"): return real()
    case (_, "Bool"): return choices.pick(["true", "false", wild(30) ? condition() : "true"])
    case (_, "[Int]"), (_, "Padding"):
      switch choices.below(8) {
      case 0..<3: return number()
      case 3..<6: return "[\(number()), \(number())]"
      case 6 where !isTame || name == "padding" || name == "cropping":
        return "[[\(number()), \(number())], [\(number()), \(number())]]"
      default: return wild(50) ? "[\(expression())]" : number()
      }
    case (_, "[Float]"): return choices.pick(["[0.5, 0.25, 0.1]", "0.5", "[1, 2, 3, 4]", "[]", "[\(real())]"])
    default:
      return choices.pick([
        "relu", "same", "valid", "l2(0.01)", "zeros", "max_norm(2)", "leaky_relu(\(real()))", "none",
      ])
    }
  }
}
