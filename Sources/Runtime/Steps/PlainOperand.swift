/// A plain tensor as a running step sees it: sizes multiplied out.
struct PlainOperand: Sendable {
  let storage: PlainTensor.Storage
  /// Floats of one example.
  let count: Int
  /// Floats from one example to the next.
  let stride: Int

  init(_ tensor: PlainTensor) {
    storage = tensor.storage
    count = tensor.count
    stride = if case .arena(let place) = tensor.storage { place.stride } else { tensor.count }
    precondition(stride >= count, "examples overlap")
  }

  @inline(__always)
  func source(_ context: borrowing StepContext, example: Int) -> UnsafePointer<Float> {
    switch storage {
    case .arena(let place): unsafe UnsafePointer(context.arena + place.offset * context.batch + example * stride)
    case .input(let index): unsafe context.inputs[index] + example * stride
    case .output(let index): unsafe UnsafePointer(context.outputs[index] + example * stride)
    }
  }

  @inline(__always)
  func target(_ context: borrowing StepContext, example: Int) -> UnsafeMutablePointer<Float> {
    switch storage {
    case .arena(let place): unsafe context.arena + place.offset * context.batch + example * stride
    case .output(let index): unsafe context.outputs[index] + example * stride
    case .input: preconditionFailure("a step would write into an input of the program")
    }
  }
}
