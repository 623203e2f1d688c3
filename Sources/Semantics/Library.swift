import Layers
import Syntax

/// The declarations that a model can see: its own file's and those of imported ones.
struct Library {
  let trees: [SharedTree]
  /// The trees' files without their folders.
  let fileNames: [String]
  private let blocks: [String: BlockReference]

  struct BlockReference {
    var file: Int
    var index: Int
  }

  /// What could not be read, for each tree: what stands there is unknown, and nothing may follow from it.
  private let damage: [[SourceRange]]

  /// The first tree is the file that is checked; `log` has what the parser found wrong. Equal names are reported.
  init(_ trees: [Tree], into log: inout DiagnosticLog) {
    self.trees = trees.map(SharedTree.init)
    fileNames = trees.map { tree in
      tree.source.name.utf8.split(separator: UInt8(ascii: "/")).last.map { String(Substring($0)) } ?? tree.source.name
    }
    damage = trees.map { tree in
      log.diagnostics.filter { $0.severity == .error && $0.file == tree.source.name }
        .map { $0.range ?? SourceRange(0, tree.source.bytes.count) }
    }
    var blocks: [String: BlockReference] = [:]
    var models: [String: SourceRange] = [:]
    for (file, tree) in trees.enumerated() {
      for (index, block) in tree.blocks.enumerated() {
        if let first = blocks[block.name.text] {
          let other = trees[first.file]
          let place = other.source.position(of: other.blocks[first.index].name.range.start)
          log.report(
            Diagnostic(
              .error, SemanticsCode.duplicateName, file: tree.source.name, range: block.name.range,
              "there are two blocks called '\(block.name.text)'",
              notes: ["the other one is at \(other.source.name):\(place.line):\(place.column)"],
              help: "rename one of them"))
        } else if Catalogue.kind(named: block.name.text) != nil {
          log.report(
            Diagnostic(
              .error, SemanticsCode.duplicateName, file: tree.source.name, range: block.name.range,
              "'\(block.name.text)' is a layer; a block needs a name of its own"))
        } else {
          blocks[block.name.text] = BlockReference(file: file, index: index)
        }
      }
      if file == 0 {
        for model in tree.models {
          if models[model.name.text] != nil {
            log.report(
              Diagnostic(
                .error, SemanticsCode.duplicateName, file: tree.source.name, range: model.name.range,
                "there are two models called '\(model.name.text)'", help: "rename one of them"))
          }
          models[model.name.text] = model.name.range
        }
      }
    }
    self.blocks = blocks
  }

  /// Whether something could not be read anywhere.
  var isDamaged: Bool { damage.contains { !$0.isEmpty } }

  /// Whether something in or at a stretch of a file could not be read.
  func isDamaged(_ range: SourceRange, file: Int) -> Bool {
    damage[file].contains { $0.start <= range.end && range.start <= $0.end }
  }

  func block(named name: String) -> (block: Block, file: Int)? {
    blocks[name].map { (trees[$0.file].blocks[$0.index], $0.file) }
  }

  /// Names for suggestions, in a fixed order.
  var blockNames: [String] { trees.flatMap { $0.blocks.map(\.name.text) } }
}
