import Operations
import Runtime
import Testing

@testable import Planning

@Suite struct ArenaTests {
  @Test(arguments: 0..<50) func whatLivesTogetherIsApart(seed: Int) throws {
    let lifetimes = randomLifetimes(seed: seed, count: 60, stepCount: 40)
    let arenas = [0, 200].map { Arena.best(lifetimes, stepCount: 40, attempts: $0) }
    for arena in arenas + [.reusing(lifetimes, stepCount: 40)] {
      for (i, a) in lifetimes.enumerated() {
        #expect(arena.offsets[i] >= 0 && arena.offsets[i] % Memory.line == 0)
        #expect(arena.offsets[i] + a.size <= arena.size)
        for (j, b) in lifetimes.enumerated() where i < j && a.first <= b.last && b.first <= a.last {
          #expect(
            arena.offsets[i] + a.size <= arena.offsets[j] || arena.offsets[j] + b.size <= arena.offsets[i])
        }
      }
      #expect(arena.size >= Arena.lowerBound(lifetimes, stepCount: 40))
    }
    #expect(arenas[1].size <= arenas[0].size)
  }

  /// The largest first leaves a gap in most of these that another order does not leave.
  @Test func otherOrdersReachTheLowerBound() {
    let reached = [0, 200].map { attempts in
      (0..<50).count { seed in
        let lifetimes = randomLifetimes(seed: seed, count: 20, stepCount: 16)
        return Arena.best(lifetimes, stepCount: 16, attempts: attempts).size
          == Arena.lowerBound(lifetimes, stepCount: 16)
      }
    }
    #expect(reached[1] > reached[0] + 10, "\(reached)")
  }

  @Test func theLowerBoundIsTheMostAtOneTime() {
    let lifetimes = [
      Lifetime(first: 0, last: 2, size: 16), Lifetime(first: 1, last: 1, size: 64),
      Lifetime(first: 2, last: 3, size: 32),
    ]
    #expect(Arena.lowerBound(lifetimes, stepCount: 4) == 80)
    #expect(Arena.best(lifetimes, stepCount: 4, attempts: 0).size == 80)
  }

  /// Its maps take 20 MB side by side. What lives at one time is most at the first convolution: its result of 3.2 MB and
  /// the image; later it is never more than 4.1 MB.
  @Test func googLeNetTakesWhatItMust() throws {
    let plan = try plan(GraphBuilder.googLeNet())
    #expect(plan.copies.isEmpty)
    #expect(plan.convolutions.count == 57 && plan.bandedConvolutions.count == 7)
    #expect(plan.kinds.hasSuffix("pooling exportMap dense softmax"))
    #expect(plan.weights.reduce(0) { $0 + $1.shape.reduce(1, *) } == 6_998_552)
    #expect(plan.arenaSize == plan.memory.arena)
    #expect(plan.memory.arena == plan.memory.lowerBound)
    #expect(plan.memory.lowerBound * 4 < 4_200_000, "\(plan.memory)")
  }

  private func randomLifetimes(seed: Int, count: Int, stepCount: Int) -> [Lifetime] {
    var random = SplitMix(state: UInt64(seed))
    return (0..<count).map { _ in
      let first = Int.random(in: 0..<stepCount, using: &random)
      let length = Int.random(in: 0..<(Bool.random(using: &random) ? 3 : stepCount), using: &random)
      return Lifetime(
        first: first, last: min(stepCount - 1, first + length), size: 16 * Int.random(in: 1...20, using: &random))
    }
  }
}
