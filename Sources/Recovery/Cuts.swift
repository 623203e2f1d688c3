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
      let name = isNamed && run.key.isPlainName ? run.key : bindingName(of: end)
      if isLast { cuts.last = name } else { cuts.names[run.items.upperBound] = name }
      var used: Set<String> = []
      for item in run.items {
        guard let given = itemName(line.items[item]), isLabelled(line.items[item]) else { continue }
        var rest = Substring(given)
        if run.isGroup, given.hasPrefix(run.key) {
          rest = given.dropFirst(run.key.count).drop { $0 == "_" || $0 == "/" }
        }
        guard let label = structure.label(String(rest)), used.insert(label).inserted else { continue }
        if label == name || isLast && label == outputName(of: line.end) { continue }
        cuts.labels[item] = label
      }
    }
    return cuts
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

  private func startsWithFork(_ run: Run, _ line: Line) -> Bool {
    if case .fork = line.items[run.items.lowerBound].kind { true } else { false }
  }

  private func isLabelled(_ item: Item) -> Bool {
    switch item.kind {
    case .layer(let call): structure.calls[call].hasWeights
    case .padded(let padded): structure.calls[padded.layer].hasWeights
    case .call: true
    case .fork, .sum: false
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
