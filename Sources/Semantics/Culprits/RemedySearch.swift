import Layers
import Syntax

/// One place of a file could not be read, and several single signs would make it readable: a bracket may be closed
/// here or there. The one with which the whole file is sound is what the author meant.
struct RemedySearch {
  let trees: [Tree]
  let settings: [Setting]
  let sizes: [InputSizes]
  let limits: Limits
  /// How many bytes and layers trials may still read: a bound on time that does not depend on the machine.
  private var effort: Int

  /// `trees` as `check` has them.
  init(_ trees: [Tree], _ settings: [Setting], _ sizes: [InputSizes], _ limits: Limits) {
    self.trees = trees
    self.settings = settings
    self.sizes = sizes
    effort = 15_000 * limits.trials
    // What a trial gets wrong is not tried to be put right.
    self.limits = limits.withoutTrials
  }

  /// The first of the file's remedies that leaves nothing to complain about; nil if none does.
  mutating func sound() -> Diagnostic? {
    for remedy in trees[0].remedies where effort > 0 {
      guard let range = remedy.range, let replacement = remedy.replacement else { continue }
      var bytes = trees[0].source.bytes
      bytes.replaceSubrange(range.start..<range.end, with: Array(replacement.utf8))
      effort -= bytes.count
      var log = DiagnosticLog()
      var tree = parse(Source(name: trees[0].source.name, bytes: bytes), limits: limits, into: &log)
      tree.imports = trees[0].imports
      if log.errorCount == 0, isSound(tree) { return remedy }
    }
    return nil
  }

  private mutating func isSound(_ tree: Tree) -> Bool {
    var log = DiagnosticLog()
    let library = Library([tree] + trees.dropFirst(), allowing: [], into: &log)
    checkTrainings(tree, into: &log)
    var limits = limits
    limits.layers = min(limits.layers, 4000)
    var called: Set<String> = []
    for model in tree.models where log.errorCount == 0 {
      var elaborator = Elaborator(library: library, limits: limits, name: model.name.text, source: tree.source)
      elaborator.stopsAtFailure = true
      elaborator.sizeEffort = 40_000
      elaborator.domainEffort = 400_000
      _ = elaborator.elaborate(
        model, tree.trainings.first { $0.model.text == model.name.text }, settings, sizes)
      effort -= 200 * (elaborator.model.nodes.count + elaborator.expanded) + elaborator.domainWork / 8
      called.formUnion(elaborator.calledBlocks)
      log.append(elaborator.log)
    }
    if log.errorCount == 0 { checkUncalled(library, called, limits, into: &log) }
    return log.errorCount == 0
  }
}
