import Layers
import Operations
import Semantics

/// What part of the inputs one value of a layer's result depends on.
package enum Reach: Hashable, Sendable {
  /// So many rows and columns, padding not cut off.
  case pixels(height: Int, width: Int)
  /// All of some input.
  case everything
}

extension Reach: CustomStringConvertible {
  /// `715`, `3 x 15`, `all`
  package var description: String {
    switch self {
    case .pixels(let height, let width): height == width ? "\(height)" : "\(height) x \(width)"
    case .everything: "all"
    }
  }
}

extension CheckedModel {
  /// For each layer, what one value of its result depends on: its receptive field.
  ///
  /// A window of `size` pixels that stand `step` input pixels apart adds `(size - 1) * step`; a stride multiplies the
  /// step. Of several inputs the farthest counts.
  var reaches: [Reach] {
    var fields = Array(repeating: Field(), count: nodes.count)
    for (index, node) in nodes.enumerated() {
      guard let layer = node.layer else { continue }
      var field = Field()
      for input in node.inputs { field.include(fields[values[input].producer.index]) }
      field.look(through: layer.field(node.inputs.map { values[$0].shape }))
      fields[index] = field
    }
    return fields.map(\.reach)
  }
}

/// A receptive field on its way through the layers. Steps may be fractions, behind a transposed convolution.
private struct Field {
  var size = [1.0, 1.0]
  var step = [1.0, 1.0]
  var isEverything = false

  mutating func include(_ other: Field) {
    for axis in 0..<2 {
      size[axis] = max(size[axis], other.size[axis])
      step[axis] = max(step[axis], other.step[axis])
    }
    isEverything = isEverything || other.isEverything
  }

  mutating func look(through window: ReceptiveField) {
    switch window {
    case .pixel: break
    case .everything: isEverything = true
    case .window(let sizes, let strides, let enlargement):
      for axis in 0..<2 where sizes.indices.contains(axis) {
        size[axis] += Double(sizes[axis] - 1) * step[axis]
        step[axis] *= Double(strides[axis]) / Double(max(1, enlargement[axis]))
      }
    }
  }

  var reach: Reach {
    if isEverything { return .everything }
    // A fraction of a pixel is the pixel; what is behind 2^53 is no picture.
    let cells = size.map { Int(min(($0 - 1e-6).rounded(.up), 0x1p53)) }
    return .pixels(height: cells[0], width: cells[1])
  }
}
