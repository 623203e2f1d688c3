import Semantics
import Syntax

/// Where a chain of a model is cut into bindings: where the names of its layers say that something else begins, and where
/// a model within the model does or ends.
struct Cuts {
  /// The binding that ends before an item.
  var names: [Int: String] = [:]
  /// What the stages are called in their bindings.
  var labels: [Int: String] = [:]
  /// What the rest of the line is called; nil: as its last layer.
  var last: String?
}

extension BodyWriter {
  func cuts(in line: Line) -> Cuts {
    var cuts = Cuts()
    guard !isBlock else { return cuts }
    let runs = runs(in: line)
    for (place, run) in runs.enumerated() {
      let isLast = place == runs.count - 1
      let end = line.items[run.items.upperBound - 1].output
      let isNamed = run.model == nil ? run.isGroup : structure.calls[end].endsModel == run.model
      let isLong = run.items.count > 1 || isMany(line.items[run.items.lowerBound])
      let name = isNamed && run.key.isPlainName ? run.key : isLong ? scope(of: end) : bindingName(of: end)
      if isLast { cuts.last = name } else { cuts.names[run.items.upperBound] = name }
      var used: Set<String> = []
      for item in run.items {
        guard let given = itemName(line.items[item]), isLabelled(line.items[item]), !isRepeated(item, line) else {
          continue
        }
        var rest = Substring(given)
        if run.isGroup, given.hasPrefix(run.key) {
          rest = given.dropFirst(run.key.count).drop { $0 == "_" || $0 == "/" }
        }
        guard let label = program.labelling.label(String(rest), of: kind(line.items[item]), isInBlock: false),
          used.insert(label).inserted
        else { continue }
        if label == name || isLast && label == outputName(of: line.end) { continue }
        cuts.labels[item] = label
      }
      if collide(cuts.labels, of: run, line) { for item in run.items { cuts.labels[item] = nil } }
    }
    return cuts
  }

  /// Whether a stage of a binding without a label may take the name of one that has one. The first block without one adds
  /// no level: its own names stand among the labels, unless they stand below the numbers of copies.
  private func collide(_ labels: [Int: String], of run: Run, _ line: Line) -> Bool {
    var kinds: Set<String> = []
    var names: Set<String> = []
    if run.items.lowerBound == 0, case .call(let call, _) = line.head { kinds.insert(structure.calls[call].calleeName) }
    for item in run.items where labels[item] == nil {
      switch line.items[item].kind {
      case .layer(let call): kinds.insert(structure.calls[call].calleeName)
      case .padded(let padded): kinds.insert(structure.calls[padded.layer].calleeName)
      case .call(let call):
        let name = program.blockNames[call.block]
        if kinds.insert(name).inserted, !isRepeated(item, line) { names.formUnion(self.names(inBlock: name)) }
      case .fork(let fork):
        if case .call(let join, _)? = fork.body.lines.last?.head { kinds.insert(structure.calls[join].calleeName) }
      case .sum: break
      }
    }
    return run.items.contains { item in
      labels[item].map { label in names.contains(label) || kinds.contains { isAutomatic(label, of: $0) } } ?? false
    }
  }

  /// The names in the level of a block's body: of its bindings, and of the stages of what it returns.
  private func names(inBlock name: String) -> Set<String> {
    guard let block = builder.tree.blocks.first(where: { $0.name.text == name }) else { return [] }
    var names: Set<String> = []
    for statement in block.body.statements {
      names.formUnion(statement.writtenNames.map(\.text))
      guard case .result(let values) = statement.kind else { continue }
      for value in values {
        guard case .pipeline(_, let stages) = builder.tree[value].kind else { continue }
        var hasInlinedBlock = false
        for case .call(let label, _, let call) in stages {
          if let label {
            names.insert(label.text)
          } else if !hasInlinedBlock, program.blockNames.contains(call.name.text) {
            hasInlinedBlock = true
            names.formUnion(self.names(inBlock: call.name.text))
          }
        }
      }
    }
    return names
  }

  /// The binding that a layer stood in whose name ends as it would by itself, as those of programs do that were written
  /// here: `conv2d_3` of `conv2d_3_conv2d_1`. Else the layer's name.
  private func scope(of call: Int) -> String {
    let name = bindingName(of: call)
    let kind = snakeCase(structure.calls[call].kindName)
    let digits = name.reversed().prefix(while: \.isNumber).count
    let stem = digits > 0 ? name.dropLast(digits + 1) : Substring(name)
    guard stem.hasSuffix("_" + kind) else { return name }
    let scope = String(stem.dropLast(kind.count + 1))
    return scope.isPlainName ? scope : name
  }

  private struct Run {
    var key: String
    /// The model within the model that all items stand in.
    var model: String?
    var items: Range<Int>
    /// Whether the items belong together by their names, or hold many layers; else they are just in a row.
    var isGroup: Bool
  }

  private func runs(in line: Line) -> [Run] {
    var runs: [Run] = []
    let models = models(in: line)
    for (place, item) in line.items.enumerated() {
      let model = models[place]
      let key = model ?? itemName(item).map(NamePrefix.key)
      let isFork = if case .fork = item.kind { true } else { false }
      let repeats = place > 0 && repeats(item, line.items[place - 1])
      if let last = runs.last, !isFork, model == last.model,
        repeats || key == nil || key == last.key || last.key.isEmpty
      {
        runs[runs.count - 1].items = last.items.lowerBound..<place + 1
        if let key, key == last.key { runs[runs.count - 1].isGroup = true }
        if last.key.isEmpty || repeats { runs[runs.count - 1].key = key ?? last.key }
      } else {
        runs.append(
          Run(
            key: key ?? "", model: model, items: place..<place + 1,
            isGroup: isMany(item) && key != nil || model != nil))
      }
    }
    // What is alone stays with its neighbours that are alone too.
    var joined: [Run] = []
    for run in runs {
      if let last = joined.last, !last.isGroup, !run.isGroup, !startsWithFork(run, line) {
        joined[joined.count - 1] = Run(
          key: last.key, items: last.items.lowerBound..<run.items.upperBound, isGroup: false)
      } else {
        joined.append(run)
      }
    }
    return joined
  }

  /// The models within the model that the items of a line stand in. One that has become a call of a block is none.
  private func models(in line: Line) -> [String?] {
    let models = line.items.map { item -> String? in
      let models = structure.layerCalls(of: [item]).map { structure.calls[$0].model }
      return models.dropFirst().allSatisfy { $0 == models[0] } ? models.first ?? nil : nil
    }
    return models.enumerated().map { place, model in
      let isAlone = [place - 1, place + 1].allSatisfy { !models.indices.contains($0) || models[$0] != model }
      return isMany(line.items[place]) && isAlone ? nil : model
    }
  }

  private func isMany(_ item: Item) -> Bool { if case .call = item.kind { true } else { false } }

  /// Whether an item is the same call of a block as the one before.
  private func repeats(_ item: Item, _ previous: Item) -> Bool {
    guard case .call(let call) = item.kind, case .call(let other) = previous.kind else { return false }
    return isSame(call, other)
  }

  /// Whether an item is one of several copies, which are written as one stage.
  private func isRepeated(_ place: Int, _ line: Line) -> Bool {
    let items = line.items
    return place > 0 && repeats(items[place], items[place - 1])
      || place + 1 < items.count && repeats(items[place + 1], items[place])
  }

  private func startsWithFork(_ run: Run, _ line: Line) -> Bool {
    if case .fork = line.items[run.items.lowerBound].kind { true } else { false }
  }

  private func isLabelled(_ item: Item) -> Bool {
    switch item.kind {
    case .layer(let call): structure.calls[call].hasWeights && !structure.calls[call].isShared
    case .padded(let padded): structure.calls[padded.layer].hasWeights
    case .call: true
    case .fork, .sum: false
    }
  }

  /// The class of an item that is a layer.
  private func kind(_ item: Item) -> String? {
    switch item.kind {
    case .layer(let call): structure.calls[call].calleeName
    case .padded(let padded): structure.calls[padded.layer].calleeName
    case .call, .fork, .sum: nil
    }
  }

  /// What a person has called an item.
  private func itemName(_ item: Item) -> String? {
    switch item.kind {
    case .layer(let call): structure.calls[call].givenName
    case .padded(let padded): structure.calls[padded.layer].givenName
    case .call, .fork, .sum: structure.name(of: [item])
    }
  }
}
