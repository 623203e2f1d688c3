/// Floats that stay where they are, aligned to 64 bytes: packed weights.
@safe final class PackedFloats: @unchecked Sendable {
  /// Written only before a step is shared, and never if they are part of the program.
  @unsafe let start: UnsafeMutablePointer<Float>
  let count: Int
  private let owner: Owner

  private enum Owner {
    /// Part of the program.
    case program
    case allocation
    case pages(Pages)
  }

  /// From this many bytes on a block has pages of its own, so that what is read between two blocks leaves no gaps.
  private static let leastPages = 1 << 16

  /// Zeros.
  init(count: Int) {
    self.count = count
    let bytes = max(64, count * MemoryLayout<Float>.stride)
    if bytes >= Self.leastPages, let pages = Pages(byteCount: bytes) {
      unsafe start = pages.start.bindMemory(to: Float.self, capacity: count)
      owner = .pages(pages)
    } else {
      let memory = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 64)
      unsafe start = memory.bindMemory(to: Float.self, capacity: count)
      unsafe start.initialize(repeating: 0, count: count)
      owner = .allocation
    }
  }

  @unsafe init(constant start: UnsafeMutablePointer<Float>, count: Int) {
    unsafe self.start = unsafe start
    self.count = count
    owner = .program
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
    if case .allocation = owner { unsafe UnsafeMutableRawPointer(start).deallocate() }
  }
}
