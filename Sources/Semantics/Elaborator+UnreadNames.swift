import Operations
import Syntax

/// What is not expanded is read all the same, so that a misspelt name in it is found: the branch that is not taken, the
/// call of `repeat 0`.
extension Elaborator {
  /// Judges the names in an expression, once for its text, and leaves nothing else behind.
  mutating func judgeNames(_ id: NodeID<Expression>, _ scope: Scope, _ context: Context) {
    judgeNames(at: tree(scope)[id].range, scope, context) { $0.evaluate(id, scope, $1) }
  }

  /// Judges the names in the call that `repeat` would copy.
  mutating func judgeNames(of call: Call, _ index: Name?, _ scope: Scope, _ context: Context) {
    judgeNames(at: call.range, scope, context) { elaborator, context in
      if let index { scope.bindings[index.text] = Binding(value: .failed, range: index.range, isParameter: true) }
      let piped = Piped(value: .failed, range: call.range)
      return elaborator.evaluate(call, piped: piped, name: .stage(nil), scope, context)
    }
  }

  private mutating func judgeNames(
    at range: SourceRange, _ scope: Scope, _ context: Context, _ read: (inout Elaborator, Context) -> Evaluated
  ) {
    guard unreadPlaces.insert(library.offset(of: range, in: scope.file)).inserted else { return }
    let (judgedOnlyNames, names, bindings, errors) = (judgesOnlyNames, stageNames, scope.bindings, log.errorCount)
    (judgesOnlyNames, stageNames) = (true, nil)
    var context = context
    context.level = NameLevel(path: "")
    _ = read(&self, context)
    (judgesOnlyNames, stageNames) = (judgedOnlyNames, names)
    // A size that got its name there has none elsewhere. What has been told stays told.
    if log.errorCount == errors { scope.bindings = bindings }
  }
}

extension Evaluated {
  var isZero: Bool { if case .size(let dim) = self { dim.constant == 0 } else { false } }
}
