import Layers

/// How many values stand within one another. Recursion ends with the limit: each level counts.
extension Evaluated {
  var holdsValues: Bool {
    switch self {
    case .list: true
    case .word(_, let arguments): !arguments.isEmpty
    default: false
    }
  }
}

extension [Evaluated] {
  /// These values and all within them, counted until there are more than `limit`.
  func valueCount(upTo limit: Int) -> Int {
    count(upTo: limit) { value, rest in
      switch value {
      case .list(let inner): inner.valueCount(upTo: rest)
      case .word(_, let arguments): arguments.valueCount(upTo: rest)
      default: 0
      }
    }
  }
}

extension [Literal] {
  fileprivate func valueCount(upTo limit: Int) -> Int {
    count(upTo: limit) { value, rest in
      switch value {
      case .list(let inner): inner.valueCount(upTo: rest)
      case .word(_, let arguments): arguments.valueCount(upTo: rest)
      default: 0
      }
    }
  }
}

extension [Argument] {
  fileprivate func valueCount(upTo limit: Int) -> Int { map(\.value).valueCount(upTo: limit) }
}

extension Array {
  /// The elements, and what `within` counts in each if so many more may still come.
  fileprivate func count(upTo limit: Int, _ within: (Element, Int) -> Int) -> Int {
    reduce(0) { total, element in total > limit ? total : total + 1 + within(element, limit - total) }
  }
}
