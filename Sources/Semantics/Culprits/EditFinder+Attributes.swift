import Layers
import Syntax

/// What is said of a call too little, too much or otherwise than of its siblings.
extension EditFinder {
  func attributes(of call: Call) -> [String] {
    Catalogue.kind(named: call.name.text)?.attributes.map(\.name)
      ?? tree.blocks.first { $0.name.text == call.name.text }?.parameters.map(\.name.text) ?? []
  }

  mutating func put(_ argument: String, into call: Call, _ likelihood: Edit.Likelihood) {
    let end = call.range.end - 1
    add(SourceRange(end, end), (call.arguments.isEmpty ? "" : ", ") + argument, likelihood)
  }

  /// What siblings of a call say, and it does not; what it says otherwise than they; and what it says too much.
  mutating func addAttributes() {
    // Of each callee's attributes the values that are written somewhere, in order.
    var known: [String: [(attribute: String, values: [String])]] = [:]
    func learn(_ callee: String, _ attribute: String, _ value: String) {
      var list = known[callee, default: []]
      if let index = list.firstIndex(where: { $0.attribute == attribute }) {
        if !list[index].values.contains(value), list[index].values.count < 4 { list[index].values.append(value) }
      } else {
        list.append((attribute, [value]))
      }
      known[callee] = list
    }
    for site in calls {
      for argument in site.call.arguments {
        guard let name = argument.name else { continue }
        learn(site.call.name.text, name.text, text(tree[argument.value].range))
      }
    }
    for callee in Set(calls.map(\.call.name.text)).sorted() {
      let attributes = Catalogue.kind(named: callee)?.attributes.map(\.name) ?? []
      for (attribute, value) in Self.usual where attributes.contains(attribute) { learn(callee, attribute, value) }
      // What a block leaves open is given because it is to be something else.
      for parameter in tree.blocks.first(where: { $0.name.text == callee })?.parameters ?? [] {
        guard let value = parameter.defaultValue else { continue }
        switch tree[value].kind {
        case .boolean(let truth): learn(callee, parameter.name.text, truth ? "false" : "true")
        case .integer(1): learn(callee, parameter.name.text, "2")
        default: break
        }
      }
    }
    for site in calls {
      let call = site.call
      for (attribute, values) in known[call.name.text] ?? [] where !call.names(attribute) {
        let likelihood: Edit.Likelihood = site.isDefault ? .value : .attribute
        for value in values { put("\(attribute): \(value)", into: call, likelihood) }
      }
      for (index, argument) in call.arguments.enumerated() {
        let range = tree[argument.value].range
        guard let name = argument.name else {
          let hasNext = index + 1 < call.arguments.count && call.arguments[index + 1].name == nil
          if index == 0, hasNext, case .integer = tree[argument.value].kind {
            add(SourceRange(range.start, tree[call.arguments[1].value].range.start), "", .surplus)
          }
          continue
        }
        let written = text(range)
        var others = known[call.name.text]?.first { $0.attribute == name.text }?.values ?? []
        if let other = Self.opposites[written], !others.contains(other) { others.insert(other, at: 0) }
        for other in others where other != written { add(range, other, .value) }
        if index > 0 {
          add(SourceRange(tree[call.arguments[index - 1].value].range.end, range.end), "", .surplus)
        }
      }
    }
  }

  /// What layers are given most often.
  private static let usual = [("padding", "same"), ("strides", "2"), ("use_bias", "false")]

  private static let opposites = ["true": "false", "false": "true", "same": "valid", "valid": "same"]
}

extension Call {
  func names(_ attribute: String) -> Bool { arguments.contains { $0.name?.text == attribute } }
}
