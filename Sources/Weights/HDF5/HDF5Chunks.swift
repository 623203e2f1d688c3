import Runtime

/// An array that lies in pieces of one shape, which may be compressed.
///
/// Source: sections III.A.1 and IV.A.2.l of the specification.
struct HDF5Chunks: Sendable {
  enum Filter: Sendable { case deflate, shuffle }

  struct Piece: Sendable {
    /// Its first element, by axis.
    var origin: [Int]
    var place: Range<Int>
  }

  var shape: [Int]
  /// Sizes of a piece. Those at the edges are whole too.
  var size: [Int]
  var elementSize: Int
  /// In the order in which they were applied.
  var filters: [Filter]
  var pieces: [Piece] = []

  /// Bytes of a piece.
  private var byteCount: Int { size.reduce(elementSize, *) }

  /// Bytes of the whole array. Its sizes fit together, but where one is 0, not necessarily together with an element's.
  var arraySize: Int { shape.reduce(1, *) * elementSize }

  /// Bytes of all pieces, and of those as they are stored.
  var piecesSize: Int { pieces.count * byteCount }
  var storedSize: Int { pieces.reduce(0) { $0 + $1.place.count } }

  /// Whether the bytes of a piece's numbers are to be put together again while they are copied, which saves the memory
  /// for another piece.
  private var isShuffled: Bool { filters.first == .shuffle && elementSize > 1 }

  /// The numbers as they would lie in one piece.
  func bytes(in file: ByteRegion) throws(FormatProblem) -> [UInt8] {
    if pieces.count == 1, size == shape, !isShuffled { return try contents(of: pieces[0], in: file) }
    var bytes = [UInt8](repeating: 0, count: arraySize)
    for piece in pieces { copy(try contents(of: piece, in: file), at: piece.origin, into: &bytes) }
    return bytes
  }

  private func contents(of piece: Piece, in file: ByteRegion) throws(FormatProblem) -> [UInt8] {
    var bytes = try file.bytes(piece.place)
    for filter in (isShuffled ? filters.dropFirst() : filters[...]).reversed() {
      switch filter {
      case .deflate: bytes = try Self.inflated(bytes, size: byteCount)
      case .shuffle: bytes = unshuffled(bytes)
      }
    }
    guard bytes.count == byteCount else {
      throw HDF5File.broken("a piece of an array has another size than the others")
    }
    return bytes
  }

  /// What zlib (RFC 1950) wraps, compared with its checksum.
  private static func inflated(_ bytes: [UInt8], size: Int) throws(FormatProblem) -> [UInt8] {
    guard bytes.count > 6, bytes[0] & 15 == 8, bytes[1] & 32 == 0, (Int(bytes[0]) << 8 | Int(bytes[1])) % 31 == 0 else {
      throw HDF5File.broken("a piece of an array is not compressed as it says")
    }
    let contents = try Inflation.inflate(Array(bytes[2..<bytes.count - 4]), size: size)
    var (a, b): (UInt32, UInt32) = (1, 0)
    for byte in contents {
      a = (a + UInt32(byte)) % 65521
      b = (b + a) % 65521
    }
    let checksum = bytes.suffix(4).reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
    guard b << 16 | a == checksum else {
      throw HDF5File.broken("a piece of an array has changed: its checksum is wrong")
    }
    return contents
  }

  /// Each element's bytes together again: the filter puts all first bytes before all second ones.
  private func unshuffled(_ bytes: [UInt8]) -> [UInt8] {
    let count = bytes.count / elementSize
    guard elementSize > 1, count * elementSize == bytes.count else { return bytes }
    var result = [UInt8](repeating: 0, count: bytes.count)
    for byte in 0..<elementSize {
      for element in 0..<count { result[element * elementSize + byte] = bytes[byte * count + element] }
    }
    return result
  }

  /// Row by row, without what lies beyond the array's edges.
  private func copy(_ piece: [UInt8], at origin: [Int], into bytes: inout [UInt8]) {
    let last = shape.count - 1
    let run = min(size[last], shape[last] - origin[last]) * elementSize
    var index = [Int](repeating: 0, count: shape.count)
    while true {
      var (from, to) = (0, 0)
      for axis in shape.indices {
        from = from * size[axis] + index[axis]
        to = to * shape[axis] + origin[axis] + index[axis]
      }
      (from, to) = (from * elementSize, to * elementSize)
      if isShuffled {
        let (first, count) = (from / elementSize, piece.count / elementSize)
        for byte in 0..<elementSize {
          for element in 0..<run / elementSize {
            bytes[to + element * elementSize + byte] = piece[byte * count + first + element]
          }
        }
      } else {
        bytes.replaceSubrange(to..<to + run, with: piece[from..<from + run])
      }
      var axis = last - 1
      while axis >= 0 {
        index[axis] += 1
        if index[axis] < size[axis], origin[axis] + index[axis] < shape[axis] { break }
        index[axis] = 0
        axis -= 1
      }
      if axis < 0 { return }
    }
  }
}

extension HDF5File {
  /// The pieces of an array. Each is there once, and all together they take no more bytes than the file has.
  mutating func chunks(
    _ layout: ByteRegion, _ object: HDF5Object, _ shape: [Int], elementSize: Int, _ path: String
  ) throws(FormatProblem) -> HDF5Chunks {
    guard try layout.integer(at: 0, as: UInt8.self) == 3 else {
      throw FormatProblem("has \(quoted(path)), whose numbers lie in chunks in a newer way, which cannot be read")
    }
    let rank = Int(try layout.integer(at: 2, as: UInt8.self)) - 1
    guard rank == shape.count, rank > 0 else { throw Self.broken("the chunks of \(quoted(path)) have other axes") }
    var size: [Int] = []
    for axis in 0...rank { size.append(Int(try layout.integer(at: 11 + 4 * axis, as: UInt32.self))) }
    guard size.removeLast() == elementSize, let count = size.checkedProduct(), count > 0, count <= 1 << 28 else {
      throw Self.broken("the chunks of \(quoted(path)) have no size")
    }
    var chunks = HDF5Chunks(
      shape: shape, size: size, elementSize: elementSize, filters: try filters(object.filters, path))
    let grid = zip(shape, size).map { $0 == 0 ? 0 : ($0 - 1) / $1 + 1 }
    guard let wanted = grid.checkedProduct(), wanted <= file.count else {
      throw Self.broken("\(quoted(path)) has more chunks than there are bytes")
    }
    let root = try layout.integer(at: 3, as: UInt64.self)
    guard wanted > 0 else { return chunks }
    guard root < UInt64(file.count) else {
      throw FormatProblem("has \(quoted(path)), whose numbers were never written")
    }
    var isThere = [Bool](repeating: false, count: wanted)
    var stored = 0
    for piece in try self.pieces(at: Int(root), rank: rank, path) {
      var index = 0
      for axis in 0..<rank {
        let (place, rest) = piece.origin[axis].quotientAndRemainder(dividingBy: size[axis])
        guard rest == 0, place < grid[axis] else {
          throw Self.broken("a chunk of \(quoted(path)) lies beside the others")
        }
        index = index * grid[axis] + place
      }
      guard !isThere[index] else { throw Self.broken("a chunk of \(quoted(path)) is there twice") }
      isThere[index] = true
      stored += piece.place.count
      chunks.pieces.append(piece)
    }
    guard chunks.pieces.count == wanted else {
      throw FormatProblem("has \(quoted(path)), of whose \(wanted) chunks there are \(chunks.pieces.count)")
    }
    let (bytes, overflow) = wanted.multipliedReportingOverflow(by: count * elementSize)
    guard !overflow, !ZipArchive.isBomb(size: bytes, storedSize: stored) else {
      throw FormatProblem(
        "has \(quoted(path)), whose \(stored) bytes claim to become more than a hundred times as many")
    }
    return chunks
  }

  /// Section III.A.1: a tree whose leaves are chunks.
  private mutating func pieces(at root: Int, rank: Int, _ path: String) throws(FormatProblem) -> [HDF5Chunks.Piece] {
    var pieces: [HDF5Chunks.Piece] = []
    let keySize = 16 + 8 * rank
    var open: [(address: Int, level: UInt8?)] = [(root, nil)]
    while let (address, expected) = open.popLast() {
      try reach(address, path)
      guard address <= file.count - 24, try file.bytes(address..<address + 4) == Array("TREE".utf8),
        try file.integer(at: address + 4, as: UInt8.self) == 1
      else { throw Self.broken("\(quoted(path)) has no tree of chunks") }
      let level = try file.integer(at: address + 5, as: UInt8.self)
      if let expected, level != expected { throw Self.broken("the tree of chunks of \(quoted(path)) is uneven") }
      let count = Int(try file.integer(at: address + 6, as: UInt16.self))
      try charge(count)
      for index in 0..<count {
        let key = address + 24 + index * (keySize + 8)
        let child = try file.place(at: key + keySize)
        guard level == 0 else {
          open.append((child, level - 1))
          continue
        }
        let length = Int(try file.integer(at: key, as: UInt32.self))
        guard try file.integer(at: key + 4, as: UInt32.self) == 0 else {
          throw FormatProblem("has \(quoted(path)), whose chunks are stored in different ways, which cannot be read")
        }
        guard length <= file.count - child else { throw Self.broken("a chunk of \(quoted(path)) lies beyond its end") }
        try reach(child, path)
        var origin: [Int] = []
        for axis in 0..<rank {
          guard let first = Int(exactly: try file.integer(at: key + 8 + 8 * axis, as: UInt64.self)) else {
            throw Self.broken("a chunk of \(quoted(path)) lies beside the others")
          }
          origin.append(first)
        }
        pieces.append(HDF5Chunks.Piece(origin: origin, place: child..<child + length))
      }
    }
    return pieces
  }

  /// Section IV.A.2.l: what was done to each chunk.
  private func filters(_ body: ByteRegion?, _ path: String) throws(FormatProblem) -> [HDF5Chunks.Filter] {
    guard let body else { return [] }
    let version = try body.integer(at: 0, as: UInt8.self)
    guard version == 1 || version == 2 else { throw Self.broken("how \(quoted(path)) is compressed cannot be told") }
    var offset = version == 1 ? 8 : 2
    var filters: [HDF5Chunks.Filter] = []
    for _ in 0..<Int(try body.integer(at: 1, as: UInt8.self)) {
      let kind = try body.integer(at: offset, as: UInt16.self)
      let hasName = version == 1 || kind >= 256
      let nameSize = hasName ? Int(try body.integer(at: offset + 2, as: UInt16.self)) : 0
      offset += hasName ? 4 : 2
      let values = Int(try body.integer(at: offset + 2, as: UInt16.self))
      offset += 4 + (version == 1 ? (nameSize + 7) / 8 * 8 : nameSize) + 4 * values
      if version == 1, values % 2 == 1 { offset += 4 }
      switch kind {
      case 1: filters.append(.deflate)
      case 2: filters.append(.shuffle)
      default:
        throw FormatProblem(
          "has \(quoted(path)), which went through filter \(kind): only gzip and shuffle can be undone")
      }
    }
    guard filters.count <= 4 else { throw Self.broken("\(quoted(path)) went through too many filters") }
    return filters
  }
}
