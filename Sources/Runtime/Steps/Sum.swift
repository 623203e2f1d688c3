import CKernels

/// The sum of two tensors or more of one shape, in the order given, then an activation. All have the same form.
/// The output may stand in the place of one of the inputs.
package struct Sum: Hashable, Sendable {
  package var inputs: [TensorView]
  package var output: TensorView
  package var activation: Activation

  package init(inputs: [TensorView], output: TensorView, activation: Activation) {
    self.inputs = inputs
    self.output = output
    self.activation = activation
  }
}

extension Sum: Step {
  package func prepare(_ packing: Packing) throws(WeightProblem) -> any PreparedStep {
    PreparedSum(self)
  }
}

struct PreparedSum: PreparedLoop {
  private let first: Runs
  private let second: Runs
  private let others: [Runs]
  private let output: Runs
  private let activation: Activation
  /// Floats that are summed on the stack at a time.
  private static let piece = 256

  init(_ step: Sum) {
    precondition(step.inputs.count >= 2, "a sum of fewer than two")
    let inputs = step.inputs.map(Runs.init)
    let output = Runs(step.output)
    precondition(inputs.allSatisfy { $0.matches(output) }, "all must have the same form")
    first = inputs[0]
    second = inputs[1]
    others = Array(inputs.dropFirst(2))
    self.output = output
    activation = step.activation
  }

  func unitCount(batch: Int) -> Int { output.units.count(batch: batch) }

  func run(_ units: Range<Int>, _ context: borrowing StepContext) {
    let add = unsafe context.kernels.table.pointee.add
    output.units.forEach(units) { example, block, rows in
      for row in rows {
        let target = unsafe output.target(context, example: example, block: block, row: row)
        let count = output.length(row: row)
        let a = unsafe first.source(context, example: example, block: block, row: row)
        let b = unsafe second.source(context, example: example, block: block, row: row)
        if others.isEmpty {
          unsafe add(.floats(a), .floats(b), target, count)
        } else {
          // The output may stand in the place of an input that is yet to be added.
          for start in stride(from: 0, to: count, by: Self.piece) {
            let length = min(Self.piece, count - start)
            unsafe withUnsafeTemporaryAllocation(of: Float.self, capacity: Self.piece) { buffer in
              guard let sums = buffer.baseAddress else { return }
              unsafe add(.floats(a + start), .floats(b + start), sums, length)
              for other in others {
                let c = unsafe other.source(context, example: example, block: block, row: row)
                unsafe add(.floats(sums), .floats(c + start), sums, length)
              }
              unsafe (target + start).update(from: sums, count: length)
            }
          }
        }
        unsafe context.kernels.apply(activation, to: target, count: count)
      }
      output.clearBorder(context, example: example, block: block, rows: rows)
    }
  }
}
