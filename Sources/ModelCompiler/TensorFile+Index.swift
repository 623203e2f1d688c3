import Runtime
import Syntax
import Weights

extension TensorFile {
  /// Bytes that an index may have.
  private static let indexLimit = 1 << 26

  /// Opens a file of any format. Where Keras has divided weights among files, that is the index of them,
  /// `model.weights.json`, and the files that it names lie beside it:
  ///
  ///     {"metadata": {}, "weight_map": {"/layers/dense/vars": ["model_00000.weights.h5"]}}
  static func open(_ path: String) throws(FileProblem) -> TensorFile {
    let file = try MappedFile(path)
    guard isLikeJSON(file) else { return try TensorFile(file) }
    var shards: [Shard] = []
    for (name, groups) in try indexed(file) {
      do throws(FileProblem) {
        let folder = path.utf8.lastIndex(of: UInt8(ascii: "/")).map { path[...$0] } ?? ""
        shards.append(Shard(name: name, bytes: ByteRegion(try MappedFile(folder + name)), groups: groups))
      } catch {
        throw FileProblem(path: path, reason: "names \(quoted(name)), which \(error.reason)")
      }
    }
    do throws(FormatProblem) {
      return try TensorFile(shards: shards)
    } catch {
      throw FileProblem(path: path, reason: error.reason)
    }
  }

  /// Safetensors may begin with the same byte, but as the lowest of a length of 8, whose highest is zero.
  private static func isLikeJSON(_ file: MappedFile) -> Bool {
    file.withBytes { bytes in
      guard let beginning = try? ByteRegion(file).bytes(0..<min(8, bytes.byteCount)) else { return false }
      return beginning.first == UInt8(ascii: "{") && beginning.last != 0
    }
  }

  /// The files that an index names, in the order in which they occur, each with its groups.
  private static func indexed(_ file: MappedFile) throws(FileProblem) -> [(name: String, groups: [String])] {
    func problem(_ reason: String) -> FileProblem { FileProblem(path: file.path, reason: reason) }
    guard file.byteCount <= indexLimit else {
      throw problem("has \(file.byteCount) bytes; an index of weights has no more than \(indexLimit)")
    }
    let bytes = file.withBytes { unsafe $0.withUnsafeBytes { unsafe [UInt8]($0) } }
    var log = DiagnosticLog()
    guard let json = JSON.parse(Source(name: file.path, bytes: bytes), limits: Limits(), into: &log) else {
      throw problem("begins like JSON and is none: \(log.diagnostics.first?.message ?? "it cannot be read")")
    }
    guard let map = json.value("weight_map", of: json.root).flatMap(json.object) else {
      throw problem("is JSON, but no index of weights: it has no \"weight_map\", an object of groups and their files")
    }
    var places: [String: Int] = [:]
    var files: [(name: String, groups: [String])] = []
    for member in map {
      let names =
        json.array(member.value).map { $0.compactMap(json.string) } ?? json.string(member.value).map { [$0] } ?? []
      guard !names.isEmpty, names.count == json.array(member.value)?.count ?? 1 else {
        throw problem("does not say in which file \(quoted(member.key)) is")
      }
      for name in names {
        guard isOneStep(name) else {
          throw problem("names \(quoted(name)) for \(quoted(member.key)), which is no file beside it")
        }
        if places[name] == nil {
          places[name] = files.count
          files.append((name, []))
        }
        if let place = places[name] { files[place].groups.append(member.key) }
      }
    }
    return files
  }

  private static func isOneStep(_ name: String) -> Bool {
    !name.isEmpty && name != "." && name != ".." && !name.utf8.contains(UInt8(ascii: "/"))
  }
}
