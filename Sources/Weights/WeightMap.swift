import Runtime

/// Which tensor of a file is which weight of a network, where their names differ.
package struct WeightMap: Hashable, Sendable {
  /// One weight.
  package struct Entry: Hashable, Sendable {
    /// The network's name: `conv1/kernel`.
    package var weight: String
    /// The file's: `features.0.weight`.
    package var tensor: String
    /// How the axes of the tensor are put in order: axis `i` of the weight is axis `order[i]` of the tensor. Nil if they
    /// are as they should be.
    package var order: [Int]?
    /// What the map calls that order, where it has a name: `OIHW`. It holds for one kind of layer only.
    package var layout: String?
    /// Channels, height and width of the map that the tensor's first axis, put in order, counts in this order, where the
    /// weight counts height, width and channels. Nil if it counts alike.
    package var flattened: [Int]?

    package init(weight: String, tensor: String, order: [Int]? = nil, flattened: [Int]? = nil) {
      self.weight = weight
      self.tensor = tensor
      self.order = order
      self.flattened = flattened
    }
  }

  package var entries: [Entry]
  /// Where files of Keras that do not name their layers keep the variables of a layer, by its path: `layers/conv2d_1`.
  package var groups: [String: String]

  package init(_ entries: [Entry], groups: [String: String] = [:]) {
    self.entries = entries
    self.groups = groups
  }
}

extension WeightMap.Entry {
  /// The shape that a tensor has as a weight of some shape; nil if it cannot be put in order so.
  ///
  /// Where each channel is convolved by itself, others count all filters along one axis and have one channel for each,
  /// [height, width, 1, channels * multiplier]; those are Keras's numbers in the same order.
  func shape(of tensor: [Int], as weight: [Int]) -> [Int]? {
    var shape = tensor
    if let order {
      guard order.sorted() == Array(tensor.indices) else { return nil }
      shape = order.map { tensor[$0] }
    }
    if let flattened, flattened.count != 3 || flattened.reduce(1, { $0 &* $1 }) != shape.first { return nil }
    let isDepthwise =
      shape.count == 4 && weight.count == 4 && shape[..<2] == weight[..<2] && shape[2] == 1
      && weight[2...].checkedProduct() == shape[3]
    return isDepthwise ? weight : shape
  }

  /// Whether a tensor has its numbers in the weight's order.
  var keepsOrder: Bool { order == nil && flattened == nil }

  /// The numbers of a tensor as those of a weight; its shape is one that `shape(of:as:)` takes.
  func values(_ values: [Float], shape: [Int]) -> [Float] {
    var (values, shape) = (values, shape)
    if let order {
      values = Axes.permuted(values, shape: shape, order: order)
      shape = order.map { shape[$0] }
    }
    if let flattened {
      values = Axes.permuted(values, shape: flattened + [shape.dropFirst().reduce(1, *)], order: [1, 2, 0, 3])
    }
    return values
  }
}

/// The weights of a layer in the order in which Keras numbers its variables.
package struct LayerVariables: Hashable, Sendable {
  /// `i3a/reduce`
  package var path: String
  /// `i3a/reduce/kernel`, `i3a/reduce/bias`
  package var weights: [String]

  package init(path: String, weights: [String]) {
    self.path = path
    self.weights = weights
  }
}
