import Layers

/// How words of attributes are called in Keras, where they have arguments: as classes.
enum KerasVocabulary {
  /// What a word with arguments is in Keras.
  enum Class {
    /// A class: the module that people import, such as `keras.initializers`, and its name.
    case named(module: String, name: String)
    /// A function of `keras.activations` that takes the arguments behind the tensor.
    case function(String)
  }

  /// The type of an attribute whose words are Python's slices.
  static let keyType = "Key"

  /// What makes the value of a word of an attribute's type; nil where the attribute takes bare words only.
  ///
  /// - Parameters:
  ///   - word: `he_normal`, `leaky_relu`.
  ///   - type: the attribute's type, `Initializer`.
  static func made(_ word: String, of type: String) -> Class? {
    switch type {
    case "Activation":
      // As a layer, which Keras can write to a file, and a function it cannot.
      if let kind = Catalogue.kinds.first(where: { $0.activationWord == word }) {
        return .named(module: "keras.layers", name: kind.name)
      }
      return .function(word)
    case "Initializer", "Regularizer", "Constraint":
      return .named(module: "keras." + type.lowercased() + "s", name: camelCase(word))
    case "Float": return .named(module: "keras.optimizers.schedules", name: word)
    default: return nil
    }
  }
}
