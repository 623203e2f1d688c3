/// How work on a map falls into units: bands of rows of one block of one example, or a few blocks of a small map.
///
/// Threads begin with shares of neighbouring units (`ThreadPool`), and steps divide a map alike, so that a thread finds
/// what it wrote in its cache: rows of all blocks where a map has at least as many pixels as channels, else all rows of
/// some blocks, for then convolutions share out their filters.
struct MapUnits: Sendable {
  /// Bands of rows, and groups of blocks; there are several of the one or of the other.
  private let bands: Parts
  private let groups: Parts
  private let isByRows: Bool

  /// - Parameter floats: about how many floats of the map a unit should have, to be worth a thread's attention.
  init(_ map: FeatureMap, floats: Int = 8192) {
    self.init(blocks: map.blocks, height: map.height, width: map.width, floats: floats)
  }

  init(blocks: Int, height: Int, width: Int, floats: Int = 8192) {
    let row = max(1, width * FeatureMap.lanes)
    bands = Parts(of: height, most: floats / row)
    groups = Parts(of: blocks, most: floats / max(1, row * height))
    isByRows = Self.isByRows(blocks: blocks, height: height, width: width)
  }

  fileprivate static func isByRows(blocks: Int, height: Int, width: Int) -> Bool {
    height * width >= blocks * FeatureMap.lanes
  }

  func count(batch: Int) -> Int { batch * groups.count * bands.count }

  @inline(__always)
  func forEach(_ units: Range<Int>, _ body: (_ example: Int, _ block: Int, _ rows: Range<Int>) -> Void) {
    for unit in units {
      let (example, place) = unit.quotientAndRemainder(dividingBy: groups.count * bands.count)
      let (band, group) =
        isByRows
        ? place.quotientAndRemainder(dividingBy: groups.count) : (place % bands.count, place / bands.count)
      for block in groups[group] { body(example, block, bands[band]) }
    }
  }
}

extension FeatureMap {
  /// Whether threads share out the map's rows, not its channels.
  package var isSharedOutByRows: Bool { MapUnits.isByRows(blocks: blocks, height: height, width: width) }
}
