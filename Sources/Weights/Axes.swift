/// Orders of a tensor's axes.
enum Axes {
  /// The elements of a row-major tensor with its axes in another order: axis `i` of the result is axis `order[i]`.
  ///
  /// - Parameters:
  ///   - elements: `elementSize` of them are one number.
  ///   - shape: of the tensor as it is; its sizes multiply to the number of numbers.
  static func permuted<Element>(
    _ elements: [Element], elementSize: Int = 1, shape: [Int], order: [Int]
  ) -> [Element] {
    guard !elements.isEmpty else { return elements }
    var strides = [Int](repeating: elementSize, count: shape.count)
    for axis in shape.indices.dropLast().reversed() { strides[axis] = strides[axis + 1] * shape[axis + 1] }
    let steps = order.map { strides[$0] }
    let sizes = order.map { shape[$0] }
    var result: [Element] = []
    result.reserveCapacity(elements.count)
    var index = [Int](repeating: 0, count: order.count)
    var offset = 0
    while result.count < elements.count {
      for place in offset..<offset + elementSize { result.append(elements[place]) }
      for axis in sizes.indices.reversed() {
        index[axis] += 1
        offset += steps[axis]
        if index[axis] < sizes[axis] { break }
        offset -= steps[axis] * sizes[axis]
        index[axis] = 0
      }
    }
    return result
  }
}
