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

extension Tree {
  /// Other names for those that the language cannot write, by these: their printable ASCII, or `layer` where too little of
  /// that is left, and a number where that is taken. `größe` becomes `gr_e`.
  package func writableNames() -> [String: String] {
    var taken = Set(blocks.map(\.name.text) + models.map(\.name.text))
    for body in blocks.map(\.body) + models.map(\.body) {
      for statement in body.statements { taken.formUnion(statement.definedNames.map(\.text)) }
    }
    for block in blocks { taken.formUnion(block.parameters.map(\.name.text)) }
    var names: [String: String] = [:]
    for name in unwritableNames where names[name.text] == nil {
      let steps = name.text.utf8.split { !Self.isWordByte($0) }.map { String(decoding: $0, as: UTF8.self) }
      let word = steps.joined(separator: "_")
      let plain = word.isPlainName ? word : "layer"
      var free = plain
      var number = 1
      while !taken.insert(free).inserted {
        free = "\(plain)_\(number)"
        number += 1
      }
      names[name.text] = free
    }
    return names
  }

  /// The same program with some names changed wherever they stand.
  package func renaming(_ names: [String: String]) -> Tree {
    guard !names.isEmpty else { return self }
    var tree = self
    func rename(_ name: inout Name) { if let other = names[name.text] { name.text = other } }
    for index in tree.blocks.indices {
      rename(&tree.blocks[index].name)
      for place in tree.blocks[index].parameters.indices { rename(&tree.blocks[index].parameters[place].name) }
      for place in tree.blocks[index].body.statements.indices {
        tree.blocks[index].body.statements[place].renameEach(rename)
      }
    }
    for index in tree.models.indices {
      rename(&tree.models[index].name)
      tree.models[index].inputOrder = tree.models[index].inputOrder.map { names[$0] ?? $0 }
      for place in tree.models[index].body.statements.indices {
        tree.models[index].body.statements[place].renameEach(rename)
      }
    }
    for index in tree.expressions.indices {
      switch tree.expressions[index].kind {
      case .name(let text): if let other = names[text] { tree.expressions[index].kind = .name(other) }
      case .call(var call):
        rename(&call.name)
        tree.expressions[index].kind = .call(call)
      default: break
      }
    }
    return tree
  }

  private static func isWordByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
      true
    default: false
    }
  }
}

extension Statement {
  fileprivate var definedNames: [Name] {
    switch kind {
    case .input(let name, _), .output(let name, _, _), .layer(let name, _): [name]
    case .binding(let names, _): names
    case .result, .assertion: []
    }
  }

  fileprivate mutating func renameEach(_ rename: (inout Name) -> Void) {
    switch kind {
    case .input(var name, let shape):
      rename(&name)
      kind = .input(name, shape: shape)
    case .output(var name, let value, let isTrainOnly):
      rename(&name)
      kind = .output(name, value, isTrainOnly: isTrainOnly)
    case .layer(var name, var call):
      rename(&name)
      rename(&call.name)
      kind = .layer(name, call)
    case .binding(var all, let value):
      for place in all.indices { rename(&all[place]) }
      kind = .binding(all, value)
    case .result, .assertion: break
    }
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
