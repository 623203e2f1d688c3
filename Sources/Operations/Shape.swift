/// The sizes of a tensor; the first is the batch. `[N, 28, 28, 256]` is a map of 28 x 28 pixels and 256 channels.
package struct Shape: Hashable, Sendable {
  package var dims: [Dim]

  package init(_ dims: [Dim]) { self.dims = dims }

  package var rank: Int { dims.count }

  /// The sizes of one example, if all are known.
  package var example: [Int]? {
    var sizes: [Int] = []
    sizes.reserveCapacity(dims.count)
    for dim in dims.dropFirst() {
      guard let size = dim.constant else { return nil }
      sizes.append(size)
    }
    return sizes
  }

  package subscript(axis: Int) -> Dim {
    get { dims[axis] }
    set { dims[axis] = newValue }
  }
}

extension Shape: CustomStringConvertible {
  package var description: String { "[" + dims.map(\.description).joined(separator: ", ") + "]" }
}

extension Shape {
  /// What people call an axis of a tensor: `height`; sizes of other ranks are counted from the batch, which is 0.
  package func axisName(_ axis: Int) -> String {
    if axis == 0 { return "batch" }
    switch rank {
    case 2: return "features"
    case 3: return ["batch", "length", "channels"][axis]
    case 4: return ["batch", "height", "width", "channels"][axis]
    default: return "size \(axis)"
    }
  }
}

/// Where the channels of a map or sequence stand: Keras's `data_format`.
package enum DataFormat: String, Hashable, Sendable, CaseIterable {
  case channelsLast = "channels_last"
  case channelsFirst = "channels_first"

  /// The axes of a map's height and width, or of a sequence's length, counted with the batch.
  package func spatialAxes(rank: Int) -> [Int] { Array(self == .channelsLast ? 1..<rank - 1 : 2..<rank) }

  package func channelAxis(rank: Int) -> Int { self == .channelsLast ? rank - 1 : 1 }
}
