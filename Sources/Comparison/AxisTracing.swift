import Layers
import Operations
import Semantics

/// What stands along the axes of each tensor of a network; that of the batch is left empty.
struct AxisTracing {
  let model: CheckedModel
  /// What a layer is called in both networks.
  let names: [Int]

  /// What stands along the axes of a layer's result.
  ///
  /// - Parameter axes: those of its inputs.
  func result(of index: Int, _ axes: [[AxisOrder]], _ sources: inout AxisSources) -> [AxisOrder] {
    let node = model.nodes[index]
    let shape = model.values[node.output].shape
    let inputs = node.inputs.map { model.values[$0].shape }
    func size(_ axis: Int) -> Int? { shape[axis].constant }
    func made(_ axis: Int, as name: Int) -> AxisOrder {
      AxisOrder(sources.index(of: .made(layer: names[index], axis: name)), count: size(axis))
    }
    guard let layer = node.layer, let first = axes.first, let input = inputs.first else {
      return shape.dims.indices.map { $0 == 0 ? AxisOrder() : made($0, as: $0) }
    }
    if let parts = (layer as? any PartialLayer)?.parts(of: input) {
      return zip(parts, shape.dims.indices).map { part, axis in
        guard let origin = part.axis, axis > 0 else { return AxisOrder() }
        return taken(part, of: first[origin], from: input[origin].constant, count: size(axis), &sources)
      }
    }
    let channels = layer.channelAxis(rank: shape.rank)
    /// The axes as they are, but for more or fewer places.
    func kept() -> [AxisOrder] {
      shape.dims.indices.map { $0 == 0 ? AxisOrder() : sources.resized(first[$0], to: size($0)) }
    }
    switch node.kind {
    case "Conv1D", "Conv1DTranspose", "Conv2D", "Conv2DTranspose", "SeparableConv1D", "SeparableConv2D", "Dense":
      var result = kept()
      // One name, whichever the data format.
      if let channels { result[channels] = made(channels, as: 0) }
      return result
    case "DepthwiseConv1D", "DepthwiseConv2D":
      var result = first
      if let channels, let size = size(channels), let before = input[channels].constant {
        result[channels] = sources.multiple(first[channels], size / before)
      }
      return shape.dims.indices.map { $0 == channels ? result[$0] : sources.resized(first[$0], to: size($0)) }
    case "Flatten":
      let order =
        layer.channelAxis(rank: 3) == 1 && input.rank > 2 ? Array(2..<input.rank) + [1] : Array(1..<input.rank)
      return [AxisOrder(), sources.row(order.map { first[$0] })]
    case "Permute":
      return [AxisOrder()] + (layer.integers("dims") ?? []).map { first[$0] }
    case "RepeatVector":
      return [AxisOrder(), AxisOrder(), first[1]]
    case "Concatenate":
      guard let channels else { return kept() }
      return shape.dims.indices.map { axis in
        if axis == 0 { return AxisOrder() }
        if axis != channels { return sources.joined(axes.map { $0[axis] }) }
        return sources.concatenation(
          zip(axes, node.inputs).map { ($0[axis], names[model.values[$1].producer.index] + 1) })
      }
    case "Matmul":
      // The sums go over the last axis of the first and the last but one of the second.
      return shape.dims.indices.map { axis in
        if axis == 0 { return AxisOrder() }
        if axis == shape.rank - 1 { return axes[1][axis] }
        return axis == shape.rank - 2 ? first[axis] : sources.joined(axes.map { $0[axis] })
      }
    case "Stack":
      let place = channels ?? shape.rank - 1
      return shape.dims.indices.map { axis in
        if axis == place {
          // A place for each tensor, which is known by its last axis.
          return sources.concatenation(
            zip(axes, node.inputs).map {
              (
                sources.derived("Stack", 0, Array($0.suffix(1)), count: 1),
                names[model.values[$1].producer.index] + 1
              )
            })
        }
        let origin = axis < place ? axis : axis - 1
        return axis == 0 ? AxisOrder() : sources.joined(axes.map { $0[origin] })
      }
    case "Dot":
      let contracted = contractedAxes(node, axes) ?? []
      let rest = zip(contracted, axes).flatMap { contracted, axes in
        axes.indices.filter { $0 != 0 && $0 != contracted }.map { axes[$0] }
      }
      return [AxisOrder()] + (rest.isEmpty ? [AxisOrder()] : rest)
    case "GlobalAveragePooling1D", "GlobalMaxPooling1D", "GlobalAveragePooling2D", "GlobalMaxPooling2D":
      let format = layer.channelAxis(rank: input.rank) ?? input.rank - 1
      return shape.rank == 2
        ? [AxisOrder(), first[format]] : first.indices.map { $0 == format ? first[$0] : AxisOrder() }
    case "DepthToSpace", "SpaceToDepth":
      let name = "\(node.kind) \(layer.integers("block_size") ?? [])"
      return shape.dims.indices.map { axis in
        if axis == 0 { return AxisOrder() }
        return sources.derived(name, axis, Array(first.dropFirst()), count: shape[axis].constant)
      }
    case "Max", "Mean", "Min", "Std", "Sum", "Var":
      let reduced = Set((layer.integers("axis") ?? []).map { $0 < 0 ? $0 + input.rank : $0 })
      if shape.rank == input.rank { return first.indices.map { reduced.contains($0) ? AxisOrder() : first[$0] } }
      return first.indices.filter { !reduced.contains($0) }.map { first[$0] }
    default: break
    }
    if axes.count > 1 {
      // Fewer axes get sizes of 1 behind the batch, and sizes of 1 are repeated.
      return shape.dims.indices.map { axis in
        if axis == 0 { return AxisOrder() }
        let operands = zip(axes, inputs).compactMap { axes, input -> AxisOrder? in
          let own = axis - shape.rank + input.rank
          return own > 0 && (input[own] == shape[axis]) ? axes[own] : nil
        }
        return sources.joined(operands)
      }
    }
    if shape.rank == input.rank, node.kind != "Reshape" { return kept() }
    return reshaped(first, input, shape, node, &sources)
  }

  /// What stands along the axes that a product of two tensors sums over, each number beside the one that it is multiplied
  /// by; nil for other layers.
  func contraction(of index: Int, _ axes: [[AxisOrder]], _ sources: inout AxisSources) -> AxisOrder? {
    contractedAxes(model.nodes[index], axes).map { contracted in
      sources.joined(zip(contracted, axes).map { $1[$0] })
    }
  }

  /// The axis of each of two tensors that their product sums over.
  private func contractedAxes(_ node: LayerNode, _ axes: [[AxisOrder]]) -> [Int]? {
    switch node.kind {
    case "Matmul": return [axes[0].count - 1, axes[1].count - 2]
    case "Dot":
      guard let places = node.layer?.integers("axes"), let last = places.last else { return nil }
      return axes.indices.map { index in
        let axis = index < places.count ? places[index] : last
        return axis < 0 ? axis + axes[index].count : axis
      }
    default: return nil
    }
  }

  /// Some of the indices of an axis: neighbours are a stretch of it.
  private func taken(
    _ part: AxisPart, of axis: AxisOrder, from size: Int?, count: Int?, _ sources: inout AxisSources
  ) -> AxisOrder {
    if part.first == 0, part.stride == 1, size == count { return axis }
    if part.stride == 1, part.first >= 0, let count, axis.count != nil, !axis.runs.isEmpty {
      return axis.slice(part.first..<part.first + count)
    }
    return sources.derived("[\(part.first)::\(part.stride)]", 0, [axis], count: count)
  }

  /// The same values in the same order under another shape: axes that become one are a row; of one that becomes several
  /// it is only known which it was.
  private func reshaped(
    _ axes: [AxisOrder], _ old: Shape, _ new: Shape, _ node: LayerNode, _ sources: inout AxisSources
  ) -> [AxisOrder] {
    if old == new { return axes }
    var result = Array(repeating: AxisOrder(), count: new.rank)
    var before = old.dims.indices.filter { $0 > 0 && old[$0] != 1 }[...]
    var after = new.dims.indices.filter { $0 > 0 && new[$0] != 1 }[...]
    while let first = before.first, let other = after.first {
      if old[first] == new[other] {
        result[other] = axes[first]
        (before, after) = (before.dropFirst(), after.dropFirst())
        continue
      }
      // The fewest axes on both sides that have as many values.
      var (taken, others) = (1, 1)
      while let values = count(old, before.prefix(taken)), let wanted = count(new, after.prefix(others)),
        values != wanted
      {
        if values < wanted, taken < before.count {
          taken += 1
        } else if others < after.count {
          others += 1
        } else {
          break
        }
      }
      if count(old, before.prefix(taken)) == nil || count(new, after.prefix(others)) == nil {
        (taken, others) = (before.count, after.count)
      }
      let group = before.prefix(taken).map { axes[$0] }
      for (place, axis) in after.prefix(others).enumerated() {
        let sizes = after.prefix(others).map { "\(new[$0])" }.joined(separator: ", ")
        result[axis] =
          others == 1 ? sources.row(group) : sources.derived("[\(sizes)]", place, group, count: new[axis].constant)
      }
      (before, after) = (before.dropFirst(taken), after.dropFirst(others))
    }
    return result
  }

  private func count(_ shape: Shape, _ axes: ArraySlice<Int>) -> Int? {
    var product = 1
    for axis in axes {
      guard let size = shape[axis].constant else { return nil }
      let (result, overflow) = product.multipliedReportingOverflow(by: size)
      if overflow { return nil }
      product = result
    }
    return product
  }
}

extension Layer {
  /// An attribute that is a number or a list of them.
  func integers(_ name: String) -> [Int]? {
    switch attribute(name) {
    case .integer(let value): [value]
    case .list(let elements): elements.compactMap { if case .integer(let value) = $0 { value } else { nil } }
    default: nil
    }
  }
}
