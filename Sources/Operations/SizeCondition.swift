/// What has to hold of sizes that are not known: `floor(H / 2) - 3 >= 1`, `2 * floor(H / 2) == H`, `H * W % 49 == 0`.
package struct SizeCondition: Hashable, Sendable {
  package enum Relation: Hashable, Sendable {
    case equal
    /// `left` is at least `right`.
    case atLeast
    /// `left` is a multiple of `right`, a number above zero.
    case divisible
  }

  package var left: Dim
  package var relation: Relation
  package var right: Dim

  package static func equal(_ left: Dim, _ right: Dim) -> Self { Self(left: left, relation: .equal, right: right) }

  package static func atLeast(_ left: Dim, _ least: Int) -> Self {
    Self(left: left, relation: .atLeast, right: Dim(least))
  }

  package static func divisible(_ left: Dim, by divisor: Int) -> Self {
    Self(left: left, relation: .divisible, right: Dim(divisor))
  }

  /// The same of sizes that follow from these.
  package func map<Problem: Error>(_ size: (Dim) throws(Problem) -> Dim) throws(Problem) -> Self {
    Self(left: try size(left), relation: relation, right: try size(right))
  }

  /// The symbols that it depends on, in order of appearance.
  package var symbolNames: [String] {
    let names = left.symbolNames
    return names + right.symbolNames.filter { !names.contains($0) }
  }

  /// How many symbols and floors it holds.
  var length: Int { left.length + right.length }

  /// Whether it holds for some sizes; false where a number leaves 64 bits.
  package func holds(_ size: (String) -> Int) -> Bool {
    guard let left = left.value(size), let right = right.value(size) else { return false }
    return switch relation {
    case .equal: left == right
    case .atLeast: left >= right
    case .divisible: right > 0 && left % right == 0
    }
  }

  /// Whether it holds for all sizes of 1 and more. False where it cannot be told.
  package var alwaysHolds: Bool {
    switch relation {
    case .equal: left.alwaysEquals(right)
    case .atLeast:
      if let difference = try? left - right, let least = difference.range.least { least >= 0 } else { false }
    case .divisible: ((try? left.divided(exactlyBy: right)) ?? nil) != nil
    }
  }
}

extension SizeCondition: CustomStringConvertible {
  package var description: String {
    switch relation {
    case .equal: "\(left) == \(right)"
    case .atLeast: "\(left) >= \(right)"
    case .divisible: "\(left.operandDescription) % \(right) == 0"
    }
  }
}
