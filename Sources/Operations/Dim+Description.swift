extension Dim: CustomStringConvertible {
  /// As the author would write it: products first, then symbols, then the constant; `ceil` where a floor is one.
  package var description: String {
    if terms.isEmpty { return String(offset) }
    var text = ""
    let degrees = Set(terms.map(\.factors.count)).sorted(by: >)
    for term in degrees.flatMap({ degree in terms.filter { $0.factors.count == degree } }) {
      let negative = term.coefficient < 0
      text += text.isEmpty ? (negative ? "-" : "") : (negative ? " - " : " + ")
      var factors = term.factors.map(\.description)
      if term.coefficient.magnitude != 1 { factors.insert(String(term.coefficient.magnitude), at: 0) }
      text += factors.joined(separator: " * ")
    }
    if offset != 0 { text += (offset < 0 ? " - " : " + ") + String(offset.magnitude) }
    return text
  }

  /// In parentheses if it is a sum.
  package var operandDescription: String {
    terms.count + (offset == 0 ? 0 : 1) > 1 || offset < 0 ? "(\(self))" : description
  }
}

extension Dim.Atom: CustomStringConvertible {
  /// `H`, `floor((H + 1) / 3)`, `ceil(H / 2)`.
  var description: String {
    guard var inner = numerator.first else { return symbol }
    let roundsUp = inner.offset == divisor - 1
    if roundsUp { inner.offset = 0 }
    return "\(roundsUp ? "ceil" : "floor")(\(inner.operandDescription) / \(divisor))"
  }
}
