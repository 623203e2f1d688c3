/// An array of numbers as NumPy's `.npy` files hold one.
///
/// Source: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
package struct NumPyArray: Hashable, Sendable {
  package var shape: [Int]
  /// Row-major; as many as the shape says.
  package var values: [Float]

  package init(shape: [Int], values: [Float]) {
    precondition(shape.checkedProduct() == values.count, "\(values.count) values do not have the shape \(shape)")
    self.shape = shape
    self.values = values
  }

  /// Reads a file.
  package init(file path: String) throws(FileProblem) {
    let file = try MappedFile(path)
    do {
      self = try file.withBytes { (bytes) throws(FormatProblem) in try NumPyArray(decoding: bytes) }
    } catch {
      throw FileProblem(path: path, reason: error.reason)
    }
  }

  /// The sizes that the array in a file says to have, its numbers unread.
  package static func shape(ofFile path: String) throws(FileProblem) -> [Int] {
    let file = try MappedFile(path)
    do {
      return try file.withBytes { (bytes) throws(FormatProblem) in try Header(bytes).shape }
    } catch {
      throw FileProblem(path: path, reason: error.reason)
    }
  }

  /// Reads the bytes of a file of version 1, 2 or 3.
  ///
  /// Floating-point numbers, integers and booleans of either byte order become `Float`, rounded where they must be;
  /// column-major arrays become row-major.
  package init(decoding file: RawSpan) throws(FormatProblem) {
    let header = try Header(file)
    guard let count = header.shape.checkedProduct() else {
      throw FormatProblem("has the shape \(header.shape), which is too large")
    }
    let (size, overflow) = count.multipliedReportingOverflow(by: header.type.size)
    let found = file.byteCount - header.size
    guard !overflow, size == found else {
      throw FormatProblem("has \(found) bytes of data, not those of \(count) values of \(header.type.size) bytes each")
    }
    let values = header.type.decode(
      file.extracting(header.size..<file.byteCount), isBigEndian: header.isBigEndian)
    self.init(
      shape: header.shape,
      values: header.isColumnMajor ? Self.rowMajor(values, shape: header.shape) : values)
  }

  /// The bytes of a file: version 1.0, little-endian float32, row-major; the same as NumPy's `save` writes.
  package func encoded() -> [UInt8] {
    var bytes = Self.header("<f4", shape: shape)
    bytes.reserveCapacity(bytes.count + values.count * MemoryLayout<Float>.size)
    bytes.appendLittleEndian(values)
    return bytes
  }

  /// What stands before the numbers: version 1.0, row-major.
  ///
  /// - Parameter type: `<f4`, as NumPy writes it.
  package static func header(_ type: String, shape: [Int]) -> [UInt8] {
    let sizes = shape.map(String.init).joined(separator: ", ") + (shape.count == 1 ? "," : "")
    var header = "{'descr': '\(type)', 'fortran_order': False, 'shape': (\(sizes)), }"
    // NumPy leaves room for the first size to grow to 21 digits in place.
    if let first = shape.first { header += String(repeating: " ", count: max(21 - String(first).count, 0)) }
    let prefix = Header.magic.count + 4
    let length = (prefix + header.utf8.count) / 64 * 64 + 64 - prefix
    header += String(repeating: " ", count: length - header.utf8.count - 1) + "\n"

    var bytes = Header.magic + [1, 0]
    bytes.appendLittleEndian(UInt16(length))
    bytes.append(contentsOf: header.utf8)
    return bytes
  }

  private static func rowMajor(_ values: [Float], shape: [Int]) -> [Float] {
    // Of a column-major array the first index runs fastest.
    var strides: [Int] = []
    var stride = 1
    for size in shape {
      strides.append(stride)
      stride *= size
    }
    var result: [Float] = []
    result.reserveCapacity(values.count)
    var index = [Int](repeating: 0, count: shape.count)
    var offset = 0
    for _ in values.indices {
      result.append(values[offset])
      for axis in shape.indices.reversed() {
        index[axis] += 1
        offset += strides[axis]
        if index[axis] < shape[axis] { break }
        offset -= strides[axis] * shape[axis]
        index[axis] = 0
      }
    }
    return result
  }
}
