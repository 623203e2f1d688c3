import Layers
import Operations
import Semantics

/// What part of the inputs one value of a layer's result depends on.
package enum Reach: Hashable, Sendable {
  /// So many rows and columns, or cells of a sequence, padding not cut off.
  case pixels([Int])
  /// All of some input.
  case everything
}

extension Reach: CustomStringConvertible {
  /// `715`, `3 x 15`, `all`
  package var description: String {
    switch self {
    case .pixels(let sides):
      Set(sides).count == 1 ? "\(sides[0])" : sides.map { "\($0)" }.joined(separator: " x ")
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
      guard let layer = node.layer else {
        // An input of length and channels is a sequence.
        if values[node.output].shape.rank == 3 { fields[index] = Field(directions: 1) }
        continue
      }
      var field = Field(directions: node.inputs.map { fields[values[$0].producer.index].size.count }.max() ?? 2)
      for input in node.inputs { field.include(fields[values[input].producer.index]) }
      field.look(through: layer.field(node.inputs.map { values[$0].shape }))
      fields[index] = field
    }
    return fields.map(\.reach)
  }
}

/// A receptive field on its way through the layers. Steps may be fractions, behind a transposed convolution.
private struct Field {
  var size: [Double]
  var step: [Double]
  var isEverything = false

  init(directions: Int = 2) {
    size = Array(repeating: 1, count: directions)
    step = size
  }

  mutating func include(_ other: Field) {
    for axis in other.size.indices {
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
      for axis in size.indices where sizes.indices.contains(axis) {
        size[axis] += Double(sizes[axis] - 1) * step[axis]
        step[axis] *= Double(strides[axis]) / Double(max(1, enlargement[axis]))
      }
    }
  }

  var reach: Reach {
    if isEverything { return .everything }
    // A fraction of a pixel is the pixel; what is behind 2^53 is no picture.
    return .pixels(size.map { Int(min(($0 - 1e-6).rounded(.up), 0x1p53)) })
  }
}
