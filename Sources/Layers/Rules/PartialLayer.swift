package import Operations

/// A layer that takes some of the indices of its input's axes, and leaves the values as they are.
package protocol PartialLayer: Layer {
  /// What each axis of the result is; nil if the layer does not accept the input.
  func parts(of input: Shape) -> [AxisPart]?
}

/// What an axis of a result is of an input.
package struct AxisPart: Hashable, Sendable {
  /// The input's axis; nil for a new one.
  package var axis: Int?
  /// The first of its indices that is taken; below zero it counts from the end of an axis whose size is open.
  package var first = 0
  /// From one index to the next.
  package var stride = 1
}
