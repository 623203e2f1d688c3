import Layers
import Operations
import Syntax

/// What a layer's call in the body of a block came to, for the next time that the body is read: blocks are called again
/// and again, and most of their layers say the same each time.
///
/// Only calls of which there was nothing to report are kept.
final class SettledCall {
  let arguments: [Argument]
  let attributes: GivenAttributes
  let isTrainable: Bool
  /// The words that stand for themselves if nothing else has made the arguments what they are, and nothing is called
  /// so; nil if the arguments may be others next time.
  let words: [String]?
  let layer: any Layer
  /// The shapes of the latest call and what came of them.
  var inputs: [Shape]
  var result: LayerResult

  init(_ call: ResolvedCall, words: [String]?, _ layer: any Layer, _ inputs: [Shape], _ result: LayerResult) {
    arguments = call.arguments
    attributes = call.attributes
    isTrainable = call.isTrainable
    self.words = words
    self.layer = layer
    self.inputs = inputs
    self.result = result
  }
}

/// What follows from a layer and the shapes that it is given.
struct LayerResult {
  var shape: Shape
  var demands: [SizeProvision.Demand]
  var weights: [Weight]
  var multiplyAccumulates: Dim
}

/// Calls of layers by kind and arguments. Of as many as programs write there are no more than so many at a time.
struct LatestCalls {
  private static let limit = 1024

  /// By fingerprints: of several calls with one of them the latest is kept.
  private var calls: [Int: (kind: LayerKind, settled: SettledCall)] = [:]

  subscript(_ kind: LayerKind, _ call: ResolvedCall) -> SettledCall? {
    get {
      guard let latest = calls[fingerprint(kind, call)] else { return nil }
      return latest.kind === kind && latest.settled.arguments == call.arguments ? latest.settled : nil
    }
    set {
      if calls.count >= Self.limit { calls.removeAll(keepingCapacity: true) }
      calls[fingerprint(kind, call)] = newValue.map { (kind, $0) }
    }
  }

  private func fingerprint(_ kind: LayerKind, _ call: ResolvedCall) -> Int {
    var print = Fingerprint()
    print.add(kind.name.utf8.count)
    for argument in call.arguments {
      print.add(argument.name.utf8.count)
      print.add(argument.value)
    }
    return print.value
  }
}

/// A number in which what is often told apart by its numbers differs most often. It has no secret as a `Hasher` has, and
/// costs a tenth of one.
private struct Fingerprint {
  private(set) var value = 0

  mutating func add(_ number: Int) { value = (value ^ number) &* 0x2545_F491_4F6C_DD1D }

  private mutating func add(_ text: String) {
    for byte in text.utf8 { add(Int(byte)) }
  }

  mutating func add(_ literal: Literal) {
    switch literal {
    case .integer(let number): add(number)
    case .real(let number): add(Int(truncatingIfNeeded: number.bitPattern))
    case .boolean(let isTrue): add(isTrue ? 1 : 2)
    case .string(let text), .unknown(let text): add(text)
    case .word(let word, let arguments):
      add(word)
      for argument in arguments { add(argument.value) }
    case .list(let elements): for element in elements { add(element) }
    case .none: add(3)
    }
  }
}

extension Elaborator {
  /// A layer's call, whose result is a new value of the network.
  mutating func evaluate(
    _ call: Call, _ kind: LayerKind, piped: Piped?, path: String, _ scope: Scope, _ context: Context
  ) -> Evaluated {
    // What is read once need not be kept, and what is explained has other reasons each time.
    guard depth > 0, !explains, activeInstances.isEmpty else {
      return add(kind, resolve(call, kind, piped, scope, context), path: path, scope)
    }
    let place = library.offset(of: call.range, in: scope.file)
    let settled = settledCalls[place]
    if let settled, let words = settled.words, let piped, case .tensor(let tensor) = piped.value,
      words.allSatisfy({ scope.bindings[$0] == nil })
    {
      var resolved = ResolvedCall(range: call.range)
      resolved.inputs = [tensor]
      resolved.inputRanges = [piped.range]
      resolved.arguments = settled.arguments
      resolved.attributes = settled.attributes
      resolved.isTrainable = settled.isTrainable
      return add(kind, resolved, path: path, scope, settled)
    }
    let resolved = resolve(call, kind, piped, scope, context)
    let errors = log.errorCount
    let value = add(kind, resolved, path: path, scope, settled?.arguments == resolved.arguments ? settled : nil)
    if settled == nil, case .tensor(let tensor) = value, errors == log.errorCount {
      let node = model.nodes[model.values[tensor].producer]
      if let layer = node.layer {
        settledCalls[place] = SettledCall(
          resolved, words: piped == nil ? nil : constantWords(call, kind, scope), layer, resolved.inputs.map(shape),
          LayerResult(
            shape: shape(tensor), demands: node.demands, weights: node.weights,
            multiplyAccumulates: node.multiplyAccumulates))
      }
    }
    return value
  }

  /// The words among the attributes of a call if all others are written as numbers, strings and the like.
  private func constantWords(_ call: Call, _ kind: LayerKind, _ scope: Scope) -> [String]? {
    var words: [String] = []
    let defaults = scope.defaults[kind.name]?.arguments ?? []
    for value in call.arguments.map(\.value) + defaults.map(\.value) {
      if !isConstant(value, in: tree(scope), &words) { return nil }
    }
    return words.allSatisfy { scope.bindings[$0] == nil } ? words : nil
  }

  private func isConstant(_ id: NodeID<Expression>, in tree: SharedTree, _ words: inout [String]) -> Bool {
    switch tree[id].kind {
    case .integer, .real, .string, .boolean: return true
    case .name(let name):
      words.append(name)
      return true
    case .list(let elements):
      return elements.allSatisfy { if case .integer = tree[$0].kind { true } else { false } }
    default: return false
    }
  }
}
