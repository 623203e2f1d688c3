import Layers
import Operations
import Syntax

/// What layers demand of sizes that are not known.
extension Elaborator {
  /// The shape of a layer's result, and what it demands of sizes for that. Demands that all sizes meet are none;
  /// demands that none meet are the layer's problem.
  mutating func resultShape(
    of layer: any Layer, _ inputs: [Shape]
  ) throws(LayerProblem) -> (shape: Shape, demands: [SizeProvision.Demand]) {
    do throws(LayerProblem) {
      return (try layer.outputShape(inputs), [])
    } catch {
      guard let provision = error.provision else { throw error }
      var problem = error
      let open = provision.demands.filter { !$0.condition.alwaysHolds }
      for demand in open {
        if let reason = refusal(of: demand.condition) {
          problem.notes += reason
          throw problem
        }
      }
      return (provision.result, open)
    }
  }

  /// Why a demand cannot be taken on trust until all layers are known; nil if it can.
  private mutating func refusal(of condition: SizeCondition) -> [String]? {
    let symbols = condition.symbolNames
    if symbols.isEmpty { return [] }
    let isForeign = library.trees[0].isForeign
    guard symbols.count == 1 else { return isForeign ? nil : [] }
    guard let sizes = condition.solution(effort: &sizeEffort) else { return isForeign ? nil : [] }
    if sizes.isEmpty { return [] }
    return sizes.isFinite && !isForeign ? ["they agree for \(sizes.text(symbols[0])) only"] : nil
  }

  /// Where the sizes come from that do not meet a demand: a line for each side of the first.
  func origins(of provision: SizeProvision?, _ call: ResolvedCall) -> [String] {
    guard let demand = provision?.demands.first else { return [] }
    return origins(of: demand, inputs: call.inputs)
  }

  func origins(of demand: SizeProvision.Demand, inputs: [ID<CheckedValue>]) -> [String] {
    demand.sides.map { side in
      let value = inputs[side.input]
      guard let axis = side.axis else {
        return "\(shape(value)) from \(origin(of: model.values[value].producer))"
      }
      return "\(shape(value).axisName(axis)) \(shape(value)[axis]) from \(origin(of: value, axis: axis))"
    }
  }

  /// The layer that a size comes from: the last one that does more than hand it on.
  func origin(of value: ID<CheckedValue>, axis: Int) -> String {
    let dim = shape(value)[axis]
    let rank = shape(value).rank
    var producer = model.values[value].producer
    while let before = model.nodes[producer].inputs.first, shape(before).rank == rank, shape(before)[axis] == dim {
      producer = model.values[before].producer
    }
    return origin(of: producer)
  }

  private func origin(of node: ID<LayerNode>) -> String {
    let node = model.nodes[node]
    return "\(node.layer == nil ? "input" : node.kind) '\(node.path)' (\(node.place))"
  }
}
