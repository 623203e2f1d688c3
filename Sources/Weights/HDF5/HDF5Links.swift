import Runtime

/// What a group holds: names, and where the objects of these names are described.
extension HDF5File {
  struct Link {
    var name: String
    var address: Int
  }

  mutating func links(of group: HDF5Object, _ path: String) throws(FormatProblem) -> [Link] {
    var links: [Link] = []
    if let info = group.linkInfo {
      let start = try info.integer(at: 1, as: UInt8.self) & 1 != 0 ? 10 : 2
      if let heap = try place(ifAnyIn: info, at: start) {
        guard let tree = try place(ifAnyIn: info, at: start + 8) else {
          throw Self.broken("the group \(quoted(path)) has names and no tree of them")
        }
        links = try denseLinks(heap: heap, tree: tree, path)
      }
    }
    for body in group.links { links.append(try link(body, path)) }
    if let table = group.symbolTable { links += try symbols(table, path) }
    var names: Set<[UInt8]> = []
    for link in links {
      guard names.insert(Array(link.name.utf8)).inserted else {
        throw FormatProblem("has the name \(quoted(link.name)) twice in the group \(quoted(path))")
      }
    }
    return links
  }

  /// A name that is one step, in UTF-8.
  private static func name(_ bytes: [UInt8], _ path: String) throws(FormatProblem) -> String {
    guard let name = String(validating: bytes, as: UTF8.self), !name.isEmpty, !bytes.contains(UInt8(ascii: "/")),
      name != ".", name != "..", !bytes.contains(0)
    else { throw FormatProblem("has a name in the group \(quoted(path)) that is none") }
    return name
  }

  // MARK: Links as messages, section IV.A.2.g

  func link(_ body: ByteRegion, _ path: String) throws(FormatProblem) -> Link {
    let flags = try body.integer(at: 1, as: UInt8.self)
    var offset = 2
    var isHard = true
    if flags & 8 != 0 {
      isHard = try body.integer(at: offset, as: UInt8.self) == 0
      offset += 1
    }
    if flags & 4 != 0 { offset += 8 }
    if flags & 16 != 0 { offset += 1 }
    let width = 1 << Int(flags & 3)
    let length = try body.size(at: offset, width: width)
    offset += width
    let name = try Self.name(try body.bytes(offset..<offset + length), path)
    guard isHard else { throw Self.softLink(name, path) }
    let address = try body.integer(at: offset + length, as: UInt64.self)
    guard address < UInt64(file.count) else { throw Self.broken("\(quoted(name)) lies beyond its end") }
    return Link(name: name, address: Int(address))
  }

  private static func softLink(_ name: String, _ path: String) -> FormatProblem {
    FormatProblem("has a link, \(quoted(name)) in the group \(quoted(path)), and links are not followed")
  }

  // MARK: Links in a B-tree, sections III.A to III.D

  private mutating func symbols(_ table: ByteRegion, _ path: String) throws(FormatProblem) -> [Link] {
    let tree = try place(in: table, at: 0)
    let names = try nameHeap(at: try place(in: table, at: 8), path)
    var links: [Link] = []
    var open: [(address: Int, level: UInt8?)] = [(tree, nil)]
    while let (address, expected) = open.popLast() {
      try reach(address, path)
      guard try file.bytes(address..<address + 4) == Array("TREE".utf8),
        try file.integer(at: address + 4, as: UInt8.self) == 0
      else { throw Self.broken("the group \(quoted(path)) has no tree of names") }
      let level = try file.integer(at: address + 5, as: UInt8.self)
      if let expected, level != expected { throw Self.broken("the tree of names of \(quoted(path)) is uneven") }
      let count = Int(try file.integer(at: address + 6, as: UInt16.self))
      try charge(count)
      // Keys and children take turns, keys first and last.
      for index in (0..<count).reversed() {
        let child = try file.place(at: address + 32 + 16 * index)
        if level == 0 {
          links += try symbolNode(at: child, names, path)
        } else {
          open.append((child, level - 1))
        }
      }
    }
    return links
  }

  private func place(in body: ByteRegion, at offset: Int) throws(FormatProblem) -> Int {
    let value = try body.integer(at: offset, as: UInt64.self)
    guard value < UInt64(file.count) else { throw Self.broken("something lies beyond its end") }
    return Int(value)
  }

  private mutating func symbolNode(
    at address: Int, _ names: ByteRegion, _ path: String
  ) throws(FormatProblem) -> [Link] {
    try reach(address, path)
    guard try file.bytes(address..<address + 4) == Array("SNOD".utf8) else {
      throw Self.broken("the group \(quoted(path)) has no list of names")
    }
    let count = Int(try file.integer(at: address + 6, as: UInt16.self))
    var links: [Link] = []
    try charge(count)
    for index in 0..<count {
      let entry = address + 8 + 40 * index
      let name = try heapName(names, at: try file.integer(at: entry, as: UInt64.self), path)
      let kind = try file.integer(at: entry + 16, as: UInt32.self)
      guard kind < 2 else { throw Self.softLink(name, path) }
      links.append(Link(name: name, address: try file.place(at: entry + 8)))
    }
    return links
  }

  private func nameHeap(at address: Int, _ path: String) throws(FormatProblem) -> ByteRegion {
    guard try file.bytes(address..<address + 4) == Array("HEAP".utf8) else {
      throw Self.broken("the group \(quoted(path)) has no names")
    }
    let size = try file.place(at: address + 8)
    let start = try file.place(at: address + 24)
    guard size <= file.count - start else { throw Self.broken("the names of \(quoted(path)) lie beyond its end") }
    return try file.part(start..<start + size)
  }

  private func heapName(_ heap: ByteRegion, at offset: UInt64, _ path: String) throws(FormatProblem) -> String {
    guard offset < UInt64(heap.count) else { throw Self.broken("a name of \(quoted(path)) lies beyond its end") }
    // A little longer than a path may be: that it is too long is found there.
    let bytes = try heap.bytes(Int(offset)..<min(heap.count, Int(offset) + Self.pathLimit + 2))
    return try Self.name(Array(bytes.prefix { $0 != 0 }), path)
  }
}
