/// A network as people write it: chains, and forks whose branches join again.
struct Chains {
  var lines: [Line] = []
}

/// A tensor, and what happens to it one after the other.
struct Line {
  var head: Head
  var items: [Item] = []
  /// The call whose result the line gives.
  var end: Int
}

/// Where a line begins.
enum Head {
  /// What the fork takes.
  case entry
  /// What an earlier line gives.
  case line(Reference)
  /// An input, or a call that is no stage: of several tensors or with several results.
  case call(Int, [Reference])
  /// A call of a block that has been found and takes several tensors.
  case block(BlockCall, [Reference])
}

/// What an earlier line gives, or the entry.
struct Reference: Hashable {
  /// nil: the entry.
  var line: Int?
  /// Which of the line's results, or of the tensors that a block takes.
  var result = 0
}

/// A step of a line: it takes one tensor and gives one.
struct Item {
  enum Kind {
    case layer(Int)
    /// A layer that pads the map for the one behind it.
    case padded(Padded)
    case fork(Fork)
    /// A block's body whose result is added to what it took in some of its calls.
    case sum(OptionalSum)
    case call(BlockCall)
  }

  var kind: Kind
  /// Equal for items that differ in numbers only.
  var family = 0
  /// The calls whose results it takes and gives.
  var input: Int
  var output: Int
  /// How many lines it would take.
  var size = 1.0
  /// How many layers it comes to, written out.
  var layerCount = 1
}

/// Branches of one tensor that join in one call, the last line.
struct Fork {
  var body: Chains
  /// Whether it adds a long branch to the tensor itself or to what a short branch makes of it.
  var shortcut: Shortcut?
}

/// The short branch of a sum, which is the tensor itself elsewhere.
struct Shortcut {
  /// What is done to the tensor; nothing where it is added itself.
  var items: [Item]
  var main: [Item]
  /// How many items of the long branch stand before the short one begins: 2 where both begin with a normalization and an
  /// activation.
  var stem = 0
  /// Whether it is the first tensor of the sum.
  var isFirst: Bool
  var join: Int
}

/// A convolution, and the padding of its map that stands before it in some places.
struct Padded {
  var padding: Int?
  var layer: Int
}

/// All of a block's body, and what happens to its result where it is added to the tensor that the block takes.
struct OptionalSum {
  var main: [Item]
  /// What the result goes through before it is added.
  var tail: [Item]
  var join: Int?
  /// Whether the tensor itself is the first of the sum.
  var isFirst: Bool
}

/// A call of a block that has been found.
struct BlockCall {
  var block: Int
  /// Which of the block's calls.
  var occurrence: Int
  /// How many of the same follow each other.
  var count = 1
}

extension Chains {
  /// The same body with its calls counted from another one on.
  func shifted(by offset: Int) -> Chains {
    var body = self
    for line in body.lines.indices {
      body.lines[line].end += offset
      if case .call(let call, let operands) = body.lines[line].head {
        body.lines[line].head = .call(call + offset, operands)
      }
      for place in body.lines[line].items.indices {
        var item = body.lines[line].items[place]
        item.input += offset
        item.output += offset
        switch item.kind {
        case .layer(let call): item.kind = .layer(call + offset)
        case .fork(let fork): item.kind = .fork(Fork(body: fork.body.shifted(by: offset)))
        case .padded(let padded):
          item.kind = .padded(Padded(padding: padded.padding.map { $0 + offset }, layer: padded.layer + offset))
        case .call, .sum: break
        }
        body.lines[line].items[place] = item
      }
    }
    return body
  }
}
