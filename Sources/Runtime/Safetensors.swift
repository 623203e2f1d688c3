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
    for entry in entries {
      precondition(entry.shape.checkedProduct() == entry.values.count, "\(entry.name) does not have its shape's count")
    }
    var bytes = header(
      entries.map { ($0.name, type: "F32", $0.shape, size: $0.values.count * MemoryLayout<Float>.size) })
    bytes.reserveCapacity(bytes.count + entries.reduce(0) { $0 + $1.values.count * MemoryLayout<Float>.size })
    for entry in entries { bytes.appendLittleEndian(entry.values) }
    return bytes
  }

  /// What stands before the bytes of tensors, which follow one another in the order given. Names must differ.
  ///
  /// - Parameter tensors: their names, types as the format calls them, shapes, and sizes in bytes.
  package static func header(_ tensors: [(name: String, type: String, shape: [Int], size: Int)]) -> [UInt8] {
    precondition(Set(tensors.map { Array($0.name.utf8) }).count == tensors.count, "two tensors have one name")
    var header = "{"
    var offset = 0
    for (index, tensor) in tensors.enumerated() {
      let end = offset + tensor.size
      let shape = tensor.shape.map(String.init).joined(separator: ",")
      header += index == 0 ? "" : ","
      header += "\(jsonString(tensor.name)):{\"dtype\":\"\(tensor.type)\",\"shape\":[\(shape)],"
      header += "\"data_offsets\":[\(offset),\(end)]}"
      offset = end
    }
    header += "}"
    // The tensors begin at a multiple of 8 bytes.
    header += String(repeating: " ", count: (8 - header.utf8.count % 8) % 8)
    var bytes: [UInt8] = []
    bytes.appendLittleEndian(UInt64(header.utf8.count))
    bytes.append(contentsOf: header.utf8)
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
  /// The bytes of a number, the lowest first.
  package mutating func appendLittleEndian<Value: FixedWidthInteger>(_ value: Value) {
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
