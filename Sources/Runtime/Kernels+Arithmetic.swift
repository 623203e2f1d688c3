import CKernels

extension Operand {
  /// Contiguous floats.
  @inline(__always)
  static func floats(_ start: UnsafePointer<Float>) -> Operand {
    unsafe Operand(start: start, pixel: FeatureMap.lanes, lane: 1)
  }

  /// One float again and again.
  @inline(__always)
  static func repeated(_ float: UnsafePointer<Float>) -> Operand { unsafe Operand(start: float, pixel: 0, lane: 0) }
}

extension Kernels {
  typealias Combine = @convention(c) (Operand, Operand, UnsafeMutablePointer<Float>, Int) -> Void
  typealias Reduce =
    @convention(c) (UnsafePointer<Float>, Int, Int, UnsafeMutablePointer<Float>, Int, Int32) -> Void

  /// The kernel that combines two operands.
  func combine(_ function: BinaryFunction) -> Combine {
    switch function {
    case .add: unsafe table.pointee.add
    case .subtract: unsafe table.pointee.subtract
    case .multiply: unsafe table.pointee.multiply
    case .divide: unsafe table.pointee.divide
    case .maximum: unsafe table.pointee.maximum
    case .minimum: unsafe table.pointee.minimum
    case .power: unsafe table.pointee.power
    }
  }

  /// `function(x, constant)` of each float x, or `function(constant, x)`.
  func apply(
    _ function: BinaryFunction, constant: Float, isLeft: Bool, from input: UnsafePointer<Float>,
    to output: UnsafeMutablePointer<Float>, count: Int
  ) {
    unsafe withUnsafePointer(to: constant) { constant in
      let (x, c) = unsafe (Operand.floats(input), Operand.repeated(constant))
      unsafe combine(function)(isLeft ? c : x, isLeft ? x : c, output, count)
    }
  }

  /// The kernel that reduces; of a mean the sum.
  func reduce(_ function: ReductionFunction) -> Reduce {
    switch function {
    case .sum, .mean: unsafe table.pointee.total
    case .maximum: unsafe table.pointee.greatest
    case .minimum: unsafe table.pointee.least
    }
  }

  /// Makes the results of `reduce` over `count` floats what the function promises.
  func finish(_ function: ReductionFunction, of count: Int, _ results: UnsafeMutablePointer<Float>, width: Int) {
    guard function == .mean else { return }
    unsafe apply(.divide, constant: Float(count), isLeft: false, from: results, to: results, count: width)
  }
}
