import Operations

/// A layer that puts zeros around a map or sequence.
protocol PaddingLayer: MapLayer {
  /// Of a sequence left and right.
  var added: Padding2D { get }
}

extension PaddingLayer {
  func outputShape(_ inputs: [Shape]) throws(LayerProblem) -> Shape {
    let map = try map(inputs)
    return try withoutOverflow { () throws(DimOverflow) in
      var sides: [Dim] = []
      for (size, cells) in zip(map.sides, added.ends(Self.directions)) {
        sides.append(try size + Dim(cells.before) + Dim(cells.after))
      }
      return map.resized(sides)
    }
  }

  func lower(_ call: LayerCall, into graph: inout OperationGraph) -> ID<Value> {
    graph.add(.zeroPadding(added, format: dataFormat), call.inputs, shape: call.outputShape, origin: call.origin)
  }
}

/// A layer that takes cells away from the sides of a map or sequence.
protocol CroppingLayer: MapLayer {
  /// Of a sequence left and right.
  var removed: Padding2D { get }
}

extension CroppingLayer {
  func outputShape(_ inputs: [Shape]) throws(LayerProblem) -> Shape {
    let map = try map(inputs)
    let ends = removed.ends(Self.directions)
    let rests = try withoutOverflow { () throws(DimOverflow) in
      var rests: [Dim] = []
      for (size, cut) in zip(map.sides, ends) { rests.append(try size - Dim(cut.before) - Dim(cut.after)) }
      return rests
    }
    for (direction, rest) in rests.enumerated() where rest.constant ?? 1 < 1 {
      let (name, size, cut) = (map.sideNames[direction], map.sides[direction], ends[direction])
      throw LayerProblem(
        .windowTooLarge, .attribute("cropping"), "nothing is left of a \(name) of \(size)",
        expected: "less than \(size) in \(name)", found: "\(cut.before) and \(cut.after)",
        notes: ["\(name): \(size) - \(cut.before) - \(cut.after) = \(rest)"])
    }
    return map.resized(rests)
  }

  func lower(_ call: LayerCall, into graph: inout OperationGraph) -> ID<Value> {
    graph.add(.crop(removed, format: dataFormat), call.inputs, shape: call.outputShape, origin: call.origin)
  }
}

extension Padding2D {
  /// Cells before and after in each direction, height first.
  fileprivate func ends(_ directions: Int) -> [(before: Int, after: Int)] {
    Array([(before: top, after: bottom), (before: left, after: right)].suffix(directions))
  }
}

extension Ends {
  /// Around a sequence, which is a map of height 1.
  var onMap: Padding2D { Padding2D(left: left, right: right) }
}
