/// A function of each element by itself, from one place to another or in place. Both sides have the same form.
package struct Elementwise: Hashable, Sendable {
  package var input: TensorView
  package var output: TensorView
  package var activation: Activation

  package init(input: TensorView, output: TensorView, activation: Activation) {
    self.input = input
    self.output = output
    self.activation = activation
  }
}

extension Elementwise: Step {
  package func prepare(_ packing: Packing) throws(WeightProblem) -> any PreparedStep {
    PreparedElementwise(self)
  }
}

struct PreparedElementwise: PreparedLoop {
  private let input: Runs
  private let output: Runs
  private let activation: Activation

  init(_ step: Elementwise) {
    input = Runs(step.input)
    output = Runs(step.output)
    activation = step.activation
    precondition(input.matches(output), "both sides must have the same form")
  }

  func unitCount(batch: Int) -> Int { output.units.count(batch: batch) }

  func run(_ units: Range<Int>, _ context: borrowing StepContext) {
    output.units.forEach(units) { example, block, rows in
      for row in rows {
        unsafe context.kernels.apply(
          activation, from: input.source(context, example: example, block: block, row: row),
          to: output.target(context, example: example, block: block, row: row), count: output.length(row: row))
      }
      output.clearBorder(context, example: example, block: block, rows: rows)
    }
  }
}
