import Layers
import Operations
import Spelling
import Syntax

/// What is to be said of a layer, without its place.
struct LayerRemark {
  var message: String
  var expected: String?
  var found: String?
  var notes: [String] = []
  var help: String?
}

/// A network as the warnings look at it: which layers read each tensor, and which stem from one place of the text.
final class DataFlow {
  let model: CheckedModel
  /// How many layers read each value, and the last of them.
  private let readers: [(count: Int, last: Int)]
  /// Values that are outputs of the model.
  private let isOutput: [Bool]
  /// How many layers with a window stand below each path that may state one, not counting deeper levels.
  let windowsBelow: [Substring: Int]
  /// The place of the text that each node came from, below `siteCount`.
  let sites: [Int]
  let siteCount: Int

  init(_ model: CheckedModel, _ library: Library) {
    self.model = model
    var readers = Array(repeating: (count: 0, last: 0), count: model.values.count)
    var windowsBelow: [Substring: Int] = [:]
    // By where a call begins and how long it is, as one number: below 2^63 for files of 3 GB together.
    var places: [Int: Int] = [:]
    var sites: [Int] = []
    sites.reserveCapacity(model.nodes.count)
    places.reserveCapacity(model.nodes.count)
    let nodes = model.nodes
    for index in nodes.indices {
      let range = nodes[index].range
      let place = library.offset(of: range, in: nodes[index].tree) &* library.length &+ (range.end - range.start)
      let site = places[place] ?? places.count
      if site == places.count { places[place] = site }
      sites.append(site)
      for input in nodes[index].inputs { readers[input.index] = (readers[input.index].count + 1, index) }
      guard nodes[index].path.mayStateWindow else { continue }
      let parent = nodes[index].parentPath
      if parent.mayStateWindow, nodes[index].window != nil { windowsBelow[parent, default: 0] += 1 }
    }
    var isOutput = Array(repeating: false, count: model.values.count)
    for output in model.outputs { isOutput[output.value.index] = true }
    (self.readers, self.isOutput, self.windowsBelow) = (readers, isOutput, windowsBelow)
    (self.sites, siteCount) = (sites, places.count)
  }

  /// The layer that reads a value; nil if none does, several do, or the caller does.
  func onlyReader(of value: ID<CheckedValue>) -> Int? {
    let reader = readers[value.index]
    return reader.count == 1 && !isOutput[value.index] ? reader.last : nil
  }
}

/// A layer in its network.
struct NodeView {
  let flow: DataFlow
  let index: Int

  // Lent and not copied: a copy counts the references of all that a layer has, for each question that is asked of it.
  private var model: CheckedModel { _read { yield flow.model } }

  private var node: LayerNode { _read { yield flow.model.nodes[index] } }

  private var producer: Int? { flow.model.nodes[index].inputs.first.map { flow.model.values[$0].producer.index } }

  /// A bias per channel, nothing after it, and then only a normalization that subtracts each channel's mean.
  var deadBias: LayerRemark? {
    guard let next = flow.onlyReader(of: node.output), model.nodes[next].isBatchNormalization, node.biasCount > 0,
      model.nodes[next].inputs.count == 1, model.nodes[next].isTrainable,
      let axis = node.layer?.channelAxis(rank: rank), node.layer?.lastFunction == nil,
      model.nodes[next].layer?.channelAxis(rank: rank) == axis
    else { return nil }
    return LayerRemark(message: "")
  }

  private var rank: Int { model.values[node.output].shape.rank }

  /// Called `5x5`, with another window.
  var misleadingName: LayerRemark? {
    // Most names state nothing, and attributes are dear to ask for.
    guard node.path.mayStateWindow, let window = node.window else { return nil }
    let parent = node.parentPath
    let own =
      node.path.utf8.count > parent.utf8.count && !parent.isEmpty
      ? node.path[node.path.index(after: parent.endIndex)...] : node.path[...]
    var name = own
    if WindowName(own) == nil, flow.windowsBelow[parent] == 1 { name = parent.split(separator: "/").last ?? "" }
    guard let said = WindowName(name), said.sizes.count == window.count, said.sizes != window else { return nil }
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
    guard node.weights.isEmpty, node.inputs.count == 1, let outer = node.layer?.lastFunction, let producer,
      let inner = model.nodes[producer].layer?.lastFunction
    else { return nil }
    let isSquashed = inner.word == "softmax" || inner.word == "sigmoid"
    let isSame = inner == outer && (inner.word == "relu" || inner.word == "relu6")
    guard isSquashed || isSame else { return nil }
    return LayerRemark(
      message: isSame
        ? "\(outer.word) of \(inner.word): the second one changes nothing"
        : "\(outer.word) of what is already a \(inner.word)",
      found: "\(inner.word), then \(outer.word)",
      notes: ["'\(model.nodes[producer].path)' ends with \(inner.word)"], help: "take one of them away")
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

  /// `3x3`; of a sequence `3`.
  private static func sides(_ sizes: [Int]) -> String { sizes.map { "\($0)" }.joined(separator: "x") }

  /// A window that moves further than it reaches.
  var skippedPixels: LayerRemark? {
    // A window that moves by more than a pixel makes the map smaller.
    guard node.inputs.count == 1, let layer = node.layer, model.values[node.inputs[0]].shape.rank > 2,
      model.values[node.inputs[0]].shape.dims != model.values[node.output].shape.dims
    else { return nil }
    let inputs = node.inputs.map { model.values[$0].shape }
    guard case .window(_, let steps, _) = layer.field(inputs), steps.contains(where: { $0 > 1 }),
      let window = node.window, let strides = node.layer?.sizes("strides"),
      node.layer?.attribute("output_padding") == nil
    else { return nil }
    guard zip(window, strides).contains(where: { $0 >= 2 && $1 > $0 }) else { return nil }
    let (size, step) = (Self.sides(window), Self.sides(strides))
    return LayerRemark(
      message: "a window of \(size) that moves by \(step) leaves \(window.count == 1 ? "cells" : "pixels") out",
      expected: "strides of at most \(size)", found: step,
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

  /// Height and width of what slides over a map, or its cells along a sequence, dilation not counted.
  var window: [Int]? { layer?.sizes("kernel_size") ?? layer?.sizes("pool_size") }

  /// The path without its last name.
  var parentPath: Substring {
    path.utf8.lastIndex(of: UInt8(ascii: "/")).map { path[..<$0] } ?? path[..<path.startIndex]
  }
}

extension StringProtocol {
  /// Whether there is an `x` between digits in it.
  fileprivate var mayStateWindow: Bool {
    guard utf8.contains(UInt8(ascii: "x")) else { return false }
    var before: UInt8 = 0
    var last: UInt8 = 0
    for byte in utf8 {
      if last == UInt8(ascii: "x"), (48...57).contains(byte), (48...57).contains(before) { return true }
      (before, last) = (last, byte)
    }
    return false
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
