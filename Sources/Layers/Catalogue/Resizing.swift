package import Operations

/// `Resizing(224, 224)`: a map of another height and width.
///
/// With `crop_to_aspect_ratio` it is made of the largest middle part of the same proportions, with `pad_to_aspect_ratio`
/// of all of the map and what is filled up at two opposite sides: as much at both, so that where there is an odd row to
/// fill up, it is left out and the proportions are a little off, as they are in Keras.
extension Resizing: Layer {
  package func outputShape(_ inputs: [Shape]) throws(LayerProblem) -> Shape {
    let map = try Map(inputs[0], dataFormat, for: Self.name)
    if crops || pads {
      let sizes = try map.knownSizes("what keeps the proportions depends on")
      guard sizes.allSatisfy({ $0 < 1 << 31 }), max(height, width) < 1 << 31 else {
        throw LayerProblem(
          .sizeOverflow, .layer, "\(map.shape) and \(height) x \(width) are too large to compare their proportions",
          help: "make the layer smaller")
      }
    }
    return map.resized(height: Dim(height), width: Dim(width))
  }

  package func field(_ inputs: [Shape]) -> ReceptiveField {
    let sizes = dataFormat.spatialAxes(rank: 4).compactMap { inputs[0][$0].constant }
    guard sizes.count == 2 else { return .everything }
    let added = margins(of: sizes)
    let from = [sizes[0] + added.top + added.bottom, sizes[1] + added.left + added.right]
    let to = [height, width]
    let pixels = zip(from, to).map { from, to in
      if from == to { return 1 }
      return antialias && interpolation != .nearest
        ? interpolation.pixels * (1 + (from - 1) / to) : interpolation.pixels
    }
    return .window(size: pixels, strides: from, enlargement: to)
  }

  package func lower(_ call: LayerCall, into graph: inout OperationGraph) -> ID<Value> {
    var map = call.inputs[0]
    let isFilled = pads && fillValue != 0
    if crops || pads {
      let sizes = dataFormat.spatialAxes(rank: 4).map { call.size($0) }
      let margins = margins(of: sizes)
      var shape = call.inputShapes[0]
      shape[dataFormat.spatialAxes(rank: 4)[0]] = Dim(sizes[0] + margins.top + margins.bottom)
      shape[dataFormat.spatialAxes(rank: 4)[1]] = Dim(sizes[1] + margins.left + margins.right)
      // Padding is zeros, and what is mixed of pixels that are all less by a number is less by it too.
      if isFilled { map = call.join(.subtract, map, fillValue, into: &graph) }
      map = graph.add(
        pads ? .zeroPadding(margins, format: dataFormat) : .crop(-margins, format: dataFormat), [map], shape: shape,
        origin: call.origin)
    }
    map = graph.add(
      .resize(Resize2D(interpolation.operation, antialias: antialias, format: dataFormat)), [map],
      shape: call.outputShape, origin: call.origin)
    return isFilled ? call.join(.add, map, fillValue, into: &graph) : map
  }

  /// What is added at the sides of a map before it is resized; below zero where it is cut off.
  private func margins(of sizes: [Int]) -> Padding2D {
    // Height and width that have the proportions of the result with the other one as it is.
    let fitting = [sizes[1] * height / width, sizes[0] * width / height]
    if crops {
      let cut = zip(sizes, fitting).map { size, fitting in size - max(1, min(size, fitting)) }
      let (rows, columns) = (cut[0], cut[1])
      return -Padding2D(top: rows / 2, bottom: rows - rows / 2, left: columns / 2, right: columns - columns / 2)
    }
    if pads {
      let added = zip(sizes, fitting).map { size, fitting in (max(size, fitting) - size) / 2 }
      return added[0] > 0 ? Padding2D(top: added[0], bottom: added[0]) : Padding2D(left: added[1], right: added[1])
    }
    return Padding2D()
  }
}

extension Padding2D {
  /// What is added becomes what is cut off.
  fileprivate static prefix func - (padding: Self) -> Self {
    Self(top: -padding.top, bottom: -padding.bottom, left: -padding.left, right: -padding.right)
  }
}
