extension Sequence<Int> {
  /// The product of sizes; nil if one is negative or the product does not fit.
  package func checkedProduct() -> Int? {
    var product = 1
    var hasZero = false
    for size in self {
      guard size >= 0 else { return nil }
      if size == 0 {
        hasZero = true
        continue
      }
      let (result, overflow) = product.multipliedReportingOverflow(by: size)
      guard !overflow else { return nil }
      product = result
    }
    return hasZero ? 0 : product
  }
}
