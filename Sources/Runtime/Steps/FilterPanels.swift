/// How the weights of a convolution lie in panels of 16 filters, and which channels and lanes each panel serves.
///
/// A panel is `[channel block][kernel row][kernel column][channel][16]`, where the first and last channel blocks have only
/// the channels that the panel's filters see. A block of the output whose filters belong to several groups has a panel for
/// each, which writes only the lanes of its group.
struct FilterPanels: Sendable {
  /// Neighbouring blocks of the output that are computed together.
  struct Part: Sendable {
    var blocks: Range<Int>
    /// Its slices; several only if there is one block.
    var slices: Range<Int>
  }

  /// The filters of one group in a part.
  struct Slice: Sendable {
    /// The first channel of the input that they see.
    var channel: Int
    var lanes: Range<Int>
    /// Where the first panel begins.
    var weights: Int
  }

  /// As many blocks as the widest kernel computes at once.
  static let mostBlocks = 4
  /// As many as it computes at once for the most pixels.
  static let mostBlocksOfWideTiles = 2

  private(set) var parts: [Part] = []
  private(set) var slices: [Slice] = []
  private var panels: [(group: Int, filters: Range<Int>)] = []
  private let taps: Int
  private let filters: Int
  /// Channels that a filter sees.
  let channels: Int
  /// Floats of a panel.
  let size: Int

  /// Floats of all panels.
  var count: Int { panels.count * size }

  /// - Parameters:
  ///   - taps: cells of the kernel's window; with none, filters give their bias.
  ///   - channels: that a filter sees.
  ///   - mostBlocks: of a part.
  init(taps: Int, channels: Int, filters: Int, groups: Int, mostBlocks: Int = mostBlocks) {
    let lanes = FeatureMap.lanes
    let filtersPerGroup = filters / groups
    self.taps = taps
    self.filters = filters
    self.channels = channels
    size = taps * channels * lanes

    for block in 0..<(filters + lanes - 1) / lanes {
      let end = min(filters, (block + 1) * lanes)
      let firstPanel = panels.count
      var filter = block * lanes
      while filter < end {
        let group = filter / filtersPerGroup
        let next = min(end, (group + 1) * filtersPerGroup)
        panels.append((group, filter..<next))
        filter = next
      }
      let isWhole = panels.count == firstPanel + 1
      if isWhole, let part = parts.last, let slice = slices.last, part.slices.count == 1,
        part.blocks.count < mostBlocks, slice.lanes.count == lanes,
        slice.channel == panels[firstPanel].group * channels
      {
        parts[parts.count - 1].blocks = part.blocks.lowerBound..<block + 1
        continue
      }
      let firstSlice = slices.count
      for index in firstPanel..<panels.count {
        let (group, filters) = panels[index]
        // Lanes past the last filter may hold anything, so a panel that has a block to itself writes it whole.
        let written = isWhole ? 0..<lanes : filters.lowerBound - block * lanes..<filters.upperBound - block * lanes
        slices.append(Slice(channel: group * channels, lanes: written, weights: index * size))
      }
      parts.append(Part(blocks: block..<block + 1, slices: firstSlice..<slices.count))
    }
  }

  /// - Parameters:
  ///   - kernel: `[taps][channels][filters]`.
  ///   - start: where the first panel goes: room for `count` floats, which are zeros.
  func pack(_ kernel: Span<Float>, to start: UnsafeMutablePointer<Float>) {
    let lanes = FeatureMap.lanes
    for (index, panel) in panels.enumerated() {
      var to = unsafe start + index * size
      var channel = 0
      while channel < channels {
        let lane = (panel.group * channels + channel) % lanes
        let end = min(channels, channel + lanes - lane)
        for tap in 0..<taps {
          for source in channel..<end {
            let row = (tap * channels + source) * filters
            for filter in panel.filters { unsafe to[filter % lanes] = kernel[row + filter] }
            unsafe to += lanes
          }
        }
        channel = end
      }
    }
  }
}
