extension Tree {
  /// The names that cannot be written in the language, not even in backquotes: other formats may have such.
  package var unwritableNames: [Name] {
    var names: [Name] = []
    func note(_ name: Name) { if !name.text.isPlainName, !name.text.isQuotableName { names.append(name) } }
    func note(_ parameters: [Parameter]) {
      for parameter in parameters { note(parameter.name) }
    }
    func note(_ body: Body) {
      for statement in body.statements {
        switch statement.kind {
        case .input(let name, _), .output(let name, _, _): note(name)
        case .layer(let name, let call):
          note(name)
          note(call.name)
        case .binding(let all, _): all.forEach(note)
        case .result, .assertion: break
        }
      }
    }
    for block in blocks {
      note(block.name)
      note(block.parameters)
      note(block.body)
    }
    for model in models {
      note(model.name)
      note(model.parameters)
      note(model.body)
    }
    for expression in expressions {
      switch expression.kind {
      case .name(let text): note(Name(text, expression.range))
      case .call(let call): note(call.name)
      default: break
      }
    }
    return names
  }
}

extension Source {
  /// Whether a file that may hold a description in any format is meant as JSON: its first byte that is not blank opens
  /// an object or an array, or its name says so and it does not begin as texts in the language do, with `modelc`.
  package var isJSON: Bool {
    let blanks: [UInt8] = [UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\n"), UInt8(ascii: "\r")]
    let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]
    let text = (bytes.starts(with: byteOrderMark) ? bytes.dropFirst(3) : bytes[...]).drop { blanks.contains($0) }
    if text.first == UInt8(ascii: "{") || text.first == UInt8(ascii: "[") { return true }
    return name.hasSuffix(".json") && !text.starts(with: "modelc".utf8)
  }
}
