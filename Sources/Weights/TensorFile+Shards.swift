package import Runtime

/// Weights that Keras divides among several HDF5 files where one would be large: each has some of the groups, and a
/// layer's name is noted where its group began, which may be in the file before that of its arrays.
extension TensorFile {
  /// One of the files.
  package struct Shard {
    package var name: String
    package var bytes: ByteRegion
    /// The groups of which it has arrays, as the index says: `/layers/conv2d/vars`.
    package var groups: [String]

    package init(name: String, bytes: ByteRegion, groups: [String]) {
      self.name = name
      self.bytes = bytes
      self.groups = groups
    }
  }

  /// All tensors of the files together.
  ///
  /// - Throws: if one of them cannot be read, has not what the index says, or has an array that another has too.
  package init(shards: [Shard]) throws(FormatProblem) {
    var files: [HDF5File] = []
    var notes: HDF5File.Notes = [:]
    for shard in shards {
      do throws(FormatProblem) {
        let file = try HDF5File(shard.bytes)
        try file.checkGroups(shard.groups)
        notes.merge(file.notes) { $0.merging($1) { first, _ in first } }
        files.append(file)
      } catch {
        throw FormatProblem("names \(quoted(shard.name)), which \(error.reason)")
      }
    }
    let tensors = files.flatMap { Self.tensors(of: $0, notes) }.sorted { HDF5File.precedes($0.name, $1.name) }
    for (tensor, next) in zip(tensors, tensors.dropFirst()) where tensor.name.utf8.elementsEqual(next.name.utf8) {
      throw FormatProblem("names two files that have \(quoted(tensor.name))")
    }
    self.init(.hdf5, tensors)
  }
}

extension HDF5File {
  fileprivate func checkGroups(_ groups: [String]) throws(FormatProblem) {
    let present = Set(
      datasets.map { $0.path[..<($0.path.utf8.lastIndex(of: UInt8(ascii: "/")) ?? $0.path.startIndex)] })
    for group in groups {
      let path = group.utf8.first == UInt8(ascii: "/") ? group.dropFirst() : group[...]
      guard present.contains(path) else {
        throw FormatProblem("has no arrays in \(quoted(group)): the files may be of different models")
      }
    }
  }
}
