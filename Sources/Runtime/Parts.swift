/// A count in neighbouring parts of nearly the same size, the larger ones first.
struct Parts: Sendable {
  let total: Int
  let count: Int

  init(of total: Int, count: Int) {
    self.total = total
    self.count = count
  }

  /// As few as there can be of at most `most`, or of one.
  init(of total: Int, most: Int) {
    let most = max(1, most)
    self.init(of: total, count: (total + most - 1) / most)
  }

  /// The size of the largest.
  var largest: Int { (total + count - 1) / count }

  subscript(index: Int) -> Range<Int> { start(index)..<start(index + 1) }

  /// The part that an element is in.
  func index(of element: Int) -> Int {
    let (size, larger) = total.quotientAndRemainder(dividingBy: count)
    let inLarger = larger * (size + 1)
    return element < inLarger ? element / (size + 1) : larger + (element - inLarger) / size
  }

  private func start(_ index: Int) -> Int { index * (total / count) + min(index, total % count) }
}
