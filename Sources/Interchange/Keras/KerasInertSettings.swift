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
    /// 1: no groups.
    case one
  }

  private static let settings: [String: Value] = [
    // Costs that training adds for a layer's result.
    "activity_regularizer": .null,
    // Inputs that are not plain tensors, or may be left out.
    "sparse": .off,
    "ragged": .off,
    "optional": .off,
    // Of batch renormalization, which has an attribute of its own that has to be false.
    "renorm_clipping": .anything,
    // A deprecated variant of layer normalization, and a first value of a greatest or least one.
    "rms_scaling": .off,
    "initial": .null,
    // What Keras 2 writes beside them: those of the class that a layer's is made from, and ways of computing.
    "groups": .one,
    "kernel_initializer": .anything,
    "kernel_regularizer": .null,
    "kernel_constraint": .null,
    "noise_shape": .null,
    "dynamic": .off,
    "fused": .anything,
    "virtual_batch_size": .null,
    "rng_type": .anything,
    // Other arithmetic, and low-rank adaptation.
    "quantization_config": .null,
    "lora_rank": .null,
    "lora_alpha": .null,
  ]

  /// Where the shape of an input is noted, which is read as such.
  private static let inputShapes: Set<String> = ["batch_shape", "batch_input_shape", "inputShape"]

  /// - Parameter isInputShape: whether the layer begins a model, so that it may note the input's shape.
  static func allow(_ member: JSON.Member, _ json: JSON, isInputShape: Bool) -> Bool {
    if isInputShape, inputShapes.contains(member.key) { return true }
    switch settings[member.key] {
    case .anything?: return true
    case .null?: return json.isNull(member.value)
    case .off?: return json.isNull(member.value) || json.bool(member.value) == false
    case .one?: return json.int(member.value) == 1
    case nil: return false
    }
  }
}
