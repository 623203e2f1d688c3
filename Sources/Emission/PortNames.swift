import Planning
import Runtime

/// What the inputs and outputs of a model are called in its Swift interface.
struct PortNames: Hashable, Sendable {
  /// Labels of `callAsFunction`.
  let inputs: [String]
  /// Properties of `Output`.
  let outputs: [String]

  init(_ plan: Plan) {
    var inputNames = Identifiers(reserved: ["program", "results", "error", "network", "output"])
    var outputNames = Identifiers(reserved: [])
    inputs = plan.inputs.map { inputNames.value(for: $0.name, noun: "input") }
    outputs = plan.outputs.map { outputNames.value(for: $0.name, noun: "output") }
  }
}
