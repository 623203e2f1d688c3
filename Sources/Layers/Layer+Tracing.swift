package import Operations

/// What one size of a layer's result depends on, found by asking its shape rule again with other sizes and attributes.
package struct SizeTrace: Hashable, Sendable {
  package struct Source: Hashable, Sendable {
    /// Counted from 0.
    package var input: Int
    package var axis: Int

    package init(input: Int, axis: Int) {
      self.input = input
      self.axis = axis
    }
  }

  /// The sizes of inputs that it changes with.
  package var sources: [Source]
  /// The attributes that it changes with, as they are.
  package var attributes: [Argument]
  /// How it comes about: `floor((224 + 6 - 7) / 2) + 1`; nil where it is just a size of an input or an attribute.
  package var derivation: String?
}

extension Layer {
  /// Traces a size of the result that the layer has on inputs which its rule accepts.
  package func trace(axis: Int, of inputs: [Shape]) -> SizeTrace {
    let size = result(of: inputs)?[axis]
    var sources: [SizeTrace.Source] = []
    for input in inputs.indices {
      for from in inputs[input].dims.indices where changes(axis, from: size, on: inputs, input, from) {
        sources.append(.init(input: input, axis: from))
      }
    }
    // Defaults are what nobody asks for.
    let arguments = arguments
    let attributes = zip(arguments, Self.attributeDescriptions).filter { argument, attribute in
      argument.value != attribute.defaultValue
        && argument.value.neighbors(attribute.words).contains { value in
          let changed = arguments.map { $0.name == argument.name ? Argument($0.name, value) : $0 }
          var problems: [LayerProblem] = []
          guard let layer = Self.make(changed, problems: &problems),
            let other = layer.result(of: inputs), axis < other.rank
          else { return false }
          return other[axis] != size
        }
    }.map(\.0)
    return SizeTrace(
      sources: sources, attributes: attributes,
      derivation: derivation(of: axis, inputs) ?? formula(axis, inputs, sources))
  }

  /// The result, also where it depends on what is not known whether it is one.
  private func result(of inputs: [Shape]) -> Shape? {
    do throws(LayerProblem) {
      return try outputShape(inputs)
    } catch {
      return error.provision?.result
    }
  }

  private func changes(_ axis: Int, from size: Dim?, on inputs: [Shape], _ input: Int, _ from: Int) -> Bool {
    let probe = Dim.symbol("?")
    var others = inputs
    others[input][from] = probe
    if let result = result(of: others), axis < result.rank { return result[axis].symbolNames.contains("?") }
    // Where the layer has to know the size, another number shows it.
    guard let number = inputs[input][from].constant, number < 1 << 30 else { return false }
    others[input][from] = Dim(2 * number)
    guard let result = result(of: others), axis < result.rank else { return false }
    return result[axis] != size
  }

  /// The formula of the rule over the sizes that count: `2 * height`.
  private func formula(_ axis: Int, _ inputs: [Shape], _ sources: [SizeTrace.Source]) -> String? {
    guard Set(sources.map(\.input)).count == 1, let input = sources.first?.input else { return nil }
    var named = inputs
    var values: [String] = []
    for source in sources {
      let name = inputs[input].axisName(source.axis)
      named[input][source.axis] = .symbol(name)
      values.append("\(name) = \(inputs[input][source.axis])")
    }
    guard let dim = result(of: named)?[axis], dim.symbolName == nil, dim.constant == nil else { return nil }
    return "\(dim), \(values.joined(separator: ", "))"
  }
}

extension Literal {
  /// Values near this one, to see what depends on it.
  fileprivate func neighbors(_ words: [String]) -> [Literal] {
    let others = words.map { Literal.word($0, []) }.filter { $0 != self }
    switch self {
    case .integer(let number): return number < 1 << 30 ? [.integer(number + 1), .integer(2 * number)] + others : others
    case .boolean(let truth): return [.boolean(!truth)]
    case .list(let elements):
      return elements.indices.flatMap { index in
        elements[index].neighbors([]).map { value in
          var changed = elements
          changed[index] = value
          return .list(changed)
        }
      } + others
    case .none, .unknown: return [.integer(2)] + others
    case .real, .string, .word: return others
    }
  }
}
