import Layers

/// Names for blocks: what the field calls such a thing, else what its layers' names have in common.
extension Structure {
  func blockNames(taken: Set<String>) -> [String] {
    var roles = blocks.map { block in
      block.otherInputs.isEmpty
        ? role(of: block.occurrences) ?? stem(of: block.occurrences) ?? "Block"
        : stem(of: block.occurrences) ?? role(ofRegion: block.occurrences[0][0])
    }
    var names: [String] = Array(repeating: "", count: roles.count)
    var taken = taken
    func isFree(_ name: String) -> Bool { !taken.contains(name) && Catalogue.kind(named: name) == nil }
    let letters = (UInt8(ascii: "A")...UInt8(ascii: "Z")).map { String(UnicodeScalar($0)) }
    for block in blockOrder {
      let alike = blockOrder.filter { roles[$0] == roles[block] }
      var name = roles[block]
      if alike.count > 1 {
        let place = alike.firstIndex(of: block) ?? 0
        name += place < letters.count ? letters[place] : String(place + 1)
      }
      if !isFree(name) { name += "Block" }
      var number = 1
      let base = name
      while !isFree(name) {
        number += 1
        name = base + String(number)
      }
      taken.insert(name)
      names[block] = name
    }
    roles = names
    return roles
  }

  /// `conv2_block1`, `conv3_block2` give `ConvBlock`.
  private func stem(of occurrences: [[Item]]) -> String? {
    let stems = occurrences.map { items -> String in
      NamePrefix.words(of: name(of: items) ?? "").map { part in
        let letters = part.filter { $0.isASCII && $0.isLetter }
        return letters.prefix(1).uppercased() + letters.dropFirst()
      }.joined()
    }
    guard let first = stems.first, !first.isEmpty, stems.allSatisfy({ $0 == first }) else { return nil }
    return first
  }

  // MARK: Roles

  private func role(of occurrences: [[Item]]) -> String? {
    var items = occurrences[0]
    if case .sum(let sum)? = items.first?.kind { items = sum.main }
    // What stands over sequences is called as over maps.
    let kinds = layerCalls(of: items).map { calls[$0].calleeName.replacing("1D", with: "2D") }
    func count(_ kind: String) -> Int { kinds.count { $0 == kind } }
    let convolutions = kinds.filter { $0.hasPrefix("Conv2D") }.count
    let outer = items.compactMap { item in if case .fork(let fork) = item.kind { fork } else { nil } }.last
    if let outer, let last = outer.body.lines.last, case .call(let join, let operands) = last.head {
      let takesItself = operands.contains { $0.line == nil }
      switch calls[join].calleeName {
      case "Concatenate" where takesItself && items.count > 1: return nil
      case "Concatenate" where takesItself: return operands.count == 2 ? "DenseLayer" : "DenseBlock"
      case "Concatenate" where operands.count > 2: return isChained(outer.body, operands) ? "DenseBlock" : "Inception"
      case "Multiply" where count("GlobalAveragePooling2D") > 0 && takesItself && items.count == 1:
        return "SqueezeExcite"
      case "Add" where takesItself || outer.shortcut != nil:
        if count("DepthwiseConv2D") > 0, convolutions > 1 { return "InvertedResidual" }
        return isBottleneck(outer.shortcut?.main ?? []) ? "Bottleneck" : "Residual"
      default: break
      }
    }
    if count("DepthwiseConv2D") > 0, convolutions > 0 {
      return kinds.firstIndex { $0.hasPrefix("Conv2D") } ?? 0 < kinds.firstIndex(of: "DepthwiseConv2D") ?? 0
        ? "InvertedResidual" : "SeparableConv"
    }
    if kinds.contains(where: { $0.hasSuffix("Pooling2D") }), count("BatchNormalization") > 0, convolutions == 1,
      outer == nil
    {
      return "Transition"
    }
    let callsBlocks = items.contains { item in if case .call = item.kind { true } else { false } }
    guard count("BatchNormalization") > 0, outer == nil, !callsBlocks else { return nil }
    if count("SeparableConv2D") > 0 { return "SeparableConvBN" }
    if count("DepthwiseConv2D") > 0 { return "DepthwiseConvBN" }
    return convolutions > 0 ? "ConvBN" : nil
  }

  /// What takes several tensors, as the field calls it where maps grow or shrink on the way, or are gated.
  private func role(ofRegion item: Item) -> String {
    guard case .fork(let fork) = item.kind else { return "Block" }
    let layers = layerCalls(of: [item]).map { calls[$0] }
    func has(_ part: String) -> Bool { layers.contains { $0.calleeName.contains(part) } }
    let isGated = layers.contains { $0.attributes.contains { $0.value == .word("sigmoid", []) } }
    if has("Multiply"), isGated { return "AttentionGate" }
    let joins = fork.body.lines.compactMap { line -> (kind: String, count: Int)? in
      if case .call(let call, let operands) = line.head { (calls[call].calleeName, operands.count) } else { nil }
    }
    guard let last = joins.last else { return "Cell" }
    if last.kind == "Concatenate", last.count > 3 { return shrinks(item) ? "ReductionCell" : "Cell" }
    if has("UpSampling") || has("Transpose") || has("Resizing") { return "Up" }
    return shrinks(item) || has("Pooling") ? "Down" : "Merge"
  }

  /// Whether a map comes out smaller than the first goes in.
  private func shrinks(_ item: Item) -> Bool {
    func sizes(_ call: Int) -> [Int] {
      let shape = calls[call].shape ?? []
      return shape.indices.dropFirst().filter { $0 != channelAxis(of: call) }.compactMap { shape[$0] }
    }
    let (before, behind) = (sizes(item.input), sizes(item.output))
    return !behind.isEmpty && behind.count == before.count && zip(behind, before).allSatisfy { $0 < $1 }
  }

  /// Whether branches begin with others that are joined with them.
  private func isChained(_ body: Chains, _ joined: [Reference]) -> Bool {
    body.lines.contains { line in
      if case .line(let reference) = line.head { joined.contains(reference) } else { false }
    }
  }

  /// Whether convolutions of one pixel stand around one of several.
  private func isBottleneck(_ items: [Item]) -> Bool {
    let kernels = layerCalls(of: items).compactMap { call in
      calls[call].calleeName.hasPrefix("Conv1D") || calls[call].calleeName.hasPrefix("Conv2D")
        ? calls[call].attributes.first { $0.name == "kernel_size" }?.value : nil
    }
    func isPixel(_ size: Literal) -> Bool { size == .integer(1) || size == .list([.integer(1), .integer(1)]) }
    return kernels.map(isPixel) == [true, false, true]
  }

  /// The layers in items, in blocks that they call too.
  func layerCalls(of items: [Item]) -> [Int] {
    var result: [Int] = []
    for item in items {
      switch item.kind {
      case .layer(let call): result.append(call)
      case .padded(let padded): result += [padded.padding, padded.layer].compactMap { $0 }
      case .sum(let sum): result += layerCalls(of: sum.main + sum.tail)
      case .call(let call): result += layerCalls(of: blocks[call.block].occurrences[call.occurrence])
      case .fork(let fork):
        for line in fork.body.lines {
          switch line.head {
          case .entry, .line: break
          case .call(let call, _): result.append(call)
          case .block(let call, _): result += layerCalls(of: blocks[call.block].occurrences[call.occurrence])
          }
          result += layerCalls(of: line.items)
        }
      }
    }
    return result
  }
}
