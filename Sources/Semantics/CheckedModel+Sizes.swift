import Operations

/// Why a model cannot have the sizes that somebody gives.
package struct SizeProblem: Error, Hashable, Sendable {
  package var message: String
  package var help: String?
  /// Whether the sizes do not fit the inputs at all, rather than being too small or of the wrong remainder.
  package var isMisfit: Bool

  init(_ message: String, help: String? = nil, isMisfit: Bool = true) {
    self.message = message
    self.help = help
    self.isMisfit = isMisfit
  }
}

extension CheckedModel {
  /// The sizes that the symbols have where inputs have the given ones.
  package func symbolSizes(_ given: [InputSizes]) throws(SizeProblem) -> [String: Int] {
    var known: [String: Int] = [:]
    func set(_ symbol: String, _ size: Int, _ name: String) throws(SizeProblem) {
      guard size >= 1 else { throw SizeProblem("'\(name)' cannot have a size of \(size)", help: "sizes are 1 or more") }
      if let before = known[symbol], before != size {
        throw SizeProblem("\(symbol) is \(before) and \(size) at once", help: "inputs that share a size agree in it")
      }
      known[symbol] = size
    }
    var open: [(dim: Dim, size: Int, name: String)] = []
    for given in given {
      // An only input needs no name.
      let only = given.name.isEmpty && inputs.count == 1 ? inputs.first : nil
      guard let input = only ?? inputs.first(where: { $0.name == given.name }) else {
        guard symbolNames.contains(given.name), given.sizes.count == 1 else { throw unknown(given) }
        try set(given.name, given.sizes[0], given.name)
        continue
      }
      let shape = values[input.value].shape
      let dims = Array(shape.dims.dropFirst())
      let openDims = dims.filter { $0.constant == nil }
      let sizes = given.sizes.count == shape.rank ? Array(given.sizes.dropFirst()) : given.sizes
      let pairs: [(Dim, Int)]
      if sizes.count == dims.count {
        pairs = Array(zip(dims, sizes))
      } else if sizes.count == openDims.count {
        pairs = Array(zip(openDims, sizes))
      } else {
        throw SizeProblem(
          "input '\(input.name)' \(shape) does not take \(text(given.sizes))",
          help: openDims.isEmpty
            ? "all its sizes are known" : "give \(openDims.map(\.description).joined(separator: " x "))")
      }
      for (dim, size) in pairs {
        if let number = dim.constant, number != size {
          throw SizeProblem("input '\(input.name)' is \(shape), not \(text(given.sizes))", help: "\(number) is fixed")
        }
        if dim.constant == nil { open.append((dim, size, input.name)) }
      }
    }
    // What has one symbol settles it; what has two may have one left then.
    for _ in 0..<2 {
      for (dim, size, name) in open {
        let left = try? dim.substituting(known.mapValues { Dim($0) })
        guard let left, let symbol = left.symbolNames.first, left.symbolNames.count == 1 else { continue }
        guard let solved = left.solved(for: size) else {
          throw SizeProblem(
            "input '\(name)' cannot have a size of \(size) where it is \(dim)",
            help: left.nearest(to: size, symbol).map { "near are \($0)" })
        }
        try set(symbol, solved, name)
      }
    }
    for (dim, size, name) in open where (try? dim.substituting(known.mapValues { Dim($0) }))?.constant != size {
      throw SizeProblem(
        "input '\(name)' cannot have a size of \(size) where it is \(dim)",
        help: settled(dim.symbolNames, known))
    }
    return known
  }

  /// `H is 7`: what other inputs have settled.
  private func settled(_ symbols: [String], _ known: [String: Int]) -> String? {
    let texts = symbols.compactMap { symbol in known[symbol].map { "\(symbol) is \($0)" } }
    return texts.isEmpty ? nil : texts.joined(separator: ", ")
  }

  private func unknown(_ given: InputSizes) -> SizeProblem {
    let names = inputs.map(\.name) + symbolNames
    return SizeProblem(
      "'\(name)' has no input '\(given.name)'\(symbolNames.isEmpty ? "" : " and no size")",
      help: "there are \(names.joined(separator: ", "))")
  }

  private func text(_ sizes: [Int]) -> String { sizes.map(String.init).joined(separator: " x ") }

  /// The model with some or all of its open sizes known.
  ///
  /// - Throws: for sizes that the model does not accept, with the smallest that it does.
  package func sized(_ sizes: [String: Int]) throws(SizeProblem) -> CheckedModel {
    if sizes.isEmpty { return self }
    guard let model = substituted(sizes.mapValues { Dim($0) }) else { throw refusal(of: sizes) }
    return model
  }

  /// The model with numbers or formulas for some or all of its open sizes; nil where a condition does not hold, or a size
  /// leaves 64 bits.
  func substituted(_ known: [String: Dim]) -> CheckedModel? {
    var model = self
    do throws(DimOverflow) {
      model.conditions = []
      for checked in conditions {
        var checked = checked
        checked.condition = try checked.condition.map { (size) throws(DimOverflow) in try size.substituting(known) }
        if checked.condition.symbolNames.isEmpty {
          guard checked.condition.holds({ _ in 1 }) else { return nil }
        } else {
          model.conditions.append(checked)
        }
      }
      for index in values.indices {
        for axis in values[index].shape.dims.indices {
          model.values[index].shape[axis] = try values[index].shape[axis].substituting(known)
        }
      }
      for index in nodes.indices {
        model.nodes[index].multiplyAccumulates = try nodes[index].multiplyAccumulates.substituting(known)
        model.nodes[index].demands = []
      }
    } catch {
      return nil
    }
    model.countTotals()
    if model.totals.isBeyondCounting { return nil }
    model.domain = SizeDomain(symbols: model.symbolNames, conditions: model.conditions.map(\.condition))
    return model
  }

  private func refusal(of sizes: [String: Int]) -> SizeProblem {
    let names = symbolNames.filter { sizes[$0] != nil }
    let wrong = names.filter { name in
      domain.symbols.contains { $0.name == name && !$0.sizes.contains(sizes[name] ?? 1) }
    }
    let given = (wrong.isEmpty ? names : wrong).map { "\($0) = \(sizes[$0] ?? 0)" }.joined(separator: ", ")
    let broken = conditions.first { checked in
      checked.condition.symbolNames.allSatisfy { sizes[$0] != nil } && !checked.condition.holds { sizes[$0] ?? 1 }
    }
    let needed = domain.texts.joined(separator: ", ")
    let cause = broken.map { "; '\($0.path)' (\($0.place)) needs \($0.condition)" } ?? ""
    guard broken != nil else {
      return SizeProblem("'\(name)' is too large to be counted with \(given)", isMisfit: false)
    }
    return SizeProblem(
      "'\(name)' does not accept \(given): it takes \(needed)\(cause)",
      help: smallestInputs.map { "the smallest is \($0)" }, isMisfit: false)
  }

  /// `image 32 x 32 x 3`: the inputs at the smallest sizes; nil where none were found.
  package var smallestInputs: String? {
    guard let smallest = domain.smallest else { return nil }
    return inputs.filter { values[$0.value].shape.dims.dropFirst().contains { $0.constant == nil } }.map { input in
      let sizes = values[input.value].shape.dims.dropFirst().map { dim in
        dim.value { smallest[$0] ?? 1 }.map(String.init) ?? "?"
      }
      return "\(input.name) \(sizes.joined(separator: " x "))"
    }.joined(separator: ", ")
  }
}

extension Dim {
  /// The symbol's value for which a multiple of it and a number make `size`.
  fileprivate func solved(for size: Int) -> Int? {
    guard let rest = try? Dim(size) - self, let zero = rest.value({ _ in 0 }), let one = rest.value({ _ in 1 }),
      rest.progression(in: symbolNames[0])?.period == 1, zero != .min
    else { return nil }
    let (slope, overflow) = zero.subtractingReportingOverflow(one)
    guard !overflow, slope != 0, slope != -1 || zero != .min, zero.isMultiple(of: slope) else { return nil }
    let solved = zero / slope
    return solved >= 1 ? solved : nil
  }

  /// The sizes below and above one that cannot be: `208 and 224`.
  fileprivate func nearest(to size: Int, _ symbol: String) -> String? {
    guard progression(in: symbol)?.period == 1, let base = value({ _ in 0 }), let one = value({ _ in 1 }), one > base,
      size >= base
    else { return nil }
    let below = (size - base) / (one - base)
    return [below, below + 1].filter { $0 >= 1 }.compactMap { count in value { _ in count }.map(String.init) }
      .joined(separator: " and ")
  }
}
