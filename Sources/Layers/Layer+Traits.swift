import Operations

/// What can be told of a layer from its attributes, whichever its kind.
extension Layer {
  /// Height and width that an attribute gives, or the cells of a sequence.
  package func sizes(_ name: String) -> [Int]? {
    switch attribute(name) {
    case .integer(let size): Array(repeating: size, count: Self.directions)
    case .list(let elements):
      if elements.count == 2, case .integer(let height) = elements[0], case .integer(let width) = elements[1] {
        [height, width]
      } else {
        nil
      }
    default: nil
    }
  }

  /// All attributes, so that two layers that do the same to a tensor of this rank have the same: the last axis is -1,
  /// others are counted from the front, the strides of a window are written out.
  package func normalArguments(rank: Int?) -> [Argument] {
    var values = arguments
    // Where they put a new axis is counted in the result.
    let rank = ["ExpandDims", "Stack"].contains(Self.schema.name) ? rank.map { $0 + 1 } : rank
    let window = values.first { $0.name == "pool_size" }?.value
    for place in values.indices {
      switch (values[place].name, values[place].value) {
      case ("axis", .integer(let axis)):
        guard let rank, (-rank..<rank).contains(axis) else { continue }
        let counted = axis < 0 ? axis + rank : axis
        values[place].value = .integer(counted == rank - 1 ? -1 : counted)
      case ("strides", Literal.none): if let window { values[place].value = window }
      default: break
      }
    }
    return values
  }

  /// The activation that makes the layer's result, be it an attribute or the layer itself; nil for none.
  package var lastFunction: FunctionWord? {
    if case .word(let word, let arguments) = attribute("activation") {
      return word == ActivationFunction.linear.phrase.word ? nil : FunctionWord(word, arguments)
    }
    guard let word = Self.activationWord else { return nil }
    // As an attribute's word has it: without what is at its default.
    let parameters = ActivationFunction.vocabulary.entries.first { $0.word == word }?.parameters ?? []
    return FunctionWord(
      word,
      arguments.filter { argument in
        !parameters.contains { $0.name == argument.name && $0.defaultValue == argument.value }
      })
  }

  /// The axis of the channels in a result of so many axes, the batch being 0.
  package func channelAxis(rank: Int) -> Int? {
    if case .integer(let axis) = attribute("axis") { return axis < 0 ? axis + rank : axis }
    if attribute("data_format") == .word(DataFormat.channelsFirst.rawValue, []) { return 1 }
    return rank - 1
  }
}

/// An activation by its word.
package struct FunctionWord: Hashable, Sendable {
  package var word: String
  /// Sorted by name: a layer and an attribute's word may list them in different orders.
  package var arguments: [Argument]

  init(_ word: String, _ arguments: [Argument]) {
    self.word = word
    self.arguments = arguments.sorted { $0.name < $1.name }
  }

  /// The axis over which it works; the last one if it does not say.
  package var axis: Int {
    for argument in arguments where argument.name == "axis" {
      if case .integer(let axis) = argument.value { return axis }
    }
    return -1
  }
}
