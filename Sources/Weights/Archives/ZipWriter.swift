import Runtime

/// Writes a zip archive whose members are not compressed. All of them are of the same day: the same members make the
/// same bytes.
struct ZipWriter {
  private var bytes: [UInt8] = []
  private var list: [UInt8] = []
  private var count: UInt16 = 0
  /// The first day that the format knows: 1 January 1980.
  private static let day: UInt16 = 1 << 5 | 1

  /// - Parameter byteCount: bytes that will hardly be exceeded: room for them is made once.
  init(byteCount: Int = 0) { bytes.reserveCapacity(byteCount) }

  mutating func add(_ name: String, _ contents: [UInt8]) throws(FormatProblem) {
    let name = Array(name.utf8)
    guard name.count <= 0xFFFF, count < .max, contents.count < 0xFFFF_FFFF, bytes.count + contents.count < 0xFFFF_0000
    else { throw FormatProblem("would have more than the 4 GiB that a .npz file holds; a safetensors file holds more") }
    let start = UInt32(bytes.count)
    var head: [UInt8] = []
    // The version that is needed, names in UTF-8, no compression, the time, the day.
    for field: UInt16 in [20, 1 << 11, 0, 0, Self.day] { head.appendLittleEndian(field) }
    head.appendLittleEndian(CRC32.of(contents))
    head.appendLittleEndian(UInt32(contents.count))
    head.appendLittleEndian(UInt32(contents.count))
    head.appendLittleEndian(UInt16(name.count))
    head.appendLittleEndian(UInt16(0))

    bytes += [0x50, 0x4B, 3, 4] + head + name
    bytes += contents
    list += [0x50, 0x4B, 1, 2, 20, 0] + head
    // No comment, the first disk, no attributes.
    list += [UInt8](repeating: 0, count: 10)
    list.appendLittleEndian(start)
    list += name
    count += 1
  }

  /// The whole archive.
  consuming func finished() -> [UInt8] {
    var end: [UInt8] = [0x50, 0x4B, 5, 6, 0, 0, 0, 0]
    end.appendLittleEndian(count)
    end.appendLittleEndian(count)
    end.appendLittleEndian(UInt32(list.count))
    end.appendLittleEndian(UInt32(bytes.count))
    end += [0, 0]
    bytes += list
    bytes += end
    return bytes
  }
}
