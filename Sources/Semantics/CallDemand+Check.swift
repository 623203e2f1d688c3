import Layers
import Operations
import Syntax

extension CallDemand {
  /// Throws what is wrong with the shapes of a call's tensors.
  func check(_ inputs: [Shape]) throws(LayerProblem) {
    switch self {
    case .equalRanks:
      guard let first = inputs.first, let other = inputs.firstIndex(where: { $0.rank != first.rank }) else { return }
      throw LayerProblem(
        .rank, .input(other),
        "this operation lays \(first) and \(inputs[other]) against each other from their last axes "
          + "on, so that the batch of one meets another axis of the other",
        expected: "tensors of equal rank", found: "\(first.rank) and \(inputs[other].rank) axes",
        help: "give the smaller one axes of size 1 behind its batch first, with a Reshape, or use Keras's layer")
    case .ones(let axes):
      guard let shape = inputs.first else { return }
      for axis in axes {
        let place = axis < 0 ? axis + shape.rank : axis
        if (1..<shape.rank).contains(place), shape[place] == 1 { continue }
        throw LayerProblem(
          .attributeValue, .attribute("axis"), "axis \(axis) of \(shape) cannot be taken away",
          expected: "an axis of size 1 behind the batch",
          found: shape.dims.indices.contains(place) ? "size \(shape[place])" : "no such axis",
          help: "name axes of size 1 only")
      }
    }
  }
}
