package import Runtime
import Spelling

/// The weights of a network in a file of any format: found by their own names, by a map, or as Keras numbers the
/// variables of its layers.
package struct FileWeights: WeightSource {
  private let file: TensorFile
  /// Places in the file's tensors and how they are put in order, by the weights' names.
  private var bindings: [[UInt8]: Binding] = [:]
  /// What the map says and does not hold.
  private var mapProblems: [WeightProblem] = []
  /// Tensors that the network has to have, since nothing says otherwise.
  private var extras: [String] = []

  private struct Binding {
    var place: Int
    var entry: WeightMap.Entry
  }

  /// Finds the tensors of a network's weights.
  ///
  /// - Parameters:
  ///   - map: names that differ; what it does not speak of is found as without it.
  ///   - layers: the network's layers that have weights.
  ///   - groups: where Keras keeps the variables of the layers, by their paths; nil where the network's description does
  ///     not tell, so that the names of layers that the file notes have to do.
  /// - Throws: if an archive's checksums say that it has changed.
  package init(
    _ file: TensorFile, map: WeightMap? = nil, layers: [LayerVariables], groups: [String: String]?
  ) throws(FormatProblem) {
    try file.verify()
    self.file = file
    var places: [[UInt8]: Int] = [:]
    for (place, tensor) in file.tensors.enumerated() { places[Array(tensor.name.utf8)] = place }
    bindMap(map, layers, places)
    let isOfKeras = file.tensors.contains { Self.isVariable($0.name) }
    let noted = isOfKeras ? notedGroups { [$0] } : [:]
    // Paths as a program of Keras has them, in models within models too.
    let notedNames =
      isOfKeras ? notedGroups { [kerasName($0), $0.split(separator: "/").last.map(String.init) ?? $0] } : [:]
    let older = isOfKeras ? [:] : olderNames
    let plain = isOfKeras ? [:] : namesWithoutSlashes
    for layer in layers {
      let group = groups?[layer.path] ?? noted[layer.path] ?? notedNames[kerasName(layer.path)]
      for (number, weight) in layer.weights.enumerated() {
        let names =
          [weight] + (isOfKeras ? Self.variables(number, in: group) : [])
          + [older[weight], plain[Self.withoutSlashes(weight)]].compactMap { $0 }
        bind(weight, to: names, places)
      }
    }
    // A map says all that its author wants to say.
    guard map == nil else { return }
    let bound = Set(bindings.values.map(\.place))
    for (place, tensor) in file.tensors.enumerated() where !bound.contains(place) {
      let isWeight = isOfKeras ? Self.isVariable(tensor.name) : !tensor.name.hasPrefix("optimizer_weights/")
      if isWeight { extras.append(tensor.name) }
    }
  }

  /// The tensors of the weights that are there, with their names in the file.
  package func entries(for weights: [String]) -> [WeightMap.Entry] { weights.compactMap { binding($0)?.entry } }

  // MARK: Names

  private mutating func bind(_ weight: String, to names: [String], _ places: [[UInt8]: Int]) {
    let key = Array(weight.utf8)
    guard bindings[key] == nil else { return }
    for name in names {
      guard let place = places[Array(name.utf8)] else { continue }
      bindings[key] = Binding(place: place, entry: WeightMap.Entry(weight: weight, tensor: name))
      return
    }
  }

  private mutating func bindMap(_ map: WeightMap?, _ layers: [LayerVariables], _ places: [[UInt8]: Int]) {
    guard let map else { return }
    let weights = layers.flatMap(\.weights)
    let known = Set(weights.map { Array($0.utf8) })
    for entry in map.entries {
      let key = Array(entry.weight.utf8)
      guard known.contains(key) else {
        mapProblems.append(
          WeightProblem(
            name: entry.weight, reason: "of the map is none of this network's" + Self.hint(entry.weight, weights)))
        continue
      }
      guard let place = places[Array(entry.tensor.utf8)] else {
        let names = file.tensors.map(\.name)
        mapProblems.append(
          WeightProblem(
            name: entry.weight,
            reason: "is \(quoted(entry.tensor)) by the map, which the file does not have"
              + Self.hint(entry.tensor, names)))
        continue
      }
      bindings[key] = Binding(place: place, entry: entry)
    }
  }

  private static func hint(_ name: String, _ names: [String]) -> String {
    nearest(name, among: names.prefix(2000)).map { "; did you mean \(quoted($0))?" } ?? ""
  }

  /// Whether a name is that of a layer's variable in Keras's own layout. Those of optimizers and of generators of random
  /// numbers are no weights.
  private static func isVariable(_ name: String) -> Bool {
    let steps = name.split(separator: "/", omittingEmptySubsequences: false)
    guard steps.count >= 4, steps[steps.count - 2] == "vars", let first = steps.first else { return false }
    return (first == "layers" || first == "_layer_checkpoint_dependencies") && !steps.contains("seed_generator")
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

  /// The tensors of files in Keras's older layout by the weights' names: `conv1/conv1/kernel:0` is `conv1/kernel`, and
  /// `encoder/conv1/kernel` itself. Names that several have tell nothing.
  private var olderNames: [String: String] {
    let prefix = "model_weights/"
    var names: [String: Set<String>] = [:]
    for tensor in file.tensors where tensor.name.hasSuffix(":0") || tensor.name.hasPrefix(prefix) {
      let name = tensor.name.hasPrefix(prefix) ? tensor.name.dropFirst(prefix.utf8.count) : tensor.name[...]
      let whole = name.hasSuffix(":0") ? name.dropLast(2) : name
      let steps = whole.split(separator: "/", omittingEmptySubsequences: false)
      // A layer's group holds its variables under the layer's name, a model's under the names of its layers.
      names[String(whole), default: []].insert(tensor.name)
      if steps.count > 2 { names[steps.dropFirst().joined(separator: "/"), default: []].insert(tensor.name) }
    }
    return names.compactMapValues { $0.count == 1 ? $0.first : nil }
  }

  private func binding(_ weight: String) -> Binding? { bindings[Array(weight.utf8)] }

  // MARK: Values

  package func read(_ weight: WeightShape) throws(WeightProblem) -> [Float] {
    guard let binding = binding(weight.name) else { throw WeightProblem(name: weight.name, reason: "is missing") }
    if let problem = problem(weight, binding) { throw problem }
    let tensor = file.tensors[binding.place]
    do throws(FormatProblem) {
      return binding.entry.values(try file.values(of: tensor), shape: tensor.shape)
    } catch {
      throw WeightProblem(name: weight.name, reason: "cannot be read: the file \(error.reason)")
    }
  }

  package func problems(for wanted: [WeightShape]) -> [WeightProblem] {
    let bound = bindings.values.map(\.entry.weight).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    let known = Set(wanted.map { Array($0.name.utf8) })
    // What only training needs may be there too.
    let names = bound.filter { known.contains(Array($0.utf8)) } + extras
    let comparison = NameComparison(wanted: wanted, names: names)
    let layers = Dictionary(
      file.tensors.map { ($0.name, $0.layerPath) }, uniquingKeysWith: { first, _ in first })
    return mapProblems
      + comparison.problems { weight in binding(weight.name).flatMap { problem(weight, $0) } }.map { problem in
        // Numbers of variables say little; the name of their layer does.
        guard let layer = layers[problem.name] ?? nil, binding(problem.name) == nil else { return problem }
        return WeightProblem(name: problem.name, reason: "of the layer \(quoted(layer)) \(problem.reason)")
      }
  }

  private func problem(_ weight: WeightShape, _ binding: Binding) -> WeightProblem? {
    let tensor = file.tensors[binding.place]
    let entry = binding.entry
    let name = entry.weight == entry.tensor ? "" : "(\(quoted(entry.tensor)) in the file) "
    guard let shape = entry.shape(of: tensor.shape) else {
      return WeightProblem(
        name: weight.name, reason: "\(name)has the shape \(tensor.shape), which the map cannot put in order")
    }
    guard shape == weight.shape else {
      return WeightProblem(
        name: weight.name, reason: "\(name)has the shape \(shape), but needs \(weight.shape)")
    }
    let floats: Set<ElementType> = [.float16, .bfloat16, .float32, .float64]
    guard let element = tensor.element, floats.contains(element) else {
      return WeightProblem(
        name: weight.name,
        reason: "\(name)is of type \(quoted(tensor.type)), but needs float32, float16, bfloat16 or float64")
    }
    return nil
  }
}
