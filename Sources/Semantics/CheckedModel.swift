package import Layers
package import Operations
package import Syntax

/// A network whose every shape is known to fit: only the checker makes one, and what follows takes nothing else.
package struct CheckedModel: Sendable {
  package internal(set) var name: String
  /// The values of the model's parameters, in order: `classes = 1000`.
  package internal(set) var parameters: [(name: String, value: String)] = []
  package internal(set) var inputs: [CheckedPort] = []
  package internal(set) var outputs: [CheckedPort] = []
  /// In an order in which each layer's inputs come before it; inputs are nodes too, of class `InputLayer`.
  package internal(set) var nodes: [LayerNode] = []
  package internal(set) var values: [CheckedValue] = []
  /// The calls of blocks, each behind the one that it stands in.
  package internal(set) var groups: [LayerGroup] = []
  /// What its `train` section says, if it has one.
  package internal(set) var training: CheckedTraining?
  package internal(set) var source: Source
  /// Names that stand for tensors, `i3a` or `i3a/b`, in blocks too, in order.
  package internal(set) var names: [CheckedName] = []
  /// How sizes of values came about that a block promised, by the value's index and the axis.
  package internal(set) var promises: [Int: [Int: Provenance]] = [:]
  /// Where the model's parameters come from, if the checker was to explain.
  package internal(set) var parameterProvenance: [Provenance] = []
  /// What has to hold of the sizes that are not known, in the order of the layers, each condition once.
  package internal(set) var conditions: [CheckedCondition] = []
  /// The sizes for which all conditions hold.
  package internal(set) var domain = SizeDomain.none
  /// What it counts as a whole.
  package internal(set) var totals = Totals()

  init(name: String, source: Source) {
    self.name = name
    self.source = source
  }
}

/// A tensor between layers.
package struct CheckedValue: Sendable {
  package internal(set) var shape: Shape
  /// The layer that makes it.
  package internal(set) var producer: ID<LayerNode>
}

package struct CheckedPort: Sendable {
  package internal(set) var name: String
  package internal(set) var value: ID<CheckedValue>
  package internal(set) var isTrainOnly: Bool
}

/// A binding.
package struct CheckedName: Sendable {
  /// `i3a/b`
  package internal(set) var path: String
  package internal(set) var value: ID<CheckedValue>
}

/// A condition on sizes that are not known, and the layer that demands it.
package struct CheckedCondition: Sendable {
  package internal(set) var condition: SizeCondition
  package internal(set) var path: String
  package internal(set) var place: String
}

/// One call of a layer.
package struct LayerNode: Sendable {
  /// `i3a/b/reduce`
  package internal(set) var path: String
  /// `Conv2D`
  package internal(set) var kind: String
  /// nil for an input.
  package internal(set) var layer: (any Layer)?
  package internal(set) var inputs: [ID<CheckedValue>]
  package internal(set) var output: ID<CheckedValue>
  package internal(set) var weights: [Weight]
  /// False where `trainable: false` freezes the weights.
  package internal(set) var isTrainable: Bool
  /// Multiplications for one example; a formula where a size is unknown.
  package internal(set) var multiplyAccumulates: Dim
  /// Whether only train outputs need it.
  package internal(set) var isTrainOnly: Bool
  /// Where its attributes come from, by name; empty unless the checker was to explain.
  package internal(set) var provenance: [String: Provenance] = [:]
  /// What it demands of sizes that are not known, besides that each of its result's is at least 1.
  package internal(set) var demands: [SizeProvision.Demand] = []
  /// Which of the trees that were checked the call stands in.
  package internal(set) var tree: Int
  /// The call, in the file of the block that it stands in.
  package internal(set) var range: SourceRange
  /// `googlenet.model:12`: the file without its folders, which differ from machine to machine.
  package var place: String { "\(file):\(line)" }
  var file: String
  var line: Int
  /// The call of a block that it stands in.
  package internal(set) var group: ID<LayerGroup>?
  /// An earlier call of the same instance, whose weights it shares.
  package internal(set) var sharedWith: ID<LayerNode>?

  /// What the weights count, shared ones nothing.
  package var parameterCount: Int { sharedWith == nil ? weights.reduce(0) { $0 + $1.shape.reduce(1, *) } : 0 }

  package var trainableParameterCount: Int {
    guard sharedWith == nil, isTrainable else { return 0 }
    return weights.reduce(0) { $0 + ($1.isTrainable ? $1.shape.reduce(1, *) : 0) }
  }
}

extension CheckedModel {
  /// The attributes of a layer, so that two that do the same to their tensors have the same.
  package func normalArguments(of node: LayerNode) -> [Argument] {
    node.layer?.normalArguments(rank: node.inputs.first.map { values[$0].shape.rank }) ?? []
  }

  /// The call of a block in the model itself that a layer stands in, however deep.
  func outermostGroup(of node: LayerNode) -> ID<LayerGroup>? {
    var group = node.group
    while let inner = group, let outer = groups[inner].parent { group = outer }
    return group
  }

  /// The names of the sizes that the inputs leave open, the batch's apart, in order.
  package var symbolNames: [String] {
    var names: [String] = []
    var seen: Set<String> = []
    for input in inputs {
      for dim in values[input.value].shape.dims.dropFirst() {
        for name in dim.symbolNames where seen.insert(name).inserted { names.append(name) }
      }
    }
    return names
  }

  /// Puts the inputs in an order given by their names; those that it does not name come behind, as they were.
  mutating func sortInputs(as names: [String]) {
    if names.isEmpty { return }
    var places: [String: Int] = [:]
    for (place, name) in names.enumerated() where places[name] == nil { places[name] = place }
    let keyed = inputs.enumerated().map { (place: places[$1.name] ?? names.count + $0, port: $1) }
    inputs = keyed.sorted { $0.place < $1.place }.map(\.port)
  }
}
