import Runtime

/// Attributes that hold one text: Keras notes the name of a layer, and that bytes are `bfloat16`.
///
/// Source: section IV.A.2.m.
extension HDF5File {
  /// The name and the text of an attribute; nil if it is no single text.
  mutating func note(_ body: ByteRegion) throws(FormatProblem) -> (name: String, text: String)? {
    let version = try body.integer(at: 0, as: UInt8.self)
    let flags = try body.integer(at: 1, as: UInt8.self)
    guard (1...3).contains(version), version == 1 || flags & 3 == 0 else { return nil }
    let nameSize = Int(try body.integer(at: 2, as: UInt16.self))
    let typeSize = Int(try body.integer(at: 4, as: UInt16.self))
    let spaceSize = Int(try body.integer(at: 6, as: UInt16.self))
    // The oldest version fills each part up to a multiple of 8 bytes.
    func padded(_ size: Int) -> Int { version == 1 ? (size + 7) / 8 * 8 : size }
    let nameStart = version == 3 ? 9 : 8
    let typeStart = nameStart + padded(nameSize)
    let spaceStart = typeStart + padded(typeSize)
    let start = spaceStart + padded(spaceSize)
    guard let name = Self.text(try body.bytes(nameStart..<nameStart + nameSize)) else { return nil }
    let type = try body.part(typeStart..<typeStart + typeSize)
    let shape = try Self.shape(try body.part(spaceStart..<spaceStart + spaceSize))
    guard shape == [] else { return nil }
    switch try type.integer(at: 0, as: UInt8.self) & 15 {
    case 3:
      let size = Int(try type.integer(at: 4, as: UInt32.self))
      guard size <= body.count - start else { return nil }
      return Self.text(try body.bytes(start..<start + size)).map { (name, $0) }
    case 9:
      guard try type.integer(at: 1, as: UInt8.self) & 15 == 1 else { return nil }
      let length = Int(try body.integer(at: start, as: UInt32.self))
      let heap = try body.integer(at: start + 4, as: UInt64.self)
      guard heap < UInt64(file.count) else { return nil }
      let index = try body.integer(at: start + 12, as: UInt32.self)
      let limit = name == KerasArchive.configNote ? file.count : Self.noteLimit
      guard length <= limit else { return nil }
      return try heapObject(UInt16(truncatingIfNeeded: index), length, at: Int(heap)).map { (name, $0) }
    default: return nil
    }
  }

  /// Section III.E: a text in a heap that objects of the whole file share.
  private mutating func heapObject(_ index: UInt16, _ length: Int, at address: Int) throws(FormatProblem) -> String? {
    guard try file.bytes(address..<address + 4) == Array("GCOL".utf8) else { return nil }
    let size = try file.place(at: address + 8)
    guard size <= file.count - address else { return nil }
    var offset = address + 16
    while offset <= address + size - 16 {
      try charge(1)
      let found = try file.integer(at: offset, as: UInt16.self)
      let size = try file.place(at: offset + 8)
      if found == 0 { return nil }
      if found == index {
        guard length <= size else { return nil }
        return Self.text(try file.bytes(offset + 16..<offset + 16 + length))
      }
      offset += 16 + (size + 7) / 8 * 8
    }
    return nil
  }

  /// Bytes of a text that is no model's description.
  private static let noteLimit = 1024

  /// Text up to its zero byte, if it has one.
  static func text(_ bytes: [UInt8]) -> String? {
    String(validating: bytes.prefix { $0 != 0 }, as: UTF8.self)
  }
}
