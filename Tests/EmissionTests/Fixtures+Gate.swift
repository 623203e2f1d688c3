import Operations
import Planning

extension Fixtures {
  /// A standardized image, a map gated by its own greatest values, and what is left of it.
  static func gate() throws -> Plan {
    var graph = OperationGraph()
    func shape(_ sizes: [Int]) -> Shape { Shape([.symbol("N")] + sizes.map { Dim($0) }) }
    func add(
      _ layer: String, _ kind: OperationKind, _ operands: [ID<Value>], _ roles: [(ParameterRole, [Int])] = [],
      sizes: [Int]
    ) -> ID<Value> {
      let parameters = roles.map { role, shape in
        graph.parameters.add(
          Parameter(name: "\(layer)/\(role.rawValue)", role: role, shape: shape, isTrainable: true))
      }
      return graph.add(
        kind, operands, parameters, shape: shape(sizes), origin: Origin(path: layer, layer: layer, place: ""))
    }
    let image = graph.values.add(Value(shape: shape([6, 5, 3])))
    graph.inputs = [Port(name: "image", value: image)]
    let standard = add(
      "normalization", .standardization(axis: 3, epsilon: 1e-7), [image],
      [(.mean, [3]), (.variance, [3]), (.count, [])], sizes: [6, 5, 3])
    let convolution = Convolution2D(
      kernel: [1, 1], strides: [1, 1], dilation: [1, 1], padding: Padding2D(), groups: 1, format: .channelsLast,
      hasBias: false)
    let hidden = add("conv", .convolution(convolution), [standard], [(.kernel, [1, 1, 3, 20])], sizes: [6, 5, 20])
    let relu = add("prelu", .parametricRelu, [hidden], [(.alpha, [1, 1, 20])], sizes: [6, 5, 20])
    let most = add(
      "most", .reduction(.maximum, axes: [1, 2], keepsDimensions: true), [relu], sizes: [1, 1, 20])
    let gated = add("gated", .arithmetic(.multiply), [relu, most], sizes: [6, 5, 20])
    let halved = add(
      "halved", .elementwise(.arithmetic(.divide, constant: 2, isLeft: false)), [gated], sizes: [6, 5, 20])
    let cut = add("cut", .crop(Padding2D(top: 1, left: 2), format: .channelsLast), [halved], sizes: [5, 3, 20])
    let turned = add("turned", .transpose(order: [0, 2, 1, 3]), [cut], sizes: [3, 5, 20])
    let scaled = add("scaled", .channelScale, [turned], [(.gamma, [20])], sizes: [3, 5, 20])
    let part = add("part", .slice(starts: [0, 2, 0, 1], steps: [1, -1, 2, 1]), [scaled], sizes: [3, 3, 19])
    let mean = add("mean", .reduction(.mean, axes: [2], keepsDimensions: false), [part], sizes: [3, 19])
    graph.outputs = [Port(name: "result", value: mean)]
    return try plan(graph)
  }
}
