import Layers
package import Operations
package import Semantics

/// A network as boxes within frames: each layer a box, or each call of a block that is folded.
package struct Outline: Sendable {
  /// A layer, or a folded block.
  package struct Box: Sendable {
    package enum Role: Hashable, Sendable {
      case input
      /// A layer with weights.
      case weighted
      /// A layer that looks at windows, or at the whole map.
      case window
      /// A layer that takes several tensors.
      case joint
      /// Any other layer.
      case plain
      /// A folded block.
      case block
    }

    package var role: Role
    /// The path: `i3a/b/reduce`.
    package var name: String
    /// The layer's class or the block's name: `Conv2D`, `Inception`.
    package var title: String
    /// What its author asked of it: `64`, `7`, `strides: 2`.
    package var details: [String]
    /// The boxes whose results it takes, each once.
    package var inputs: [Int] = []
    /// Its results that are used outside of it, or all that it has.
    package var shapes: [Shape] = []
    package var parameters = 0
    package var trainableParameters = 0
    /// For one example; a formula where a size is unknown.
    package var multiplyAccumulates: Dim = 0
    package var isTrainOnly: Bool
    /// Whether its weights are those of an earlier call.
    package var sharesWeights: Bool
    /// What its result depends on.
    package var reach: Reach
    /// The most bytes of layer outputs that live while it runs.
    package var liveMemory: Dim
    package var frame: Int?
  }

  /// A block that is not folded.
  package struct Frame: Sendable {
    package var name: String
    package var block: String
    package var parent: Int?
  }

  /// In an order in which each box's inputs come before it. Boxes of one frame are neighbours.
  package private(set) var boxes: [Box] = []
  package private(set) var frames: [Frame] = []
  /// The outputs and the boxes that make them.
  package private(set) var outputs: [(name: String, box: Int, isTrainOnly: Bool)] = []

  /// - Parameter depth: how many levels of blocks stay open; nil for all.
  package init(_ model: CheckedModel, depth: Int? = nil) {
    let folding = Folding(model.groups, depth: depth)
    let reaches = model.reaches
    let memory = model.liveMemory
    var boxOfNode: [Int] = []
    boxOfNode.reserveCapacity(model.nodes.count)
    var boxOfGroup: [Int: Int] = [:]
    var frameOfGroup: [Int: Int] = [:]
    for (index, node) in model.nodes.enumerated() {
      let place = node.group.map { folding.places[$0.index] } ?? Folding.Place()
      let box: Int
      if let folded = place.folded {
        if let known = boxOfGroup[folded] {
          box = known
        } else {
          box = boxes.count
          boxOfGroup[folded] = box
          let group = model.groups[folded]
          let frame = frame(of: group.parent?.index, model.groups, &frameOfGroup)
          boxes.append(
            Box(
              role: .block, name: group.path, title: group.block, details: [], isTrainOnly: true, sharesWeights: true,
              reach: reaches[index], liveMemory: 0, frame: frame))
        }
      } else {
        box = boxes.count
        boxes.append(
          Box(
            role: Self.role(of: node, model), name: node.path, title: node.kind,
            details: node.layer.map(Self.details) ?? [], isTrainOnly: true, sharesWeights: true, reach: reaches[index],
            liveMemory: 0, frame: frame(of: node.group?.index, model.groups, &frameOfGroup)))
      }
      boxOfNode.append(box)
      add(node, at: index, to: box, memory.indices.contains(index) ? memory[index] : Dim(Int.max))
      boxes[box].reach = reaches[index]
    }
    connect(model, boxOfNode)
  }

  private mutating func add(_ node: LayerNode, at index: Int, to box: Int, _ memory: Dim) {
    func sum(_ a: Int, _ b: Int) -> Int { a.addingReportingOverflow(b).overflow ? .max : a + b }
    boxes[box].parameters = sum(boxes[box].parameters, node.parameterCount)
    boxes[box].trainableParameters = sum(boxes[box].trainableParameters, node.trainableParameterCount)
    boxes[box].multiplyAccumulates =
      (try? boxes[box].multiplyAccumulates + node.multiplyAccumulates) ?? Dim(Int.max)
    if !node.isTrainOnly { boxes[box].isTrainOnly = false }
    if node.sharedWith == nil, !node.weights.isEmpty { boxes[box].sharesWeights = false }
    if boxes[box].liveMemory.isBelow(memory) { boxes[box].liveMemory = memory }
  }

  /// Finds what each box takes, and which of its results others use.
  private mutating func connect(_ model: CheckedModel, _ boxOfNode: [Int]) {
    var isShown = Array(repeating: false, count: model.values.count)
    var known: Set<[Int]> = []
    for (index, node) in model.nodes.enumerated() {
      let box = boxOfNode[index]
      for input in node.inputs {
        let source = boxOfNode[model.values[input].producer.index]
        guard source != box else { continue }
        isShown[input.index] = true
        if known.insert([source, box]).inserted { boxes[box].inputs.append(source) }
      }
    }
    for port in model.outputs {
      let box = boxOfNode[model.values[port.value].producer.index]
      isShown[port.value.index] = true
      outputs.append((port.name, box, port.isTrainOnly))
    }
    var hasWeights = Array(repeating: false, count: boxes.count)
    for (index, node) in model.nodes.enumerated() {
      let box = boxOfNode[index]
      if !node.weights.isEmpty { hasWeights[box] = true }
      if isShown[node.output.index] || boxes[box].role != .block {
        boxes[box].shapes.append(model.values[node.output].shape)
      }
    }
    for box in boxes.indices where !hasWeights[box] { boxes[box].sharesWeights = false }
  }

  /// The frame of a group, made with those around it where it is new.
  private mutating func frame(of group: Int?, _ groups: [LayerGroup], _ known: inout [Int: Int]) -> Int? {
    guard let group else { return nil }
    // The outermost first.
    var chain: [Int] = []
    var next: Int? = group
    while let current = next, known[current] == nil {
      chain.append(current)
      next = groups[current].parent?.index
    }
    for current in chain.reversed() {
      known[current] = frames.count
      frames.append(
        Frame(
          name: groups[current].path, block: groups[current].block,
          parent: groups[current].parent.flatMap { known[$0.index] }))
    }
    return known[group]
  }

  private static func role(of node: LayerNode, _ model: CheckedModel) -> Box.Role {
    guard let layer = node.layer else { return .input }
    if node.inputs.count > 1 { return .joint }
    if !node.weights.isEmpty { return .weighted }
    return layer.field(node.inputs.map { model.values[$0].shape }) == .pixel ? .plain : .window
  }

  /// The attributes that a reader asks for: those that are not as usual, without a name where nobody needs it. What only
  /// training looks at is left out.
  private static func details(_ layer: any Layer) -> [String] {
    guard let kind = Catalogue.kind(named: layer.kindName) else { return [] }
    var words: [String] = []
    for (index, (attribute, argument)) in zip(kind.attributes, layer.arguments).enumerated() {
      let text = argument.value.description
      if trainingTypes.contains(attribute.type) || text == attribute.defaultText { continue }
      words.append(attribute.isRequired || index == 0 ? text : "\(attribute.name): \(text)")
    }
    return words
  }

  private static let trainingTypes: Set<String> = ["Initializer", "Regularizer", "Constraint"]
}

/// Which calls of blocks are folded.
private struct Folding {
  struct Place {
    /// The outermost folded call around a layer, or the call itself.
    var folded: Int?
    var level = 0
  }

  /// For each group.
  var places: [Place] = []

  init(_ groups: [LayerGroup], depth: Int?) {
    for (index, group) in groups.enumerated() {
      var place = Place()
      if let parent = group.parent {
        place = places[parent.index]
        place.level += 1
      }
      if place.folded == nil, let depth, place.level >= depth { place.folded = index }
      places.append(place)
    }
  }
}
