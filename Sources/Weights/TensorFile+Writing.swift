package import Runtime

/// A tensor to be written.
package struct TensorContent: Sendable {
  package var name: String
  package var shape: [Int]
  package var element: ElementType
  /// Row-major, each number with its lowest byte first.
  package var bytes: [UInt8]

  package init(name: String, shape: [Int], element: ElementType, bytes: [UInt8]) {
    self.name = name
    self.shape = shape
    self.element = element
    self.bytes = bytes
  }

  /// Numbers as they are computed with.
  package init(name: String, shape: [Int], values: [Float]) {
    self.init(name: name, shape: shape, element: .float32, bytes: [])
    bytes.reserveCapacity(4 * values.count)
    for value in values { bytes.appendLittleEndian(value.bitPattern) }
  }
}

extension TensorFile {
  /// A tensor with its numbers, to be written to another file.
  package func content(of tensor: Tensor) throws(FormatProblem) -> TensorContent {
    guard !tensor.hasNoValue else {
      throw FormatProblem("has \(quoted(tensor.name)), which is a type without a value")
    }
    let bytes = try canonicalBytes(of: tensor)
    return TensorContent(name: tensor.name, shape: tensor.shape, element: tensor.element ?? .uint8, bytes: bytes)
  }

  /// The bytes of a file. The same tensors make the same bytes.
  ///
  /// - Throws: for names and types that the format does not have, and more tensors or bytes than it holds.
  package static func encode(_ tensors: [TensorContent], as format: Format) throws(FormatProblem) -> [UInt8] {
    var names: Set<[UInt8]> = []
    for tensor in tensors where !names.insert(Array(tensor.name.utf8)).inserted {
      throw FormatProblem("would have two tensors called \(quoted(tensor.name))")
    }
    let byteCount = tensors.reduce(0) { $0 + $1.bytes.count }
    switch format {
    case .safetensors:
      var bytes = Safetensors.header(
        tensors.map { ($0.name, type: Safetensors.name(of: $0.element), $0.shape, size: $0.bytes.count) })
      bytes.reserveCapacity(bytes.count + byteCount)
      for tensor in tensors { bytes += tensor.bytes }
      return bytes
    case .npy:
      guard let tensor = tensors.first, tensors.count == 1 else {
        throw FormatProblem("can hold one array, not \(tensors.count); a .npz file holds many")
      }
      return array(tensor)
    case .npz:
      // The heads of a member take about 300 bytes.
      var archive = ZipWriter(byteCount: byteCount + 400 * tensors.count)
      for tensor in tensors {
        let member = tensor.name + ".npy"
        guard ZipDirectory.isBelowFolder(Array(member.utf8)) else {
          throw FormatProblem(
            "cannot hold \(quoted(tensor.name)): a member of an archive is a path below a folder; a safetensors file "
              + "takes any name")
        }
        try archive.add(member, array(tensor))
      }
      return archive.finished()
    case .hdf5, .keras: throw FormatProblem("cannot be written: \(format.phrase) is only read")
    }
  }

  private static func array(_ tensor: TensorContent) -> [UInt8] {
    var (type, bytes) = (tensor.element.rawValue, tensor.bytes)
    // NumPy has no such numbers by itself; the same ones with more places it has.
    if tensor.element == .bfloat16 {
      type = ElementType.float32.rawValue
      bytes = [UInt8](repeating: 0, count: 2 * tensor.bytes.count)
      for place in tensor.bytes.indices { bytes[place / 2 * 4 + 2 + place % 2] = tensor.bytes[place] }
    }
    let codes = [
      "float16": "<f2", "float32": "<f4", "float64": "<f8", "bool": "|b1", "int8": "|i1", "int16": "<i2",
      "int32": "<i4", "int64": "<i8", "uint8": "|u1", "uint16": "<u2", "uint32": "<u4", "uint64": "<u8",
    ]
    return NumPyArray.header(codes[type] ?? "<f4", shape: tensor.shape) + bytes
  }
}
