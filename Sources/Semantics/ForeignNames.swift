import Spelling

/// What other libraries call attributes, terms and quantities.
enum ForeignNames {
  static let attributes = [
    "out_channels": "filters", "out_features": "units", "kernel": "kernel_size", "stride": "strides",
    "dilation": "dilation_rate", "bias": "use_bias", "alpha": "negative_slope", "p": "rate", "eps": "epsilon",
    "lr": "learning_rate", "act": "activation",
  ]

  static let terms = [
    "bce": "binary_crossentropy", "cce": "categorical_crossentropy", "scce": "sparse_categorical_crossentropy",
    "kld": "kl_divergence", "acc": "accuracy",
  ]

  /// `val_accuracy` for `val_acc`.
  static func quantity(_ name: String) -> String? {
    name == "acc" || name.hasSuffix("_acc") ? name + "uracy" : nil
  }
}

extension Elaborator {
  /// The attribute that was meant by a name, be it that of another library.
  func attribute(meantBy name: String, among known: [String]) -> String? {
    if let meant = ForeignNames.attributes[name], known.contains(meant) { return meant }
    return suggestion(for: name, among: known)
  }
}
