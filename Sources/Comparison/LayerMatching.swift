import Layers
import Operations
import Semantics
import Spelling

/// Which layer of one network is which of the other.
///
/// Names count first, for checkpoints are loaded by names, but those that only count layers and count them otherwise now.
/// What then is left over on both sides is matched by what it does: all at once if the two are one network but for names,
/// else from the inputs on and from the outputs back, so that a layer, or a whole block, that was only renamed is found
/// again. Each step looks at every layer and connection a bounded number of times.
struct LayerMatching {
  /// For each layer of the old network its counterpart in the new one.
  private(set) var newOfOld: [Int?]
  /// For each layer of the new network its counterpart in the old one.
  private(set) var oldOfNew: [Int?]

  private let old: CheckedModel
  private let new: CheckedModel
  private let neighborhoods: Neighborhoods
  private let counted: CountedNames

  init(_ old: CheckedModel, _ new: CheckedModel) {
    (self.old, self.new) = (old, new)
    neighborhoods = Neighborhoods(old, new)
    counted = CountedNames(old, new)
    newOfOld = Array(repeating: nil, count: old.nodes.count)
    oldOfNew = Array(repeating: nil, count: new.nodes.count)
    matchNames { old, new, isSure in isSure && old.kind == new.kind }
    // As Keras has them: so weights are found too.
    matchNames(kerasName) { old, new, isSure in isSure && old.kind == new.kind }
    matchInputs()
    matchWhole()
    // What is alike far ahead first: of several that do the same none takes the place of another.
    for likeness in (1...Neighborhoods.reach).reversed() {
      matchForward(neighborhoods.old[0], neighborhoods.new[0], likeness)
    }
    // Of two in a row that do the same the one that the same layer reads.
    matchBackward()
    // An output may have moved to a layer that does the same as the one that made it: names of layers count more.
    matchForward(neighborhoods.old[0], neighborhoods.new[0], 0) { [old, new, counted] in
      !counted.old[$0] && !counted.new[$1] && lastStep(old.nodes[$0].path) == lastStep(new.nodes[$1].path)
    }
    matchOutputs()
    matchForward(neighborhoods.old[0], neighborhoods.new[0], 0)
    matchBackward()
    matchNames { _, _, _ in true }
    for likeness in (0...Neighborhoods.reach).reversed() { matchByWhatTheyDo(likeness) }
    matchForward(neighborhoods.oldKinds, neighborhoods.newKinds, 0)
  }

  private mutating func match(_ oldIndex: Int, _ newIndex: Int) {
    newOfOld[oldIndex] = newIndex
    oldOfNew[newIndex] = oldIndex
  }

  // MARK: Steps

  /// Layers of one name that tells which they are. Calls of a shared layer have one name: those on the same tensors first,
  /// else in order.
  ///
  /// - Parameter fits: told whether there is nothing else that the name could mean.
  private mutating func matchNames(
    _ name: (String) -> String = { $0 }, _ fits: (LayerNode, LayerNode, _ isSure: Bool) -> Bool
  ) {
    var queues = Queues<String>()
    /// How many layers have each name.
    var counts: [String: (old: Int, new: Int)] = [:]
    let left = old.nodes.indices.filter { newOfOld[$0] == nil && !counted.old[$0] }
    let right = new.nodes.indices.filter { oldOfNew[$0] == nil && !counted.new[$0] }
    for index in left {
      let name = name(old.nodes[index].path)
      queues.add(index, name)
      counts[name, default: (0, 0)].old += 1
    }
    for index in right { counts[name(new.nodes[index].path), default: (0, 0)].new += 1 }
    for index in right {
      let name = name(new.nodes[index].path)
      let isShared = counts[name].map { max($0.old, $0.new) > 1 } ?? false
      let found = queues.take(name) { candidate in
        let equal = equalInputs(candidate, index)
        let isSure = !isShared || equal == new.nodes[index].inputs.count
        return fits(old.nodes[candidate], new.nodes[index], isSure) ? equal : nil
      }
      if let found { match(found, index) }
    }
  }

  /// How many inputs of two layers come from counterparts.
  private func equalInputs(_ oldIndex: Int, _ newIndex: Int) -> Int {
    zip(old.nodes[oldIndex].inputs, new.nodes[newIndex].inputs).count { first, second in
      newOfOld[old.values[first].producer.index] == new.values[second].producer.index
    }
  }

  /// Inputs that have other names, in order.
  private mutating func matchInputs() {
    for (oldPort, newPort) in zip(old.inputs, new.inputs) {
      let first = old.values[oldPort.value].producer.index
      let second = new.values[newPort.value].producer.index
      if newOfOld[first] == nil, oldOfNew[second] == nil { match(first, second) }
    }
  }

  /// All layers, if the networks are one but for names: from the outputs back, each layer has a counterpart that does the
  /// same on the counterparts of its inputs, which nothing that is matched gainsays.
  private mutating func matchWhole() {
    guard old.outputs.count == new.outputs.count else { return }
    var (counterparts, others) = (newOfOld, oldOfNew)
    var isVisited = Array(repeating: false, count: old.nodes.count)
    var stack = zip(old.outputs, outputsOfNew()).map { first, second in
      (old.values[first.value].producer.index, new.values[second.value].producer.index)
    }
    while let (first, second) = stack.popLast() {
      guard counterparts[first] ?? second == second, others[second] ?? first == first else { return }
      if isVisited[first] { continue }
      isVisited[first] = true
      let inputs = (old.nodes[first].inputs, new.nodes[second].inputs)
      guard neighborhoods.old[0][first] == neighborhoods.new[0][second], inputs.0.count == inputs.1.count else {
        return
      }
      (counterparts[first], others[second]) = (second, first)
      for (one, other) in zip(inputs.0, inputs.1) {
        stack.append((old.values[one].producer.index, new.values[other].producer.index))
      }
    }
    (newOfOld, oldOfNew) = (counterparts, others)
  }

  /// The new outputs in the order of the old ones of the same names; as they stand if the names are others.
  private func outputsOfNew() -> [CheckedPort] {
    let places = Dictionary(new.outputs.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
    let named = old.outputs.compactMap { places[$0.name].map { new.outputs[$0] } }
    return named.count == old.outputs.count ? named : new.outputs
  }

  /// The layers of outputs, in order, that do the same.
  private mutating func matchOutputs() {
    for (oldPort, newPort) in zip(old.outputs, new.outputs) {
      matchEqual(old.values[oldPort.value].producer.index, new.values[newPort.value].producer.index)
    }
  }

  /// Two layers that have no counterparts yet, if they do the same.
  private mutating func matchEqual(_ first: Int, _ second: Int) {
    guard newOfOld[first] == nil, oldOfNew[second] == nil,
      neighborhoods.old[0][first] == neighborhoods.new[0][second]
    else { return }
    match(first, second)
  }

  /// Layers that do the same on the same tensors, where equal numbers stand for the same, and are so far alike ahead.
  private mutating func matchForward(
    _ oldDoes: [Int], _ newDoes: [Int], _ least: Int, where fits: (Int, Int) -> Bool = { _, _ in true }
  ) {
    var queues = Queues<Site>()
    /// For each old layer those that read its result, and for each how many of its inputs have no counterpart yet.
    var readers = Array(repeating: [Int](), count: old.nodes.count)
    var missing = Array(repeating: 0, count: old.nodes.count)
    for index in old.nodes.indices where newOfOld[index] == nil {
      for input in old.nodes[index].inputs {
        let producer = old.values[input].producer.index
        guard newOfOld[producer] == nil else { continue }
        readers[producer].append(index)
        missing[index] += 1
      }
      if missing[index] == 0 { queues.add(index, site(ofOld: index, oldDoes)) }
    }
    for index in new.nodes.indices where oldOfNew[index] == nil {
      let site = Site(does: newDoes[index], inputs: new.nodes[index].inputs.map(\.index))
      guard let found = queues.take(site, { fits($0, index) ? suitability($0, index, least) : nil }) else { continue }
      match(found, index)
      for reader in readers[found] {
        missing[reader] -= 1
        if missing[reader] == 0 { queues.add(reader, self.site(ofOld: reader, oldDoes)) }
      }
    }
  }

  /// What an old layer does, and on which tensors of the new network: its inputs have counterparts.
  private func site(ofOld index: Int, _ does: [Int]) -> Site {
    let inputs = old.nodes[index].inputs.compactMap { input in
      newOfOld[old.values[input].producer.index].map { new.nodes[$0].output.index }
    }
    return Site(does: does[index], inputs: inputs)
  }

  /// How well two layers suit that do the same: by how many layers ahead they are alike, then by their names; nil if they
  /// are alike fewer than `least` layers ahead.
  private func suitability(_ oldIndex: Int, _ newIndex: Int, _ least: Int) -> Int? {
    likeness(oldIndex, newIndex, least).map { 2 * $0 + (old.nodes[oldIndex].path == new.nodes[newIndex].path ? 1 : 0) }
  }

  /// How many layers ahead two layers are alike; nil if fewer than `least`.
  private func likeness(_ oldIndex: Int, _ newIndex: Int, _ least: Int) -> Int? {
    var distance = 0
    while distance < Neighborhoods.reach,
      neighborhoods.old[distance + 1][oldIndex] == neighborhoods.new[distance + 1][newIndex]
    { distance += 1 }
    return distance >= least ? distance : nil
  }

  /// Layers that do the same and are read in the same places.
  private mutating func matchBackward() {
    for index in old.nodes.indices.reversed() {
      guard let counterpart = newOfOld[index] else { continue }
      let (first, second) = (old.nodes[index], new.nodes[counterpart])
      guard first.inputs.count == second.inputs.count else { continue }
      for (oldInput, newInput) in zip(first.inputs, second.inputs) {
        matchEqual(old.values[oldInput].producer.index, new.values[newInput].producer.index)
      }
    }
  }

  /// What is left, does the same and is so far alike ahead, in order, where no counterpart says that it stands elsewhere.
  private mutating func matchByWhatTheyDo(_ least: Int) {
    let places = placesInOld()
    var queues = Queues<Int>()
    for index in old.nodes.indices where newOfOld[index] == nil { queues.add(index, neighborhoods.old[least][index]) }
    for index in new.nodes.indices where oldOfNew[index] == nil {
      let found = queues.take(neighborhoods.new[least][index]) { candidate in
        places[index].contains(candidate) ? suitability(candidate, index, least) : nil
      }
      if let found { match(found, index) }
    }
  }

  /// For each new layer where its counterpart can stand in the old network: behind the counterparts of all that it
  /// depends on, and before those of all that depends on it.
  private func placesInOld() -> [Range<Int>] {
    var firsts = Array(repeating: 0, count: new.nodes.count)
    var ends = Array(repeating: old.nodes.count, count: new.nodes.count)
    for index in new.nodes.indices {
      for input in new.nodes[index].inputs {
        let producer = new.values[input].producer.index
        firsts[index] = max(firsts[index], firsts[producer], oldOfNew[producer].map { $0 + 1 } ?? 0)
      }
    }
    for index in new.nodes.indices.reversed() {
      for input in new.nodes[index].inputs {
        let producer = new.values[input].producer.index
        ends[producer] = min(ends[producer], ends[index], oldOfNew[index] ?? old.nodes.count)
      }
    }
    return zip(firsts, ends).map { $0 < $1 ? $0..<$1 : 0..<0 }
  }

  /// What a layer does, and on which tensors of the new network.
  private struct Site: Hashable {
    var does: Int
    var inputs: [Int]
  }
}

/// Layers that wait under a key.
private struct Queues<Key: Hashable> {
  private var waiting: [Key: (layers: [Int], taken: Int)] = [:]
  /// How many are compared; of thousands that do the same the first may do.
  private static var limit: Int { 16 }

  mutating func add(_ index: Int, _ key: Key) { waiting[key, default: ([], 0)].layers.append(index) }

  /// Takes the one that suits best of those that suit; the first of equals.
  mutating func take(_ key: Key, _ suitability: (Int) -> Int?) -> Int? {
    guard var queue = waiting.removeValue(forKey: key) else { return nil }
    defer { waiting[key] = queue }
    var best: (place: Int, suitability: Int)?
    for place in (queue.taken..<queue.layers.count).prefix(Self.limit) {
      guard let suits = suitability(queue.layers[place]) else { continue }
      if suits > best?.suitability ?? .min { best = (place, suits) }
    }
    guard let best else { return nil }
    // The others keep their order.
    let found = queue.layers[best.place]
    for place in stride(from: best.place, to: queue.taken, by: -1) { queue.layers[place] = queue.layers[place - 1] }
    queue.taken += 1
    return found
  }
}
