import Operations

extension GraphBuilder {
  /// Convolution and relu, as a layer with an activation lowers to them: both from one layer.
  mutating func activated(
    _ x: ID<Value>, _ filters: Int, _ kernel: Int = 1, strides: Int = 1, path: String? = nil
  ) -> ID<Value> {
    let y = convolution(x, filters, [kernel, kernel], strides: [strides, strides], path: path)
    let origin = graph.operations[graph.operations.count - 1].origin
    return graph.add(
      .elementwise(.relu(negativeSlope: 0, maximum: nil, threshold: 0)), [y], shape: graph.values[y].shape,
      origin: origin)
  }

  mutating func maximum(_ x: ID<Value>, _ window: Int, strides: Int) -> ID<Value> {
    pooling(x, .maximum, [window, window], strides: [strides, strides])
  }

  /// Szegedy et al. 2014, figure 2(b).
  mutating func inception(
    _ x: ID<Value>, _ n1: Int, _ n3r: Int, _ n3: Int, _ n5r: Int, _ n5: Int, _ np: Int
  ) -> ID<Value> {
    let a = activated(x, n1)
    let b = activated(activated(x, n3r), n3, 3)
    let c = activated(activated(x, n5r), n5, 5)
    let d = activated(maximum(x, 3, strides: 1), np)
    return concatenation([a, b, c, d])
  }

  static func googLeNet() -> OperationGraph {
    var builder = GraphBuilder()
    var x = builder.input([224, 224, 3], name: "image")
    x = builder.maximum(builder.activated(x, 64, 7, strides: 2), 3, strides: 2)
    x = builder.maximum(builder.activated(builder.activated(x, 64), 192, 3), 3, strides: 2)
    x = builder.inception(x, 64, 96, 128, 16, 32, 32)
    x = builder.inception(x, 128, 128, 192, 32, 96, 64)
    x = builder.maximum(x, 3, strides: 2)
    x = builder.inception(x, 192, 96, 208, 16, 48, 64)
    x = builder.inception(x, 160, 112, 224, 24, 64, 64)
    x = builder.inception(x, 128, 128, 256, 24, 64, 64)
    x = builder.inception(x, 112, 144, 288, 32, 64, 64)
    x = builder.inception(x, 256, 160, 320, 32, 128, 128)
    x = builder.maximum(x, 3, strides: 2)
    x = builder.inception(x, 256, 160, 320, 32, 128, 128)
    x = builder.inception(x, 384, 192, 384, 48, 128, 128)
    x = builder.pooling(x, .average(countsPadding: false), [7, 7], strides: [1, 1], padding: Padding2D())
    x = builder.dense(builder.flatten(builder.dropout(x)), 1000)
    builder.output(builder.softmax(x, axis: 1), name: "probabilities")
    return builder.graph
  }
}
