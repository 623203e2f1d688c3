import Planning
import Runtime

/// The file that holds the network: its ports, its weights, and one commented statement for each step.
struct PlanFile {
  /// Functions are kept short: the compiler's time for one grows faster than its length.
  private static let stepsPerFunction = 48

  let plan: Plan
  let names: PackageNames
  let model: String
  let source: String

  var text: String {
    let functions = self.functions
    var lines = [
      "package import \(names.runtime)",
      "",
      "/// The network as it was planned: every tensor has its place in one arena, every step its operands.",
      "///",
      "/// Offsets and strides are in floats for one example. The steps run in this order.",
      "package enum Plan {",
      "  package static let network = Network(",
      "    name: \(SwiftText.literal(model)), inputs: inputs, outputs: outputs, weights: weights,",
      "    arenaSize: \(SwiftText.integer(plan.arenaSize)),\(trunk == nil ? "" : " trunk: trunk,")"
        + "\(siblings == nil ? "" : " siblings: siblings,") steps: steps)",
      "",
    ]
    lines += [trunk, siblings].compactMap { $0 }.flatMap { [$0, ""] }
    lines += list("inputs", of: "Port", plan.inputs.map { port($0.name, $0.shape) })
    lines += list("outputs", of: "Port", plan.outputs.map { port($0.name, $0.shape) })
    lines += list("weights", of: "WeightShape", plan.weights.map(weight))
    lines += [
      "  private static var steps: [any Step] {",
      "    var steps: [any Step] = []",
      "    steps.reserveCapacity(\(plan.steps.count))",
    ]
    lines += functions.map { "    \($0.name)(&steps)" }
    lines += ["    return steps", "  }", "}"]
    for function in functions {
      lines += [
        "", "extension Plan {", "  private static func \(function.name)(_ steps: inout [any Step]) {",
      ]
      lines += function.body
      lines += ["  }", "}"]
    }
    return SwiftFile.text(lines, source: source)
  }

  private var trunk: String? {
    guard let trunk = plan.trunk else { return nil }
    let results = trunk.results.map { place in
      SwiftExpression.call("Place", [.init("offset", .integer(place.offset)), .init("stride", .integer(place.stride))])
    }
    let lead = "  private static let trunk = "
    let call = SwiftExpression.call(
      "Trunk",
      [
        .init("stepCount", .integer(trunk.stepCount)), .init("examples", .integer(trunk.examples)),
        .init("results", .list(results)), .init("arenaBehind", .integer(trunk.arenaBehind)),
      ])
    return lead + call.laidOut(indent: 2, lead: lead.count)
  }

  private var siblings: String? {
    guard !plan.siblings.isEmpty else { return nil }
    let runs = plan.siblings.map { run in
      SwiftExpression.atom("\(SwiftText.integer(run.lowerBound))..<\(SwiftText.integer(run.upperBound))")
    }
    let lead = "  private static let siblings: [Range<Int>] = "
    return lead + SwiftExpression.list(runs).laidOut(indent: 2, lead: lead.count)
  }

  private func port(_ name: String, _ shape: [Int]) -> SwiftExpression {
    .call("Port", [.init("name", .text(name)), .init("shape", .integers(shape))])
  }

  private func weight(_ weight: WeightShape) -> SwiftExpression {
    var arguments: [SwiftExpression.Argument] = [
      .init("name", .text(weight.name)), .init("shape", .integers(weight.shape)),
    ]
    if weight.isOptional { arguments.append(.init("isOptional", "true")) }
    if let fanIn = weight.fanIn { arguments.append(.init("fanIn", .integer(fanIn))) }
    return .call("WeightShape", arguments)
  }

  private func list(_ name: String, of type: String, _ elements: [SwiftExpression]) -> [String] {
    guard !elements.isEmpty else { return ["  private static let \(name): [\(type)] = []", ""] }
    return ["  private static let \(name): [\(type)] = ["]
      + elements.map { "    \($0.laidOut(indent: 4, lead: 4, tail: 1))," } + ["  ]", ""]
  }

  private var functions: [(name: String, body: [String])] {
    var tensors = TensorNames(inputs: plan.inputs, outputs: plan.outputs, reserved: ["steps"])
    return stride(from: 0, to: plan.steps.count, by: Self.stepsPerFunction).map { start in
      let range = start..<min(start + Self.stepsPerFunction, plan.steps.count)
      var declared: [String: TensorView] = [:]
      var body: [String] = []
      for index in range {
        if index > start { body.append("") }
        body += statements(for: plan.steps[index], number: index + 1, &tensors, &declared)
      }
      return ("addSteps\(range.lowerBound + 1)To\(range.upperBound)", body)
    }
  }

  /// A comment, the tensors that have not been declared in this function, and the step.
  private func statements(
    for step: PlannedStep, number: Int, _ tensors: inout TensorNames, _ declared: inout [String: TensorView]
  ) -> [String] {
    let text = StepText(step.operation)
    let layer = step.layers.first ?? step.layer
    var lines = comment(step, number: number)
    var inputNames: [SwiftExpression] = []
    for tensor in text.inputs {
      let name = tensors.read(tensor, by: layer)
      inputNames.append(.atom(name))
      lines += declaration(name, tensor, &declared)
    }
    let outputName = tensors.write(text.output, by: layer, from: text.inputs)
    lines += declaration(outputName, text.output, &declared)
    let statement = SwiftExpression.call(
      "steps.append", [.init(nil, text.expression(inputNames, .atom(outputName)))])
    lines.append("    " + statement.laidOut(indent: 4, lead: 4))
    return lines
  }

  private func declaration(
    _ name: String, _ tensor: TensorView, _ declared: inout [String: TensorView]
  ) -> [String] {
    if let known = declared.updateValue(tensor, forKey: name) {
      precondition(known == tensor, "one name for two tensors: \(name)")
      return []
    }
    let lead = "    let \(name) = "
    return [lead + StepText.tensor(tensor).laidOut(indent: 4, lead: lead.count)]
  }

  private func comment(_ step: PlannedStep, number: Int) -> [String] {
    let shape = "[" + step.shape.map(String.init).joined(separator: ", ") + "]"
    var title = "\(number). "
    if let layer = step.layers.first {
      title += "\(SwiftText.comment(layer)) (\(SwiftText.comment(step.layer)))"
    } else {
      title += SwiftText.comment(step.layer)
    }
    title += ": \(shape)"
    // Without the folders, which differ from machine to machine.
    if let place = step.place.split(separator: "/").last { title += ", \(SwiftText.comment(String(place)))" }
    var lines = ["    // \(title)"]
    if step.layers.count > 1 {
      let others = step.layers.dropFirst().map(SwiftText.comment)
      lines.append("    //    with " + others.joined(separator: ", "))
    }
    return lines
  }
}
