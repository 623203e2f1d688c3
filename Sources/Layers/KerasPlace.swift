/// Where Keras has a kind of layer.
package enum KerasPlace: Hashable, Sendable {
  /// `keras.layers`
  case layers
  /// A module of operations, which are called on tensors and have no weights: `keras.src.ops.numpy`.
  case operations(String)
  /// A module of its applications, whose layers stand nowhere else: `keras.src.applications.convnext`.
  case applications(String)
  /// Nowhere.
  case none

  package static let arrayOperations = KerasPlace.operations("keras.src.ops.numpy")

  /// As Keras's files name it; nil if there is none.
  package var module: String? {
    switch self {
    case .layers: "keras.layers"
    case .operations(let module), .applications(let module): module
    case .none: nil
    }
  }

  package var isOperation: Bool { if case .operations = self { true } else { false } }
}

/// Which part of the use of a layer an attribute is in Keras.
package enum KerasPart: Hashable, Sendable {
  /// It is given as the layer is made.
  case settings
  /// It is given as the layer is called, behind the tensor and by its name.
  case call
  /// It says which of several results is meant.
  case result
  /// Keras does not have it.
  case none
}

extension Layer {
  package static var kerasPlace: KerasPlace { .layers }

  /// Where Keras has this layer. Joined with a number, a layer is an operation.
  package var kerasPlace: KerasPlace { joinedNumber == nil ? Self.kerasPlace : .arrayOperations }

  /// The number that stands in the place of a tensor, and whether it is the first of the two.
  package var joinedNumber: (value: Double, isLeft: Bool)? {
    for (name, isLeft) in [("left", true), ("right", false)] {
      if case .real(let value)? = attribute(name) { return (value, isLeft) }
    }
    return nil
  }
}

extension ReducingLayer {
  package static var kerasPlace: KerasPlace { .arrayOperations }
}
