/// Plain tensors joined along one axis; with one input it is a copy.
package struct JoinPlain: Hashable, Sendable {
  package var inputs: [PlainTensor]
  package var output: PlainTensor
  /// The axis of one example, from 0.
  package var axis: Int

  package init(inputs: [PlainTensor], output: PlainTensor, axis: Int) {
    self.inputs = inputs
    self.output = output
    self.axis = axis
  }
}

extension JoinPlain: Step {
  package func prepare(_ packing: Packing) throws(WeightProblem) -> any PreparedStep {
    PreparedJoinPlain(self)
  }
}

struct PreparedJoinPlain: PreparedLoop {
  private struct Part {
    var operand: PlainOperand
    /// Floats that it gives to each index of the outer sizes, and where they begin.
    var count: Int
    var start: Int
  }

  private let parts: [Part]
  private let output: PlainOperand
  /// Product of the sizes before the axis.
  private let outer: Int
  /// Floats of the result for each index of the outer sizes.
  private let row: Int

  init(_ step: JoinPlain) {
    outer = step.output.shape[..<step.axis].reduce(1, *)
    row = step.output.shape[step.axis...].reduce(1, *)
    output = PlainOperand(step.output)
    var parts: [Part] = []
    var start = 0
    for input in step.inputs {
      precondition(input.shape[..<step.axis].reduce(1, *) == outer, "shapes that do not match")
      let count = input.shape[step.axis...].reduce(1, *)
      parts.append(Part(operand: PlainOperand(input), count: count, start: start))
      start += count
    }
    precondition(start == row, "shapes that do not match")
    self.parts = parts
  }

  func unitCount(batch: Int) -> Int { batch * parts.count }

  func run(_ units: Range<Int>, _ context: borrowing StepContext) {
    for unit in units {
      let (example, index) = unit.quotientAndRemainder(dividingBy: parts.count)
      let part = parts[index]
      let source = unsafe part.operand.source(context, example: example)
      let target = unsafe output.target(context, example: example) + part.start
      for index in 0..<outer {
        unsafe (target + index * row).update(from: source + index * part.count, count: part.count)
      }
    }
  }
}
