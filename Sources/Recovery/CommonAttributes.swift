import Layers
import Syntax

/// Writes attributes that many calls have in common once, in `with` lines: for the file where that saves most, else for
/// the braces in which they stand.
struct CommonAttributes {
  private var builder: TreeBuilder
  private let blockNames: Set<String>

  /// The same program with `with` lines.
  static func settled(in tree: Tree) -> Tree {
    var common = CommonAttributes(tree)
    common.settle()
    return common.tree
  }

  private var tree: Tree { builder.tree }

  private init(_ tree: Tree) {
    builder = TreeBuilder(tree: tree)
    blockNames = Set(tree.blocks.map(\.name.text))
  }

  /// An attribute of a kind of layer.
  private struct Key: Hashable {
    var kind: String
    var attribute: String
  }

  /// How often an attribute has each value that is written out; what is not constant has none.
  private struct Tally {
    var counts: [String: Int] = [:]
    var order: [(text: String, value: NodeID<Expression>)] = []
    var calls = 0
    /// Calls in which a parameter or formula stands for it.
    var open = 0
  }

  private mutating func settle() {
    var bodies: [(calls: [Place], parameters: Set<String>)] = []
    for (number, body) in (tree.blocks.map(\.body) + tree.models.map(\.body)).enumerated() {
      let parameters = number < tree.blocks.count ? tree.blocks[number].parameters : []
      bodies.append((places(in: body, number), Set(parameters.map(\.name.text))))
    }
    var all = Tallies()
    for body in bodies { for place in body.calls { all.add(call(at: place), body.parameters, self) } }
    let shared = all.worthwhile(least: 3)
    builder.tree.defaults = lines(shared)
    for (number, body) in bodies.enumerated() {
      var own = Tallies()
      for place in body.calls { own.add(call(at: place), body.parameters, self) }
      // What the file says of a kind and an attribute is not said again.
      let inner = own.worthwhile(least: 3).filter { line in !shared.contains { $0.key == line.key } }
      if number < tree.blocks.count {
        builder.tree.blocks[number].body.defaults = lines(inner)
      } else {
        builder.tree.models[number - tree.blocks.count].body.defaults = lines(inner)
      }
      for place in body.calls { rewrite(place, shared + inner) }
    }
  }

  // MARK: Calls

  /// Where a call stands.
  private enum Place {
    case expression(NodeID<Expression>)
    case stage(NodeID<Expression>, Int)
    case layer(body: Int, statement: Int)
  }

  private func places(in body: Body, _ number: Int) -> [Place] {
    var places: [Place] = []
    var open: [NodeID<Expression>] = []
    for (place, statement) in body.statements.enumerated() {
      switch statement.kind {
      case .layer: places.append(.layer(body: number, statement: place))
      case .output(_, let value?, _), .binding(_, let value): open.append(value)
      case .result(let values): open += values
      default: break
      }
      while let next = open.popLast() {
        switch tree[next].kind {
        case .call(let call):
          places.append(.expression(next))
          open += call.arguments.map(\.value)
        case .pipeline(let head, let stages):
          open.append(head)
          for (number, stage) in stages.enumerated() {
            if case .call(_, _, let call) = stage, Catalogue.kind(named: call.name.text) != nil {
              places.append(.stage(next, number))
            }
          }
        case .operation(let first, let rest):
          open.append(first)
          open += rest.map(\.value)
        case .conditional(_, let then, let otherwise): open += [then, otherwise]
        default: break
        }
      }
    }
    return places.filter { Catalogue.kind(named: call(at: $0).name.text) != nil }
  }

  private func call(at place: Place) -> Call {
    switch place {
    case .expression(let id): if case .call(let call) = tree[id].kind { return call }
    case .stage(let id, let number):
      if case .pipeline(_, let stages) = tree[id].kind, case .call(_, _, let call) = stages[number] { return call }
    case .layer(let number, let statement):
      if case .layer(_, let call) = self.body(number).statements[statement].kind { return call }
    }
    preconditionFailure("a place in a tree that holds no call")
  }

  // MARK: Counting

  private struct Line {
    var key: Key
    var text: String
    var value: NodeID<Expression>
    /// What calls have that do not say it; nil if they all do.
    var standard: Literal?
  }

  private struct Tallies {
    private var tallies: [Key: Tally] = [:]
    private var keys: [Key] = []
    private var calls: [String: Int] = [:]

    mutating func add(_ call: Call, _ parameters: Set<String>, _ common: CommonAttributes) {
      let kind = call.name.text
      calls[kind, default: 0] += 1
      for argument in call.arguments {
        // Without its number a call of an operator says nothing.
        guard let name = argument.name?.text, !AttributeValue.ofOperators.contains(name) else { continue }
        let key = Key(kind: kind, attribute: name)
        if tallies[key] == nil { keys.append(key) }
        var tally = tallies[key] ?? Tally()
        tally.calls += 1
        if common.isConstant(argument.value, parameters) {
          let text = common.tree.flatText(of: argument.value)
          if tally.counts[text] == nil { tally.order.append((text, argument.value)) }
          tally.counts[text, default: 0] += 1
        } else {
          tally.open += 1
        }
        tallies[key] = tally
      }
    }

    /// The attributes that so many calls more have than have none.
    func worthwhile(least: Int) -> [Line] {
      keys.compactMap { key in
        guard let tally = tallies[key], let count = calls[key.kind],
          let standard = standard(of: key)
        else { return nil }
        var best: (text: String, value: NodeID<Expression>, count: Int)?
        for (text, value) in tally.order where tally.counts[text, default: 0] > best?.count ?? 0 {
          best = (text, value, tally.counts[text, default: 0])
        }
        guard let best else { return nil }
        let silent = count - tally.calls
        // To write `none` where most have something is worth it for few calls.
        guard best.count - silent >= least, standard != Literal.none || 4 * silent <= best.count else { return nil }
        return Line(key: key, text: best.text, value: best.value, standard: silent == 0 ? nil : standard)
      }
    }

    private func standard(of key: Key) -> Literal? {
      // Every layer has it, and no kind says so.
      if key.attribute == "trainable" { return .boolean(true) }
      return Catalogue.kind(named: key.kind)?.attributes.first { $0.name == key.attribute }?.defaultValue
    }
  }

  /// Whether a value says the same in every call: it speaks of no parameter and no size.
  private func isConstant(_ id: NodeID<Expression>, _ parameters: Set<String>) -> Bool {
    switch tree[id].kind {
    case .integer, .real, .boolean, .string: true
    case .name(let name): !parameters.contains(name) && name != "C"
    case .list(let elements): elements.allSatisfy { isConstant($0, parameters) }
    case .call(let call): call.arguments.allSatisfy { isConstant($0.value, parameters) }
    case .negation(let value): isConstant(value, parameters)
    case .operation(let first, let rest):
      isConstant(first, parameters) && rest.allSatisfy { isConstant($0.value, parameters) }
    default: false
    }
  }

  // MARK: Writing

  /// One line for each kind.
  private func lines(_ attributes: [Line]) -> [Call] {
    var kinds: [String] = []
    for line in attributes where !kinds.contains(line.key.kind) { kinds.append(line.key.kind) }
    return kinds.map { kind in
      let arguments = attributes.filter { $0.key.kind == kind }.map {
        CallArgument(name: Name($0.key.attribute, TreeBuilder.nowhere), value: $0.value)
      }
      return Call(name: Name(kind, TreeBuilder.nowhere), arguments: arguments, range: TreeBuilder.nowhere)
    }
  }

  private mutating func rewrite(_ place: Place, _ lines: [Line]) {
    var call = self.call(at: place)
    for line in lines where line.key.kind == call.name.text {
      if let index = call.arguments.firstIndex(where: { $0.name?.text == line.key.attribute }) {
        if tree.flatText(of: call.arguments[index].value) == line.text { call.arguments.remove(at: index) }
      } else if let standard = line.standard {
        let value = builder.value(standard)
        call.arguments.append(CallArgument(name: Name(line.key.attribute, TreeBuilder.nowhere), value: value))
      }
    }
    switch place {
    case .expression(let id): builder.tree.expressions[id.index].kind = .call(call)
    case .stage(let id, let number):
      guard case .pipeline(let head, var stages) = tree[id].kind,
        case .call(let label, let repetition, _) = stages[number]
      else { return }
      // The list has one owner while it is changed: else all of it would be copied for each of its stages.
      builder.tree.expressions[id.index].kind = .missing
      stages[number] = .call(label: label, repetition: repetition, call)
      builder.tree.expressions[id.index].kind = .pipeline(head, stages)
    case .layer(let number, let statement):
      guard case .layer(let name, _) = body(number).statements[statement].kind else { return }
      if number < tree.blocks.count {
        builder.tree.blocks[number].body.statements[statement].kind = .layer(name, call)
      } else {
        builder.tree.models[number - tree.blocks.count].body.statements[statement].kind = .layer(name, call)
      }
    }
  }

  /// The bodies of blocks, then those of models.
  private func body(_ number: Int) -> Body {
    number < tree.blocks.count ? tree.blocks[number].body : tree.models[number - tree.blocks.count].body
  }
}
