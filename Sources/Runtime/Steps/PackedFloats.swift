/// Floats that stay where they are, aligned to 64 bytes: packed weights.
@safe final class PackedFloats: @unchecked Sendable {
  /// Written only before a step is shared.
  @unsafe let start: UnsafeMutablePointer<Float>
  let count: Int

  /// Zeros.
  init(count: Int) {
    self.count = count
    let bytes = max(64, count * MemoryLayout<Float>.stride)
    let memory = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 64)
    unsafe start = memory.bindMemory(to: Float.self, capacity: count)
    unsafe start.initialize(repeating: 0, count: count)
  }

  /// Values, then zeros until `count` is a multiple of 16.
  convenience init(_ values: [Float]) {
    self.init(count: (values.count + FeatureMap.lanes - 1) / FeatureMap.lanes * FeatureMap.lanes)
    for (index, value) in values.enumerated() { unsafe start[index] = value }
  }

  deinit {
    unsafe UnsafeMutableRawPointer(start).deallocate()
  }
}
