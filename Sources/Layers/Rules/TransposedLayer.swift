import Operations

/// A convolution run backwards: each cell adds a weighted window to the result.
protocol TransposedLayer: MapLayer {
  var filters: Int { get }
  var activation: ActivationFunction { get }
  var useBias: Bool { get }
  /// In each direction, height first.
  var windows: [TransposedWindow] { get }
}

extension TransposedLayer {
  var conflicts: [LayerProblem] {
    let windows = windows
    var problems = MapWindow.conflicts(strides: windows.map(\.stride), dilation: windows.map(\.dilation))
    for (index, window) in windows.enumerated() {
      guard let cells = window.added, cells >= window.stride else { continue }
      problems.append(
        LayerProblem(
          .attributeValue, windows.count == 1 ? .attribute("output_padding") : .element("output_padding", index),
          "'output_padding' of \(cells) is not below the stride of \(window.stride)",
          expected: "at most \(window.stride - 1)", found: "\(cells)",
          help: window.stride == 1
            ? "without strides there is nothing to choose: leave it out"
            : "\(windows.count == 1 ? "cells" : "rows") beyond the next window's first would be nothing but bias"))
    }
    return problems
  }

  func outputShape(_ inputs: [Shape]) throws(LayerProblem) -> Shape {
    let map = try map(inputs)
    _ = try map.knownChannels
    let result = map.resized(try sides(of: map).map(\.output), channels: Dim(filters))
    try activation.check(result)
    return result
  }

  func weights(_ inputs: [Shape]) throws(LayerProblem) -> [Weight] {
    let kernel = try Weight.checked(.kernel, windows.map(\.size) + [filters, try map(inputs).knownChannels])
    return useBias ? [kernel, try .checked(.bias, [filters])] : [kernel]
  }

  func multiplyAccumulates(_ inputs: [Shape], _ output: Shape) throws(DimOverflow) -> Dim {
    var count = try inputs[0].exampleCount * Dim(filters)
    for window in windows { count = try count * Dim(window.size) }
    return count
  }

  func derivation(of axis: Int, _ inputs: [Shape]) -> String? {
    guard let map = try? map(inputs), let direction = map.sideAxes.firstIndex(of: axis) else { return nil }
    return (try? sides(of: map))?[direction].derivation
  }

  func field(_ inputs: [Shape]) -> ReceptiveField {
    // The windows of so many neighbours lie over one cell of the result.
    let windows = windows
    let overlaps = windows.compactMap { try? $0.overlap }
    guard overlaps.count == windows.count else { return .everything }
    return ReceptiveField.window(
      size: overlaps, strides: windows.map { _ in 1 }, enlargement: windows.map(\.stride)
    ).joined(activation.field(inputs[0].rank))
  }

  func lower(_ call: LayerCall, into graph: inout OperationGraph) -> ID<Value> {
    let windows = windows
    let convolution = TransposedConvolution2D(
      kernel: windows.map(\.size).onMap, strides: windows.map(\.stride).onMap,
      dilation: windows.map(\.dilation).onMap, padding: cut(of: call), format: dataFormat, hasBias: useBias)
    let sums = graph.add(
      .transposedConvolution(convolution), call.inputs, call.parameters, shape: call.outputShape, origin: call.origin)
    return activation.lower(sums, call, into: &graph)
  }

  private func cut(of call: LayerCall) -> Padding2D {
    do throws(LayerProblem) {
      let sides = try sides(of: map(call.inputShapes))
      let (before, after) = (sides.map(\.before), sides.map(\.after))
      let (rows, columns) = (sides.count - 2, sides.count - 1)
      return rows < 0
        ? Padding2D(left: before[columns], right: after[columns])
        : Padding2D(top: before[rows], bottom: after[rows], left: before[columns], right: after[columns])
    } catch {
      preconditionFailure("a layer is lowered only where its shape rule accepted the call: \(error.message)")
    }
  }

  private func sides(of map: Map) throws(LayerProblem) -> [TransposedWindow.Spread] {
    let sides = try withoutOverflow { () throws(DimOverflow) in
      var sides: [TransposedWindow.Spread] = []
      for (window, cells) in zip(windows, map.sides) { sides.append(try window.spread(cells)) }
      return sides
    }
    for (name, side) in zip(map.sideNames, sides) where side.output.constant ?? 1 < 1 {
      throw LayerProblem(
        .windowTooLarge, .attribute("padding"), "nothing is left of the result's \(name)", expected: "at least 1",
        found: "\(side.output)",
        help: windows.contains { $0.stride > 1 } ? "cut off less, or write a larger output_padding" : "cut off less",
        notes: ["\(name): \(side.derivation) = \(side.output)"])
    }
    return sides
  }
}
