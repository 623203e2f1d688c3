package import Runtime

/// The numbers of tensors.
extension TensorFile {
  /// Compares what nobody has read yet with the checksums of the archive: done once, before numbers are relied on.
  package func verify() throws(FormatProblem) {
    guard let archive else { return }
    if let unverified { try archive.verify(unverified) }
    // Members that are compressed are verified when they are read.
    if format == .npz { for member in archive.members where !member.isCompressed { try archive.verify(member) } }
  }

  /// All numbers of a tensor, row-major; those that are no floats of 32 bits are rounded to such.
  ///
  /// - Throws: if they are no numbers that can be computed with, or a compressed member is broken.
  package func values(of tensor: Tensor) throws(FormatProblem) -> [Float] {
    var values = [Float](repeating: 0, count: tensor.count)
    var span = values.mutableSpan
    try read(tensor, into: &span)
    return values
  }

  /// Writes all numbers of a tensor to `values`, which are as many.
  func read(_ tensor: Tensor, into values: inout MutableSpan<Float>) throws(FormatProblem) {
    guard tensor.isColumnMajor, tensor.shape.count > 1 else {
      try unsafe values.withUnsafeMutableBufferPointer { (values) throws(FormatProblem) in
        var start = 0
        try forEachPiece(of: tensor) { element, bytes in
          let end = start + bytes.byteCount / element.size
          var piece = unsafe MutableSpan(_unsafeElements: values.extracting(start..<end))
          element.decode(bytes, isBigEndian: tensor.isBigEndian, into: &piece)
          start = end
        }
      }
      return
    }
    let element = try element(of: tensor)
    let bytes = try canonicalBytes(of: tensor)
    unsafe element.decode(bytes.span.bytes, into: &values)
  }

  /// Hands out the bytes of a tensor's numbers piece by piece, as they are stored, and what numbers they are.
  func forEachPiece(of tensor: Tensor, _ body: (ElementType, RawSpan) -> Void) throws(FormatProblem) {
    let element = try element(of: tensor)
    let stored = try stored(tensor)
    guard stored.count == tensor.count * element.size else {
      throw FormatProblem(
        "has \(stored.count) bytes for \(quoted(tensor.name)), not those of \(tensor.count) numbers of \(element.size) each"
      )
    }
    let step = Self.pieceSize * element.size
    var start = 0
    while start < stored.count {
      let piece = try stored.part(start..<min(start + step, stored.count))
      piece.withBytes { body(element, $0) }
      piece.release()
      start += step
    }
  }

  /// Numbers that are decoded at once.
  private static let pieceSize = 1 << 16

  /// The bytes of a tensor's numbers, row-major and each with its lowest byte first.
  package func canonicalBytes(of tensor: Tensor) throws(FormatProblem) -> [UInt8] {
    let size = try element(of: tensor).size
    var bytes = try stored(tensor).allBytes
    if tensor.isBigEndian, size > 1 {
      for start in stride(from: 0, to: bytes.count, by: size) { bytes[start..<start + size].reverse() }
    }
    guard tensor.isColumnMajor, tensor.shape.count > 1 else { return bytes }
    return Axes.permuted(
      bytes, elementSize: size, shape: tensor.shape.reversed(), order: Array(tensor.shape.indices.reversed()))
  }

  private func element(of tensor: Tensor) throws(FormatProblem) -> ElementType {
    guard let element = tensor.element else {
      throw FormatProblem(
        "has \(quoted(tensor.name)) of type \(quoted(tensor.type)), which are no numbers to compute with")
    }
    return element
  }

  private func stored(_ tensor: Tensor) throws(FormatProblem) -> ByteRegion {
    switch tensor.place {
    case .range(let range): return try tensor.region.part(range)
    case .chunks(let chunks): return ByteRegion(try chunks.bytes(in: tensor.region))
    case .member(let member, let headSize):
      guard let archive else { preconditionFailure("a member of no archive") }
      let contents = ByteRegion(try archive.contents(of: member))
      return try contents.part(headSize..<contents.count)
    }
  }
}
