import Syntax

/// A tree without its places, as text: two programs are the same if their texts are.
struct TreeText {
  let tree: Tree

  static func of(_ tree: Tree) -> String { TreeText(tree: tree).file }

  private var file: String {
    var lines = ["edition \(tree.edition.map(String.init) ?? "none")"]
    lines += tree.imports.map { "import \($0.path)" }
    lines += tree.defaults.map { "with \(call($0))" }
    lines += allow(tree.allowances)
    for block in tree.blocks {
      lines.append("/// \(block.documentation ?? "")")
      lines.append("block \(block.name.text)\(parameters(block.parameters)) -> \(block.promises.map(expression))")
      lines += body(block.body)
    }
    for model in tree.models {
      lines.append("/// \(model.documentation ?? "")")
      lines.append("model \(model.name.text)\(parameters(model.parameters))")
      lines += body(model.body)
    }
    for training in tree.trainings {
      lines.append("train \(training.model.text)")
      lines += allow(training.allowances).map { "  " + $0 }
      for entry in training.entries {
        lines.append("  \(entry.name.text) \(entry.outputs.map(\.text)): \(entry.values.map(expression))")
        lines += allow(entry.allowances).map { "    " + $0 }
      }
    }
    return lines.joined(separator: "\n")
  }

  private func parameters(_ parameters: [Parameter]) -> String {
    let texts = parameters.map { parameter in
      let value = parameter.defaultValue.map { " = " + expression($0) } ?? ""
      switch parameter.kind {
      case .named(let name): return "\(parameter.name.text): \(name.text)\(value)"
      case .shape(let shape): return "\(parameter.name.text): \(expression(shape))\(value)"
      }
    }
    return "(" + texts.joined(separator: ", ") + ")"
  }

  private func body(_ body: Body) -> [String] {
    body.defaults.map { "  with \(call($0))" } + allow(body.allowances).map { "  " + $0 }
      + body.statements.flatMap { ["  " + statement($0)] + allow($0.allowances).map { "    " + $0 } }
  }

  private func allow(_ allowances: [Allowance]) -> [String] {
    allowances.isEmpty ? [] : ["allow " + allowances.map(\.code).joined(separator: ", ")]
  }

  private func statement(_ statement: Statement) -> String {
    switch statement.kind {
    case .input(let name, let shape): "input \(name.text): \(expression(shape))"
    case .output(let name, let value, let isTrainOnly):
      "\(isTrainOnly ? "train " : "")output \(name.text) = \(value.map(expression) ?? "itself")"
    case .layer(let name, let value): "layer \(name.text) = \(call(value))"
    case .result(let values): "return \(values.map(expression))"
    case .assertion(let claims):
      "assert "
        + claims.map { expression($0.condition) + ($0.guardCondition.map { " when " + expression($0) } ?? "") }
        .joined(separator: ", ")
    case .binding(let names, let value): "\(names.map(\.text)) = \(expression(value))"
    }
  }

  private func call(_ call: Call) -> String {
    let arguments = call.arguments.map { ($0.name.map { $0.text + ": " } ?? "") + expression($0.value) }
    return call.name.text + "(" + arguments.joined(separator: ", ") + ")"
  }

  func expression(_ id: NodeID<Expression>) -> String {
    switch tree[id].kind {
    case .integer(let value): return "\(value)"
    case .real(let value): return "\(value)"
    case .string(let text): return "\"\(text)\""
    case .boolean(let value): return "\(value)"
    case .name(let name): return name
    case .list(let elements): return "[" + elements.map(expression).joined(separator: ", ") + "]"
    case .call(let value): return call(value)
    case .element(let list, let index): return "\(expression(list))[\(expression(index))]"
    case .negation(let value): return "-(\(expression(value)))"
    case .not(let value): return "not(\(expression(value)))"
    case .operation(let first, let operands):
      return "(" + expression(first) + operands.map { " \($0.operation.rawValue) \(expression($0.value))" }.joined()
        + ")"
    case .pipeline(let head, let stages): return expression(head) + stages.map { " " + stage($0) }.joined()
    case .conditional(let condition, let then, let otherwise):
      return "if \(expression(condition)) { \(expression(then)) } else { \(expression(otherwise)) }"
    case .missing: return "<missing>"
    }
  }

  private func stage(_ stage: Stage) -> String {
    switch stage {
    case .shape(let shape): return "-> \(expression(shape))"
    case .call(let label, let repetition, let value):
      let count = repetition.map { "repeat \(expression($0.count))\($0.index.map { " as " + $0.text } ?? "") " } ?? ""
      return "|> " + (label.map { $0.text + ": " } ?? "") + count + call(value)
    }
  }
}
