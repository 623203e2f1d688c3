import Layers

/// Numbers for what is equal but for its numbers: layers, forks of such, calls of one block.
struct Families {
  let calls: [NetworkCall]
  private var numbers: [[Int]: Int] = [:]
  private var words: [String: Int] = [:]
  private var layers: [Int?]
  /// The short branch that sums of a family have where it is not the tensor itself.
  private(set) var shortcuts: [Int: [Item]] = [:]
  /// Where those branches begin, as `Shortcut.stem`.
  private(set) var stems: [Int: Int] = [:]
  /// The padding that stands before convolutions of a family where there is one.
  private(set) var paddings: [Int: Int] = [:]
  /// What results of a family of optional sums go through before they are added, and the sum.
  private(set) var sums: [Int: OptionalSum] = [:]
  /// Families of what no block can hold: calls of a shared layer, where not all of them are within.
  private var fixed: Set<Int> = []
  private let sharing: Sharing

  init(_ calls: [NetworkCall], _ sharing: Sharing) {
    self.calls = calls
    self.sharing = sharing
    layers = Array(repeating: nil, count: calls.count)
  }

  /// Forgets which branches sums have, before all items are settled anew.
  mutating func forgetShortcuts() {
    shortcuts = [:]
    stems = [:]
    paddings = [:]
    sums = [:]
  }

  func isFixed(_ family: Int) -> Bool { fixed.contains(family) }

  private mutating func number(_ key: [Int]) -> Int {
    if let known = numbers[key] { return known }
    let number = numbers.count + words.count
    numbers[key] = number
    return number
  }

  private mutating func number(of word: String) -> Int {
    if let known = words[word] { return known }
    let number = numbers.count + words.count
    words[word] = number
    return number
  }

  /// What a call is, apart from its numbers.
  mutating func family(ofCall call: Int) -> Int {
    if let known = layers[call] { return known }
    let node = calls[call]
    var key = node.kindName
    for attribute in node.attributes {
      if attribute.mayVary {
        // A number is no parameter where others have none.
        if attribute.standard == Literal.none { key += "|\(attribute.name)!" }
        continue
      }
      if attribute.value == Literal.none && attribute.standard != Literal.none {
        key += "|\(attribute.name)?"
      } else if !attribute.isStandard {
        key += "|\(attribute.name)=\(attribute.value)"
      }
    }
    // Which layer it is that is shared, only what holds all its calls can say.
    let isShared = sharing.layers[call] != nil
    if isShared { key += "|shared" }
    if case .instance = node.callee, !isShared { key += "|#\(call)" }
    let family = number(of: key)
    if case .instance = node.callee { fixed.insert(family) }
    layers[call] = family
    return family
  }

  /// Gives an item and all that it holds its family and size.
  mutating func settle(_ item: inout Item) {
    switch item.kind {
    case .layer(let call):
      item.family = family(ofCall: call)
      item.size = 1
    case .padded(let padded):
      item.family = family(of: padded)
      item.size = padded.padding == nil ? 1 : 2
    case .sum(var sum):
      settle(&sum.main)
      settle(&sum.tail)
      item.family = number([-8, sum.isFirst ? 1 : 0] + sum.main.map(\.family))
      item.size = sum.main.reduce(1) { $0 + $1.size }
      item.kind = .sum(sum)
      if sum.join != nil, sums[item.family] == nil { sums[item.family] = sum }
    case .call(let call):
      item.family = family(of: call)
      item.size = 1.3
    case .fork(var fork):
      settle(&fork.body)
      fork.shortcut = nil
      let sizes = fork.body.lines.flatMap { $0.items.map(\.size) }
      item.size = sizes.reduce(1, +)
      item.layerCount = fork.body.lines.flatMap { $0.items.map(\.layerCount) }.reduce(1, +)
      if let (shortcut, family) = shortcut(in: fork.body) {
        fork.shortcut = shortcut
        item.family = family
      } else {
        item.family = family(of: fork.body)
      }
      item.kind = .fork(fork)
    }
  }

  mutating func settle(_ items: inout [Item]) { for place in items.indices { settle(&items[place]) } }

  mutating func settle(_ body: inout Chains) {
    for line in body.lines.indices { settle(&body.lines[line].items) }
  }

  mutating func family(of call: BlockCall) -> Int { number([-1, call.block]) }

  private mutating func family(of padded: Padded) -> Int {
    let family = number([-9, family(ofCall: padded.layer)])
    if fixed.contains(self.family(ofCall: padded.layer)) { fixed.insert(family) }
    guard let padding = padded.padding else { return family }
    let known = paddings[family] ?? padding
    if self.family(ofCall: known) != self.family(ofCall: padding) {
      return number([-10, family, self.family(ofCall: padding)])
    }
    paddings[family] = known
    return family
  }

  private mutating func family(of body: Chains) -> Int {
    var key = [-2]
    var holdsFixed = false
    func place(_ reference: Reference) -> Int { reference.line ?? -100 - reference.result }
    for line in body.lines {
      switch line.head {
      case .entry: key.append(-3)
      case .line(let reference): key += [-4, place(reference)]
      case .call(let call, let operands):
        let family = family(ofCall: call)
        key += [-5, family] + operands.map(place)
        holdsFixed = holdsFixed || fixed.contains(family)
      case .block(let call, let operands): key += [-13, family(of: call)] + operands.map(place)
      }
      key += line.items.map(\.family)
      holdsFixed = holdsFixed || line.items.contains { fixed.contains($0.family) }
    }
    guard holdsFixed else { return number(key) }
    let (pattern, isClosed) = sharing.pattern(of: body)
    let family = number(key + [isClosed ? -11 : -12] + pattern)
    if !isClosed { fixed.insert(family) }
    return family
  }

  /// A sum of two, where one is the tensor itself or a short chain of layers, and the other a longer chain. The short chain
  /// may begin behind the first layers of the long one.
  private mutating func shortcut(in body: Chains) -> (Shortcut, Int)? {
    guard let last = body.lines.last, case .call(let join, let operands) = last.head,
      calls[join].calleeName == "Add", operands.count == 2, body.lines.count <= 4,
      operands.allSatisfy({ $0.result == 0 }), operands[0] != operands[1]
    else { return nil }
    var stem: [Item] = []
    if body.lines.count == 4 {
      guard case .entry = body.lines[0].head, !operands.contains(where: { $0.line == 0 }) else { return nil }
      stem = body.lines[0].items
    }
    func chain(_ reference: Reference) -> [Item]? {
      guard let line = reference.line else { return stem.isEmpty ? [] : nil }
      switch body.lines[line].head {
      case .entry: return stem.isEmpty ? body.lines[line].items : nil
      case .line(let start): return !stem.isEmpty && start == Reference(line: 0) ? body.lines[line].items : nil
      case .call, .block: return nil
      }
    }
    guard let first = chain(operands[0]), let second = chain(operands[1]) else { return nil }
    func length(_ items: [Item]) -> Int { items.reduce(0) { $0 + $1.layerCount } }
    let isFirst = length(first) < length(second)
    let (short, rest) = isFirst ? (first, second) : (second, first)
    let main = stem + rest
    guard length(short) < length(rest), length(short) <= 3, stem.isEmpty || !short.isEmpty,
      short.allSatisfy(\.isPlain),
      !(short + main).contains(where: { fixed.contains($0.family) })
    else { return nil }
    let family = number(sum(of: main, isFirst: isFirst, join: join))
    if !short.isEmpty {
      if let known = shortcuts[family] {
        guard known.map(\.family) == short.map(\.family), stems[family] == stem.count else { return nil }
      } else {
        shortcuts[family] = short
        stems[family] = stem.count
      }
    }
    return (Shortcut(items: short, main: main, stem: stem.count, isFirst: isFirst, join: join), family)
  }

  private mutating func sum(of main: [Item], isFirst: Bool, join: Int) -> [Int] {
    [-6, isFirst ? 1 : 0, family(ofCall: join)] + main.map(\.family)
  }

  /// Whether there are sums of that and the tensor itself, and none with another short branch.
  mutating func addsTensorItself(to main: [Item], isFirst: Bool, join: Int) -> Bool {
    numbers[sum(of: main, isFirst: isFirst, join: join)].map { shortcuts[$0] == nil } ?? false
  }
}

extension Item {
  /// Whether it is a layer or a call, without branches.
  fileprivate var isPlain: Bool {
    switch kind {
    case .layer, .padded, .call: true
    case .fork, .sum: false
    }
  }
}
