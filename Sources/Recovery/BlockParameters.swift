import Layers

/// What of a block differs from call to call, and how its numbers follow from that.
struct BlockParameters {
  struct Parameter {
    var name: String
    /// The attribute that it was found in.
    var attribute: String
    /// As a block declares it: `Int`, `[Int]`, `Padding`, `Bool`.
    var type: String
    /// What it is where a call does not say.
    var standard: Literal?
  }

  var parameters: [Parameter] = []
  /// What stands for each of the block's cells.
  var formulas: [Formula] = []
  /// What each call gives for each parameter.
  var arguments: [[Literal]] = []
}

/// What a block writes for a number.
indirect enum Formula: Hashable, Sendable {
  case literal(Literal)
  case parameter(Int)
  /// The channels of what the block takes.
  case channels
  case multiple(Int, Formula)
  case quotient(Formula, Int)
  case list([Formula])
  /// `stride == 1 and C == filters`
  case condition(Condition)
  /// `if stride == 1 { same } else { valid }`
  case choice(Condition, Formula, Formula)

  static let yes = Formula.literal(.boolean(true))
  static let no = Formula.literal(.boolean(false))
}

/// Numbers that are equal, all of them; or, of a negated one, not all.
struct Condition: Hashable, Sendable {
  struct Equality: Hashable, Sendable {
    var left: Formula
    var right: Formula
  }

  var equalities: [Equality]
  var isNegated = false
}
