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
    reduce(0) { total, value in
      if total > limit { return total }
      return switch value {
      case .list(let inner): total + 1 + inner.valueCount(upTo: limit - total)
      case .word(_, let arguments): total + 1 + arguments.lazy.map(\.value).valueCount(upTo: limit - total)
      default: total + 1
      }
    }
  }
}

extension Sequence<Literal> {
  /// The same of literals.
  fileprivate func valueCount(upTo limit: Int) -> Int {
    reduce(0) { total, value in
      if total > limit { return total }
      return switch value {
      case .list(let inner): total + 1 + inner.valueCount(upTo: limit - total)
      case .word(_, let arguments): total + 1 + arguments.lazy.map(\.value).valueCount(upTo: limit - total)
      default: total + 1
      }
    }
  }
}
