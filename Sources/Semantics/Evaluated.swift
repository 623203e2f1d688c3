import Layers
import Operations
import Syntax

/// What an expression comes to.
enum Evaluated {
  case tensor(ID<CheckedValue>)
  /// What a block with several results gives.
  case tensors([ID<CheckedValue>])
  /// A whole number, or a formula over sizes that are not known.
  case size(Dim)
  /// A quotient that does not come out even: only `floor` and `ceil` take it.
  case quotient(Dim, Int)
  case real(Double)
  case boolean(Bool)
  case string(String)
  case word(String, [Argument])
  case list([Evaluated])
  /// Something was wrong, and has been reported.
  case failed

  /// For messages: `an Int`, `a tensor`.
  var description: String {
    switch self {
    case .tensor: "a tensor"
    case .tensors(let all): "\(all.count) tensors"
    case .size(let dim): dim.constant == nil ? "the size \(dim)" : "the Int \(dim)"
    case .quotient(let numerator, let divisor): "\(numerator) / \(divisor)"
    case .real(let value): "the Float \(value)"
    case .boolean(let value): "\(value)"
    case .string(let text): "the string \"\(text)\""
    case .word(let word, _): "the word '\(word)'"
    case .list: "a list"
    case .failed: "nothing"
    }
  }

  var isFailed: Bool { if case .failed = self { true } else { false } }
  var isTensor: Bool {
    switch self {
    case .tensor, .tensors: true
    default: false
    }
  }
}

/// A name's meaning in a scope.
struct Binding {
  var value: Evaluated
  var range: SourceRange
  /// Parameters and sizes may be shadowed by tensors of the same name; bindings may not.
  var isParameter: Bool
  /// Whether it is a list of numbers, for which one number may stand.
  var isList = false
  /// Where the value comes from, if that is to be explained.
  var provenance: Provenance?
}

/// `layer tower = Tower(64)`: one set of weights that several calls share.
struct Instance {
  var call: Call
  var level: String
  /// The nodes of the first call, by path: later calls share their weights.
  var nodes: [String: ID<LayerNode>] = [:]
}

/// What is visible in one body of a description; grows as its statements are read.
final class Scope {
  /// Which tree the text belongs to.
  let file: Int
  var bindings = NameTable<Binding>()
  var instances: [String: Int] = [:]
  /// The types of the parameters that hold a word.
  var wordTypes: [String: String] = [:]
  /// Names that were used in a line before their own.
  var usedEarly: Set<String> = []
  /// Names that are given a second time. Each may have taken the place of another that is used further on.
  var equalNames: [Name] = []
  /// Bindings that have fewer names than there are tensors: an unknown name behind one is most likely a lost one.
  var lostNames: [LostNames] = []
  /// Layers and blocks whose `with` line is wrong: what their calls would be, nobody knows.
  var misled: Set<String> = []
  var defaults = Defaults()
  /// Whether the value of a `with` line is being evaluated: calls in it see no such lines, or those that call what they
  /// are for would have no end.
  var isInDefault = false
  /// The call that led here; nil in a model.
  let caller: Caller?

  init(file: Int, caller: Caller? = nil) {
    self.file = file
    self.caller = caller
  }
}

/// The call of a block that is being expanded.
final class Caller {
  let block: String
  let file: Int
  let range: SourceRange
  let path: String
  /// The call of the block that this one stands in.
  let outer: Caller?

  init(block: String, file: Int, range: SourceRange, path: String, outer: Caller?) {
    self.block = block
    self.file = file
    self.range = range
    self.path = path
    self.outer = outer
  }
}

/// What the place of an expression asks of it.
struct Context {
  var level: NameLevel
  /// Whether a call at the head takes the level's own name: `conv1 = Conv2D(x, 64, 7)`.
  var headTakesName = false
  /// Where a Float is wanted, `1 / 255` divides as Floats.
  var wantsReal = false
  /// Where an attribute takes words, a bare name may be one.
  var takesWords = false
  /// An attribute's value is no tensor, so that `none` is none even if a tensor is called so.
  var isAttribute = false
  /// Inside `floor` and `ceil` a quotient need not come out even.
  var allowsQuotient = false

  /// The same place for an operand of an operator or an argument of a call.
  var argument: Context { Context(level: level) }
}
