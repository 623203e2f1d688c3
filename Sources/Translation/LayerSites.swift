import Layers
import Operations
import Semantics
import Spelling
import Syntax

/// What the calls in a description's text are named: each stands in one place and may be reached many times.
struct LayerSites {
  /// A call of a layer or block in one of the files.
  struct Site: Hashable {
    var tree: Int
    var start: Int
    var end: Int
    var callee: String

    init(_ tree: Int, _ range: SourceRange, _ callee: String) {
      (self.tree, start, end, self.callee) = (tree, range.start, range.end, callee)
    }
  }

  /// How a place names what it makes, with a path for each copy that a repeated stage around it makes.
  enum Naming {
    /// By these paths below that of the block around it; empty: as the block.
    case paths([String])
    /// By the path of the block around it: paths for each of them.
    case byCaller([(caller: String, paths: [String])])
    /// Blocks of several models have this path, and layers of other names.
    case ambiguous(caller: String)
  }

  /// The block around a place.
  private struct Caller: Hashable {
    var model: Int
    var path: String
  }

  private struct Copy: Hashable {
    var caller: Caller
    var path: String
  }

  /// The paths that a place gives, with the blocks around them, in order.
  private var paths: [Site: [Copy]] = [:]
  /// The layers that a place gives, with the paths of the blocks around them, in order.
  private var layers: [Site: [(caller: String, layer: any Layer)]] = [:]
  /// Axes whose sizes are not known in every call, of each tensor that a block takes.
  private var openAxes: [String: [Int: Set<Int>]] = [:]
  /// Axes of the tensors that an instance of a block takes whose sizes differ from one of its calls to the next.
  private var sharedAxes: [String: Set<Int>] = [:]
  /// Whether a model has sizes that are not known, but the batch.
  private(set) var hasOpenSizes = false

  init(_ models: [CheckedModel]) {
    for (number, model) in models.enumerated() {
      func note(_ site: Site, _ path: String, in group: ID<LayerGroup>?) {
        let caller = Caller(model: number, path: Self.caller(group, model))
        paths[site, default: []].append(Copy(caller: caller, path: path))
      }
      for node in model.nodes {
        guard let layer = node.layer else { continue }
        let site = Site(node.tree, node.range, node.kind)
        note(site, node.path, in: node.group)
        layers[site, default: []].append((Self.caller(node.group, model), layer))
      }
      for group in model.groups {
        note(Site(group.tree, group.range, group.block), group.path, in: group.parent)
        for (index, value) in group.inputs.enumerated() {
          let open = Self.openAxes(of: model.values[value].shape)
          if !open.isEmpty { openAxes[group.block, default: [:]][index, default: []].formUnion(open) }
        }
      }
      noteInstances(of: model)
      hasOpenSizes =
        hasOpenSizes
        || model.inputs.contains { !Self.openAxes(of: model.values[$0.value].shape).subtracting([0]).isEmpty }
    }
  }

  /// Calls of one instance have one path, those of blocks within it too.
  private mutating func noteInstances(of model: CheckedModel) {
    var first: [String: LayerGroup] = [:]
    for group in model.groups {
      guard let other = first[group.path], other.block == group.block else {
        first[group.path] = group
        continue
      }
      for (index, (value, otherValue)) in zip(group.inputs, other.inputs).enumerated() {
        let (shape, otherShape) = (model.values[value].shape, model.values[otherValue].shape)
        let axes = shape.dims.indices.filter { $0 < otherShape.rank && shape.dims[$0] != otherShape.dims[$0] }
        guard !axes.isEmpty else { continue }
        openAxes[group.block, default: [:]][index, default: []].formUnion(axes)
        sharedAxes[group.block, default: []].formUnion(axes)
        hasOpenSizes = true
      }
    }
  }

  private static func caller(_ group: ID<LayerGroup>?, _ model: CheckedModel) -> String {
    group.map { model.groups[$0].path } ?? ""
  }

  private static func openAxes(of shape: Shape) -> Set<Int> {
    Set(shape.dims.indices.filter { shape.dims[$0].constant == nil })
  }

  /// Whether a size of a tensor that a block takes is not known in each of its calls.
  func isOpen(axis: Int, ofTensor tensor: Int, of block: String) -> Bool {
    openAxes[block]?[tensor]?.contains(axis) ?? false
  }

  /// The axes whose sizes an instance of a block leaves open, as its calls differ in them.
  func axesLeftOpen(byInstancesOf block: String) -> [Int] { sharedAxes[block]?.sorted() ?? [] }

  /// The values of an attribute of the layer that a place gives, by the paths of the blocks around it; nil where no model
  /// comes by, or where copies in one block have different ones.
  func values(of attribute: String, at site: Site) -> [(caller: String, value: Literal)]? {
    var values: [(caller: String, value: Literal)] = []
    var known: [String: Literal] = [:]
    for (caller, layer) in layers[site] ?? [] {
      guard let value = layer.arguments.first(where: { $0.name == attribute })?.value else { return nil }
      guard let other = known.updateValue(value, forKey: caller) else {
        values.append((caller, value))
        continue
      }
      guard other == value else { return nil }
    }
    return values.isEmpty ? nil : values
  }

  /// The name that a place gives; nil where no model comes by.
  ///
  /// - Parameter isRepeated: whether it is a stage that is repeated, so that a number follows what is told.
  func naming(_ site: Site, isRepeated: Bool) -> Naming? {
    guard let found = paths[site] else { return nil }
    var callers: [Caller] = []
    var copies: [Caller: [String]] = [:]
    var seen: Set<Copy> = []
    for var copy in found {
      if isRepeated { copy.path = Self.withoutNumber(copy.path) }
      guard seen.insert(copy).inserted else { continue }
      if copies[copy.caller] == nil { callers.append(copy.caller) }
      copies[copy.caller, default: []].append(copy.path)
    }
    let relative = callers.map { caller in (copies[caller] ?? []).map { Self.path($0, below: caller.path) } }
    if relative.allSatisfy({ $0 == relative[0] }) { return .paths(relative[0]) }
    var byCaller: [String: [String]] = [:]
    var table: [(caller: String, paths: [String])] = []
    for caller in callers {
      let paths = copies[caller] ?? []
      guard let other = byCaller.updateValue(paths, forKey: caller.path) else {
        table.append((caller.path, paths))
        continue
      }
      guard other == paths else { return .ambiguous(caller: caller.path) }
    }
    return .byCaller(table)
  }

  /// `dense` for `dense/3`.
  private static func withoutNumber(_ path: String) -> String {
    let steps = path.split(separator: "/", omittingEmptySubsequences: false)
    return steps.dropLast().joined(separator: "/")
  }

  private static func path(_ path: String, below base: String) -> String {
    guard !base.isEmpty else { return path }
    return path == base ? "" : String(path.dropFirst(base.count + 1))
  }
}
