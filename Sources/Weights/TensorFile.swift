package import Runtime

/// A file of named tensors, whatever its format: what it holds is known, and numbers are read when they are asked for.
package struct TensorFile: Sendable {
  /// How the tensors are kept.
  package enum Format: String, Hashable, Sendable {
    case safetensors, npy, npz
    /// HDF5, of which those files are read that Keras writes.
    case hdf5
    /// A zip archive of a model's description and its weights.
    case keras

    /// For messages: `a .npz file`.
    package var phrase: String {
      switch self {
      case .safetensors: "a safetensors file"
      case .npy: "a .npy file"
      case .npz: "a .npz file"
      case .hdf5: "an HDF5 file"
      case .keras: "a .keras archive"
      }
    }
  }

  /// Numbers of one type in a shape, under a name.
  package struct Tensor: Sendable {
    package var name: String
    package var shape: [Int]
    /// `float32`, as NumPy calls it.
    package var type: String
    /// How its numbers are stored; nil if they are no numbers that can be computed with.
    package var element: ElementType?
    /// The bytes that its numbers take, not compressed.
    package var byteCount: Int
    /// The name of the layer that Keras notes beside its variables, behind those of the models around it:
    /// `encoder/dense`.
    package var layerPath: String?
    /// Whether it is a type alone, with no sizes, not even none: h5py's `Empty`.
    package var hasNoValue = false
    var isBigEndian = false
    var isColumnMajor = false
    /// The file, or what was unpacked from it, that the place is a place in.
    var region: ByteRegion
    var place: Place

    package var count: Int { shape.reduce(1, *) }
  }

  /// Where a tensor's numbers are.
  enum Place: Sendable {
    /// In the file.
    case range(Range<Int>)
    /// In a member of the archive, behind a head of so many bytes.
    case member(ZipArchive.Member, headSize: Int)
    /// In pieces of the file.
    case chunks(HDF5Chunks)
  }

  package let format: Format
  /// In the order of the file; those of HDF5 by their paths.
  package internal(set) var tensors: [Tensor]
  let archive: ZipArchive?
  /// The member that holds all numbers, if it still has to be compared with its checksum.
  let unverified: ZipArchive.Member?

  /// Opens a file of any format, which its first bytes tell.
  package init(file path: String) throws(FileProblem) {
    try self.init(try MappedFile(path))
  }

  /// The same of a file that is open.
  package init(_ file: MappedFile) throws(FileProblem) {
    do throws(FormatProblem) {
      try self.init(ByteRegion(file))
    } catch {
      throw FileProblem(path: file.path, reason: error.reason)
    }
  }

  /// The same of bytes.
  package init(_ bytes: ByteRegion) throws(FormatProblem) {
    let beginning = try bytes.bytes(0..<min(16, bytes.count))
    if beginning.starts(with: NumPyArray.Header.magic) {
      try self.init(array: bytes)
    } else if ZipArchive.isArchive(beginning) || beginning.starts(with: [0x50, 0x4B, 5, 6]) {
      try self.init(archive: try ZipArchive(bytes), bytes)
    } else if !Safetensors.isLike(beginning), try HDF5File.start(in: bytes) != nil {
      try self.init(hdf5: bytes, as: .hdf5)
    } else {
      try self.init(safetensors: bytes)
    }
  }

  init(
    _ format: Format, _ tensors: [Tensor], archive: ZipArchive? = nil, unverified: ZipArchive.Member? = nil
  ) {
    self.format = format
    self.tensors = tensors
    self.archive = archive
    self.unverified = unverified
  }

  /// The description of the model whose weights they are, as `model.to_json()` gives it, if an archive brings it along.
  ///
  /// - Parameter limit: bytes that it may have.
  package func configuration(limit: Int) throws(FormatProblem) -> [UInt8]? {
    guard format == .keras, let archive, let member = archive.member(KerasArchive.configName) else { return nil }
    return try archive.contents(of: member, limit: limit)
  }

  /// The tensor of a name; names are the same if their bytes are.
  package func tensor(_ name: String) -> Tensor? { tensors.first { $0.name.utf8.elementsEqual(name.utf8) } }
}
