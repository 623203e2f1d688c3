import Syntax

/// A change of the text that may undo a slip: a stage put in, an attribute, another name.
struct Edit {
  /// What it replaces; empty where something is put in.
  var range: SourceRange
  var replacement: String
  var likelihood: Likelihood

  /// What is tried first: what a slip explains best, and what there are fewest of.
  enum Likelihood: Int {
    /// A parameter that nothing uses belongs where an attribute is called like it.
    case idleParameter
    /// Axes in another order, or without the batch.
    case axes
    /// An instance in the place of another one made like it.
    case sharedInstance
    /// Another of the values that the attribute has elsewhere.
    case value
    case formula
    /// A stage that stands between the same neighbours elsewhere.
    case expectedStage
    /// An attribute that is given elsewhere.
    case attribute
    case order
    /// A stage that has one of its neighbours elsewhere too.
    case plausibleStage
    case name
    case repetition
    case surplus
    /// Any stage that there is.
    case stage
  }
}
