/// How work on a map falls into units: bands of rows of one block of one example.
struct MapUnits: Sendable {
  let blocks: Int
  let height: Int
  /// Rows of a band; the last may have fewer.
  let band: Int
  let bands: Int

  /// - Parameter floats: about how many floats of the map a unit should have, to be worth a thread's attention.
  init(_ map: FeatureMap, floats: Int = 8192) {
    self.init(blocks: map.blocks, height: map.height, width: map.width, floats: floats)
  }

  init(blocks: Int, height: Int, width: Int, floats: Int = 8192) {
    self.blocks = blocks
    self.height = height
    band = max(1, min(height, floats / max(1, width * FeatureMap.lanes)))
    bands = (height + band - 1) / band
  }

  func count(batch: Int) -> Int { batch * blocks * bands }

  @inline(__always)
  func forEach(_ units: Range<Int>, _ body: (_ example: Int, _ block: Int, _ rows: Range<Int>) -> Void) {
    for unit in units {
      let (rest, index) = unit.quotientAndRemainder(dividingBy: bands)
      let (example, block) = rest.quotientAndRemainder(dividingBy: blocks)
      body(example, block, index * band..<min(height, (index + 1) * band))
    }
  }
}
