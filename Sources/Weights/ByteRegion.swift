package import Runtime

/// A stretch of a file, or of bytes that were decoded from one. Every place is checked before it is read.
package struct ByteRegion: Sendable {
  private let storage: any ByteStorage
  private let start: Int
  /// Bytes.
  package let count: Int

  /// All bytes of a file.
  package init(_ file: MappedFile) {
    storage = file
    start = 0
    count = file.byteCount
  }

  /// Bytes in memory.
  package init(_ bytes: [UInt8]) {
    storage = ArrayStorage(bytes)
    start = 0
    count = bytes.count
  }

  private init(_ storage: any ByteStorage, start: Int, count: Int) {
    self.storage = storage
    self.start = start
    self.count = count
  }

  /// A part of it, under the same name to whoever reads.
  ///
  /// - Throws: if the part does not lie within.
  package func part(_ range: Range<Int>) throws(FormatProblem) -> ByteRegion {
    try check(range)
    return ByteRegion(storage, start: start + range.lowerBound, count: range.count)
  }

  /// Shows the bytes without copying them.
  package func withBytes<R, E>(_ body: (RawSpan) throws(E) -> R) throws(E) -> R {
    try storage.withBytes { (all) throws(E) in try body(all.extracting(start..<start + count)) }
  }

  /// Says that all of it has been read and will hardly be again.
  package func release() { storage.release(start..<start + count) }

  /// A copy of some of the bytes.
  package func bytes(_ range: Range<Int>) throws(FormatProblem) -> [UInt8] {
    try check(range)
    return withBytes { all in unsafe all.extracting(range).withUnsafeBytes { unsafe [UInt8]($0) } }
  }

  /// A copy of all of them.
  package var allBytes: [UInt8] { withBytes { all in unsafe all.withUnsafeBytes { unsafe [UInt8]($0) } } }

  /// A number, its lowest byte first.
  package func integer<Value: FixedWidthInteger & BitwiseCopyable>(
    at offset: Int, as type: Value.Type = Value.self
  ) throws(FormatProblem) -> Value {
    let size = MemoryLayout<Value>.size
    guard offset >= 0, offset <= count - size else { throw Self.problem(offset, count) }
    return withBytes { Value(littleEndian: unsafe $0.unsafeLoadUnaligned(fromByteOffset: offset, as: Value.self)) }
  }

  /// A size of `width` bytes, its lowest byte first: it cannot be larger than what follows it.
  package func size(at offset: Int, width: Int) throws(FormatProblem) -> Int {
    guard width <= count, offset >= 0, offset <= count - width else { throw Self.problem(offset, count) }
    var value = 0
    for byte in try bytes(offset..<offset + width).reversed() {
      guard value <= count else { break }
      value = value << 8 | Int(byte)
    }
    guard value <= count - offset - width else {
      throw FormatProblem("is broken at byte \(offset): \(value) bytes do not lie in its \(count)")
    }
    return value
  }

  /// A number that is the place or the size of something: it cannot be larger than the whole.
  package func place(at offset: Int) throws(FormatProblem) -> Int {
    let value = try integer(at: offset, as: UInt64.self)
    guard value <= UInt64(count) else {
      throw FormatProblem("is broken at byte \(offset): \(value) lies beyond its \(count) bytes")
    }
    return Int(value)
  }

  private func check(_ range: Range<Int>) throws(FormatProblem) {
    guard range.lowerBound >= 0, range.upperBound <= count else { throw Self.problem(range.lowerBound, count) }
  }

  private static func problem(_ offset: Int, _ count: Int) -> FormatProblem {
    FormatProblem("is cut off or broken: something should stand at byte \(offset), but there are \(count)")
  }
}
