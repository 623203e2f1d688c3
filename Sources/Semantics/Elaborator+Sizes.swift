import Layers
import Operations
import Syntax

/// The sizes that a model accepts, and the errors of those that it wrongly does not.
extension Elaborator {
  /// A layer that fails for some sizes although smaller ones are accepted.
  private struct Failure {
    var node: Int
    /// The smallest size that fails, for each symbol to blame.
    var sizes: [(symbol: String, size: Int)]
    var conditions: [SizeCondition]
  }

  /// Works out which sizes the model accepts. A least size is no error; a size that fails above it is one, or in a
  /// file of another format a warning.
  mutating func judgeSizes(_ scope: Scope) {
    let symbols = model.symbolNames
    guard !symbols.isEmpty else { return }
    var nodes: [Int] = []
    (model.conditions, nodes) = collectedConditions()
    var effort = domainEffort
    model.domain = SizeDomain(symbols: symbols, conditions: model.conditions.map(\.condition), effort: &effort)
    domainWork = domainEffort - effort
    for failure in failures(nodes) { report(failure, scope) }
  }

  /// What all layers demand, and the layer of each demand. That no size is below 1 is demanded of every tensor.
  private func collectedConditions() -> (conditions: [CheckedCondition], nodes: [Int]) {
    var conditions: [CheckedCondition] = []
    var nodes: [Int] = []
    var seen: Set<SizeCondition> = []
    for (index, node) in model.nodes.enumerated() {
      let sizes = shape(node.output).dims.dropFirst().filter { $0.constant == nil && $0.symbolName == nil }
      for condition in sizes.map({ .atLeast($0, 1) }) + node.demands.map(\.condition)
      where seen.insert(condition).inserted {
        conditions.append(CheckedCondition(condition: condition, path: node.path, place: node.place))
        nodes.append(index)
      }
    }
    return (conditions, nodes)
  }

  /// One for each layer to blame.
  private func failures(_ nodes: [Int]) -> [Failure] {
    var failures: [Failure] = []
    func add(_ index: Int, _ symbol: String, _ size: Int) {
      let condition = model.conditions[index].condition
      if let known = failures.firstIndex(where: { $0.node == nodes[index] }) {
        failures[known].sizes.append((symbol, size))
        failures[known].conditions.append(condition)
      } else {
        failures.append(Failure(node: nodes[index], sizes: [(symbol, size)], conditions: [condition]))
      }
    }
    for symbol in model.domain.symbols {
      // Where no size is left, the first layer that the least size so far does not do for is to blame.
      let size = symbol.sizes.isEmpty ? leastBeforeFailing(symbol.name) : firstFailing(symbol.name, symbol.sizes)
      guard let size else { continue }
      let blamed = model.conditions.firstIndex {
        $0.condition.symbolNames == [symbol.name] && !$0.condition.holds { _ in size }
      }
      if let blamed { add(blamed, symbol.name, size) }
    }
    return failures
  }

  /// The smallest size that fails and is not just too small, which is no error; nil if there is none.
  private func firstFailing(_ symbol: String, _ accepted: SizeSet) -> Int? {
    guard let gap = accepted.firstGap, let least = accepted.least else { return nil }
    var largeEnough = SizeSet.all
    var effort = domainEffort / 4
    for checked in model.conditions where checked.condition.symbolNames == [symbol] {
      guard let own = checked.condition.solution(effort: &effort), own.isUnbroken,
        let both = largeEnough.intersection(own)
      else { continue }
      largeEnough = both
    }
    return largeEnough.least.map { $0 < least ? $0 : gap } ?? gap
  }

  /// For a symbol that no size is left for: the least size that holds for all layers before the one that leaves none.
  private func leastBeforeFailing(_ symbol: String) -> Int? {
    var sizes = SizeSet.all
    var effort = domainEffort / 4
    for checked in model.conditions where checked.condition.symbolNames == [symbol] {
      guard let own = checked.condition.solution(effort: &effort), let both = sizes.intersection(own) else { continue }
      if both.isEmpty { return sizes.least }
      sizes = both
    }
    return nil
  }

  private mutating func report(_ failure: Failure, _ scope: Scope) {
    let node = model.nodes[failure.node]
    let isForeign = library.trees[0].isForeign
    let sizes = failure.sizes.map { "\($0.symbol) = \($0.size)" }.joined(separator: ", ")
    let hasRoom = failure.sizes.allSatisfy { failing in
      model.domain.symbols.contains { $0.name == failing.symbol && !$0.sizes.isEmpty }
    }
    var notes: [String] = []
    for (condition, failing) in zip(failure.conditions, failure.sizes) {
      let numbers = [condition.left, condition.right].map { $0.value { _ in failing.size } }
      let demand = node.demands.first { $0.condition == condition }
      let name = demand?.sides.first.flatMap { side in side.axis.map { shape(node.inputs[side.input]).axisName($0) } }
      let found =
        condition.relation == .equal
        ? numbers.map { $0.map(String.init) ?? "beyond 64 bits" }.joined(separator: " and ")
        : numbers[0].map(String.init) ?? "beyond 64 bits"
      notes.append(
        "\(name.map { "\($0): " } ?? "")\(condition) does not hold for \(failing.symbol) = \(failing.size): \(found)")
      if let demand { notes += origins(of: demand, inputs: node.inputs) }
    }
    let accepted = failure.sizes.map { failing in
      model.domain.symbols.first { $0.name == failing.symbol }?.sizes.text(failing.symbol) ?? ""
    }.joined(separator: ", ")
    let help =
      !hasRoom
      ? "no size does for all layers" : isForeign ? "sizes that fit: \(accepted)" : grainHelp(failure, accepted)
    let at = demandScopes[failure.node] ?? scope
    report(
      .failingSize, node.range, at,
      hasRoom
        ? "\(node.kind) '\(node.path)' fails for some sizes, first for \(sizes)"
        : "\(node.kind) '\(node.path)' leaves no size for \(failure.sizes.map(\.symbol).joined(separator: ", "))",
      label: "'\(node.path)'", expected: hasRoom ? accepted : nil, found: sizes, notes: notes, help: help,
      // The authors of other formats cannot say which sizes they mean, and what runs is held against its sizes again.
      severity: isForeign ? .warning : .error)
  }

  /// The inputs as they would be written with a grain that does for all layers: `input image: [N, 16 * h, 16 * w, 1]`.
  private func grainHelp(_ failure: Failure, _ accepted: String) -> String {
    var replaced: [String: Dim] = [:]
    var taken = Set(model.symbolNames).union(model.inputs.map(\.name))
    for failing in failure.sizes {
      guard let sizes = model.domain.symbols.first(where: { $0.name == failing.symbol })?.sizes, !sizes.isFinite else {
        return "sizes that fit: \(accepted)"
      }
      let lower = failing.symbol.lowercased()
      let name = taken.contains(lower) ? lower + "_grains" : lower
      taken.insert(name)
      guard let written = sizes.formula(over: name) else { return "sizes that fit: \(accepted)" }
      replaced[failing.symbol] = written
    }
    var inputs: [String] = []
    for input in model.inputs {
      let old = shape(input.value)
      guard let dims = try? old.dims.map({ try $0.substituting(replaced) }), dims != old.dims else { continue }
      inputs.append("input \(input.name): \(Shape(dims))")
    }
    return "sizes that fit: \(accepted); state it as \(inputs.joined(separator: ", "))"
  }
}

extension SizeSet {
  /// The sizes from the least on as multiples of a grain, or as one remainder: `16 * h`, `2 * h - 1`.
  fileprivate func formula(over symbol: String) -> Dim? {
    if let grain { return try? .symbol(symbol) * Dim(grain) }
    guard let remainder = residues.first else { return nil }
    return try? .symbol(symbol) * Dim(period) - Dim(period - remainder)
  }
}
