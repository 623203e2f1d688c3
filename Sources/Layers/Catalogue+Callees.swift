extension Catalogue {
  /// What may stand before `(`, blocks and functions apart: layers, and the terms of `train` sections. They tell where
  /// a name ends that swallowed its bracket: `Densehidden)`.
  package static let callees: [String] =
    names + TrainingVocabulary.losses.map(\.name) + TrainingVocabulary.metrics.map(\.name)
    + TrainingVocabulary.optimizers.map(\.name) + TrainingVocabulary.schedules.map(\.name)
    + TrainingVocabulary.callbacks.map(\.name) + TrainingVocabulary.imageChanges.map(\.name)
}
