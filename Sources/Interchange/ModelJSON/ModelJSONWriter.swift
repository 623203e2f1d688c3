package import Syntax

/// A description as JSON: the same tree. Comments but `///` and layout are left behind. Ends with a line break.
package func modelJSON(_ tree: Tree) -> String {
  var json = JSONLayout()
  ModelJSONWriter(tree: tree).write(to: &json)
  return json.text
}

private struct ModelJSONWriter {
  let tree: Tree

  // MARK: The file

  func write(to json: inout JSONLayout) {
    json.object(isTall: true) { json in
      json.member("modelc") { $0.literal(String(tree.edition ?? 1)) }
      if !tree.imports.isEmpty { json.member("import", tree.imports.map(\.path)) }
      heads(tree.defaults, tree.allowances, &json)
      if !tree.blocks.isEmpty {
        json.member("blocks") { json in
          json.array(isTall: true) { json in for block in tree.blocks { json.element { write(block, &$0) } } }
        }
      }
      if !tree.models.isEmpty {
        json.member("models") { json in
          json.array(isTall: true) { json in for model in tree.models { json.element { write(model, &$0) } } }
        }
      }
      if !tree.trainings.isEmpty {
        json.member("train") { json in
          json.array(isTall: true) { json in for training in tree.trainings { json.element { write(training, &$0) } } }
        }
      }
    }
  }

  private func heads(_ defaults: [Call], _ allowances: [Allowance], _ json: inout JSONLayout) {
    if !defaults.isEmpty {
      json.member("with") { json in
        json.array { json in
          for line in defaults { json.element { json in json.object { call(line, &$0) } } }
        }
      }
    }
    allow(allowances, &json)
  }

  private func allow(_ allowances: [Allowance], _ json: inout JSONLayout) {
    if !allowances.isEmpty { json.member("allow", allowances.map(\.code)) }
  }

  private func write(_ block: Block, _ json: inout JSONLayout) {
    json.object(isTall: true) { json in
      json.member("name", spelling(block.name))
      if let text = block.documentation { json.member("documentation", text) }
      parameters(block.parameters, &json)
      if !block.promises.isEmpty {
        json.member("results") { json in
          json.array { json in for promise in block.promises { json.element { shape(promise, &$0) } } }
        }
      }
      body(block.body, &json)
    }
  }

  private func write(_ model: Model, _ json: inout JSONLayout) {
    json.object(isTall: true) { json in
      json.member("name", spelling(model.name))
      if let text = model.documentation { json.member("documentation", text) }
      parameters(model.parameters, &json)
      body(model.body, &json)
    }
  }

  private func parameters(_ parameters: [Parameter], _ json: inout JSONLayout) {
    guard !parameters.isEmpty else { return }
    json.member("parameters") { json in
      json.array { json in
        for parameter in parameters {
          json.element { json in
            json.object { json in
              json.member("name", spelling(parameter.name))
              switch parameter.kind {
              case .named(let type): json.member("type", spelling(type))
              case .shape(let pattern): json.member("type") { shape(pattern, &$0) }
              }
              if let value = parameter.defaultValue { json.member("default") { argument(value, &$0) } }
            }
          }
        }
      }
    }
  }

  private func body(_ body: Body, _ json: inout JSONLayout) {
    heads(body.defaults, body.allowances, &json)
    json.member("body") { json in
      json.array(isTall: !body.statements.isEmpty) { json in
        for statement in body.statements { json.element { write(statement, &$0) } }
      }
    }
  }

  private func write(_ training: Training, _ json: inout JSONLayout) {
    json.object(isTall: true) { json in
      json.member("model", spelling(training.model))
      allow(training.allowances, &json)
      json.member("entries") { json in
        json.array { json in
          for entry in training.entries {
            json.element { json in
              json.object { json in
                json.member(key(entry.name.text)) { values(entry.values, &$0) }
                if !entry.outputs.isEmpty { json.member("outputs", entry.outputs.map(spelling)) }
                allow(entry.allowances, &json)
              }
            }
          }
        }
      }
    }
  }

  // MARK: Statements

  private func write(_ statement: Statement, _ json: inout JSONLayout) {
    json.object { json in
      switch statement.kind {
      case .input(let name, let pattern):
        json.member("input", spelling(name))
        json.member("shape") { shape(pattern, &$0) }
      case .output(let name, let result, let isTrainOnly):
        json.member(isTrainOnly ? "train output" : "output", spelling(name))
        if let result { json.member("value") { value(result, &$0) } }
      case .layer(let name, let layer):
        json.member("layer", spelling(name))
        json.member("value") { json in json.object { call(layer, &$0) } }
      case .result(let results): json.member("return") { values(results, &$0) }
      case .assertion(let claims): json.member("assert", claims.map { tree.flatText(of: $0) })
      case .binding(let names, let result):
        if names.count == 1 {
          json.member("name", spelling(names[0]))
        } else {
          json.member("names", names.map(spelling))
        }
        json.member("value") { value(result, &$0) }
      }
      allow(statement.allowances, &json)
    }
  }

  // MARK: Values

  private func values(_ values: [NodeID<Expression>], _ json: inout JSONLayout) {
    json.array { json in for id in values { json.element { value(id, &$0) } } }
  }

  /// What a statement holds: calls, pipelines and choices have a form of their own.
  private func value(_ id: NodeID<Expression>, _ json: inout JSONLayout) {
    switch tree[id].kind {
    case .call(let call): json.object { self.call(call, &$0) }
    case .pipeline(let head, let stages):
      json.array { json in
        json.element { value(head, &$0) }
        for stage in stages { json.element { json in json.object { write(stage, &$0) } } }
      }
    case .conditional(let condition, let then, let otherwise):
      json.object { json in
        json.member("if") { self.condition(condition, &$0) }
        json.member("then") { value(then, &$0) }
        json.member("else") { value(otherwise, &$0) }
      }
    case .list: json.string(tree.flatText(of: id))
    default: argument(id, &json)
    }
  }

  /// A pipeline stands in parentheses: the text is that of a condition.
  private func condition(_ id: NodeID<Expression>, _ json: inout JSONLayout) {
    if case .pipeline = tree[id].kind {
      json.string("(\(tree.flatText(of: id)))")
    } else {
      argument(id, &json)
    }
  }

  private func write(_ stage: Stage, _ json: inout JSONLayout) {
    switch stage {
    case .shape(let pattern): json.member("->") { shape(pattern, &$0) }
    case .call(let label, let repetition, let call):
      if let label { json.member("label", spelling(label)) }
      if let repetition {
        json.member("repeat") { argument(repetition.count, &$0, asSize: true) }
        if let index = repetition.index { json.member("as", spelling(index)) }
      }
      self.call(call, &json)
    }
  }

  /// `"Conv2D": [64, 3, {"padding": "same"}]`
  private func call(_ call: Call, _ json: inout JSONLayout) {
    json.member(key(call.name.text)) { json in
      let isNamed = !call.arguments.isEmpty && call.arguments.allSatisfy { $0.name != nil }
      let runs = runs(of: call.arguments)
      if isNamed, runs.count == 1 { return named(runs[0], &json) }
      json.array { json in
        for run in runs {
          json.element { json in
            run[0].name == nil ? argument(run[0].value, &json) : named(run, &json)
          }
        }
      }
    }
  }

  private func named(_ run: [CallArgument], _ json: inout JSONLayout) {
    json.object { json in
      for item in run {
        if let name = item.name { json.member(spelling(name)) { argument(item.value, &$0) } }
      }
    }
  }

  /// Arguments by position one by one, named ones together; a name that comes again begins anew.
  private func runs(of arguments: [CallArgument]) -> [[CallArgument]] {
    var runs: [[CallArgument]] = []
    var names: Set<String> = []
    for argument in arguments {
      guard let name = argument.name else {
        runs.append([argument])
        names = []
        continue
      }
      if !names.isEmpty, names.insert(name.text).inserted {
        runs[runs.count - 1].append(argument)
      } else {
        runs.append([argument])
        names = [name.text]
      }
    }
    return runs
  }

  /// A number, truth or list as JSON has it; else text of the language.
  private func argument(_ id: NodeID<Expression>, _ json: inout JSONLayout, asSize isSize: Bool = false) {
    switch tree[id].kind {
    case .integer(let value): json.literal(String(value))
    case .real(let value): json.literal(value.description)
    case .boolean(let value): json.literal(value ? "true" : "false")
    case .negation(let inner):
      switch tree[inner].kind {
      case .integer(let value) where value > 0: json.literal("-\(value)")
      case .real(let value) where value.sign == .plus: json.literal("-\(value)")
      default: json.string(tree.flatText(of: id))
      }
    case .list(let elements):
      json.array { json in for element in elements { json.element { argument(element, &$0, asSize: isSize) } } }
    default: json.string(tree.flatText(of: id, asSize: isSize))
    }
  }

  private func shape(_ id: NodeID<Expression>, _ json: inout JSONLayout) { argument(id, &json, asSize: true) }

  // MARK: Names

  private func spelling(_ name: Name) -> String { name.text.isPlainName ? name.text : "`\(name.text)`" }

  /// The name of a callee or entry: one that is a key of its own here stands in backquotes.
  private func key(_ name: String) -> String {
    name.isPlainName && !ModelJSONKeys.reserved.contains(name) ? name : "`\(name)`"
  }
}
