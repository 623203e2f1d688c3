import Layers

/// One number in a stretch of items, as one of its occurrences has it.
struct Cell {
  /// nil where the occurrence lacks what the number belongs to.
  var value: Literal?
  /// `filters`, `strides`; of a block's call the name of its parameter.
  var attribute: String
  /// `Int`, `[Int]`, `Bool`
  var type: String
  /// Whether it may be left out where it is as usual.
  var isOptional: Bool
  /// What it belongs to.
  var owner: Owner
  /// Whether it belongs to a layer whose map is one pixel, or none.
  var isSqueezed = false

  indirect enum Owner: Hashable {
    case layer(Int, attribute: String)
    case argument(block: Int, occurrence: Int, parameter: Int)
    /// Whether the short branch of a sum does anything, by the sum.
    case shortcut(join: Int)
    /// Whether a layer's map is padded before it.
    case padding(layer: Int)
    /// How the map of a layer is padded before it.
    case cells(layer: Int, attribute: String)
    /// Whether a block's result is added to what it takes.
    case sum(output: Int)
    /// A number of what only some of a block's calls have, by the sum that it goes into: where it is missing, a layer of
    /// another place stands for it, and for others too.
    case part(of: Int, Owner)

    /// The layer that it is an attribute of.
    var layer: Int? {
      switch self {
      case .layer(let call, _): call
      case .part(_, let owner): owner.layer
      default: nil
      }
    }
  }

  /// Numbers of one group can be the same number: channels and units, heights and widths of windows.
  var group: String {
    switch attribute {
    case "filters", "units", "target_shape", "groups", "projection_dim": "size"
    case "kernel_size", "pool_size": "window"
    default: attribute
    }
  }
}

extension Structure {
  /// The numbers of items, in an order that is the same for all items of their families.
  ///
  /// - Parameter arguments: what a call of a block is given.
  func cells(of items: [Item], _ arguments: (BlockCall) -> [Cell]) -> [Cell] {
    var cells: [Cell] = []
    append(items, to: &cells, arguments)
    return cells
  }

  private func append(_ items: [Item], to cells: inout [Cell], _ arguments: (BlockCall) -> [Cell]) {
    for item in items {
      switch item.kind {
      case .layer(let call): append(call, to: &cells)
      case .padded(let padded): append(padded, item.family, to: &cells)
      case .sum(let sum): append(sum, item, to: &cells, arguments)
      case .call(let call): cells += arguments(call)
      case .fork(let fork):
        if let shortcut = fork.shortcut {
          append(shortcut, item.family, to: &cells, arguments)
        } else {
          for line in fork.body.lines {
            switch line.head {
            case .entry, .line: break
            case .call(let call, _): append(call, to: &cells)
            case .block(let call, _): cells += arguments(call)
            }
            append(line.items, to: &cells, arguments)
          }
        }
      }
    }
  }

  private func append(_ call: Int, to cells: inout [Cell]) {
    let sizes = calls[call].shape?.dropFirst() ?? []
    let isSqueezed = calls[call].shape != nil && sizes.count { $0 != 1 } <= 1
    for attribute in calls[call].attributes where attribute.mayVary {
      cells.append(
        Cell(
          value: attribute.value, attribute: attribute.name, type: attribute.type,
          isOptional: attribute.standard != nil, owner: .layer(call, attribute: attribute.name), isSqueezed: isSqueezed)
      )
    }
  }

  private func append(_ padded: Padded, _ family: Int, to cells: inout [Cell]) {
    let known = families.paddings[family]
    if known != nil { cells.append(flag(padded.padding != nil, "pad", .padding(layer: padded.layer))) }
    if let padding = padded.padding ?? known {
      var own: [Cell] = []
      append(padding, to: &own)
      for place in own.indices {
        own[place].owner = .cells(layer: padded.layer, attribute: own[place].attribute)
      }
      cells += padded.padding == nil ? absent(own) : own
    }
    append(padded.layer, to: &cells)
  }

  private func append(
    _ sum: OptionalSum, _ item: Item, to cells: inout [Cell], _ arguments: (BlockCall) -> [Cell]
  ) {
    append(sum.main, to: &cells, arguments)
    guard let known = families.sums[item.family] else { return }
    cells.append(flag(sum.join != nil, "residual", .sum(output: item.output)))
    var tail: [Cell] = []
    append(sum.join == nil ? known.tail : sum.tail, to: &tail, arguments)
    cells += parts(tail, of: item.output, areThere: sum.join != nil)
  }

  private func flag(_ isSo: Bool, _ name: String, _ owner: Cell.Owner) -> Cell {
    Cell(value: .boolean(isSo), attribute: name, type: "Bool", isOptional: true, owner: owner)
  }

  private func absent(_ cells: [Cell]) -> [Cell] {
    cells.map { cell in
      var cell = cell
      cell.value = nil
      return cell
    }
  }

  private func parts(_ cells: [Cell], of sum: Int, areThere: Bool) -> [Cell] {
    (areThere ? cells : absent(cells)).map { cell in
      var cell = cell
      cell.owner = .part(of: sum, cell.owner)
      return cell
    }
  }

  /// Whether the short branch does anything, and its numbers; then those of the long one.
  private func append(
    _ shortcut: Shortcut, _ family: Int, to cells: inout [Cell], _ arguments: (BlockCall) -> [Cell]
  ) {
    let known = families.shortcuts[family] ?? []
    var short: [Cell] = []
    append(shortcut.items.isEmpty ? known : shortcut.items, to: &short, arguments)
    short = parts(short, of: shortcut.join, areThere: !shortcut.items.isEmpty)
    if !known.isEmpty { cells.append(flag(!shortcut.items.isEmpty, "project", .shortcut(join: shortcut.join))) }
    if shortcut.isFirst { cells += short }
    append(shortcut.main, to: &cells, arguments)
    if !shortcut.isFirst { cells += short }
    append(shortcut.join, to: &cells)
  }

  /// The layers of items in the same order, and calls of blocks by the names that they would have; nil where the
  /// occurrence lacks one.
  func layers(of items: [Item]) -> [LayerName] {
    var names: [LayerName] = []
    for item in items {
      switch item.kind {
      case .layer(let call): names.append(LayerName(name: calls[call].givenName, call: call))
      case .padded(let padded):
        if let padding = padded.padding {
          names.append(LayerName(name: calls[padding].givenName, call: padding))
        } else if let known = families.paddings[item.family] {
          names.append(LayerName(name: nil, call: known, isAbsent: true))
        }
        names.append(LayerName(name: calls[padded.layer].givenName, call: padded.layer))
      case .sum(let sum): names += layers(of: sum.main)
      case .call(let call): names.append(layerName(of: call))
      case .fork(let fork):
        if let shortcut = fork.shortcut {
          var short = layers(of: shortcut.items)
          if shortcut.items.isEmpty {
            short = layers(of: families.shortcuts[item.family] ?? []).map {
              LayerName(name: nil, call: $0.call, isAbsent: true)
            }
          }
          if shortcut.isFirst { names += short }
          names += layers(of: shortcut.main)
          if !shortcut.isFirst { names += short }
          names.append(LayerName(name: calls[shortcut.join].givenName, call: shortcut.join))
        } else {
          for line in fork.body.lines {
            switch line.head {
            case .entry, .line: break
            case .call(let call, _): names.append(LayerName(name: calls[call].givenName, call: call))
            case .block(let call, _): names.append(layerName(of: call))
            }
            names += layers(of: line.items)
          }
        }
      }
    }
    return names
  }

  private func layerName(of call: BlockCall) -> LayerName {
    LayerName(name: name(of: blocks[call.block].occurrences[call.occurrence]), call: nil)
  }

  /// What the names of the layers have in common at their beginning, without the sign that ends it: `conv2_block1`; nil
  /// if they have nothing, or no names.
  func name(of items: [Item]) -> String? {
    NamePrefix(layers(of: items).compactMap(\.name)).name
  }
}

/// A layer, or a call of a block, and the name that it has been given.
struct LayerName {
  var name: String?
  /// nil for a block's call.
  var call: Int?
  var isAbsent = false
}
