import Syntax

/// The stretches of a file that could not be read: what stands there is unknown, and nothing may follow from it.
struct Damage {
  /// In order, and apart from each other.
  private var stretches: [SourceRange] = []

  init(_ ranges: [SourceRange]) {
    for range in ranges.sorted(by: { $0.start < $1.start }) {
      if let last = stretches.last, range.start <= last.end {
        stretches[stretches.count - 1] = last.union(range)
      } else {
        stretches.append(range)
      }
    }
  }

  var isEmpty: Bool { stretches.isEmpty }

  /// Whether a stretch lies in or at a range; takes the logarithm of their number.
  func touches(_ range: SourceRange) -> Bool {
    var low = 0
    var high = stretches.count
    while low < high {
      let middle = (low + high) / 2
      if stretches[middle].end < range.start { low = middle + 1 } else { high = middle }
    }
    return low < stretches.count && stretches[low].start <= range.end
  }
}
