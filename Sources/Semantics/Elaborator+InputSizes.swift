import Operations
import Syntax

/// Sizes that somebody gives to what a text leaves open.
extension Elaborator {
  /// Finds out which symbols the given sizes are, from the inputs alone.
  mutating func assignSizes(of declaration: Model, _ sizes: [InputSizes], _ scope: Scope) {
    var probe = self
    let probed = Scope(file: scope.file)
    probed.bindings = scope.bindings
    for statement in declaration.body.statements {
      if case .input(let name, let pattern) = statement.kind { probe.readInput(name, pattern, probed) }
    }
    do throws(SizeProblem) {
      knownSizes = try probe.model.symbolSizes(sizes)
    } catch {
      log.report(
        Diagnostic(
          .error, SemanticsCode.settingValue, file: tree(scope).source.name, range: declaration.name.range,
          error.message, help: error.help))
    }
  }
}
