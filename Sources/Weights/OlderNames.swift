/// The tensors of a file in Keras's older layout, `.h5`, by the names of weights.
///
/// Each layer or model of the outermost model has a group, in which variables stand under their own names: those of Keras
/// 2 begin with the layer's name, however deep it lies; those of Keras 3 may begin with the models around it.
struct OlderNames {
  /// By what they are called in their groups, without what all have: `conv1/conv1/kernel`.
  private var whole: [String: String] = [:]
  /// Those of more than a name in a group, without its first step, which may be the outermost model's.
  private var inner: [String: Set<String>] = [:]
  /// By the group and the variable's last step alone.
  private var sole: [String: Set<String>] = [:]
  /// Without their groups.
  private var bare: [String: Set<String>] = [:]

  private static let prefix = "model_weights/"

  init(_ names: some Sequence<String>) {
    for name in names where name.hasSuffix(":0") || name.hasPrefix(Self.prefix) {
      let outer = name.hasPrefix(Self.prefix) ? name.dropFirst(Self.prefix.utf8.count) : name[...]
      let steps = (outer.hasSuffix(":0") ? outer.dropLast(2) : outer)
        .split(separator: "/", omittingEmptySubsequences: false)
      whole[steps.joined(separator: "/")] = name
      guard let group = steps.first, let role = steps.last, steps.count > 2 else { continue }
      inner[([group] + steps.dropFirst(2)).joined(separator: "/"), default: []].insert(name)
      sole["\(group)/\(role)", default: []].insert(name)
      bare[steps.dropFirst().joined(separator: "/"), default: []].insert(name)
    }
  }

  /// The tensor of a weight: `encoder/conv1/kernel`. A name that several have tells nothing.
  subscript(weight: String) -> String? {
    if let name = find(weight) { return name }
    let role = "/kernel"
    return weight.hasSuffix(role) ? find(weight.dropLast(role.utf8.count) + "/depthwise_kernel") : nil
  }

  private func find(_ weight: String) -> String? {
    let steps = weight.split(separator: "/", omittingEmptySubsequences: false)
    guard let role = steps.last else { return nil }
    let path = steps.dropLast()
    // Nobody's models lie so deep; what is tried grows with the square.
    guard path.count <= 16 else { return whole[weight] }
    var wanted: [String] = []
    // A layer's name may have had slashes: `Conv/norm/Conv/norm/gamma`.
    for count in path.indices.map({ $0 + 1 }) {
      wanted += path.indices.map { (path.prefix(count) + path[$0...] + [role]).joined(separator: "/") }
    }
    for name in wanted { if let found = whole[name] { return found } }
    for name in wanted { if let found = Self.only(inner[name]) { return found } }
    return whole[weight] ?? Self.only(sole[weight]) ?? Self.only(bare[weight])
  }

  private static func only(_ names: Set<String>?) -> String? { names?.count == 1 ? names?.first : nil }
}
