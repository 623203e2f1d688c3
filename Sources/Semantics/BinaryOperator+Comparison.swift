import Operations
import Syntax

/// Comparisons, of numbers and of formulas.
extension BinaryOperator {
  var isComparison: Bool {
    switch self {
    case .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual: true
    default: false
    }
  }

  func holds(equal: Bool, less: Bool) -> Bool {
    switch self {
    case .equal: equal
    case .notEqual: !equal
    case .less: less
    case .lessOrEqual: less || equal
    case .greater: !less && !equal
    default: !less
    }
  }

  /// Whether `a < b`, or whatever the operator is, for all sizes: nil where it depends on them, or cannot be told.
  func decision(_ a: Dim, _ b: Dim) -> Bool? {
    guard let difference = try? a - b else { return nil }
    if let number = difference.constant { return holds(equal: number == 0, less: number < 0) }
    let (least, greatest) = difference.range
    switch self {
    case .equal, .notEqual:
      var effort = 1 << 13
      if a.alwaysEquals(b) { return self == .equal }
      let differs =
        least ?? 0 > 0 || greatest ?? 0 < 0
        || difference.symbolNames.count == 1
          && SizeCondition.equal(difference, 0).solution(effort: &effort)?.isEmpty == true
      return differs ? self == .notEqual : nil
    case .less: return greatest ?? 0 < 0 ? true : least ?? -1 >= 0 ? false : nil
    case .lessOrEqual: return greatest ?? 1 <= 0 ? true : least ?? 0 > 0 ? false : nil
    case .greater: return least ?? 0 > 0 ? true : greatest ?? 1 <= 0 ? false : nil
    default: return least ?? -1 >= 0 ? true : greatest ?? 0 < 0 ? false : nil
    }
  }

  /// As a sentence has it: `not at most 5`.
  var words: String {
    switch self {
    case .notEqual: "other than"
    case .less: "below"
    case .lessOrEqual: "at most"
    case .greater: "above"
    case .greaterOrEqual: "at least"
    default: ""
    }
  }
}
