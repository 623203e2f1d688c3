import Layers
import Operations
import Runtime
import Semantics
import Weights

/// What a map says of a kernel's axes has to be true of the layer: where sizes happen to be equal, nothing else would tell.
extension WeightMap {
  func check(against model: CheckedModel) throws(BuildProblem) {
    var weights: [[UInt8]: (node: LayerNode, weight: Weight)] = [:]
    for node in model.nodes where node.sharedWith == nil {
      for weight in node.weights { weights[Array("\(node.path)/\(weight.role.rawValue)".utf8)] = (node, weight) }
    }
    var problems: [String] = []
    for entry in entries {
      // Of names that are not there more is said where the others are.
      guard let (node, weight) = weights[Array(entry.weight.utf8)] else { continue }
      for problem in [Self.layoutProblem(entry, node, weight), Self.flattenProblem(entry, node, weight, model)] {
        if let problem { problems.append("the map's \(quoted(entry.weight)) \(problem)") }
      }
    }
    guard problems.isEmpty else { throw BuildProblem(problems, help: "a map is explained in Grammar.md, Weights") }
  }

  private static func layoutProblem(_ entry: Entry, _ node: LayerNode, _ weight: Weight) -> String? {
    guard let layout = entry.layout else { return nil }
    let layouts = Self.layouts(of: weight, in: node)
    guard !layouts.contains(layout) else { return nil }
    let expected =
      layouts.isEmpty ? "which has none" : "whose \(weight.role.rawValue) has \(layouts.joined(separator: " or "))"
    return "has the layout \(layout), but is of a \(node.kind), \(expected)"
  }

  /// The layouts that a weight can have in a file.
  private static func layouts(of weight: Weight, in node: LayerNode) -> [String] {
    guard isKernel(weight) else { return [] }
    switch weight.shape.count {
    case 2: return ["OI"]
    case 3: return node.kind == "Conv1DTranspose" ? ["IOW"] : ["OIW", "OWI"]
    case 4: return node.kind == "Conv2DTranspose" ? ["IOHW"] : ["OIHW", "OHWI"]
    default: return []
    }
  }

  private static func isKernel(_ weight: Weight) -> Bool {
    [.kernel, .depthwiseKernel, .pointwiseKernel].contains(weight.role)
  }

  private static func flattenProblem(
    _ entry: Entry, _ node: LayerNode, _ weight: Weight, _ model: CheckedModel
  ) -> String? {
    guard let sizes = entry.flattened else { return nil }
    guard isKernel(weight), weight.shape.count == 2 else { return "has `flatten`, but is no kernel of a dense layer" }
    switch flattenedMap(before: node, model) {
    case .unknown: return nil
    case .none: return "has `flatten`, but no map is flattened in front of '\(node.path)'"
    case .map(let channels, let spatial):
      // Maps that are no images have their places in one row.
      guard sizes != [channels] + spatial else { return nil }
      if spatial.count != 2, sizes[0] == channels, sizes[1...].checkedProduct() == spatial.checkedProduct() {
        return nil
      }
      return "has `flatten` \(sizes), but the map in front of '\(node.path)' has \([channels] + spatial): channels, "
        + "then what it counts before them"
    }
  }

  private enum FlattenedMap {
    case map(channels: Int, spatial: [Int])
    case none
    /// It is flattened outside of the network, or its sizes are not known.
    case unknown
  }

  /// The map whose values a layer takes in one row, one for one but for layers that keep each in its place.
  private static func flattenedMap(before node: LayerNode, _ model: CheckedModel) -> FlattenedMap {
    guard var value = node.inputs.first, model.values[value].shape.rank == 2 else { return .none }
    while true {
      let producer = model.nodes[model.values[value].producer]
      guard let input = producer.inputs.first else { return .unknown }
      let shape = model.values[input].shape
      guard let count = exampleCount(shape) else { return .unknown }
      guard !producer.weights.contains(where: isKernel), count == exampleCount(model.values[value].shape) else {
        return .none
      }
      guard shape.rank > 2 else {
        value = input
        continue
      }
      guard let axis = producer.layer?.channelAxis(rank: shape.rank), shape.dims.indices.contains(axis) else {
        return .none
      }
      let sizes = shape.dims.map { $0.constant ?? 0 }
      return .map(channels: sizes[axis], spatial: sizes.indices.dropFirst().filter { $0 != axis }.map { sizes[$0] })
    }
  }

  /// The values of one example; nil if it is not known how many.
  private static func exampleCount(_ shape: Shape) -> Int? {
    let sizes = shape.dims.dropFirst().compactMap(\.constant)
    return sizes.count == shape.rank - 1 ? sizes.checkedProduct() : nil
  }
}
