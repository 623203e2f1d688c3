import Runtime

/// The links of a group that has many, of which some cannot be in the older way, such as names in other letters: records
/// in a B-tree, each of which says where in a heap a link is written.
///
/// Source: section III.A.2 of the specification.
extension HDF5File {
  /// A hash of the name, and an identifier of the heap.
  private static let recordSize = 11
  private static let recordKind: UInt8 = 5
  /// What stands in front of a node's records: mark, version and kind.
  private static let nodeHeadSize = 6

  mutating func denseLinks(heap: Int, tree: Int, _ path: String) throws(FormatProblem) -> [Link] {
    let heap = try self.heap(at: heap, path)
    var links: [Link] = []
    for record in try records(at: tree, path) {
      let link = try link(try heap.thing(try record.part(4..<record.count)), path)
      guard try record.integer(at: 0, as: UInt32.self) == hdf5Checksum(Array(link.name.utf8)) else {
        throw Self.broken("the name \(quoted(link.name)) in the group \(quoted(path)) is not what its record says")
      }
      links.append(link)
    }
    return links
  }

  private mutating func records(at address: Int, _ path: String) throws(FormatProblem) -> [ByteRegion] {
    let head = try structure(at: address, "BTHD", size: 34, path)
    let nodeSize = Int(try head.integer(at: 6, as: UInt32.self))
    let depth = Int(try head.integer(at: 12, as: UInt16.self))
    guard try head.integer(at: 5, as: UInt8.self) == Self.recordKind,
      Int(try head.integer(at: 10, as: UInt16.self)) == Self.recordSize, (64...1 << 15).contains(nodeSize), depth <= 4
    else { throw Self.broken("the tree of names of \(quoted(path)) is of another kind") }
    guard let root = try place(ifAnyIn: head, at: 16) else { return [] }
    let levels = Self.levels(nodeSize: nodeSize, depth: depth)

    var records: [ByteRegion] = []
    var open = [(address: root, level: depth, count: Int(try head.integer(at: 24, as: UInt16.self)))]
    while let (address, level, count) = open.popLast() {
      guard count <= levels[level].most else { throw Self.broken("the tree of names of \(quoted(path)) is too full") }
      try charge(count)
      let pointers = Self.nodeHeadSize + count * Self.recordSize
      let pointerSize = levels[level].pointerSize
      let node = try structure(
        at: address, level == 0 ? "BTLF" : "BTIN", size: pointers + (level == 0 ? 0 : (count + 1) * pointerSize), path)
      guard try node.integer(at: 5, as: UInt8.self) == Self.recordKind else {
        throw Self.broken("the tree of names of \(quoted(path)) is of another kind")
      }
      for start in stride(from: Self.nodeHeadSize, to: pointers, by: Self.recordSize) {
        records.append(try node.part(start..<start + Self.recordSize))
      }
      guard level > 0 else { continue }
      for start in stride(from: pointers, to: node.count, by: pointerSize) {
        guard let child = try place(ifAnyIn: node, at: start) else {
          throw Self.broken("the tree of names of \(quoted(path)) ends nowhere")
        }
        let count = try node.bytes(start + 8..<start + 8 + levels[0].countSize).reversed().reduce(0) {
          $0 << 8 | Int($1)
        }
        open.append((child, level - 1, count))
      }
    }
    guard UInt64(records.count) == (try head.integer(at: 26, as: UInt64.self)) else {
      throw Self.broken("the tree of names of \(quoted(path)) has not as many as it says")
    }
    return records
  }

  /// What nodes of a level hold, from the leaves on: their most records, the bytes of a number of records in or below
  /// one, and of a pointer to a child.
  private static func levels(nodeSize: Int, depth: Int) -> [(most: Int, countSize: Int, pointerSize: Int)] {
    func bytes(_ most: Int) -> Int { (Int.bitWidth - 1 - most.leadingZeroBitCount) / 8 + 1 }
    // Of a node its mark, version, kind and checksum are no records.
    let space = nodeSize - nodeHeadSize - 4
    var below = space / recordSize
    var levels = [(most: below, countSize: bytes(below), pointerSize: 0)]
    for level in 0..<depth {
      // How many there are below a child is said too, but of leaves.
      let pointerSize = 8 + levels[0].countSize + (level == 0 ? 0 : levels[level].countSize)
      let most = (space - pointerSize) / (recordSize + pointerSize)
      below = (most + 1) * below + most
      levels.append((most, bytes(below), pointerSize))
    }
    return levels
  }

  // MARK: Structures

  /// A structure of version 0 that begins with a mark and is followed by its checksum. Each is reached once.
  mutating func structure(
    at address: Int, _ mark: String, size: Int, _ path: String
  ) throws(FormatProblem) -> ByteRegion {
    try reach(address, path)
    guard size <= file.count - 4, address <= file.count - size - 4 else {
      throw Self.broken("the names of \(quoted(path)) lie beyond its end")
    }
    try charge(size / 16 + 1)
    let body = try file.part(address..<address + size)
    let bytes = body.allBytes
    guard bytes.starts(with: Array(mark.utf8) + [0]) else { throw Self.broken("\(quoted(path)) has no \(mark)") }
    guard try file.integer(at: address + size) == hdf5Checksum(bytes) else {
      throw Self.broken("the names of \(quoted(path)) have changed: their checksum is wrong")
    }
    return body
  }

  /// The place of something; nil if there is nothing.
  func place(ifAnyIn body: ByteRegion, at offset: Int) throws(FormatProblem) -> Int? {
    let value = try body.integer(at: offset, as: UInt64.self)
    guard value != .max else { return nil }
    guard value < UInt64(file.count) else { throw Self.broken("something lies beyond its end") }
    return Int(value)
  }
}
