import Interchange
import Layers
import Operations
import Runtime
import Semantics
import Syntax
import Weights

extension Model {
  /// The weights of a file of any format, found by the model's names.
  ///
  /// - Parameters:
  ///   - path: safetensors, `.npz`, `.npy`, `.weights.h5`, `.weights.json` or `.keras`.
  ///   - map: a JSON file of names that differ; nil for none.
  func weightStore(_ path: String, map: String?) throws(BuildProblem) -> WeightStore {
    WeightStore(source: try fileWeights(path, map: map))
  }

  func fileWeights(_ path: String, map: String?) throws(BuildProblem) -> FileWeights {
    let map = try map.map { (path) throws(BuildProblem) in try WeightMap(file: path) }
    try map?.check(against: checked)
    let file = try WeightFile(path).file
    do throws(FormatProblem) {
      let groups = if let known = checked.source.kerasGroups { known } else { try kerasGroups(of: file) }
      return try FileWeights(file, map: map, layers: layerVariables, groups: groups)
    } catch {
      throw BuildProblem([FileProblem(path: path, reason: error.reason).description])
    }
  }

  /// The weights of the whole model, training's too, in a file: all of them and nothing else, or it throws.
  ///
  /// - Parameters:
  ///   - path: a file of any format that ``WeightFile`` reads.
  ///   - map: a JSON file of names that differ; nil for none.
  public func foundWeights(in path: String, map: String? = nil) throws(BuildProblem) -> FoundWeights {
    let weights = try fileWeights(path, map: map)
    // How many examples a normalization has seen is a whole number that no network computes with.
    let shapes = checked.nodes.filter { $0.sharedWith == nil }.flatMap { node in
      node.weights.filter { $0.role != .count }.map {
        WeightShape(name: "\(node.path)/\($0.role.rawValue)", shape: $0.shape)
      }
    }
    let problems = weights.problems(for: shapes)
    guard problems.isEmpty else {
      throw BuildProblem(problems.messages, help: helpWithNames(weights, isMapped: map != nil))
    }
    return FoundWeights(weights: weights, shapes: shapes)
  }

  /// The layers that have weights, which Keras numbers so: those that training changes come first.
  private var layerVariables: [LayerVariables] {
    checked.nodes.filter { $0.sharedWith == nil && !$0.weights.isEmpty }.map { node in
      let weights = node.weights.filter(\.isTrainable) + node.weights.filter { !$0.isTrainable }
      return LayerVariables(path: node.path, weights: weights.map { "\(node.path)/\($0.role.rawValue)" })
    }
  }

  /// Where Keras keeps the variables of layers by the description that an archive brings with its weights.
  private func kerasGroups(of file: TensorFile) throws(FormatProblem) -> [String: String]? {
    guard let bytes = try file.configuration(limit: Limits().bytes) else { return nil }
    return Source(name: KerasArchive.configName, bytes: bytes).kerasGroups
  }

  /// What to do where a file lacks weights that it may have under other names.
  fileprivate func helpWithNames(_ weights: FileWeights, isMapped: Bool) -> String? {
    guard !weights.hasAll(layerVariables.flatMap(\.weights)) else { return nil }
    if weights.knowsNoLayers {
      return
        "this file of Keras does not name its layers; the Keras model that it was written for tells them: --map "
        + "NAME.names.json, which modelc convert makes of it, or modelc weights FILE --for KERAS_MODEL -o net.safetensors"
    }
    guard !isMapped else { return nil }
    return "where the file has other names, --map FILE gives them; modelc convert writes such a map beside the .model "
      + "file that it makes of a Keras model: NAME.names.json"
  }
}

extension Source {
  /// Where Keras keeps the variables of layers, by their paths, if it wrote this description.
  var kerasGroups: [String: String]? {
    guard isJSON else { return nil }
    var log = DiagnosticLog(limit: 0)
    guard let json = JSON.parse(self, into: &log), json.value("modelc", of: json.root) == nil else { return nil }
    var groups: [String: String] = [:]
    for group in Interchange.kerasGroups(json) where groups[group.path] == nil { groups[group.path] = group.group }
    return groups
  }
}

extension Weights {
  /// What to do where a file lacks weights that it may have under other names; nil if there is nothing to do.
  package func helpWithNames(of model: Model) -> String? {
    let file: (path: String, map: String?)
    switch self {
    case .file(let path): file = (path, nil)
    case .mapped(let path, let map): file = (path, map)
    case .synthetic, .values: return nil
    }
    guard let weights = try? model.fileWeights(file.path, map: file.map) else { return nil }
    return model.helpWithNames(weights, isMapped: file.map != nil)
  }
}

/// A model's weights, all of them, found in a file.
public struct FoundWeights: Sendable {
  fileprivate let weights: FileWeights
  fileprivate let shapes: [WeightShape]

  /// As the model calls them: `i3a/reduce/kernel`, in the order of its layers.
  public var names: [String] { shapes.map(\.name) }

  /// Writes them under these names, as 32-bit floats in Keras's layouts, to a `.safetensors` or `.npz` file.
  public func write(to path: String) throws(BuildProblem) {
    var contents: [TensorContent] = []
    let store = WeightStore(source: weights)
    do throws(WeightProblem) {
      for weight in shapes {
        let values = try store.read(weight.name, shape: weight.shape)
        contents.append(TensorContent(name: weight.name, shape: weight.shape, values: values))
      }
    } catch {
      throw BuildProblem([error.description])
    }
    try WeightFile.write(contents, to: path)
  }
}
