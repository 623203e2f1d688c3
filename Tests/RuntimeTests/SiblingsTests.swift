import Synchronization
import Testing

@testable import Runtime

/// Steps that are done together.
@Suite struct SiblingsTests {
  @Test(arguments: 0..<100) func eachUnitIsDoneOnce(seed: Int) throws {
    var dice = Dice(seed)
    let load = Load(batch: dice.roll(1...3), threads: dice.roll(1...5))
    let calls = Calls()
    let steps = (0..<dice.roll(2...4)).map { Loop(name: $0, unitsOfExample: dice.roll(1...12), calls: calls) }
    let siblings = try #require(Siblings(steps.map { $0 as any PreparedStep }[...]))
    let count = siblings.unitCount(phase: 0, load)
    #expect(count == steps.reduce(0) { $0 + $1.unitCount(batch: load.batch) })
    var next = 0
    while next < count {
      let end = min(count, next + dice.roll(1...8))
      run(siblings, next..<end, load)
      next = end
    }
    for step in steps {
      let done = calls.all.filter { $0.step == step.name }.flatMap(\.units)
      #expect(done.sorted() == Array(0..<step.unitCount(batch: load.batch)))
    }
  }

  @Test func threadsBeginWithTheirSharesOfEach() throws {
    let calls = Calls()
    let counts = [28, 14, 7]
    let steps = counts.enumerated().map { Loop(name: $0, unitsOfExample: $1, calls: calls) }
    let siblings = try #require(Siblings(steps.map { $0 as any PreparedStep }[...]))
    run(siblings, 0..<25, Load(batch: 1, threads: 2))
    run(siblings, 25..<49, Load(batch: 1, threads: 2))
    #expect(
      calls.all == [
        Call(step: 0, units: 0..<14), Call(step: 1, units: 0..<7), Call(step: 2, units: 0..<4),
        Call(step: 0, units: 14..<28), Call(step: 1, units: 7..<14), Call(step: 2, units: 4..<7),
      ])
  }

  @Test func whatFallsIntoPhasesStaysApart() {
    let loop = Loop(name: 0, unitsOfExample: 1, calls: Calls())
    #expect(Siblings([loop, loop]) != nil)
    #expect(Siblings([loop, InPhases()]) == nil)
  }

  @Test func aRunEndsWhereTheTrunkDoes() {
    let loop = Loop(name: 0, unitsOfExample: 1, calls: Calls())
    let phases = InPhases()
    let list = StepList(steps: [loop, loop, loop, loop, loop, loop, phases, loop, loop], trunkCount: 3)
    let joined = list.joining([0..<2, 2..<4, 4..<6, 6..<8])
    #expect(joined.trunkCount == 2 && joined.trunk.count == 2)
    #expect(joined.rest.map { $0 is Siblings } == [false, true, false, false, false])
    #expect(list.joining([]).steps.count == 9 && list.joining([]).trunkCount == 3)
    #expect(list.joining([0..<6]).steps.map { $0 is Siblings } == [true, true, false, false, false])
  }

  private func run(_ siblings: Siblings, _ units: Range<Int>, _ load: Load) {
    let floats = UnsafeMutablePointer<Float>.allocate(capacity: 1)
    defer { unsafe floats.deallocate() }
    siblings.run(
      units, phase: 0, ThreadPool.Turn(),
      unsafe StepContext(
        arena: floats, inputs: [], outputs: [], scratch: floats, dividedAs: Scratch(), load: load, kernels: .portable)
    )
  }
}

private struct Call: Equatable {
  var step: Int
  var units: Range<Int>
}

private final class Calls: Sendable {
  private let calls = Mutex<[Call]>([])

  var all: [Call] { calls.withLock { $0 } }
  func add(_ call: Call) { calls.withLock { $0.append(call) } }
}

private struct Loop: PreparedLoop {
  var name: Int
  var unitsOfExample: Int
  var calls: Calls

  func unitCount(batch: Int) -> Int { batch * unitsOfExample }
  func run(_ units: Range<Int>, _ context: borrowing StepContext) { calls.add(Call(step: name, units: units)) }
}

private struct InPhases: PreparedStep {
  func phaseCount(_ load: Load) -> Int { 2 }
  func unitCount(phase: Int, _ load: Load) -> Int { 1 }
  func scratch(_ load: Load) -> Scratch { Scratch() }
  func run(_ units: Range<Int>, phase: Int, _ turn: ThreadPool.Turn, _ context: borrowing StepContext) {}
}
