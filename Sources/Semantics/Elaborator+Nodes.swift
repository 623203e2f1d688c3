import Layers
import Operations
import Syntax

/// Layers as nodes of the network.
extension Elaborator {
  /// Adds a layer to the network; its result, or `.failed` with the problem reported. `settled` is what a call with the
  /// same arguments came to.
  mutating func add(
    _ kind: LayerKind, _ call: ResolvedCall, path: String, _ scope: Scope, _ settled: SettledCall? = nil
  ) -> Evaluated {
    if judgesOnlyNames { return .failed }
    let isSettled = settled != nil
    let settled = settled ?? latestCalls[kind, call]
    let made = settled?.layer ?? make(kind, call, path: path, scope)
    guard let layer = made, !call.isFailed, accept(path, call.range, scope) else { return .failed }
    if !isSettled { warnOfNoEffect(kind, call, scope) }
    // The list alone is caught: a closure over the elaborator would copy all of it, for each layer.
    let inputs = call.inputs.map { [values = model.values] in values[$0].shape }
    // Long formulas cost more than numbers do.
    let effort = inputs.reduce(0) { max($0, $1.formulaLength) }
    guard charge(call.range, scope, 1 + effort / 16) else { return .failed }
    do throws(LayerProblem) {
      try call.demand?.check(inputs)
      let result: LayerResult
      if let settled, settled.inputs == inputs {
        result = settled.result
      } else {
        result = try self.result(of: layer, inputs)
        settled?.inputs = inputs
        settled?.result = result
        if settled == nil { latestCalls[kind, call] = SettledCall(call, words: nil, layer, inputs, result) }
      }
      if !result.demands.isEmpty { demandScopes[model.nodes.count] = scope }
      let value = try append(
        LayerNode(
          path: path, kind: kind.name, layer: layer, inputs: call.inputs, output: ID(0), weights: result.weights,
          isTrainable: call.isTrainable, multiplyAccumulates: result.multiplyAccumulates, isTrainOnly: false,
          provenance: attributeProvenance(call, scope), demands: result.demands, tree: scope.file, range: call.range,
          file: library.fileNames[scope.file], line: line(of: call.range, scope), sharedWith: nil), result.shape)
      if call.inputs.contains(where: { doubtful.contains($0.index) }) { doubtful.insert(value.index) }
      judgePath(path, call.range, scope)
      return .tensor(value)
    } catch {
      var problem = error
      problem.notes += origins(of: error.provision, call)
      report(problem, call, scope, path: path)
      return .failed
    }
  }

  /// A layer of the kind with a call's attributes; nil with the problems reported.
  private mutating func make(_ kind: LayerKind, _ call: ResolvedCall, path: String, _ scope: Scope) -> (any Layer)? {
    if call.isFailed && call.arguments.isEmpty { return nil }
    var problems: [LayerProblem] = []
    let layer = kind.make(call.arguments, problems: &problems)
    // What failed already may be the attribute that is missing now.
    for problem in problems.withoutSeveralMissing(kind.name) where !(call.isFailed && problem.subject == .layer) {
      report(problem, call, scope, path: path)
    }
    return layer
  }

  private mutating func result(of layer: any Layer, _ inputs: [Shape]) throws(LayerProblem) -> LayerResult {
    let (output, demands) = try resultShape(of: layer, inputs)
    let weights = try layer.weights(inputs)
    do {
      let macs = try layer.multiplyAccumulates(inputs, output)
      try checkSizes(output, weights)
      return LayerResult(shape: output, demands: demands, weights: weights, multiplyAccumulates: macs)
    } catch {
      throw LayerProblem(
        .sizeOverflow, .layer, "the elements of '\(layer.kindName)' need more than 64 bits, or too long a formula")
    }
  }

  /// Names in backquotes may hold slashes: what stands at different levels may be called alike, and weights would be too.
  private mutating func judgePath(_ path: String, _ range: SourceRange, _ scope: Scope) {
    guard library.mayHaveEqualPaths, let last = model.nodes.indices.last, model.nodes[last].sharedWith == nil,
      !paths.insert(path).inserted, !hasEqualNames
    else { return }
    report(
      .duplicateName, range, scope, "there are two layers called '\(path)'", found: path,
      notes: path.utf8.contains(UInt8(ascii: "/"))
        ? ["a layer in a model or block is called by the name of that, '/' and its own"] : [],
      help: "give one of them another name")
  }

  /// Puts a node where its result is new, and shares the weights of the instance's first call.
  mutating func append(_ node: consuming LayerNode, _ shape: Shape) throws(LayerProblem) -> ID<CheckedValue> {
    let id = ID<LayerNode>(model.nodes.count)
    // Within an instance, and instances within it, the first call has the weights.
    for index in activeInstances {
      guard let first = instances[index].nodes[node.path] else {
        instances[index].nodes[node.path] = id
        continue
      }
      guard model.nodes[first].weights == node.weights else {
        throw LayerProblem(
          .shapesDiffer, .layer, "the calls of one instance need equal weights",
          expected: weightText(model.nodes[first].weights), found: weightText(node.weights),
          notes: [
            "the first call: \(shapesText(model.nodes[first])) needs \(weightText(model.nodes[first].weights))",
            "this one: \(shapesText(node)) needs \(weightText(node.weights))",
          ])
      }
      node.sharedWith = first
      break
    }
    node.group = group
    node.output = model.values.add(CheckedValue(shape: shape, producer: id))
    let output = node.output
    model.nodes.append(node)
    return output
  }

  private func shapesText(_ node: borrowing LayerNode) -> String {
    node.inputs.map { "\(shape($0))" }.joined(separator: ", ")
  }

  private func weightText(_ weights: [Weight]) -> String {
    weights.map { "\($0.role.rawValue) \($0.shape)" }.joined(separator: ", ")
  }

  /// Throws unless the elements of one example and of all weights can be counted.
  private func checkSizes(_ shape: Shape, _ weights: [Weight]) throws(DimOverflow) {
    var total = 0
    var overflow = false
    func add(_ sizes: some Sequence<Int>) {
      var product = 1
      for size in sizes {
        let (next, isTooLarge) = product.multipliedReportingOverflow(by: size)
        product = next
        overflow = overflow || isTooLarge
      }
      let (sum, isTooLarge) = total.addingReportingOverflow(product)
      total = sum
      overflow = overflow || isTooLarge
    }
    add(shape.dims.dropFirst().lazy.compactMap(\.constant))
    for weight in weights { add(weight.shape) }
    // Bytes are counted too: four for each.
    if overflow || total.multipliedReportingOverflow(by: 4).overflow { throw DimOverflow() }
  }
}

extension [LayerProblem] {
  /// These with one problem in the place of several attributes that are missing.
  fileprivate func withoutSeveralMissing(_ kind: String) -> [LayerProblem] {
    let missing = filter { $0.code == .attributeValue && $0.subject == .layer }
    guard missing.count > 1, var whole = missing.first else { return self }
    let attributes = missing.compactMap(\.expected)
    let names = attributes.map { $0.prefix { $0 != ":" } }
    whole.message = "\(kind) needs \(names.map { "'\($0)'" }.joined(separator: ", "))"
    whole.expected = attributes.joined(separator: ", ")
    whole.help = "put in \(names.map { "\($0): …" }.joined(separator: ", "))"
    whole.notes = missing.flatMap(\.notes)
    return [whole] + filter { $0.code != .attributeValue || $0.subject != .layer }
  }
}
