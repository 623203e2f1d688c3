/// The checksum of HDF5's newer structures: Bob Jenkins's `lookup3`.
///
/// Source: http://burtleburtle.net/bob/c/lookup3.c, its function `hashlittle`.
func hdf5Checksum(_ bytes: [UInt8]) -> UInt32 {
  var a = 0xDEAD_BEEF &+ UInt32(truncatingIfNeeded: bytes.count)
  var (b, c) = (a, a)
  func rotate(_ value: UInt32, _ count: UInt32) -> UInt32 { value << count | value >> (32 - count) }
  func word(_ offset: Int) -> UInt32 {
    (0..<4).reduce(0) { word, place in
      offset + place < bytes.count ? word | UInt32(bytes[offset + place]) << UInt32(8 * place) : word
    }
  }
  var offset = 0
  while bytes.count - offset > 12 {
    a = a &+ word(offset)
    b = b &+ word(offset + 4)
    c = c &+ word(offset + 8)
    a = (a &- c) ^ rotate(c, 4)
    c = c &+ b
    b = (b &- a) ^ rotate(a, 6)
    a = a &+ c
    c = (c &- b) ^ rotate(b, 8)
    b = b &+ a
    a = (a &- c) ^ rotate(c, 16)
    c = c &+ b
    b = (b &- a) ^ rotate(a, 19)
    a = a &+ c
    c = (c &- b) ^ rotate(b, 4)
    b = b &+ a
    offset += 12
  }
  guard offset < bytes.count else { return c }
  a = a &+ word(offset)
  b = b &+ word(offset + 4)
  c = c &+ word(offset + 8)
  c = (c ^ b) &- rotate(b, 14)
  a = (a ^ c) &- rotate(c, 11)
  b = (b ^ a) &- rotate(a, 25)
  c = (c ^ b) &- rotate(b, 16)
  a = (a ^ c) &- rotate(c, 4)
  b = (b ^ a) &- rotate(a, 14)
  c = (c ^ b) &- rotate(b, 24)
  return c
}
