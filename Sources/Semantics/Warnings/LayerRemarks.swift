import Layers
import Operations

/// What is to be said of a layer, without its place.
struct LayerRemark {
  var message: String
  var expected: String?
  var found: String?
  var notes: [String] = []
  var help: String?
}

/// Which layers read each tensor.
struct DataFlow {
  /// Indices of nodes, by value.
  private(set) var readers: [[Int]]
  /// Values that are outputs of the model.
  private(set) var isOutput: [Bool]
  /// How many layers with a window stand below each path, not counting deeper levels.
  private(set) var windowsBelow: [Substring: Int] = [:]

  init(_ model: CheckedModel) {
    readers = Array(repeating: [], count: model.values.count)
    isOutput = Array(repeating: false, count: model.values.count)
    for (index, node) in model.nodes.enumerated() {
      for input in node.inputs { readers[input.index].append(index) }
      // Only where the path may state a window is it asked for.
      let parent = node.parentPath
      if parent.utf8.contains(UInt8(ascii: "x")), node.window != nil { windowsBelow[parent, default: 0] += 1 }
    }
    for output in model.outputs { isOutput[output.value.index] = true }
  }
}

/// A layer in its network.
struct NodeView {
  let model: CheckedModel
  let flow: DataFlow
  let index: Int

  private var node: LayerNode { model.nodes[index] }

  private var producer: LayerNode? { node.inputs.first.map { model.nodes[model.values[$0].producer] } }

  /// A bias per channel, nothing after it, and then only a normalization that subtracts each channel's mean.
  var deadBias: LayerRemark? {
    guard node.biasCount > 0, flow.readers[node.output.index].count == 1, !flow.isOutput[node.output.index] else {
      return nil
    }
    let next = model.nodes[flow.readers[node.output.index][0]]
    guard next.inputs.count == 1, next.isBatchNormalization, next.isTrainable,
      let axis = node.layer?.channelAxis(rank: rank), node.layer?.lastFunction == nil,
      next.layer?.channelAxis(rank: rank) == axis
    else { return nil }
    return LayerRemark(message: "")
  }

  private var rank: Int { model.values[node.output].shape.rank }

  /// Called `5x5`, with another window.
  var misleadingName: LayerRemark? {
    // Most names state nothing, and attributes are dear to ask for.
    guard node.path.utf8.contains(UInt8(ascii: "x")), let window = node.window else { return nil }
    let parent = node.parentPath
    let own =
      node.path.utf8.count > parent.utf8.count && !parent.isEmpty
      ? node.path[node.path.index(after: parent.endIndex)...] : node.path[...]
    var name = own
    if WindowName(own) == nil, flow.windowsBelow[parent] == 1 { name = parent.split(separator: "/").last ?? "" }
    guard let said = WindowName(name), said.sizes != window else { return nil }
    // `7x7` may speak of the map.
    let shape = model.values[node.output].shape
    let sizes = shape.dims.map(\.constant)
    if zip(sizes, sizes.dropFirst()).contains(where: { $0 == said.sizes[0] && $1 == said.sizes[1] }) { return nil }
    let found = "\(window[0])x\(window[1])"
    return LayerRemark(
      message: "'\(name)' has a window of \(found)", expected: "\(said.sizes[0])x\(said.sizes[1])", found: found,
      help: "rename it, or make its window \(said.sizes[0])x\(said.sizes[1])")
  }

  /// A function of values that have gone through one already, where that is no use.
  var repeatedActivation: LayerRemark? {
    guard node.weights.isEmpty, node.inputs.count == 1, let outer = node.layer?.lastFunction,
      let inner = producer?.layer?.lastFunction
    else { return nil }
    let isSquashed = inner.word == "softmax" || inner.word == "sigmoid"
    let isSame = inner == outer && (inner.word == "relu" || inner.word == "relu6")
    guard isSquashed || isSame else { return nil }
    return LayerRemark(
      message: isSame
        ? "\(outer.word) of \(inner.word): the second one changes nothing"
        : "\(outer.word) of what is already a \(inner.word)",
      found: "\(inner.word), then \(outer.word)",
      notes: ["'\(producer?.path ?? "")' ends with \(inner.word)"], help: "take one of them away")
  }

  /// A softmax over one value is 1, whatever the value.
  var constantResult: LayerRemark? {
    let shape = model.values[node.output].shape
    guard shape.dims.contains(1), let function = node.layer?.lastFunction, function.word == "softmax" else {
      return nil
    }
    let axis = function.axis < 0 ? function.axis + rank : function.axis
    guard axis > 0, axis < rank, shape[axis] == 1 else { return nil }
    return LayerRemark(
      message: "a softmax over one value is always 1", expected: "2 values or more", found: "\(shape)",
      help: "use sigmoid for one probability, or a value for each class")
  }

  /// A window that moves further than it reaches.
  var skippedPixels: LayerRemark? {
    let inputs = node.inputs.map { model.values[$0].shape }
    guard case .window(_, let steps, _) = node.layer?.field(inputs), steps.contains(where: { $0 > 1 }),
      let window = node.window, let strides = node.layer?.sizes("strides"),
      node.layer?.attribute("output_padding") == nil
    else { return nil }
    guard zip(window, strides).contains(where: { $0 >= 2 && $1 > $0 }) else { return nil }
    return LayerRemark(
      message: "a window of \(window[0])x\(window[1]) that moves by \(strides[0])x\(strides[1]) leaves pixels out",
      expected: "strides of at most \(window[0])x\(window[1])", found: "\(strides[0])x\(strides[1])",
      help: "make the window larger or the strides smaller")
  }
}

extension LayerNode {
  /// Biases that are trained.
  var biasCount: Int {
    guard isTrainable else { return 0 }
    return weights.reduce(0) { $0 + ($1.role == .bias ? $1.shape.reduce(1, *) : 0) }
  }

  /// Whether training subtracts the mean of the batch, channel by channel.
  var isBatchNormalization: Bool { weights.contains { $0.role == .movingMean } }

  /// Height and width of what slides over a map, dilation not counted.
  var window: [Int]? { layer?.sizes("kernel_size") ?? layer?.sizes("pool_size") }

  /// The path without its last name.
  var parentPath: Substring {
    path.utf8.lastIndex(of: UInt8(ascii: "/")).map { path[..<$0] } ?? path[..<path.startIndex]
  }
}

/// A name that states a window: `5x5`, `conv3x3`, `pool_3x3_2`. In `5x5_reduce` it is another layer's.
struct WindowName {
  var sizes: [Int]

  init?(_ name: some StringProtocol) {
    var rest = Array(name.utf8)[...]
    while let last = rest.last, last != UInt8(ascii: "_"), (48...57).contains(last) { rest = rest.dropLast() }
    // A number behind the last `_` counts layers.
    rest = rest.last == UInt8(ascii: "_") && rest.contains(UInt8(ascii: "x")) ? rest.dropLast() : Array(name.utf8)[...]
    let digits = rest.reversed().prefix { (48...57).contains($0) }.count
    let width = Self.number(rest.suffix(digits))
    rest = rest.dropLast(digits)
    guard rest.popLast() == UInt8(ascii: "x"), let width else { return nil }
    let moreDigits = rest.reversed().prefix { (48...57).contains($0) }.count
    guard let height = Self.number(rest.suffix(moreDigits)) else { return nil }
    rest = rest.dropLast(moreDigits)
    if rest.last == UInt8(ascii: "_") { rest = rest.dropLast() }
    guard Self.prefixes.contains(String(decoding: rest, as: UTF8.self)) else { return nil }
    sizes = [height, width]
  }

  private static let prefixes: Set = ["", "conv", "dwconv", "depthwise", "pool", "maxpool", "avgpool", "kernel"]

  private static func number(_ digits: ArraySlice<UInt8>) -> Int? { Int(String(decoding: digits, as: UTF8.self)) }
}
