import Operations
import Planning
import Testing

/// Networks of very many operations, in shapes that would show anything quadratic.
@Suite struct ScaleTests {
  static let count = 100_000

  enum Form: CaseIterable {
    case chain, fan, twins, padding, ladder, concatenations, branches, outputs
  }

  @Test(.timeLimit(.minutes(1)), arguments: Form.allCases) func manyOperations(form: Form) throws {
    var builder = GraphBuilder()
    let x = builder.input([16, 1, 1])
    var y = builder.pooling(x, .maximum, [1, 1], strides: [1, 1], format: .channelsFirst)
    let count = Self.count
    switch form {
    case .chain:
      for _ in 0..<count { y = builder.pooling(y, .maximum, [1, 1], strides: [1, 1], format: .channelsFirst) }
      builder.output(y)
    case .fan:
      builder.output(builder.sum((0..<count).map { _ in builder.softmax(y, axis: 1) }))
    case .twins:
      let twins = (0..<count / 2).map { _ in builder.softmax(y, axis: 1) }
      builder.output(builder.softmax(builder.sum(twins + twins), axis: 1))
    case .padding:
      for _ in 0..<count { y = builder.zeroPadding(y, Padding2D(bottom: 1), format: .channelsFirst) }
      builder.output(builder.globalAverage(y, format: .channelsFirst))
    case .ladder:
      // Each result is needed again on the way back: half of all live at one time.
      var rungs: [ID<Value>] = []
      for _ in 0..<count / 2 {
        y = builder.softmax(y, axis: 1)
        rungs.append(y)
      }
      for rung in rungs.reversed() { y = builder.sum([y, rung]) }
      builder.output(y)
    case .concatenations:
      let small = y
      for _ in 0..<count / 2 {
        let features = builder.pooling(small, .maximum, [1, 1], strides: [1, 1], format: .channelsFirst)
        y = builder.concatenation([y, features], axis: 1)
      }
      builder.output(y)
    case .branches:
      builder.output(builder.concatenation((0..<count).map { _ in builder.relu(y) }, axis: 1))
    case .outputs:
      for _ in 0..<count { builder.output(builder.softmax(y, axis: 1)) }
    }
    let plan = try plan(builder.graph)
    #expect(plan.memory.arena >= plan.memory.lowerBound)
  }
}
