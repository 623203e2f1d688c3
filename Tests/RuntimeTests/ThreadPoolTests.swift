import Foundation
import Synchronization
import Testing

@testable import Runtime

@Suite struct ThreadPoolTests {
  /// How often each unit was done.
  private final class Tally: Sendable {
    private let counts: Mutex<[Int]>

    init(_ count: Int) { counts = Mutex(Array(repeating: 0, count: count)) }

    func add(_ units: Range<Int>) { counts.withLock { for unit in units { $0[unit] += 1 } } }
    var isOnceEach: Bool { counts.withLock { $0.allSatisfy { $0 == 1 } } }
  }

  @Test(arguments: 1...8, [nil, 1, 3, 1000])
  func eachUnitIsDoneOnce(_ threads: Int, _ chunk: Int?) {
    let pool = ThreadPool(threads: threads)
    #expect(pool.threads == threads)
    for count in [0, 1, 2, 7, 64, 501] {
      let tally = Tally(count)
      pool.forEach(count, chunk: chunk) { units, _ in
        #expect(units.count <= max(chunk ?? count, threads == 1 ? count : 1) || count <= units.count)
        tally.add(units)
      }
      #expect(tally.isOnceEach, "\(count) units")
    }
  }

  @Test(arguments: 1...8)
  func sumsDoNotDependOnTheThreads(_ threads: Int) {
    let pool = ThreadPool(threads: threads)
    let sum = Atomic<Int>(0)
    for _ in 0..<200 {
      pool.forEach(1000) { units, _ in sum.wrappingAdd(units.reduce(0, +), ordering: .relaxed) }
    }
    #expect(sum.load(ordering: .relaxed) == 200 * 499_500)
  }

  @Test func thousandsOfTinyLoops() {
    let pool = ThreadPool(threads: 4)
    let sum = Atomic<Int>(0)
    for round in 0..<20_000 {
      pool.forEach(5, chunk: 1) { units, _ in sum.wrappingAdd(units.count, ordering: .relaxed) }
      #expect(sum.load(ordering: .relaxed) == (round + 1) * 5)
    }
  }

  @Test func loopsAfterASleep() {
    let pool = ThreadPool(threads: 3)
    for _ in 0..<50 {
      let tally = Tally(30)
      pool.forEach(30, chunk: 1) { units, _ in tally.add(units) }
      #expect(tally.isOnceEach)
      usleep(500)
    }
  }

  @Test func severalCallersAtOnce() {
    let pool = ThreadPool(threads: 3)
    let sum = Atomic<Int>(0)
    DispatchQueue.concurrentPerform(iterations: 6) { _ in
      for _ in 0..<1000 {
        pool.forEach(40) { units, _ in sum.wrappingAdd(units.count, ordering: .relaxed) }
      }
    }
    #expect(sum.load(ordering: .relaxed) == 6 * 1000 * 40)
  }

  @Test func loopsWithinLoops() {
    let pool = ThreadPool(threads: 3)
    let sum = Atomic<Int>(0)
    pool.forEach(20, chunk: 1) { _, _ in
      pool.forEach(20, chunk: 1) { units, _ in sum.wrappingAdd(units.count, ordering: .relaxed) }
    }
    #expect(sum.load(ordering: .relaxed) == 400)
  }

  @Test func otherThreadsTakePart() {
    let pool = ThreadPool(threads: 2)
    let threads = Mutex<Set<UInt>>([])
    // Each unit waits until both threads have been seen, or for long enough that something must be wrong.
    pool.forEach(2, chunk: 1) { _, _ in
      threads.withLock { _ = $0.insert(UInt(pthread_self())) }
      let start = Clock.now
      while threads.withLock({ $0.count }) < 2, Clock.now - start < 10_000_000_000 { usleep(100) }
    }
    #expect(threads.withLock { $0.count } == 2)
  }

  @Test func whatTheBodyHoldsIsLetGo() {
    final class Held: Sendable {}
    let pool = ThreadPool(threads: 2)
    weak var held: Held?
    do {
      let object = Held()
      held = object
      pool.forEach(10, chunk: 1) { _, _ in _ = object }
    }
    // A thread may still be on its way out of the body.
    let start = Clock.now
    while held != nil, Clock.now - start < 10_000_000_000 { usleep(100) }
    #expect(held == nil)
  }

  @Test func dismissedThreadsEnd() throws {
    func count() throws -> Int { try FileManager.default.contentsOfDirectory(atPath: "/proc/self/task").count }
    try #require(FileManager.default.fileExists(atPath: "/proc/self/task"))
    let before = try count()
    for _ in 0..<100 {
      let pool = ThreadPool(threads: 8)
      pool.forEach(8, chunk: 1) { _, _ in }
    }
    // 700 threads have been made; other tests make some of their own meanwhile.
    let start = Clock.now
    while try count() > before + 200, Clock.now - start < 10_000_000_000 { usleep(1000) }
    #expect(try count() <= before + 200)
  }

  @Test func hugeCountsDoNotWrap() {
    let pool = ThreadPool(threads: 2)
    let sum = Atomic<Int>(0)
    pool.forEach(Int.max, chunk: Int.max / 2) { units, _ in sum.wrappingAdd(units.count, ordering: .relaxed) }
    #expect(sum.load(ordering: .relaxed) == Int.max)
  }
}
