import Syntax

/// Warns of names in the file itself that nothing speaks of: parameters, bindings, instances, `with` lines, blocks,
/// imports. For a description without errors; what a program wrote is left alone.
func warnUnused(_ library: Library, into log: inout DiagnosticLog) {
  guard !library.trees[0].isForeign else { return }
  var search = UnusedSearch(library: library, log: log)
  search.run()
  log = search.log
}

private struct UnusedSearch {
  let library: Library
  var log: DiagnosticLog
  /// All that is called anywhere in the file.
  var calls: Set<String> = []

  private var tree: SharedTree { library.trees[0] }

  mutating func run() {
    var callers: [String: Int] = [:]
    for block in tree.blocks {
      var uses = NameUses(tree)
      uses.add(block.parameters)
      var promises = Body(range: block.name.range)
      promises.statements = [Statement(.result(block.promises), block.name.range)]
      uses.add(promises)
      uses.add(block.body)
      for name in uses.calls where name != block.name.text { callers[name, default: 0] += 1 }
      judge(block.parameters, uses)
      judge(block.body, uses, isModel: false)
      calls.formUnion(uses.calls)
    }
    for model in tree.models {
      var uses = NameUses(tree)
      uses.add(model.parameters)
      uses.add(model.body)
      for name in uses.calls { callers[name, default: 0] += 1 }
      judge(model.parameters, uses)
      judge(model.body, uses, isModel: true)
      calls.formUnion(uses.calls)
    }
    judgeDefaults(tree.defaults)
    // A file without a model is there to be imported.
    if !tree.models.isEmpty {
      for block in tree.blocks where callers[block.name.text] == nil {
        warn(.unusedBlock, block.name, "nothing calls the block '\(block.name.text)'", help: "call it, or remove it")
      }
    }
    judgeImports()
  }

  private mutating func judge(_ parameters: [Parameter], _ uses: NameUses) {
    for parameter in parameters where !uses.names.contains(parameter.name.text) {
      warn(
        .unusedParameter, parameter.name, "nothing uses the parameter '\(parameter.name.text)'",
        help: "use it, or remove it here and where it is given")
    }
  }

  private mutating func judge(_ body: Body, _ uses: NameUses, isModel: Bool) {
    for statement in body.statements {
      switch statement.kind {
      case .input(let name, _) where !uses.names.contains(name.text):
        warn(.unusedValue, name, "nothing uses the input '\(name.text)'", help: "use it, or remove it")
      case .binding(let names, _):
        // `_` is how one says that a result is not wanted.
        for name in names where !uses.names.contains(name.text) && name.text.utf8.first != UInt8(ascii: "_") {
          warn(
            .unusedValue, name, "nothing uses '\(name.text)'", notes: ["its layers are left out of the model"],
            help: isModel ? "make it an output, or remove it" : "return it, or remove it")
        }
      case .layer(let name, _) where !uses.calls.contains(name.text):
        warn(
          .unusedLayer, name, "nothing calls the layer '\(name.text)'",
          help: "write x |> \(name.text)(), or remove it")
      default: break
      }
    }
    judgeDefaults(body.defaults, uses.calls)
  }

  private mutating func judgeDefaults(_ lines: [Call], _ called: Set<String>? = nil) {
    // Operators on tensors are calls too.
    let hidden: Set = ["Add", "Subtract", "Multiply", "Divide"]
    for line in lines where !(called ?? calls).contains(line.name.text) && !hidden.contains(line.name.text) {
      warn(
        .unusedDefault, line.name, "no call of '\(line.name.text)' stands where this `with` line holds",
        notes: ["it holds for the text in its file or braces, not for blocks that are called from there"],
        help: "move it to where \(line.name.text) is called, or remove it")
    }
  }

  private mutating func judgeImports() {
    let places = Dictionary(
      library.trees.enumerated().map { ($1.source.name, $0) }, uniquingKeysWith: { first, _ in first })
    var first: [Int: Import] = [0: Import(path: tree.source.name, range: SourceRange(0, 0))]
    for line in tree.imports {
      guard let file = line.file.flatMap({ places[$0] }) else { continue }
      if let earlier = first[file] {
        let number = tree.source.position(of: earlier.range.start).line
        warn(
          .repeatedImport, Name(line.path, line.range),
          file == 0 ? "the file imports itself" : "'\(line.path)' is imported in line \(number) already",
          help: "remove one of them")
        continue
      }
      first[file] = line
      var isCalled = false
      var seen: Set = [0, file]
      var pending = [file]
      while let next = pending.popLast() {
        let imported = library.trees[next]
        isCalled = isCalled || imported.blocks.contains { calls.contains($0.name.text) }
        for other in imported.imports.compactMap({ $0.file.flatMap { places[$0] } }) where seen.insert(other).inserted {
          pending.append(other)
        }
      }
      if !isCalled {
        warn(
          .unusedImport, Name(line.path, line.range), "nothing calls a block of '\(line.path)'",
          help: "remove the import")
      }
    }
  }

  private mutating func warn(
    _ code: WarningCode, _ name: Name, _ message: String, notes: [String] = [], help: String
  ) {
    guard library.allowances.admit(code.rawValue, file: 0, name.range) else { return }
    log.report(
      Diagnostic(
        .warning, code, file: tree.source.name, range: name.range, message, notes: notes, help: help))
  }
}
