import Layers

/// Which calls are of one shared layer, so that what holds all of them can be a block with a layer of its own.
struct Sharing {
  /// The number of its layer, for each call of one.
  private(set) var layers: [Int: Int] = [:]
  /// How many calls each layer has.
  private var counts: [Int] = []
  /// Calls of shared blocks, which are declared in models only.
  private var ofBlocks: Set<Int> = []

  mutating func add(_ network: Network, from offset: Int) {
    var numbers: [String: Int] = [:]
    for (place, call) in network.calls.enumerated() {
      guard case .instance(let name, let kind) = call.callee else { continue }
      guard Catalogue.kind(named: kind) != nil else {
        ofBlocks.insert(offset + place)
        continue
      }
      let number = numbers[name] ?? counts.count
      if number == counts.count { counts.append(0) }
      numbers[name] = number
      layers[offset + place] = number
      counts[number] += 1
    }
  }

  /// For each call of a shared layer within a body the layer's number, counted from 0 here; and whether none of them is
  /// called elsewhere too, nor a shared block here.
  func pattern(of body: Chains) -> (numbers: [Int], isClosed: Bool) {
    var found: [Int: (number: Int, count: Int)] = [:]
    var numbers: [Int] = []
    let calls = body.calls
    for layer in calls.compactMap({ layers[$0] }) {
      let known = found[layer] ?? (found.count, 0)
      found[layer] = (known.number, known.count + 1)
      numbers.append(known.number)
    }
    let isClosed = found.allSatisfy { counts[$0.key] == $0.value.count } && ofBlocks.isDisjoint(with: calls)
    return (numbers, isClosed)
  }
}

extension Chains {
  /// The calls that stand in the lines themselves, in forks too, but not in blocks that they call.
  var calls: [Int] {
    lines.flatMap { line -> [Int] in
      let head: [Int] = if case .call(let call, _) = line.head { [call] } else { [] }
      return head + line.items.flatMap(\.calls)
    }
  }
}

extension Item {
  /// The calls that it is, but not those in a block that it calls.
  var calls: [Int] {
    switch kind {
    case .layer(let call): [call]
    case .padded(let padded): [padded.padding, padded.layer].compactMap { $0 }
    case .sum(let sum): (sum.main + sum.tail).flatMap(\.calls)
    case .call: []
    case .fork(let fork): fork.body.calls
    }
  }
}
