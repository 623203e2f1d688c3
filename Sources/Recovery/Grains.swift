import Operations
import Semantics

/// What unknown sizes have to be multiples of. Other formats have no words for it: there a network fails for other sizes;
/// the language says `input image: [N, 4 * h, 4 * w, 1]`.
struct Grains {
  /// The number and the symbol that it is multiplied with, by the symbol of the size.
  private(set) var bySymbol: [String: (step: Int, symbol: String)] = [:]

  init(_ model: CheckedModel) {
    var taken = Set(model.symbolNames).union(model.inputs.map(\.name))
    for symbol in model.domain.symbols {
      guard let step = symbol.sizes.grain, step > 1 else { continue }
      var name = symbol.name.lowercased()
      if !taken.insert(name).inserted { name += "_grains" }
      taken.insert(name)
      bySymbol[symbol.name] = (step, name)
    }
  }

  /// What stands for each size.
  var formulas: [String: Dim] {
    bySymbol.compactMapValues { try? Dim.symbol($0.symbol) * Dim($0.step) }
  }
}
