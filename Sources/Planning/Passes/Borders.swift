import Operations
import Runtime

/// For each buffer the border that its readers need: as far as a convolution's windows, or whole tiles of them, reach over
/// an edge, and as much as a padded view takes for its own.
///
/// - Throws: `PlanProblem` where a window reaches further than can be addressed.
func borders(_ graph: StoredGraph) throws(PlanProblem) -> [Border] {
  var borders = [Border](repeating: Border(), count: graph.buffers.count)
  for location in graph.locations {
    borders[location.buffer.index].widen(to: location.outset.border)
  }
  for step in graph.steps {
    let (input, output) = (graph.tensors[step.inputs[0]], graph.tensors[step.output])
    let reach: Border?
    switch step.kind {
    case .convolution(let convolution, _, _):
      reach = convolution.reach(over: input, to: output, batch: step.examples)
    case .bandedConvolution(.depthwise(let source), _, _, _):
      reach = source.convolution.reach(over: input, to: output, batch: step.examples)
    case .bandedConvolution(.expanded(_, let source), _, _, _):
      // Its border is around the map that is never there, which is as high and wide.
      guard source.convolution.reach(over: input, to: output, batch: step.examples) == nil else { continue }
      reach = nil
    case .transposedConvolution(let convolution, _, _): reach = convolution.reach(over: input, to: output)
    default: continue
    }
    guard let reach else { throw PlanProblem(.layer(step.origins[0]), .tooLarge) }
    let location = graph.locations[step.inputs[0].index]
    borders[location.buffer.index].widen(to: location.outset.border + reach)
  }
  return borders
}

extension Convolution2D {
  /// How far the windows reach over each edge of the input; nil if beyond 64 bits or what can be addressed.
  func reach(over input: Tensor, to output: Tensor, batch: Int) -> Border? {
    let algorithm = algorithm(from: input.form, to: output.form, batch: batch)
    let tiles = algorithm.tiles(window: kernel)
    /// Windows in whole tiles.
    func whole(_ windows: Int, _ line: WinogradLine?) -> Int {
      line.map { $0.count(over: windows) * $0.results } ?? windows
    }
    guard case .map(let height, let width, _) = input.form, case .map(let rows, let columns, _) = output.form,
      let bottom = end(windows: whole(rows, tiles?.vertical), axis: 0, before: padding.top, size: height),
      let right = end(windows: whole(columns, tiles?.horizontal), axis: 1, before: padding.left, size: width)
    else { return nil }
    guard padding.top >= 0, padding.left >= 0, max(padding.top, padding.left) <= Memory.addressable else { return nil }
    return Border(top: padding.top, bottom: bottom, left: padding.left, right: right)
  }

  /// How far the last window along an axis reaches over the end of the input.
  private func end(windows: Int, axis: Int, before: Int, size: Int) -> Int? {
    guard let start = Memory.product([windows - 1, strides[axis]]), let extent = extent(axis: axis) else { return nil }
    return max(0, start + extent - before - size)
  }

  /// How many rows or columns of a map a window spans; nil if beyond what can be addressed.
  func extent(axis: Int) -> Int? { Memory.product([kernel[axis] - 1, dilation[axis]]).map { $0 + 1 } }
}

extension TransposedConvolution2D {
  /// How far what adds to the output lies beyond each edge of the input; nil if beyond what can be addressed.
  fileprivate func reach(over input: Tensor, to output: Tensor) -> Border? {
    guard case .map(let height, let width, _) = input.form, case .map(let rows, let columns, _) = output.form,
      let rows = reach(axis: 0, dropping: padding.top, size: rows),
      let columns = reach(axis: 1, dropping: padding.left, size: columns)
    else { return nil }
    return Border(
      top: max(0, -rows.first), bottom: max(0, rows.last - height + 1), left: max(0, -columns.first),
      right: max(0, columns.last - width + 1))
  }

  /// The first and the last row of the input that would add to `size` rows of the output.
  private func reach(axis: Int, dropping before: Int, size: Int) -> (first: Int, last: Int)? {
    guard let extent = Memory.product([kernel[axis] - 1, dilation[axis]]),
      before.magnitude <= Memory.addressable
    else { return nil }
    // Row i adds from row i * stride - before on, as far as the window extends.
    func floor(_ a: Int) -> Int { a / strides[axis] - (a % strides[axis] < 0 ? 1 : 0) }
    return (-floor(extent - before), floor(size - 1 + before))
  }
}

extension Padding2D {
  var border: Border { Border(top: top, bottom: bottom, left: left, right: right) }
}

extension Border {
  fileprivate mutating func widen(to other: Border) {
    top = max(top, other.top)
    bottom = max(bottom, other.bottom)
    left = max(left, other.left)
    right = max(right, other.right)
  }

  /// Each is at most what can be addressed, so that no sum of two overflows.
  static func + (left: Border, right: Border) -> Border {
    Border(
      top: left.top + right.top, bottom: left.bottom + right.bottom, left: left.left + right.left,
      right: left.right + right.right)
  }

  static func - (left: Border, right: Border) -> Border {
    Border(
      top: left.top - right.top, bottom: left.bottom - right.bottom, left: left.left - right.left,
      right: left.right - right.right)
  }
}
