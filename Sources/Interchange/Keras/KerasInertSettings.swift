import Syntax

/// The settings that Keras writes for every layer and that, with the values listed here, leave it what it is. Only
/// those are passed over that no attribute stands for; any other value of them is an error.
enum KerasInertSettings {
  private enum Value {
    case anything
    /// Null: not set.
    case null
    /// Null or false: not switched on.
    case off
  }

  private static let settings: [String: Value] = [
    // Costs that training adds for a layer's result.
    "activity_regularizer": .null,
    // Inputs that are not plain tensors, or may be left out.
    "sparse": .off,
    "ragged": .off,
    "optional": .off,
    // Random numbers are training's.
    "seed": .anything,
    "noise_shape": .null,
    // Batch normalization across devices, and its renormalization; the latter's settings mean nothing without it.
    "synchronized": .off,
    "renorm": .off,
    "renorm_clipping": .anything,
    "renorm_momentum": .anything,
    // Other arithmetic, and low-rank adaptation.
    "quantization_config": .null,
    "lora_rank": .null,
    "lora_alpha": .null,
    "autocast": .anything,
  ]

  /// Where the shape of an input is noted, which is read as such.
  private static let inputShapes: Set<String> = ["batch_shape", "batch_input_shape"]

  /// - Parameter isInputShape: whether the layer begins a model, so that it may note the input's shape.
  static func allow(_ member: JSON.Member, _ json: JSON, isInputShape: Bool) -> Bool {
    if isInputShape, inputShapes.contains(member.key) { return true }
    if let value = settings[member.key] {
      switch value {
      case .anything: return true
      case .null: return json.isNull(member.value)
      case .off: return json.isNull(member.value) || json.bool(member.value) == false
      }
    }
    if member.key.hasSuffix("_regularizer") || member.key.hasSuffix("_constraint") { return json.isNull(member.value) }
    return member.key.hasSuffix("_initializer") && isUsualInitializer(member.value, json)
  }

  /// What a layer's weights begin with if nobody says otherwise.
  private static func isUsualInitializer(_ node: JSON.ID, _ json: JSON) -> Bool {
    let name = json.string(node) ?? json.value("class_name", of: node).flatMap(json.string)
    return json.isNull(node)
      || ["GlorotUniform", "glorot_uniform", "Zeros", "zeros", "Ones", "ones"].contains(name)
  }
}
