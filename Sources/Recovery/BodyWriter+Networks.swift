import Layers
import Semantics
import Syntax

/// The bodies of models and of blocks that the description had.
extension BodyWriter {
  mutating func write(_ body: Chains, _ network: Network, copying source: Tree) {
    for call in structure.calls where call.isInput { taken.insert(call.name) }
    for line in body.lines {
      guard case .call(let call, _) = line.head, case .input(let shape) = structure.calls[call].callee else { continue }
      let name = builder.name(structure.calls[call].name)
      let copy = builder.copy(shape, from: source, network.grains)
      taken.formUnion(builder.names(in: copy))
      if network.isModel {
        statements.append(builder.statement(.input(name, shape: copy)))
      } else {
        declared.append(Parameter(name: name, kind: .shape(copy), defaultValue: nil))
      }
    }
    declareSharedLayers(of: network, body)
    let body = repeating(body)
    var lines: [Reference: String] = [:]
    var isReturned = false
    for (number, line) in body.lines.enumerated() {
      if case .call(let call, let operands) = line.head, structure.calls[call].resultCount > 1 {
        bindResults(of: call, operands, number, &lines)
        continue
      }
      let value = expression(for: line, number: number, entry: "", lines)
      if case .name(let name) = builder.tree[value].kind {
        lines[Reference(line: number)] = name
        continue
      }
      if number == body.lines.count - 1, outputs.count == 1, let output = outputs.first,
        output.tensor == Tensor(call: line.end), !program.avoided.contains(output.name)
      {
        let kind: Statement.Kind =
          network.isModel ? .output(builder.name(output.name), value, isTrainOnly: false) : .result([value])
        statements.append(builder.statement(kind))
        isReturned = true
        continue
      }
      let key = cuts(in: line).last.flatMap { taken.contains($0) ? nil : $0 }
      let name = outputName(of: line.end) ?? claim(key ?? bindingName(of: line.end))
      bind(name, value, only: onlyLayer(of: line))
      lines[Reference(line: number)] = name
    }
    if isReturned { return }
    let ends = Dictionary(
      body.lines.enumerated().map { ($1.end, $0) }, uniquingKeysWith: { first, _ in first })
    let names = outputs.map { output in
      lines[Reference(line: ends[output.tensor.call], result: output.tensor.result)] ?? output.name
    }
    if network.isModel {
      for (output, name) in zip(outputs, names) {
        let value = name == output.name ? nil : builder.reference(name)
        statements.append(builder.statement(.output(builder.name(output.name), value, isTrainOnly: false)))
      }
    } else {
      let values = names.map { builder.reference($0) }
      statements.append(builder.statement(.result(values)))
    }
  }

  private mutating func bindResults(
    of call: Int, _ operands: [Reference], _ line: Int, _ lines: inout [Reference: String]
  ) {
    let tensors = operands.map { builder.reference(lines[$0] ?? "") }
    let value = builder.add(.call(self.call(call, tensors)))
    var names: [Name] = []
    for result in 0..<structure.calls[call].resultCount {
      let base = bindingName(of: call)
      let name = outputName(of: call, result: result) ?? claim(result == 0 ? base : "\(base)_\(result)")
      lines[Reference(line: line, result: result)] = name
      names.append(builder.name(name))
    }
    statements.append(builder.statement(.binding(names, value)))
  }
}

extension TreeBuilder {
  /// The names in a shape.
  fileprivate func names(in id: NodeID<Expression>) -> [String] {
    switch tree[id].kind {
    case .name(let name): [name]
    case .list(let elements): elements.flatMap { names(in: $0) }
    case .operation(let first, let rest): names(in: first) + rest.flatMap { names(in: $0.value) }
    default: []
    }
  }

  /// The same shape, in this tree, with what stands for its sizes.
  mutating func copy(_ id: NodeID<Expression>, from tree: Tree, _ grains: Grains?) -> NodeID<Expression> {
    switch tree[id].kind {
    case .list(let elements):
      let copies = elements.map { copy($0, from: tree, grains) }
      return add(.list(copies))
    case .name(let name):
      return grains?.formulas[name].map { formula($0) } ?? reference(name)
    case let kind: return add(kind)
    }
  }
}
