import Layers

/// A program on its way from a flat list of calls to what a person would write: the bodies of its models, and the
/// blocks that have been found in them.
struct Structure {
  /// The calls of all bodies.
  let calls: [NetworkCall]
  var bodies: [Chains]
  /// Where the calls of each body begin.
  let offsets: [Int]
  /// The calls whose results the bodies give.
  let results: Set<Int>
  var blocks: [FoundBlock] = []
  var families: Families
  /// Which calls are of one shared layer.
  let sharing: Sharing
  /// Whether the channels of maps come before height and width.
  let isChannelsFirst: Bool

  init(_ networks: [Network]) {
    var calls: [NetworkCall] = []
    var bodies: [Chains] = []
    var offsets: [Int] = []
    var sharing = Sharing()
    var results: Set<Int> = []
    for network in networks {
      var builder = ChainBuilder(network)
      bodies.append(builder.chains().shifted(by: calls.count))
      offsets.append(calls.count)
      sharing.add(network, from: calls.count)
      for result in network.results { results.insert(result.tensor.call + calls.count) }
      calls += network.calls
    }
    self.calls = calls
    self.bodies = bodies
    self.offsets = offsets
    self.results = results
    self.sharing = sharing
    families = Families(calls, sharing)
    isChannelsFirst = calls.contains { $0.attributes.contains { $0.value == .word("channels_first", []) } }
    settle()
    takeInPreactivations()
  }

  /// Gives all items their families anew.
  mutating func settle() {
    families.forgetShortcuts()
    for body in bodies.indices { families.settle(&bodies[body]) }
    for block in blocks.indices {
      for occurrence in blocks[block].occurrences.indices {
        families.settle(&blocks[block].occurrences[occurrence])
      }
    }
  }
}

/// Stretches of one family of items; or forks of one family that begin at several tensors.
struct FoundBlock {
  var occurrences: [[Item]]
  /// The calls whose results each occurrence takes besides that of its first item.
  var otherInputs: [[Int]] = []
}
