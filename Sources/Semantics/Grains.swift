package import Operations
package import Syntax

/// What the language says of unknown sizes and other formats have no words for: which have to be multiples of a number,
/// and which follow from others. There a network fails for other sizes; the language says
/// `input image: [N, 4 * h, 4 * w, 1]`, and of another input `[N, 2 * h, 2 * w, 1]`.
package struct Grains: Sendable {
  /// What stands for a size, by its symbol.
  package private(set) var formulas: [String: Dim] = [:]
  /// The same network with its sizes written as the language would: what has to fit is a formula, not a condition. nil
  /// where that takes more than 64 bits to count, which the conditions do not.
  package private(set) var restated: CheckedModel?

  package init(_ model: CheckedModel) {
    tie(model.domain)
    multiply(model)
    restated = formulas.isEmpty ? model : model.substituted(formulas)
  }

  /// Says of a description that it cannot be written in the language, if one of its models cannot be counted there.
  package static func reportUncountable(_ models: [CheckedModel], file: String, into log: inout DiagnosticLog) {
    for model in models where Grains(model).restated == nil {
      let sizes = model.domain.texts.joined(separator: ", ")
      log.report(
        Diagnostic(
          .error, SemanticsCode.numberOverflow, file: file, range: nil,
          "the layers of '\(model.name)' need more than 64 bits to count where its sizes are written as formulas",
          expected: "parameters, multiply-accumulates and bytes below 2^63",
          notes: ["its sizes follow from others: \(sizes)"],
          help: "give the sizes as numbers"))
    }
  }

  /// Takes for sizes that have to equal formulas of others what they equal.
  private mutating func tie(_ domain: SizeDomain) {
    let places = Dictionary(zip(domain.symbols.map(\.name), 0...), uniquingKeysWith: { first, _ in first })
    for condition in domain.conditions where condition.relation == .equal {
      guard let left = try? condition.left.substituting(formulas),
        let right = try? condition.right.substituting(formulas)
      else { continue }
      // Of two symbols the later one follows.
      let sides = [(left, right), (right, left)].compactMap { side, other in
        side.symbolName.flatMap { name in places[name].map { (name: name, place: $0, formula: other) } }
      }
      guard let tied = sides.max(by: { $0.place < $1.place }), !tied.formula.symbolNames.contains(tied.name) else {
        continue
      }
      put(tied.formula, for: tied.name)
    }
  }

  /// Takes multiples for sizes that have to be some.
  private mutating func multiply(_ model: CheckedModel) {
    var taken = Set(model.symbolNames).union(model.inputs.map(\.name))
    for symbol in model.domain.symbols where formulas[symbol.name] == nil {
      let equal = model.domain.symbols.filter { formulas[$0.name] == .symbol(symbol.name) }
      let step = ([symbol] + equal).reduce(1) { leastCommonMultiple($0, $1.sizes.grain ?? 1) }
      guard step > 1 else { continue }
      var name = symbol.name.lowercased()
      if !taken.insert(name).inserted { name += "_grains" }
      taken.insert(name)
      if let formula = try? Dim.symbol(name) * Dim(step) { put(formula, for: symbol.name) }
    }
  }

  private mutating func put(_ formula: Dim, for name: String) {
    formulas = formulas.mapValues { (try? $0.substituting([name: formula])) ?? $0 }
    formulas[name] = formula
  }
}

private func leastCommonMultiple(_ a: Int, _ b: Int) -> Int {
  var (divisor, rest) = (a, b)
  while rest > 0 { (divisor, rest) = (rest, divisor % rest) }
  let (product, overflow) = a.multipliedReportingOverflow(by: b / divisor)
  return overflow ? a : product
}
