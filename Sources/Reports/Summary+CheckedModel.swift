import Operations
package import Semantics
import Syntax

extension Summary {
  /// `GoogLeNet: 6,998,552 parameters, 1.58 G multiply-accumulates`
  package static func oneLine(_ model: CheckedModel) -> String {
    let counts = model.totals.deployed
    let multiplications =
      counts.multiplyAccumulates.constant.map(Figures.short) ?? displayed(counts.multiplyAccumulates.description)
    return
      "\(displayed(model.name)): \(Figures.grouped(counts.parameters)) parameter\(counts.parameters == 1 ? "" : "s"), "
      + "\(multiplications) multiply-accumulates"
      + (model.domain.isEverything ? "" : "; \(displayed(model.domain.texts.joined(separator: ", ")))")
  }

  /// - Parameter depth: how many levels of blocks show their layers; nil for all.
  package init(_ model: CheckedModel, depth: Int? = nil) {
    func port(_ port: CheckedPort) -> Port {
      Port(name: port.name, shape: model.values[port.value].shape, isTrainOnly: port.isTrainOnly)
    }
    let boxes = Outline(model, depth: depth).boxes
    self.init(
      model: model.name, settings: model.parameters, inputs: model.inputs.map(port), outputs: model.outputs.map(port),
      domain: model.domain,
      rows: boxes.map { box in
        Row(
          name: box.name, layer: box.title, inputs: box.inputs.map { boxes[$0].name }, shapes: box.shapes,
          parameters: box.parameters, trainableParameters: box.trainableParameters,
          multiplyAccumulates: box.multiplyAccumulates, reach: box.reach, liveMemory: box.liveMemory,
          isTrainOnly: box.isTrainOnly, sharesWeights: box.sharesWeights)
      },
      totals: model.totals)
  }
}
