import Layers
import Semantics

/// The words of a `train` section as Keras's objects.
enum TrainingText {
  /// `keras.losses.CategoricalCrossentropy(label_smoothing=0.1)`
  static func object(
    _ module: String, _ term: any TrainingTerm, dropping dropped: Set<String> = [], adding added: [String] = []
  ) -> String {
    let arguments = arguments(term, dropping: dropped) + added
    return "\(module).\(term.kerasClass)(\(arguments.joined(separator: ", ")))"
  }

  private static func arguments(_ term: any TrainingTerm, dropping dropped: Set<String>) -> [String] {
    term.writtenArguments.filter { !dropped.contains($0.attribute.name) }.map { attribute, value in
      "\(attribute.name)=\(value.python(attribute.type))"
    }
  }

  /// A loss by its word, an object where it has arguments, a function where several are added up.
  static func loss(_ losses: [CheckedTraining.WeightedLoss]) -> String {
    guard losses.count > 1 else {
      let loss = losses[0].loss
      return loss.writtenArguments.isEmpty ? PythonText.literal(loss.termName) : object("keras.losses", loss)
    }
    // A loss for each example, so that weights of classes count; Keras takes the mean of the sum.
    let isMean = losses.allSatisfy { !$0.loss.writtenArguments.contains { $0.attribute.name == "reduction" } }
    let objects = losses.map { object("keras.losses", $0.loss, adding: isMean ? ["reduction=None"] : []) }
    let terms = zip(losses, objects).map { "\(PythonText.number($0.weight)) * \($1)(*pair)" }
    return "lambda *pair: \(terms.joined(separator: " + "))"
  }

  /// How much an output's loss counts; several have their weights within.
  static func weight(_ losses: [CheckedTraining.WeightedLoss]) -> Double { losses.count == 1 ? losses[0].weight : 1 }

  /// - Parameter isNamed: whether it says its name, by which callbacks know it.
  static func metric(_ metric: any Metric, isNamed: Bool) -> String {
    // Which accuracy it is Keras sees from the output and its labels.
    if metric.termName == "accuracy" { return PythonText.literal("accuracy") }
    // Keras's metrics take no reduction, and one of them is called otherwise than the loss.
    var added = isNamed ? ["name=\(PythonText.literal(metric.termName))"] : []
    // An output has a share of each class.
    if metric is MeanIoU { added.insert("sparse_y_pred=False", at: 0) }
    guard metric.termName == "log_cosh" else {
      return object("keras.metrics", metric, dropping: ["reduction"], adding: added)
    }
    return "keras.metrics.LogCoshError(name=\"log_cosh\")"
  }

  /// An optimizer; Keras 2's `decay` is a schedule.
  static func optimizer(_ optimizer: any Optimizer) -> String {
    guard optimizer.common.decay > 0, let rate = optimizer.learningRate.constant else {
      return object("keras.optimizers", optimizer, dropping: ["decay"])
    }
    let schedule =
      "keras.optimizers.schedules.InverseTimeDecay(\(PythonText.number(rate)), 1, "
      + "\(PythonText.number(optimizer.common.decay)))"
    let arguments = ["learning_rate=\(schedule)"] + arguments(optimizer, dropping: ["decay", "learning_rate"])
    return "keras.optimizers.\(optimizer.kerasClass)(\(arguments.joined(separator: ", ")))"
  }

  /// A callback. Keras writes checkpoints in formats of its own only, whatever the file is called.
  ///
  /// - Parameter mode: which way is better, where Keras does not see it.
  static func callback(_ callback: any TrainingCallback, _ mode: Improvement?) -> String {
    let added = mode.map { ["mode=\(PythonText.literal($0.rawValue))"] } ?? []
    guard let checkpoint = callback as? ModelCheckpoint else {
      return object("keras.callbacks", callback, adding: added)
    }
    let isOfKeras = checkpoint.path.hasSuffix(".keras") || checkpoint.path.hasSuffix(".weights.h5")
    guard !isOfKeras else { return object("keras.callbacks", callback, adding: added) }
    let stem =
      [".safetensors", ".npz", ".npy", ".h5"].first { checkpoint.path.hasSuffix($0) }
      .map { checkpoint.path.dropLast($0.count) } ?? checkpoint.path[...]
    let file = PythonText.literal(stem + ".weights.h5")
    let rest = arguments(callback, dropping: ["filepath", "save_weights_only"])
    return
      "keras.callbacks.ModelCheckpoint(\(([file, "save_weights_only=True"] + rest + added).joined(separator: ", ")))"
  }

  static func step(_ step: CheckedTraining.PreparationStep) -> String {
    switch step {
    case .change(let change): return object("layers", change)
    case .layer(let layer):
      let arguments = layer.writtenArguments.map { "\($0.attribute.name)=\($0.value.python($0.attribute.type))" }
      return "layers.\(layer.kindName)(\(arguments.joined(separator: ", ")))"
    }
  }
}
