import Runtime

/// A heap of many small things: blocks that double in size from row to row, in which things lie one behind the other.
///
/// Source: section III.G of the specification.
struct HDF5Heap {
  /// By where they begin, as the heap counts its bytes; in order.
  fileprivate(set) var blocks: [(start: Int, bytes: ByteRegion)] = []
  /// Bytes of a place in the heap, and of what stands in a block before its things.
  let placeSize, headSize: Int

  /// What an identifier of the heap stands for: a byte that says how it is kept, its place and its size.
  func thing(_ identifier: ByteRegion) throws(FormatProblem) -> ByteRegion {
    guard try identifier.integer(at: 0, as: UInt8.self) == 0 else {
      throw HDF5File.broken("a name is too long to lie beside the others")
    }
    let place = try number(identifier, 1..<1 + placeSize)
    let count = try number(identifier, 1 + placeSize..<identifier.count)
    var (low, high) = (0, blocks.count)
    while low < high {
      let middle = (low + high) / 2
      if blocks[middle].start <= place { low = middle + 1 } else { high = middle }
    }
    guard low > 0, place - blocks[low - 1].start >= headSize, count <= blocks[low - 1].bytes.count else {
      throw HDF5File.broken("a name lies where nothing is")
    }
    let start = place - blocks[low - 1].start
    return try blocks[low - 1].bytes.part(start..<start + count)
  }

  private func number(_ bytes: ByteRegion, _ range: Range<Int>) throws(FormatProblem) -> Int {
    try bytes.bytes(range).reversed().reduce(0) { $0 << 8 | Int($1) }
  }
}

extension HDF5File {
  /// Places in a heap have no more bits, so that they can be added.
  private static let heapBits = 56

  mutating func heap(at address: Int, _ path: String) throws(FormatProblem) -> HDF5Heap {
    let head = try structure(at: address, "FRHP", size: 142, path)
    guard try head.integer(at: 7, as: UInt16.self) == 0 else {
      throw FormatProblem("has the group \(quoted(path)), whose names are compressed, which cannot be read")
    }
    let isChecked = try head.integer(at: 9, as: UInt8.self) & 2 != 0
    let bits = Int(try head.integer(at: 128, as: UInt16.self))
    let widthBits = try powerOfTwo(UInt64(try head.integer(at: 110, as: UInt16.self)), path)
    let firstBits = try powerOfTwo(try head.integer(at: 112, as: UInt64.self), path)
    let largestBits = try powerOfTwo(try head.integer(at: 120, as: UInt64.self), path)
    let placeSize = (bits + 7) / 8
    // Eight bytes of the heap's address come after mark and version.
    let beforeChecksum = 13 + placeSize
    var heap = HDF5Heap(placeSize: placeSize, headSize: beforeChecksum + (isChecked ? 4 : 0))

    let rows = Int(try head.integer(at: 140, as: UInt16.self))
    guard let root = try place(ifAnyIn: head, at: 132) else { return heap }
    guard bits <= Self.heapBits, firstBits + widthBits + rows <= bits + 1, firstBits <= largestBits else {
      throw Self.broken("the names of \(quoted(path)) have no sizes that can be")
    }
    /// A block of `rows` rows of others, or if it has none, of things.
    var open = [(address: root, start: 0, sizeBits: firstBits, rows: rows)]
    while let block = open.popLast() {
      guard block.rows > 0 else {
        let bytes = try things(at: block.address, size: 1 << block.sizeBits, heap, isChecked, path)
        try check(bytes, of: address, at: block.start, placeSize, path)
        heap.blocks.append((block.start, bytes))
        continue
      }
      let children = block.rows << widthBits
      let bytes = try structure(at: block.address, "FHIB", size: beforeChecksum + 8 * children, path)
      try check(bytes, of: address, at: block.start, placeSize, path)
      for child in 0..<children {
        guard let place = try place(ifAnyIn: bytes, at: beforeChecksum + 8 * child) else { continue }
        // The second row's blocks are as large as the first's; from there on they double.
        let (row, column) = (child >> widthBits, child & (1 << widthBits - 1))
        let sizeBits = firstBits + max(0, row - 1)
        let rowStart = row == 0 ? 0 : 1 << (sizeBits + widthBits)
        let isOfThings = sizeBits <= largestBits
        let rows = isOfThings ? 0 : sizeBits - firstBits - widthBits + 1
        guard isOfThings || (1..<block.rows).contains(rows) else {
          throw Self.broken("the names of \(quoted(path)) have no sizes that can be")
        }
        open.append((place, block.start + rowStart + column << sizeBits, sizeBits, rows))
      }
    }
    heap.blocks.sort { $0.start < $1.start }
    return heap
  }

  /// A block of things, whose checksum, if it has one, stands in front of them and counts as zero.
  private mutating func things(
    at address: Int, size: Int, _ heap: HDF5Heap, _ isChecked: Bool, _ path: String
  ) throws(FormatProblem) -> ByteRegion {
    try reach(address, path)
    guard size >= heap.headSize, address <= file.count - size else {
      throw Self.broken("the names of \(quoted(path)) lie beyond its end")
    }
    try charge(size / 16 + 1)
    let region = try file.part(address..<address + size)
    var bytes = region.allBytes
    guard bytes.starts(with: Array("FHDB".utf8) + [0]) else { throw Self.broken("\(quoted(path)) has no names") }
    if isChecked {
      let place = heap.headSize - 4
      let checksum = try region.integer(at: place, as: UInt32.self)
      bytes.replaceSubrange(place..<place + 4, with: [0, 0, 0, 0])
      guard hdf5Checksum(bytes) == checksum else {
        throw Self.broken("the names of \(quoted(path)) have changed: their checksum is wrong")
      }
    }
    return region
  }

  /// Each block says which heap it belongs to, and where in it it begins.
  private func check(
    _ block: ByteRegion, of heap: Int, at start: Int, _ placeSize: Int, _ path: String
  ) throws(FormatProblem) {
    let place = try block.bytes(13..<13 + placeSize).reversed().reduce(0) { $0 << 8 | Int($1) }
    guard try block.integer(at: 5, as: UInt64.self) == UInt64(heap), place == start else {
      throw Self.broken("the names of \(quoted(path)) are another group's")
    }
  }

  private func powerOfTwo(_ value: UInt64, _ path: String) throws(FormatProblem) -> Int {
    guard value.nonzeroBitCount == 1, value.trailingZeroBitCount <= 32 else {
      throw Self.broken("the names of \(quoted(path)) have no sizes that can be")
    }
    return value.trailingZeroBitCount
  }
}
