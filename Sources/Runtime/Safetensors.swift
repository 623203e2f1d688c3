/// The safetensors format: the length of a header, the header in JSON, then the tensors' bytes, one after the other.
///
/// Source: https://github.com/huggingface/safetensors, its section "Format".
package enum Safetensors {
  /// What the header says of a tensor.
  package struct Tensor: Hashable, Sendable {
    package var name: String
    /// `F32`, as the file writes it.
    package var type: String
    package var shape: [Int]
    /// Its bytes within the file.
    package var bytes: Range<Int>
  }

  /// A tensor to be written.
  package struct Entry: Hashable, Sendable {
    package var name: String
    package var shape: [Int]
    /// Row-major; as many as the shape says.
    package var values: [Float]

    package init(name: String, shape: [Int], values: [Float]) {
      self.name = name
      self.shape = shape
      self.values = values
    }
  }

  /// As the format's own library has it.
  static let maximumHeaderSize = 100_000_000

  /// The bytes of a file that holds the entries as F32, in the order given: the same entries make the same bytes.
  ///
  /// Names must differ, and each entry must have as many values as its shape says.
  package static func encode(_ entries: [Entry]) -> [UInt8] {
    precondition(Set(entries.map { Array($0.name.utf8) }).count == entries.count, "two tensors have one name")
    var header = "{"
    var offset = 0
    for (index, entry) in entries.enumerated() {
      precondition(entry.shape.checkedProduct() == entry.values.count, "\(entry.name) does not have its shape's count")
      let end = offset + entry.values.count * MemoryLayout<Float>.size
      let shape = entry.shape.map(String.init).joined(separator: ",")
      header += index == 0 ? "" : ","
      header += "\(jsonString(entry.name)):{\"dtype\":\"F32\",\"shape\":[\(shape)],\"data_offsets\":[\(offset),\(end)]}"
      offset = end
    }
    header += "}"
    // The tensors begin at a multiple of 8 bytes.
    header += String(repeating: " ", count: (8 - header.utf8.count % 8) % 8)

    var bytes: [UInt8] = []
    bytes.reserveCapacity(8 + header.utf8.count + offset)
    bytes.appendLittleEndian(UInt64(header.utf8.count))
    bytes.append(contentsOf: header.utf8)
    for entry in entries { bytes.appendLittleEndian(entry.values) }
    return bytes
  }

  private static func jsonString(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"", "\\": result += "\\\(scalar)"
      case "\0"..<" ":
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}

extension [UInt8] {
  mutating func appendLittleEndian<Value: FixedWidthInteger>(_ value: Value) {
    unsafe Swift.withUnsafeBytes(of: value.littleEndian) { unsafe append(contentsOf: $0) }
  }

  /// The bits of all values, four bytes each, the lowest first.
  mutating func appendLittleEndian(_ values: [Float]) {
    if 1.littleEndian == 1 {
      unsafe values.withUnsafeBytes { unsafe append(contentsOf: $0) }
    } else {
      for value in values { appendLittleEndian(value.bitPattern) }
    }
  }
}
