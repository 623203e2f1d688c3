import Testing

@testable import Runtime

@Suite struct WinogradDivisionTests {
  private typealias Work = WinogradDivision.Work

  /// Maps of GoogLeNet, VGG16 and InceptionV3, one of a single tile, and batches.
  private static let works = [
    Work(rows: 14, columns: 14, channels: 64, outputBlocks: 12),
    Work(rows: 7, columns: 7, channels: 96, outputBlocks: 13),
    Work(rows: 56, columns: 56, channels: 3, outputBlocks: 4),
    Work(rows: 7, columns: 7, channels: 512, outputBlocks: 32),
    Work(rows: 17, columns: 5, channels: 192, outputBlocks: 12),
    Work(rows: 1, columns: 1, channels: 1, outputBlocks: 1),
    Work(rows: 2, columns: 200, channels: 20, outputBlocks: 3),
    Work(rows: 8 * 4, columns: 4, channels: 160, outputBlocks: 20),
  ]

  @Test(arguments: works, [1, 2, 3, 4, 7, 12, 64])
  private func eachRowOfEachBlockIsDoneOnce(_ work: Work, _ threads: Int) {
    let division = WinogradDivision(work, threads: threads)
    var seen = [Int](repeating: 0, count: work.rows * work.outputBlocks)
    for index in 0..<division.unitCount {
      let unit = division[index]
      #expect(unit.rows.count <= division.rows)
      for row in unit.rows { for block in unit.blocks { seen[row * work.outputBlocks + block] += 1 } }
    }
    #expect(seen.allSatisfy { $0 == 1 })
  }

  /// The tiles of a pass stay in the cache, and no row of tiles is cut.
  @Test(arguments: works) private func passesAreShort(_ work: Work) {
    for threads in 1...8 {
      let division = WinogradDivision(work, threads: threads)
      #expect(division.rows == 1 || division.rows * work.columns <= 56)
      #expect((1...WinogradDivision.mostBlocks).contains(division.blocksAtOnce))
    }
  }

  /// Many tiles and few filters: each thread has rows of its own. Few tiles and many filters: filters of its own.
  @Test func threadsShareOutRowsOrFilters() {
    func first(_ work: Work, _ threads: Int) -> (rows: Set<Int>, blocks: Set<Int>) {
      let division = WinogradDivision(work, threads: threads)
      var (rows, blocks): (Set<Int>, Set<Int>) = ([], [])
      for index in 0..<division.unitCount / threads {
        rows.formUnion(division[index].rows)
        blocks.formUnion(division[index].blocks)
      }
      return (rows, blocks)
    }
    let (large, small) = (Self.works[0], Self.works[1])
    #expect(first(large, 2) == (Set(0..<7), Set(0..<12)))
    #expect(first(small, 2) == (Set(0..<7), Set(0..<7)))
    // The filters alone do not go round.
    #expect(first(Self.works[3], 4).rows.count <= 7)
    #expect(first(Self.works[7], 16).rows.count < 32 && first(Self.works[7], 16).blocks.count < 20)
  }

  /// Who goes on with the rows of its last unit need not transform them again: all units of a thread with filters of
  /// its own follow each other.
  @Test func unitsOfTheSameRowsFollowEachOther() {
    for work in Self.works {
      for threads in [1, 2, 4] {
        let division = WinogradDivision(work, threads: threads)
        let changes = (1..<max(1, division.unitCount)).count { division[$0].rows != division[$0 - 1].rows }
        #expect(changes <= work.rows * threads)
      }
    }
  }
}
