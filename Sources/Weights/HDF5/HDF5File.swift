import Runtime

/// Reads HDF5 files as Keras writes them: groups within groups, and in them arrays that lie in one piece.
/// Arrays may lie in chunks too, compressed or not, as other programs write them. Strict: what such files do not have
/// (links, arrays in other files, newer ways to find chunks) is an error that names it. Each object is reached once, so that no file keeps the reader longer than its bytes deserve.
///
/// Source: HDF5 File Format Specification, version 3.0, whose section each part names.
struct HDF5File {
  /// An array in the file.
  struct Dataset {
    /// The names of the groups around it, and its own, with `/` between them.
    var path: String
    var type: HDF5Type
    /// nil if it has no value at all.
    var shape: [Int]?
    /// Where its numbers stand; empty if it has none, or has them in chunks.
    var place: Range<Int>
    var chunks: HDF5Chunks?
    /// The texts that are noted for it, by name.
    var notes: [String: String]

    /// The bytes of its numbers, not compressed.
    var byteCount: Int { chunks?.arraySize ?? place.count }
  }

  /// Texts by the path of what they are noted for, and by their names.
  typealias Notes = [String: [String: String]]

  /// Groups within groups.
  static let depthLimit = 64
  /// Bytes of a path.
  static let pathLimit = 4096

  let file: ByteRegion
  /// How many more things may be looked at. What an honest file holds has a byte at least; one that shows the same
  /// bytes as many things is given up.
  private var patience: Int
  /// Addresses of groups, arrays and nodes that have been reached.
  private var reached: Set<Int> = []
  /// Sorted by their paths.
  private(set) var datasets: [Dataset] = []
  /// The texts that are noted for groups, by path and name.
  private(set) var notes: Notes = [:]

  /// Where one begins in a file: another program's bytes, 512 of them or twice, four times as many…, may stand in front.
  ///
  /// Source: section II.A.
  static func start(in file: ByteRegion) throws(FormatProblem) -> Int? {
    var start = 0
    while start <= file.count - signature.count {
      if isHDF5(try file.bytes(start..<start + signature.count)) { return start }
      start = start == 0 ? 512 : 2 * start
    }
    return nil
  }

  /// Whether a file begins like one.
  static func isHDF5(_ beginning: [UInt8]) -> Bool { beginning.starts(with: signature) }

  static let signature: [UInt8] = [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A]

  init(_ whole: ByteRegion) throws(FormatProblem) {
    let root: Int
    (file, root) = try Self.opened(whole)
    patience = file.count + 4096
    // A stack of its own: groups may lie deep.
    var open = [(path: "", depth: 0, address: root)]
    reached.insert(root)
    while let (path, depth, address) = open.popLast() {
      let object = try header(at: address, path)
      if !object.notes.isEmpty { notes[path] = object.notes }
      guard object.isGroup else {
        guard !path.isEmpty else { throw Self.broken("its outermost group is none") }
        datasets.append(try dataset(path, object))
        continue
      }
      guard depth < Self.depthLimit else {
        throw FormatProblem("has groups more than \(Self.depthLimit) deep: \(quoted(path))")
      }
      for link in try links(of: object, path) {
        let inner = path.isEmpty ? link.name : path + "/" + link.name
        guard inner.utf8.count <= Self.pathLimit else {
          throw FormatProblem("has a path of more than \(Self.pathLimit) bytes: \(quoted(inner))")
        }
        try reach(link.address, inner)
        open.append((inner, depth + 1, link.address))
      }
    }
    datasets.sort { HDF5File.precedes($0.path, $1.path) }
    try checkOverlaps()
    try checkGrowth()
  }

  /// Reads nothing but what is noted for the outermost group.
  init(notesOf whole: ByteRegion) throws(FormatProblem) {
    let root: Int
    (file, root) = try Self.opened(whole)
    patience = file.count + 4096
    notes[""] = try header(at: root, "").notes
  }

  /// Notes that something at an address is being read, which must not have been before.
  mutating func reach(_ address: Int, _ path: String) throws(FormatProblem) {
    guard reached.insert(address).inserted else {
      throw FormatProblem("has more than one way to \(quoted(path)), or to a part of it")
    }
  }

  /// Notes that some things are looked at.
  mutating func charge(_ count: Int) throws(FormatProblem) {
    patience -= count
    guard patience >= 0 else { throw Self.broken("it speaks of more things than it has bytes") }
  }

  static func broken(_ reason: String) -> FormatProblem {
    FormatProblem("is an HDF5 file that cannot be read: \(reason)")
  }

  /// Section II: what all addresses count from, and where the outermost group is described.
  private static func opened(_ whole: ByteRegion) throws(FormatProblem) -> (file: ByteRegion, root: Int) {
    guard let begin = try start(in: whole) else { throw broken("it does not begin like one") }
    let file = try whole.part(begin..<whole.count)
    guard file.count >= 48 else { throw broken("it is too short") }
    let version = try file.integer(at: 8, as: UInt8.self)
    let isOld = version < 2
    guard version <= 3 else { throw broken("its version \(version) is not known") }
    let sizes = try file.bytes(isOld ? 13..<15 : 9..<11)
    guard sizes == [8, 8] else { throw broken("its addresses do not have 8 bytes") }
    // The place of the addresses: of the whole, of what is free or an extension, of the end, of the outermost group.
    let start = isOld ? (version == 0 ? 24 : 28) : 12
    guard try file.integer(at: start, as: UInt64.self) == UInt64(begin) else {
      throw broken("it does not begin where it says")
    }
    let end = try file.integer(at: start + 16, as: UInt64.self)
    guard end <= UInt64(whole.count) else {
      throw broken("it is cut off: of its \(end) bytes there are \(whole.count)")
    }
    if !isOld {
      let checksum = try file.integer(at: start + 32, as: UInt32.self)
      guard hdf5Checksum(try file.bytes(0..<start + 32)) == checksum else {
        throw broken("its first bytes have changed")
      }
    }
    return (file, try file.place(at: isOld ? start + 40 : start + 24))
  }

  /// Each byte belongs to one array.
  private func checkOverlaps() throws(FormatProblem) {
    let order = datasets.filter { !$0.place.isEmpty }.sorted { $0.place.lowerBound < $1.place.lowerBound }
    for (a, b) in zip(order, order.dropFirst()) where b.place.lowerBound < a.place.upperBound {
      throw FormatProblem("has arrays that overlap: \(quoted(a.path)) and \(quoted(b.path))")
    }
  }

  /// All chunks together take no more bytes than there are, and do not become more than a machine has room for.
  private func checkGrowth() throws(FormatProblem) {
    var (size, storedSize) = (0, 0)
    for chunks in datasets.compactMap(\.chunks) {
      let sums = (size.addingReportingOverflow(chunks.piecesSize), storedSize + chunks.storedSize)
      guard !sums.0.overflow, sums.1 <= file.count else { throw Self.broken("its arrays overlap") }
      (size, storedSize) = (sums.0.partialValue, sums.1)
    }
    guard !ZipArchive.isBomb(size: size, storedSize: storedSize) else {
      throw FormatProblem(
        "has arrays of \(storedSize) bytes that claim to become \(size), more than a hundred times as many")
    }
  }

  /// By the bytes of the names from the outermost group on; numbers in them by their values: `vars/2` before `vars/10`.
  static func precedes(_ a: String, _ b: String) -> Bool {
    let (a, b) = (Array(a.utf8), Array(b.utf8))
    var (i, j) = (0, 0)
    func number(_ bytes: [UInt8], _ start: Int) -> ArraySlice<UInt8> {
      bytes[start...].prefix { (48...57).contains($0) }
    }
    while i < a.count, j < b.count {
      let (left, right) = (number(a, i), number(b, j))
      if !left.isEmpty, !right.isEmpty {
        if left.count != right.count { return left.count < right.count }
        if left != right { return left.lexicographicallyPrecedes(right) }
        i += left.count
        j += right.count
      } else {
        // A group's contents come before a sibling whose name begins like its own.
        let (x, y) = (a[i] == UInt8(ascii: "/") ? 0 : a[i], b[j] == UInt8(ascii: "/") ? 0 : b[j])
        if x != y { return x < y }
        i += 1
        j += 1
      }
    }
    return a.count - i < b.count - j
  }
}
