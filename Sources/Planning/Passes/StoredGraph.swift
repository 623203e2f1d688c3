import Operations
import Runtime

/// The network with every tensor in a buffer; buffers have no address yet.
struct StoredGraph {
  var tensors: [Tensor]
  var steps: [FormedStep]
  var buffers: [Buffer]
  /// Where each tensor stands, by its index.
  var locations: [Location]
}

/// Memory that one tensor or several have together: slices of a concatenation, views, results in place.
struct Buffer {
  enum Kind: Hashable {
    /// Row-major floats.
    case plain(count: Int)
    /// A map, its border not counted.
    case map(height: Int, width: Int, channels: Int)
    /// The caller's memory.
    case port(Tensor.Port)
  }

  var kind: Kind
}

/// Where in a buffer a tensor stands.
struct Location: Hashable {
  var buffer: ID<Buffer>
  /// For maps: the first of its blocks of channels.
  var firstBlock = 0
  /// For maps: how much of the buffer's border it sees as its own pixels.
  var outset = Padding2D()
}

/// Decides which tensors share memory:
/// - a branch of a concatenation whose first channel begins a block is written where it will be read, if it is a
///   branch of no other; what remains of a concatenation are copies of the other branches,
/// - a map with zeros around it is the map and a part of its border,
/// - a reshaped plain tensor is the tensor.
func stored(_ formed: FormedGraph) -> StoredGraph {
  let claims = claimedSlices(formed)
  var stored = StoredGraph(tensors: formed.tensors, steps: [], buffers: [], locations: [])
  stored.locations = locations(formed, claims, &stored.buffers)
  stored.steps.reserveCapacity(formed.steps.count)
  for step in formed.steps {
    switch step.kind {
    case .padMap where claims[step.output.index] == nil: break
    case .joinMaps: addCopies(step, to: &stored)
    default: stored.steps.append(step)
    }
  }
  return stored
}

/// A branch's place in a concatenation.
private struct Slice {
  var whole: ID<Tensor>
  var firstBlock: Int
}

/// For each tensor the concatenation that it is written into. The last concatenation chooses first, so that a result
/// that is a branch itself is known to be one.
private func claimedSlices(_ formed: FormedGraph) -> [Slice?] {
  var claims = [Slice?](repeating: nil, count: formed.tensors.count)
  for step in formed.steps.reversed() {
    guard case .joinMaps = step.kind else { continue }
    var channel = 0
    for input in step.inputs {
      if channel % FeatureMap.lanes == 0 && claims[input.index] == nil {
        claims[input.index] = Slice(whole: step.output, firstBlock: channel / FeatureMap.lanes)
      }
      channel += formed.tensors[input].form.channels
    }
  }
  return claims
}

private func locations(_ formed: FormedGraph, _ claims: [Slice?], _ buffers: inout [Buffer]) -> [Location] {
  var locations = [Location?](repeating: nil, count: formed.tensors.count)
  // Wholes come behind their branches and stand before them here; bases come before their views.
  for index in formed.tensors.indices.reversed() {
    let tensor = formed.tensors[index]
    if let slice = claims[index] {
      guard var location = locations[slice.whole.index] else { preconditionFailure("a branch made after its whole") }
      location.firstBlock += slice.firstBlock
      locations[index] = location
    } else if tensor.base == nil {
      locations[index] = Location(buffer: buffers.add(Buffer(kind: Buffer.Kind(tensor))))
    }
  }
  var known: [Location] = []
  known.reserveCapacity(locations.count)
  for (index, location) in locations.enumerated() {
    if let location {
      known.append(location)
    } else if let base = formed.tensors[index].base {
      var location = known[base.tensor.index]
      location.outset = location.outset + base.outset
      known.append(location)
    }
  }
  return known
}

/// Copies of the branches that were not written in place.
private func addCopies(_ join: FormedStep, to stored: inout StoredGraph) {
  let whole = stored.locations[join.output.index]
  var channel = 0
  for input in join.inputs {
    var inPlace = whole
    inPlace.firstBlock += channel / FeatureMap.lanes
    if channel % FeatureMap.lanes != 0 || stored.locations[input.index] != inPlace {
      var copy = join
      copy.kind = .copyMap(channel: channel)
      copy.inputs = [input]
      stored.steps.append(copy)
    }
    channel += stored.tensors[input].form.channels
  }
}

extension Buffer.Kind {
  fileprivate init(_ tensor: Tensor) {
    if let port = tensor.port {
      self = .port(port)
      return
    }
    switch tensor.form {
    case .plain(let sizes): self = .plain(count: sizes.reduce(1, *))
    case .map(let height, let width, let channels):
      self = .map(height: height, width: width, channels: channels)
    }
  }
}

extension Padding2D {
  /// Both are no larger than a tensor that fits into memory.
  fileprivate static func + (left: Padding2D, right: Padding2D) -> Padding2D {
    Padding2D(
      top: left.top + right.top, bottom: left.bottom + right.bottom, left: left.left + right.left,
      right: left.right + right.right)
  }
}
