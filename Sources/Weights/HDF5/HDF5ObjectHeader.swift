import Runtime

/// What is said of a group or an array: messages, of which those are kept that matter here.
///
/// Source: section IV.A.
struct HDF5Object {
  var dataspace: ByteRegion?
  var datatype: ByteRegion?
  var layout: ByteRegion?
  /// Where a group's B-tree and its names stand.
  var symbolTable: ByteRegion?
  /// Links that are written among the messages.
  var links: [ByteRegion] = []
  /// Says whether there are links elsewhere.
  var linkInfo: ByteRegion?
  /// What its numbers went through.
  var filters: ByteRegion?
  var isExternal = false
  /// Texts by name.
  var notes: [String: String] = [:]

  /// Whether it holds other objects rather than numbers.
  var isGroup: Bool { dataspace == nil && datatype == nil && layout == nil }
}

extension HDF5File {
  /// The messages at an address.
  mutating func header(at address: Int, _ path: String) throws(FormatProblem) -> HDF5Object {
    var object = HDF5Object()
    if address <= file.count - 4, try file.bytes(address..<address + 4) == Array("OHDR".utf8) {
      try readNew(at: address, path, into: &object)
    } else {
      try readOld(at: address, path, into: &object)
    }
    return object
  }

  // MARK: Version 1

  private mutating func readOld(at address: Int, _ path: String, into object: inout HDF5Object) throws(FormatProblem) {
    guard try file.integer(at: address, as: UInt8.self) == 1 else { throw Self.broken("\(quoted(path)) is no object") }
    // More messages are never there, whatever the blocks say: that bounds the blocks too.
    var left = Int(try file.integer(at: address + 2, as: UInt16.self))
    let size = Int(try file.integer(at: address + 8, as: UInt32.self))
    var blocks = [address + 16..<address + 16 + size]
    while let block = blocks.popLast() {
      let block = try file.part(block)
      var offset = 0
      while left > 0, offset <= block.count - 8 {
        left -= 1
        try charge(1)
        let kind = try block.integer(at: offset, as: UInt16.self)
        let length = Int(try block.integer(at: offset + 2, as: UInt16.self))
        let flags = try block.integer(at: offset + 4, as: UInt8.self)
        let body = try block.part(offset + 8..<offset + 8 + length)
        offset += 8 + length
        if kind == 0x10 {
          blocks.append(try continuation(body))
        } else {
          try take(kind, flags, body, path, into: &object)
        }
      }
    }
  }

  /// Where more messages stand.
  private func continuation(_ body: ByteRegion) throws(FormatProblem) -> Range<Int> {
    let start = try body.integer(at: 0, as: UInt64.self)
    let size = try body.integer(at: 8, as: UInt64.self)
    guard start <= UInt64(file.count), size <= UInt64(file.count) - start else {
      throw Self.broken("messages stand beyond its end")
    }
    return Int(start)..<Int(start + size)
  }

  // MARK: Version 2

  private mutating func readNew(at address: Int, _ path: String, into object: inout HDF5Object) throws(FormatProblem) {
    guard try file.integer(at: address + 4, as: UInt8.self) == 2 else {
      throw Self.broken("\(quoted(path)) is an object of no known version")
    }
    let flags = try file.integer(at: address + 5, as: UInt8.self)
    var offset = address + 6 + (flags & 0x20 != 0 ? 16 : 0) + (flags & 0x10 != 0 ? 4 : 0)
    let width = 1 << Int(flags & 3)
    let size = try file.size(at: offset, width: width)
    offset += width
    let start = HDF5Block(whole: address..<offset + size, messages: offset..<offset + size)
    // A block takes its own bytes and no other's.
    var blocks = [start]
    var seen: Set<Int> = [address]
    while let block = blocks.popLast() {
      try charge(block.whole.count / 16 + 1)
      guard try file.integer(at: block.whole.upperBound) == hdf5Checksum(try file.bytes(block.whole)) else {
        throw Self.broken("\(quoted(path)) has changed: its checksum is wrong")
      }
      let messages = try file.part(block.messages)
      let head = flags & 4 != 0 ? 6 : 4
      var offset = 0
      while offset <= messages.count - head {
        let kind = UInt16(try messages.integer(at: offset, as: UInt8.self))
        let length = Int(try messages.integer(at: offset + 1, as: UInt16.self))
        let flags = try messages.integer(at: offset + 3, as: UInt8.self)
        let body = try messages.part(offset + head..<offset + head + length)
        offset += head + length
        guard kind == 0x10 else {
          try take(kind, flags, body, path, into: &object)
          continue
        }
        let range = try continuation(body)
        guard range.count >= 8, seen.insert(range.lowerBound).inserted,
          try file.bytes(range.lowerBound..<range.lowerBound + 4) == Array("OCHK".utf8)
        else { throw Self.broken("\(quoted(path)) goes on where nothing is") }
        blocks.append(
          HDF5Block(
            whole: range.lowerBound..<range.upperBound - 4, messages: range.lowerBound + 4..<range.upperBound - 4))
      }
    }
  }

  // MARK: Messages

  private mutating func take(
    _ kind: UInt16, _ flags: UInt8, _ body: ByteRegion, _ path: String, into object: inout HDF5Object
  ) throws(FormatProblem) {
    let isShared = flags & 2 != 0
    switch kind {
    case 0x01 where object.dataspace == nil && !isShared: object.dataspace = body
    case 0x03 where object.datatype == nil && !isShared: object.datatype = body
    case 0x08 where object.layout == nil && !isShared: object.layout = body
    case 0x11 where object.symbolTable == nil && !isShared: object.symbolTable = body
    case 0x02 where object.linkInfo == nil && !isShared: object.linkInfo = body
    case 0x0B where object.filters == nil && !isShared: object.filters = body
    case 0x01, 0x02, 0x03, 0x08, 0x0B, 0x11:
      throw FormatProblem("has \(quoted(path)), which says a thing twice or says it elsewhere")
    case 0x06: object.links.append(body)
    case 0x07: object.isExternal = true
    // What cannot be read of a note is none of the numbers' business.
    case 0x0C where !isShared:
      if let note = try? note(body) { object.notes[note.name] = note.text }
    default: break
    }
  }
}

/// A stretch of messages, and what its checksum covers.
private struct HDF5Block {
  var whole: Range<Int>
  var messages: Range<Int>
}
