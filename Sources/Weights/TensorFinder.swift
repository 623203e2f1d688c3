import Spelling

/// Finds the tensors of a file by the names that weights have in the model that the file was written for.
struct TensorFinder {
  private let file: TensorFile
  private var places: [[UInt8]: Int] = [:]
  /// Whether the file is in Keras's own layout.
  let isOfKeras: Bool
  private let groups: [String: String]
  private var noted: [String: String] = [:]
  private var notedNames: [String: String] = [:]
  private var older = OlderNames([])
  private var plain: [String: String] = [:]

  /// - Parameter groups: where Keras keeps the variables of layers, by their paths; nil where that is not known, so that
  ///   the names of layers that the file notes have to do.
  init(_ file: TensorFile, groups: [String: String]?) {
    self.file = file
    self.groups = groups ?? [:]
    isOfKeras = file.tensors.contains { Self.isVariable($0.name) || Self.isOfTraining($0.name) }
    for (place, tensor) in file.tensors.enumerated() { places[Array(tensor.name.utf8)] = place }
    if isOfKeras {
      noted = notedGroups { [$0] }
      // Paths as a program of Keras has them, in models within models too.
      notedNames = notedGroups { [kerasName($0), $0.split(separator: "/").last.map(String.init) ?? $0] }
    } else {
      older = OlderNames(file.tensors.map(\.name))
      plain = namesWithoutSlashes
    }
  }

  /// Whether the file is Keras's and nothing tells which layers its variables belong to.
  var knowsNoLayers: Bool { isOfKeras && groups.isEmpty && noted.isEmpty }

  /// The place of a weight among the file's tensors.
  ///
  /// - Parameters:
  ///   - weight: `i3a/reduce/kernel`, or the tensor's own name.
  ///   - number: which of its layer's variables it is.
  func place(of weight: String, number: Int) -> Int? {
    var names = [weight]
    if isOfKeras {
      let path = weight.utf8.lastIndex(of: UInt8(ascii: "/")).map { String(weight[..<$0]) } ?? ""
      names += Self.variables(number, in: groups[path] ?? noted[path] ?? notedNames[kerasName(path)])
    } else {
      names += [older[weight], plain[Self.withoutSlashes(weight)]].compactMap { $0 }
    }
    return names.lazy.compactMap { places[Array($0.utf8)] }.first
  }

  /// The place of a layer's variable in a group of Keras's own layout.
  func place(in group: String?, number: Int) -> Int? {
    Self.variables(number, in: group).lazy.compactMap { places[Array($0.utf8)] }.first
  }

  /// Whether a name is that of a layer's variable in Keras's own layout. Those of optimizers and of generators of random
  /// numbers are no weights.
  static func isVariable(_ name: String) -> Bool {
    let steps = name.split(separator: "/", omittingEmptySubsequences: false)
    guard steps.count >= 4, steps[steps.count - 2] == "vars", let first = steps.first else { return false }
    return (first == "layers" || first == "_layer_checkpoint_dependencies") && !steps.contains("seed_generator")
  }

  /// Whether a name is that of a variable of training in Keras's own layout, which is all that a network without weights
  /// may have: `optimizer/vars/0`.
  private static func isOfTraining(_ name: String) -> Bool {
    let steps = name.split(separator: "/", omittingEmptySubsequences: false)
    guard steps.count >= 3, steps[steps.count - 2] == "vars", let first = steps.first else { return false }
    return first == "optimizer" || first == "metrics"
  }

  /// What a layer's variable can be called: as Keras 3 does, and as 2.13 did.
  private static func variables(_ number: Int, in group: String?) -> [String] {
    guard let group else { return [] }
    let old = group.split(separator: "/").map { $0 == "layers" ? "_layer_checkpoint_dependencies" : $0 }
    return ["\(group)/vars/\(number)", "\(old.joined(separator: "/"))/vars/\(number)"]
  }

  /// The groups of layers by what is made of the names that the file notes for them; what several share tells nothing.
  private func notedGroups(_ keys: (String) -> [String]) -> [String: String] {
    var groups: [String: Set<String>] = [:]
    for tensor in file.tensors {
      guard let path = tensor.layerPath else { continue }
      let group = tensor.name.split(separator: "/").dropLast(2).joined(separator: "/")
      for key in keys(path) { groups[key, default: []].insert(group) }
    }
    return groups.compactMapValues { $0.count == 1 ? $0.first : nil }
  }

  /// The file's tensors by their names as Keras would have them: `i3a_b_reduce/kernel` for `i3a/b/reduce/kernel`. What
  /// several share tells nothing.
  private var namesWithoutSlashes: [String: String] {
    var names: [String: Set<String>] = [:]
    for tensor in file.tensors { names[Self.withoutSlashes(tensor.name), default: []].insert(tensor.name) }
    return names.compactMapValues { $0.count == 1 ? $0.first : nil }
  }

  /// A weight's name with the layer's path as Keras has it.
  private static func withoutSlashes(_ weight: String) -> String {
    guard let role = weight.utf8.lastIndex(of: UInt8(ascii: "/")) else { return weight }
    return kerasName(String(weight[..<role])) + weight[role...]
  }
}
