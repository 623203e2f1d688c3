/// How the work of Winograd's convolution is divided: threads stand in a grid, each for a band of the rows of tiles and for
/// some of the filters. What it multiplies it transforms itself: to transform tiles twice costs less than to wait for
/// another thread and to read what it has just written.
struct WinogradDivision {
  /// What there is to do. Blocks are of 16 channels; rows are those of the tiles of all examples, one below the other.
  struct Work: Hashable {
    var rows, columns: Int
    var channels, outputBlocks: Int

    var inputBlocks: Int { (channels + FeatureMap.lanes - 1) / FeatureMap.lanes }
  }

  /// What a thread does at one time: rows that it has transformed, and blocks of the output.
  struct Unit: Equatable {
    var rows: Range<Int>
    var blocks: Range<Int>
  }

  private let bands: Parts
  /// Into how many parts a band falls, each transformed before it is multiplied.
  private let passes: Int
  private let filters: Parts
  /// Into how many units the filters of a thread fall. Who takes one over from another thread may have to transform its
  /// rows again: that pays only where all have the same rows.
  private let groups: Int
  /// The most rows of a unit.
  let rows: Int
  /// The most blocks of a unit that are multiplied at once.
  let blocksAtOnce: Int

  /// As many blocks as the widest kernel computes at once.
  static let mostBlocks = 4
  /// The most tiles that are multiplied by the same weights before these are needed again. More would leave the cache.
  private static let tilesAtOnce = 56
  /// Bringing weights along costs as much as multiplying so many tiles by them.
  private static let leastTiles = 24
  /// What it costs a thread to transform a block of a tile, in products of 16 lanes, and what to gather one. The former
  /// is more, for others wrote the map. Measured.
  private static let transformCost = 16, gatherCost = 5

  init(_ work: Work, threads: Int) {
    self.init(work, bands: threads, filters: 1)
    var side = 1
    while side * side <= threads {
      if threads.isMultiple(of: side) {
        consider(Self(work, bands: threads / side, filters: side), work)
        consider(Self(work, bands: side, filters: threads / side), work)
      }
      side += 1
    }
  }

  private mutating func consider(_ other: Self, _ work: Work) {
    if other.cost(work) < cost(work) { self = other }
  }

  private init(_ work: Work, bands: Int, filters: Int) {
    self.bands = Parts(of: work.rows, count: min(bands, work.rows))
    self.filters = Parts(of: work.outputBlocks, count: min(filters, work.outputBlocks))
    let passes = Parts(of: self.bands.largest, most: Self.tilesAtOnce / work.columns)
    self.passes = passes.count
    rows = passes.largest
    let tiles = rows * work.columns
    let spans = Parts(of: self.filters.largest, most: tiles <= 6 ? Self.mostBlocks : tiles <= 9 ? 3 : 2)
    blocksAtOnce = spans.largest
    groups = filters > 1 ? spans.count : 1
  }

  /// What the thread does that has most to do.
  private func cost(_ work: Work) -> Int {
    let tiles = bands.largest * work.columns
    let products = max(tiles, Self.leastTiles * passes) * work.channels * filters.largest
    return products + tiles * (Self.transformCost * work.inputBlocks + Self.gatherCost * filters.largest)
  }

  var unitCount: Int { bands.count * filters.count * passes * groups }

  /// Units of a thread follow each other, and those of the same rows. Some have nothing to do: every thread has as many.
  subscript(unit: Int) -> Unit {
    let (pass, group) = unit.quotientAndRemainder(dividingBy: groups)
    let (place, index) = pass.quotientAndRemainder(dividingBy: passes)
    let (band, part) = (bands[place / filters.count], filters[place % filters.count])
    return Unit(
      rows: Parts(of: band.count, count: passes)[index] + band.lowerBound,
      blocks: Parts(of: part.count, count: groups)[group] + part.lowerBound)
  }
}

func + (range: Range<Int>, distance: Int) -> Range<Int> {
  range.lowerBound + distance..<range.upperBound + distance
}
