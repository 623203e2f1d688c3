import Synchronization
import Testing

@testable import Runtime

/// How loops are divided among threads.
@Suite struct SharesTests {
  @Test func partsAreNearlyEqualNeighbours() {
    for total in 0...40 {
      for count in 1...12 {
        let parts = Parts(of: total, count: count)
        var next = 0
        for index in 0..<count {
          let part = parts[index]
          #expect(part.lowerBound == next && (total / count...parts.largest).contains(part.count))
          for element in part { #expect(parts.index(of: element) == index) }
          next = part.upperBound
        }
        #expect(next == total)
        #expect(parts.largest <= total / count + 1)
      }
    }
    #expect(Parts(of: 14, most: 5).count == 3)
    #expect(Parts(of: 3, most: 0).count == 3)
  }

  /// What one thread takes if no other does.
  private func taken(_ count: Int, by worker: Int, of threads: Int, _ bite: Shares.Bite) -> [Range<Int>] {
    let shares = Shares(count: threads)
    var taken: [Range<Int>] = []
    shares.take(count, bite, worker: worker) { units, turn in
      #expect(turn.worker == worker)
      #expect(turn.last == taken.last.map { $0.upperBound - 1 })
      taken.append(units)
    }
    return taken
  }

  @Test func eachThreadBeginsWithItsOwnShare() {
    let halves = Shares.Bite(least: 1, most: 100)
    #expect(
      taken(20, by: 0, of: 2, halves) == [
        0..<5, 5..<7, 7..<8, 8..<9, 9..<10, 10..<15, 15..<17, 17..<18, 18..<19, 19..<20,
      ])
    #expect(taken(20, by: 1, of: 2, halves).first == 10..<15)
    #expect(taken(3, by: 6, of: 8, halves) == [0..<1, 1..<2, 2..<3])
    #expect(taken(7, by: 1, of: 2, Shares.Bite(least: 2, most: 2)) == [4..<6, 6..<7, 0..<2, 2..<4])
    #expect(taken(12, by: 0, of: 1, Shares.Bite(least: 5, most: 12)) == [0..<6, 6..<11, 11..<12])
  }

  @Test func countsMayBeLarge() {
    let units = taken(.max, by: 1, of: 3, Shares.Bite(least: .max, most: .max))
    #expect(units.count == 3 && units.reduce(0) { $0 + $1.count } == .max)
  }

  @Test func sharesBeginAnew() {
    let shares = Shares(count: 2)
    for _ in 0..<3 {
      var count = 0
      shares.take(9, Shares.Bite(least: 1, most: 9), worker: 0) { units, _ in count += units.count }
      #expect(count == 9)
      shares.take(9, Shares.Bite(least: 1, most: 9), worker: 1) { _, _ in Issue.record("there is nothing left") }
      shares.reset()
    }
  }

  // MARK: - Maps

  @Test(arguments: [(1, 1, 1), (3, 7, 5), (5, 20, 30), (40, 4, 4), (72, 7, 7), (2, 100, 64), (1, 3, 2000), (9, 1, 1)])
  func unitsOfMapsAreEachRowOfEachBlock(_ blocks: Int, _ height: Int, _ width: Int) {
    for floats in [64, 2048, 8192] {
      let units = MapUnits(blocks: blocks, height: height, width: width, floats: floats)
      for batch in [1, 3] {
        var seen = [Int](repeating: 0, count: batch * blocks * height)
        for unit in 0..<units.count(batch: batch) {
          units.forEach(unit..<unit + 1) { example, block, rows in
            for row in rows { seen[(example * blocks + block) * height + row] += 1 }
          }
        }
        #expect(seen.allSatisfy { $0 == 1 })
      }
    }
  }

  /// Rows of all blocks where there are more pixels than channels, else blocks with all rows.
  @Test func threadsShareOutRowsOfLargeMaps() {
    let large = MapUnits(blocks: 2, height: 64, width: 64)
    var rows: Set<Int> = []
    large.forEach(0..<large.count(batch: 1) / 2) { rows.formUnion($2) }
    #expect(rows == Set(0..<32))
    let small = MapUnits(blocks: 80, height: 8, width: 8)
    var blocks: Set<Int> = []
    small.forEach(0..<small.count(batch: 1) / 2) { _, block, _ in blocks.insert(block) }
    #expect(blocks == Set(0..<40))
    #expect(MapUnits(blocks: 72, height: 1, width: 1).count(batch: 1) == 1)
  }

  @Test(arguments: [(4, 4, 32), (28, 28, 64), (7, 7, 1024), (1, 1, 16), (19, 19, 728), (100, 3, 40)], 1...5)
  func filteredRowsAreEachRowOfEachPart(_ size: (height: Int, width: Int, channels: Int), _ threads: Int) {
    let output = FeatureMap(
      place: Place(offset: 0, stride: 0), height: size.height, width: size.width, channels: size.channels)
    for (parts, batch) in [(1, 1), (3, 1), (5, 4)] {
      let rows = FilteredRows(output, .linear)
      let load = Load(batch: batch, threads: threads)
      let count = rows.unitCount(parts: parts, batch: batch)
      for step in [1, 4, max(1, count / 2)] {
        var seen = [Int](repeating: 0, count: count)
        for start in stride(from: 0, to: count, by: step) {
          rows.forEach(start..<min(count, start + step), parts: parts, load) { part, example, rows in
            for row in rows { seen[(part * batch + example) * size.height + row] += 1 }
          }
        }
        #expect(seen.allSatisfy { $0 == 1 })
      }
    }
  }
}
