import Syntax
import Testing

@testable import Semantics

@Suite struct UnreadTests {
  /// Every range against a few stretches, some of which overlap: the same as looking at each of them.
  @Test(arguments: [
    [], [(3, 5)], [(3, 3)], [(0, 2), (4, 6)], [(4, 6), (0, 2)], [(1, 9), (3, 4)], [(1, 3), (3, 5), (8, 8)],
    [(2, 3), (5, 6), (7, 7), (9, 12), (10, 11)],
  ])
  func touchingIsFound(_ places: [(Int, Int)]) {
    let ranges = places.map { SourceRange($0.0, $0.1) }
    let damage = Damage(ranges)
    #expect(damage.isEmpty == ranges.isEmpty)
    for start in 0...13 {
      for end in start...13 {
        let isTouched = ranges.contains { $0.start <= end && start <= $0.end }
        #expect(damage.touches(SourceRange(start, end)) == isTouched, "\(start)..<\(end)")
      }
    }
  }
}
