/// Floats that stay where they are, aligned to 64 bytes: packed weights.
@safe final class PackedFloats: @unchecked Sendable {
  /// Written only before a step is shared, and never if they are constant.
  @unsafe let start: UnsafeMutablePointer<Float>
  let count: Int
  private let isConstant: Bool

  /// Zeros.
  init(count: Int) {
    self.count = count
    isConstant = false
    let bytes = max(64, count * MemoryLayout<Float>.stride)
    let memory = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 64)
    unsafe start = memory.bindMemory(to: Float.self, capacity: count)
    unsafe start.initialize(repeating: 0, count: count)
  }

  /// Part of the program.
  @unsafe init(constant start: UnsafeMutablePointer<Float>, count: Int) {
    unsafe self.start = unsafe start
    self.count = count
    isConstant = true
  }

  /// Values, then zeros until `count` is a multiple of 16.
  convenience init(_ values: [Float]) {
    self.init(count: (values.count + FeatureMap.lanes - 1) / FeatureMap.lanes * FeatureMap.lanes)
    for (index, value) in values.enumerated() { unsafe start[index] = value }
  }

  /// Adds the floats, four bytes each, the lowest first.
  func append(to bytes: inout [UInt8]) {
    if 1.littleEndian == 1 {
      unsafe bytes.append(contentsOf: UnsafeRawBufferPointer(start: start, count: count * MemoryLayout<Float>.stride))
    } else {
      for index in 0..<count { unsafe bytes.appendLittleEndian(start[index].bitPattern) }
    }
  }

  deinit {
    if !isConstant { unsafe UnsafeMutableRawPointer(start).deallocate() }
  }
}
