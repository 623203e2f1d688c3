import Runtime

/// Each format's tensors.
extension TensorFile {
  init(safetensors bytes: ByteRegion) throws(FormatProblem) {
    let tensors = try bytes.withBytes { (span) throws(FormatProblem) in try Safetensors.tensors(in: span) }
    self.init(
      .safetensors,
      tensors.map { tensor in
        let element = Safetensors.element(of: tensor.type)
        return Tensor(
          name: tensor.name, shape: tensor.shape, type: element?.rawValue ?? tensor.type, element: element,
          byteCount: tensor.bytes.count, region: bytes, place: .range(tensor.bytes))
      })
  }

  init(array bytes: ByteRegion) throws(FormatProblem) {
    let header = try bytes.withBytes { (span) throws(FormatProblem) in try NumPyArray.Header(span) }
    self.init(.npy, [try Self.tensor("array", header, bytes.count, bytes, .range(header.size..<bytes.count))])
  }

  init(archive: ZipArchive, _ bytes: ByteRegion) throws(FormatProblem) {
    if archive.member(KerasArchive.configName) != nil {
      try self.init(keras: archive, bytes)
    } else {
      try self.init(arrays: archive, bytes)
    }
  }

  /// A `.npz` file: each member an array.
  private init(arrays archive: ZipArchive, _ bytes: ByteRegion) throws(FormatProblem) {
    var tensors: [Tensor] = []
    for member in archive.members {
      guard member.name.hasSuffix(".npy") else {
        throw FormatProblem(
          "is a zip archive with \(quoted(member.name)): neither .npz, which has arrays only, nor .keras, which has a "
            + KerasArchive.configName)
      }
      let header = try Self.header(of: member, archive)
      do throws(FormatProblem) {
        let start = member.place.lowerBound
        tensors.append(
          try Self.tensor(
            String(member.name.dropLast(4)), header, member.size, bytes,
            member.isCompressed
              ? .member(member, headSize: header.size) : .range(start + header.size..<member.place.upperBound)))
      } catch {
        throw FormatProblem("has \(quoted(member.name)), which \(error.reason)")
      }
    }
    self.init(.npz, tensors, archive: archive)
  }

  /// What stands before the numbers of an array, of which no more is read than need be.
  private static func header(
    of member: ZipArchive.Member, _ archive: ZipArchive
  ) throws(FormatProblem) -> NumPyArray.Header {
    // Few heads are longer, and none is longer than the second.
    let short = try archive.beginning(of: member, count: 512)
    if let header = try? unsafe NumPyArray.Header(short.span.bytes) { return header }
    let long = try archive.beginning(of: member, count: 66_000)
    do throws(FormatProblem) {
      return try unsafe NumPyArray.Header(long.span.bytes)
    } catch {
      throw FormatProblem("has \(quoted(member.name)), which \(error.reason)")
    }
  }

  private static func tensor(
    _ name: String, _ header: NumPyArray.Header, _ size: Int, _ region: ByteRegion, _ place: Place
  ) throws(FormatProblem) -> Tensor {
    let (count, overflow) = (header.shape.checkedProduct() ?? .max).multipliedReportingOverflow(by: header.type.size)
    guard !overflow, count == size - header.size else {
      throw FormatProblem(
        "has \(size - header.size) bytes of data, not those of the shape \(header.shape), \(header.type.size) bytes each"
      )
    }
    return Tensor(
      name: name, shape: header.shape, type: header.type.rawValue, element: header.type, byteCount: count,
      isBigEndian: header.isBigEndian, isColumnMajor: header.isColumnMajor, region: region, place: place)
  }

  /// A `.keras` archive: its weights are an HDF5 file, or arrays, within it.
  private init(keras archive: ZipArchive, _ bytes: ByteRegion) throws(FormatProblem) {
    guard let member = archive.member(KerasArchive.weightsName) else {
      throw FormatProblem("has no \(quoted(KerasArchive.weightsName))")
    }
    let inner: ByteRegion
    var unverified: ZipArchive.Member?
    if let stored = try archive.region(member) {
      inner = stored
      unverified = member
    } else {
      inner = ByteRegion(try archive.contents(of: member))
    }
    let file: TensorFile
    do throws(FormatProblem) {
      file = try TensorFile(hdf5: inner, as: .keras)
    } catch {
      throw FormatProblem("has \(quoted(member.name)), which \(error.reason)")
    }
    self.init(.keras, file.tensors, archive: archive, unverified: unverified)
  }

  init(hdf5 bytes: ByteRegion, as format: Format) throws(FormatProblem) {
    let file = try HDF5File(bytes)
    self.init(format, Self.tensors(of: file, file.notes))
  }

  /// The tensors of an HDF5 file.
  ///
  /// - Parameter notes: the texts that are noted for its groups, in this file or in another of the same model.
  static func tensors(of file: HDF5File, _ notes: HDF5File.Notes) -> [Tensor] {
    file.datasets.map { dataset in
      var tensor = Tensor(
        name: dataset.path, shape: dataset.shape ?? [0], type: "", element: nil, byteCount: dataset.byteCount,
        layerPath: layerPath(of: dataset.path, notes), region: file.file,
        place: dataset.chunks.map(Place.chunks) ?? .range(dataset.place))
      tensor.hasNoValue = dataset.shape == nil
      switch dataset.type {
      case .number(let element, let isBigEndian):
        (tensor.element, tensor.isBigEndian) = (element, isBigEndian)
        tensor.type = element.rawValue
      case .opaque(let size):
        // Keras notes what NumPy itself has no name for.
        tensor.element = size == 2 && dataset.notes["dtype"] == "bfloat16" ? .bfloat16 : nil
        tensor.type = tensor.element?.rawValue ?? "opaque"
      case .other(let name, _): tensor.type = name
      }
      return tensor
    }
  }

  /// `encoder/dense` for `layers/functional/layers/dense/vars/0`, as the names of the groups' layers are noted; nil if
  /// one is not.
  private static func layerPath(of path: String, _ notes: HDF5File.Notes) -> String? {
    let steps = path.split(separator: "/", omittingEmptySubsequences: false)
    guard steps.count >= 4, steps[steps.count - 2] == "vars" else { return nil }
    var names: [String] = []
    var place = 0
    while place < steps.count - 2 {
      guard place + 1 < steps.count - 2, steps[place] == "layers" || steps[place] == "_layer_checkpoint_dependencies",
        let name = notes[steps[...(place + 1)].joined(separator: "/") + "/vars"]?["name"]
      else { return nil }
      names.append(name)
      place += 2
    }
    return names.joined(separator: "/")
  }
}

extension Safetensors {
  /// Whether a file begins like one: eight bytes, then an object. What follows may be anything, even other files.
  static func isLike(_ beginning: [UInt8]) -> Bool { beginning.count > 8 && beginning[8] == UInt8(ascii: "{") }

  /// How numbers are stored that the format calls `F32`; nil for types that are not computed with.
  static func element(of type: String) -> ElementType? { elements.first { $0.name == type }?.element }

  /// What the format calls numbers that are stored in a way.
  static func name(of element: ElementType) -> String { elements.first { $0.element == element }?.name ?? "F32" }

  private static let elements: [(name: String, element: ElementType)] = [
    ("F64", .float64), ("F32", .float32), ("F16", .float16), ("BF16", .bfloat16), ("I64", .int64), ("I32", .int32),
    ("I16", .int16), ("I8", .int8), ("U64", .uint64), ("U32", .uint32), ("U16", .uint16), ("U8", .uint8),
    ("BOOL", .bool),
  ]
}
