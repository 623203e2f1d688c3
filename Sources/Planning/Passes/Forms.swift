import Operations
import Runtime

/// Gives every value the form that its producer makes, and adds a step wherever a reader wants another one: once for
/// each value and form.
func formed(_ graph: FusedGraph) -> FormedGraph {
  var builder = FormBuilder(graph)
  for index in graph.inputs.indices { builder.addInput(index) }
  for operation in graph.operations { builder.add(operation) }
  builder.addOutputs()
  return FormedGraph(tensors: builder.tensors, steps: builder.steps)
}

/// What is known of a value while the forms are made.
struct ValueForms {
  /// The form in which it was made.
  enum Home: Hashable {
    case plain
    case map(DataFormat)
  }

  var home = Home.plain
  var plain: ID<Tensor>?
  var channelsLast: ID<Tensor>?
  var channelsFirst: ID<Tensor>?
  /// Who made it, for the steps that convert it.
  var origins: [Origin] = []
  var isOutput = false
}

struct FormBuilder {
  let graph: FusedGraph
  var tensors: [Tensor] = []
  var steps: [FormedStep] = []
  var values: [ValueForms]

  init(_ graph: FusedGraph) {
    self.graph = graph
    values = Array(repeating: ValueForms(), count: graph.sizes.count)
    for output in graph.outputs { values[output.value.index].isOutput = true }
  }

  mutating func addInput(_ index: Int) {
    let input = graph.inputs[index]
    let tensor = Tensor(form: .plain(graph.sizes[input.value.index]), port: .input(index))
    set(input.value, .plain, tensors.add(tensor), [Origin(path: input.name, layer: "InputLayer", place: "")])
  }

  /// Results go to the caller's memory: the plain tensor of an output stands there from the beginning, unless it
  /// stands in the caller's memory already.
  mutating func addOutputs() {
    for (index, output) in graph.outputs.enumerated() {
      let plain = demand(output.value, .plain)
      let root = base(of: plain)
      if tensors[root].port == nil {
        tensors[root].port = .output(index)
      } else {
        let copy = tensors.add(Tensor(form: tensors[plain].form, port: .output(index)))
        let origins = values[output.value.index].origins
        steps.append(
          FormedStep(
            kind: .joinPlain(axis: 0), inputs: [plain], output: copy, origins: origins, shape: sizes(output.value)))
      }
    }
  }

  func sizes(_ value: ID<Value>) -> [Int] { graph.sizes[value.index] }

  /// The number of axes, the batch counted.
  func rank(_ value: ID<Value>) -> Int { sizes(value).count + 1 }

  func home(_ value: ID<Value>) -> ValueForms.Home { values[value.index].home }

  /// The tensor whose memory a plain tensor shares. Views of views are made of the same base: there is no chain.
  func base(of plain: ID<Tensor>) -> ID<Tensor> { tensors[plain].base?.tensor ?? plain }

  /// Says that a value is made, in which form, by whom.
  mutating func set(_ value: ID<Value>, _ home: ValueForms.Home, _ tensor: ID<Tensor>, _ origins: [Origin]) {
    values[value.index].home = home
    values[value.index].origins = origins
    remember(value, home, tensor)
    // At once, so that a map does not live on until the end only to be taken out.
    if values[value.index].isOutput { _ = demand(value, .plain) }
  }

  private mutating func remember(_ value: ID<Value>, _ form: ValueForms.Home, _ tensor: ID<Tensor>) {
    switch form {
    case .plain: values[value.index].plain = tensor
    case .map(.channelsLast): values[value.index].channelsLast = tensor
    case .map(.channelsFirst): values[value.index].channelsFirst = tensor
    }
  }

  private func known(_ value: ID<Value>, _ form: ValueForms.Home) -> ID<Tensor>? {
    switch form {
    case .plain: values[value.index].plain
    case .map(.channelsLast): values[value.index].channelsLast
    case .map(.channelsFirst): values[value.index].channelsFirst
    }
  }

  /// The value in a form, converted if it is not there yet. From one order of channels to the other it goes through
  /// the plain form.
  mutating func demand(_ value: ID<Value>, _ form: ValueForms.Home) -> ID<Tensor> {
    if let tensor = known(value, form) { return tensor }
    let kind: FormedKind
    let source: ID<Tensor>
    let target: Tensor.Form
    switch (home(value), form) {
    case (.map(let format), .plain):
      guard let map = known(value, .map(format)) else { preconditionFailure("a value is read before it is made") }
      (kind, source, target) = (.exportMap(PixelOrder(format)), map, .plain(sizes(value)))
    case (_, .map(let format)):
      (kind, source) = (.importMap(PixelOrder(format)), demand(value, .plain))
      target = .map(sizes(value), format)
    case (.plain, .plain): preconditionFailure("a value is read before it is made")
    }
    let tensor = tensors.add(Tensor(form: target))
    steps.append(
      FormedStep(
        kind: kind, inputs: [source], output: tensor, origins: values[value.index].origins, shape: sizes(value)))
    remember(value, form, tensor)
    return tensor
  }
}
