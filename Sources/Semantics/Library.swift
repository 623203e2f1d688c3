import Layers
import Syntax

/// The declarations that a model can see: its own file's and those of imported ones.
struct Library {
  var trees: [SharedTree]
  /// Where each tree's text would begin if all stood in one: a place in any of them is one number.
  private let offsets: [Int]
  /// How long that text would be.
  let length: Int
  /// The trees' files without their folders.
  let fileNames: [String]
  private let blocks: [String: BlockReference]
  /// Blocks of which two parameters are called alike: what a call of one means, nobody knows.
  let unclearBlocks: Set<String>

  struct BlockReference {
    var file: Int
    var index: Int
  }

  /// The warnings that the authors mean to live with.
  let allowances: Allowances
  /// Whether names may hold slashes, and paths made of them meet: those in backquotes may, and those of JSON.
  let mayHaveEqualPaths: Bool

  /// What could not be read, for each tree.
  private let damage: [Damage]

  /// What is called in the pipelines of each tree.
  private let stages: [Set<String>]

  /// What the parser says where a name cannot be read.
  private static let codesOfNames: Set<String> = [
    "reserved-word", "missing-name", "foreign-name", "digit-first-name", "quoted-name-form", "unclosed-backquote",
    "dotted-name", "unnamed-value",
  ]

  /// The first tree is the file that is checked; `log` has what the parser found wrong. Equal names are reported.
  init(_ trees: [Tree], allowing allowed: [String], into log: inout DiagnosticLog) {
    self.trees = trees.map(SharedTree.init)
    var offsets: [Int] = []
    offsets.reserveCapacity(trees.count)
    var length = 0
    for tree in trees {
      offsets.append(length)
      length += tree.source.bytes.count + 1
    }
    (self.offsets, self.length) = (offsets, length)
    allowances = Allowances(trees, everywhere: allowed)
    mayHaveEqualPaths = trees.contains {
      $0.isForeign || $0.source.isJSON || $0.source.quotesSlash
    }
    fileNames = trees.map { tree in
      tree.source.name.utf8.split(separator: UInt8(ascii: "/")).last.map { String(Substring($0)) } ?? tree.source.name
    }
    stages = trees.map { tree in
      var names: Set<String> = []
      for expression in tree.expressions {
        guard case .pipeline(_, let stages) = expression.kind else { continue }
        for case .call(_, _, let call) in stages { names.insert(call.name.text) }
      }
      return names
    }
    damage = trees.map { tree in
      Damage(
        log.diagnostics.filter { $0.severity == .error && $0.file == tree.source.name }
          .map { $0.range ?? SourceRange(0, tree.source.bytes.count) })
    }
    hidesNames = log.diagnostics.contains { Self.codesOfNames.contains($0.code) }
    var blocks: [String: BlockReference] = [:]
    var unclear: Set<String> = []
    var hasEqualBlocks = false
    var models: [String: SourceRange] = [:]
    for file in trees.indices {
      let tree = trees[file]
      for (index, block) in tree.blocks.enumerated() {
        var seen: Set<String> = []
        for name in block.parameters.map(\.name) where !seen.insert(name.text).inserted {
          unclear.insert(block.name.text)
          log.report(
            Diagnostic(
              .error, SemanticsCode.duplicateName, file: tree.source.name, range: name.range,
              "there are two parameters called '\(name.text)'", help: "rename one of them"))
        }
        if let first = blocks[block.name.text] {
          // Of a file and what it imports, the file is the one to mend.
          let isOwn = first.file == 0 && file != 0
          let (blamed, blamedName) = isOwn ? (trees[0], trees[0].blocks[first.index].name) : (tree, block.name)
          let (other, otherName) =
            isOwn ? (tree, block.name) : (trees[first.file], trees[first.file].blocks[first.index].name)
          let place = other.source.position(of: otherName.range.start)
          let lost = file == 0 && !hasEqualBlocks ? tree.lostBlock(trees) : nil
          hasEqualBlocks = true
          log.report(
            Diagnostic(
              .error, SemanticsCode.duplicateName, file: blamed.source.name, range: blamedName.range,
              "there are two blocks called '\(block.name.text)'", expected: lost,
              notes: ["the other one is at \(other.source.name):\(place.line):\(place.column)"]
                + (lost.map { ["'\($0)' is called, and there is no such block"] } ?? []),
              help: lost.map { "did you mean '\($0)'?" } ?? "rename one of them", replacement: lost))
          if let lost { blocks[lost] = BlockReference(file: file, index: index) }
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
    unclearBlocks = unclear
  }

  /// The same with another text of the file itself.
  func replacingFirst(_ tree: Tree, into log: inout DiagnosticLog) -> Library {
    Library([tree] + trees.dropFirst().map(\.tree), allowing: [], into: &log)
  }

  /// Where a range of a tree begins, counted through all trees.
  func offset(of range: SourceRange, in file: Int) -> Int { offsets[file] + range.start }

  /// Whether a name that something was given may be another than the author meant.
  let hidesNames: Bool

  /// Whether something could not be read anywhere.
  var isDamaged: Bool { damage.contains { !$0.isEmpty } }

  /// Whether something in or at a stretch of a file could not be read.
  func isDamaged(_ range: SourceRange, file: Int) -> Bool {
    damage[file].touches(range)
  }

  func block(named name: String) -> (block: Block, file: Int)? {
    blocks[name].map { reference in
      var block = trees[reference.file].blocks[reference.index]
      // One that has another's name by mistake is known by the name that was meant.
      block.name.text = name
      return (block, reference.file)
    }
  }

  /// Whether something of this name is called in a pipeline.
  func calls(_ name: String, in file: Int) -> Bool { stages[file].contains(name) }

  /// How often each name stands for a value in a file.
  func uses(in file: Int) -> [String: Int] {
    var uses: [String: Int] = [:]
    for expression in trees[file].expressions {
      switch expression.kind {
      case .name(let name): uses[name, default: 0] += 1
      case .call(let call): uses[call.name.text, default: 0] += 1
      case .pipeline(_, let stages):
        for case .call(_, _, let call) in stages { uses[call.name.text, default: 0] += 1 }
      default: break
      }
    }
    for training in trees[file].trainings {
      for name in training.entries.flatMap(\.outputs) { uses[name.text, default: 0] += 1 }
    }
    return uses
  }

  /// Names for suggestions, in a fixed order.
  var blockNames: [String] { trees.flatMap { $0.blocks.map(\.name.text) } }
}

extension Tree {
  /// The only name in capitals that is called and stands for nothing; nil if there is none, or several.
  fileprivate func lostBlock(_ trees: [Tree]) -> String? {
    var names: Set<String> = []
    for expression in expressions {
      switch expression.kind {
      case .call(let call): names.insert(call.name.text)
      case .pipeline(_, let stages): for case .call(_, _, let call) in stages { names.insert(call.name.text) }
      default: break
      }
    }
    for body in models.map(\.body) + blocks.map(\.body) {
      for case .layer(_, let call) in body.statements.map(\.kind) { names.insert(call.name.text) }
    }
    names.subtract(trees.flatMap { $0.blocks.map(\.name.text) })
    // What training sections call are other things.
    names.subtract(TrainingVocabulary.optimizers.map(\.name) + TrainingVocabulary.schedules.map(\.name))
    names.subtract(TrainingVocabulary.callbacks.map(\.name) + TrainingVocabulary.imageChanges.map(\.name))
    let unknown = names.filter { name in
      name.isPlainName && name.utf8.first.map { (0x41...0x5A).contains($0) } ?? false
        && Catalogue.kind(named: name) == nil && Catalogue.layer(knownAs: name) == nil
    }
    return unknown.count == 1 ? unknown.first : nil
  }
}

extension Source {
  /// Whether a slash stands in backquotes, as far as one can tell without reading comments as such.
  fileprivate var quotesSlash: Bool {
    var isQuoted = false
    for byte in bytes {
      switch byte {
      case UInt8(ascii: "`"): isQuoted.toggle()
      case UInt8(ascii: "\n"): isQuoted = false
      case UInt8(ascii: "/") where isQuoted: return true
      default: break
      }
    }
    return false
  }
}
