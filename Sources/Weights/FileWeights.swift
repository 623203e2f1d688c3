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
  /// Weights for which the map gives tensors that the file does not have: a problem for those who want them.
  private var unfound: [WeightProblem] = []
  /// Whether the file is one that Keras wrote without the names of layers, for a network that it did not describe.
  package let knowsNoLayers: Bool
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
    let finder = TensorFinder(file, groups: groups)
    knowsNoLayers = finder.knowsNoLayers
    let mapped = entries(of: map, layers.flatMap(\.weights))
    let mappedGroups = self.groups(of: map, layers.map(\.path))
    for layer in layers {
      let group = mappedGroups[Array(layer.path.utf8)]
      for (number, weight) in layer.weights.enumerated() {
        let entry = mapped[Array(weight.utf8)]
        bind(entry ?? WeightMap.Entry(weight: weight, tensor: weight), number, group, finder, isMapped: entry != nil)
      }
    }
    // A map says all that its author wants to say.
    guard map == nil else { return }
    let bound = Set(bindings.values.map(\.place))
    for (place, tensor) in file.tensors.enumerated() where !bound.contains(place) {
      let isWeight =
        finder.isOfKeras ? TensorFinder.isVariable(tensor.name) : !tensor.name.hasPrefix("optimizer_weights/")
      if isWeight { extras.append(tensor.name) }
    }
  }

  /// Whether the file has all of these weights, whatever it calls them.
  package func hasAll(_ weights: [String]) -> Bool { weights.allSatisfy { binding($0) != nil } }

  // MARK: Names

  /// Finds the tensor of a weight by the name that it has in the file, or in the model that the file was written for;
  /// where the file tells neither, by the group that the map gives for its layer.
  private mutating func bind(
    _ entry: WeightMap.Entry, _ number: Int, _ group: String?, _ finder: TensorFinder, isMapped: Bool
  ) {
    let key = Array(entry.weight.utf8)
    guard bindings[key] == nil else { return }
    if let place = finder.place(of: entry.tensor, number: number) ?? finder.place(in: group, number: number) {
      var found = entry
      found.tensor = file.tensors[place].name
      bindings[key] = Binding(place: place, entry: found)
    } else if isMapped {
      unfound.append(
        WeightProblem(
          name: entry.weight,
          reason: "is \(quoted(entry.tensor)) by the map, which the file does not have"
            + hint(entry.tensor, file.tensors.map(\.name))))
    }
  }

  /// The entries of a map by their weights.
  private mutating func entries(of map: WeightMap?, _ weights: [String]) -> [[UInt8]: WeightMap.Entry] {
    let known = Set(weights.map { Array($0.utf8) })
    var entries: [[UInt8]: WeightMap.Entry] = [:]
    for entry in map?.entries ?? [] {
      let key = Array(entry.weight.utf8)
      if known.contains(key) {
        entries[key] = entry
      } else {
        mapProblems.append(
          WeightProblem(
            name: entry.weight, reason: "of the map is none of this network's" + hint(entry.weight, weights)))
      }
    }
    return entries
  }

  /// The groups that a map gives, by their layers.
  private mutating func groups(of map: WeightMap?, _ layers: [String]) -> [[UInt8]: String] {
    let known = Set(layers.map { Array($0.utf8) })
    var groups: [[UInt8]: String] = [:]
    for (layer, group) in (map?.groups ?? [:]).sorted(by: { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }) {
      let key = Array(layer.utf8)
      if known.contains(key) {
        groups[key] = group
      } else {
        mapProblems.append(
          WeightProblem(
            name: layer + "/", reason: "of the map is no layer of this network that has weights" + hint(layer, layers)))
      }
    }
    return groups
  }

  /// What a map may have meant; who has more problems has another problem.
  private func hint(_ name: String, _ names: [String]) -> String {
    guard mapProblems.count + unfound.count < 20 else { return "" }
    return nearest(name, among: names.prefix(2000)).map { "; did you mean \(quoted($0))?" } ?? ""
  }

  private func binding(_ weight: String) -> Binding? { bindings[Array(weight.utf8)] }

  // MARK: Values

  package func problem(with weight: WeightShape) -> WeightProblem? {
    guard let binding = binding(weight.name) else { return WeightProblem(name: weight.name, reason: "is missing") }
    return problem(weight, binding)
  }

  package func read(_ weight: WeightShape, into values: inout MutableSpan<Float>) throws(WeightProblem) {
    guard let binding = binding(weight.name) else { preconditionFailure("a weight that is missing") }
    let tensor = file.tensors[binding.place]
    do throws(FormatProblem) {
      guard binding.entry.keepsOrder else {
        let ordered = binding.entry.values(try file.values(of: tensor), shape: tensor.shape)
        for index in values.indices { values[index] = ordered[index] }
        return
      }
      try file.read(tensor, into: &values)
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
    return mapProblems + unfound.filter { known.contains(Array($0.name.utf8)) }
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
    guard !tensor.hasNoValue else {
      return WeightProblem(name: weight.name, reason: "\(name)is empty: the file has its type and no value")
    }
    guard let shape = entry.shape(of: tensor.shape, as: weight.shape) else {
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
