import Foundation
import Layers
import Testing

/// Names, order and defaults of the words of `train` sections are Keras's: `Fixtures/keras-training.json` has the
/// signatures of its classes, as `inspect.signature` gives them.
@Suite struct TrainingVocabularyTests {
  /// What Keras takes and modelc has no use for: names are the author's, types are 32-bit floats, and so on.
  private static let leftOut: Set = [
    "name", "dtype", "data_format", "loss_scale_factor", "summation_method", "multi_label", "num_labels",
    "label_weights", "sparse_y_true", "sparse_y_pred", "axis", "class_aggregation", "num_regressors", "save_freq",
    "fill_mode", "fill_value", "antialias", "from_sorted_ids", "thresholds", "value_range", "raise_error",
  ]

  private func keras(_ group: String) throws -> [String: [[String]]] {
    let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures/keras-training.json")
    let json = try #require(try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: Any])
    return try #require(json[group] as? [String: [[String]]])
  }

  private func compare<Term>(_ kinds: [TermKind<Term>], _ group: String, adding own: Set<String> = []) throws {
    let known = try keras(group)
    #expect(Set(kinds.map(\.name)).count == kinds.count)
    for kind in kinds {
      let signature = try #require(known[kind.name], "Keras has no \(kind.name)")
      let ours = kind.attributes.filter { !own.contains($0.name) }
      let names = Set(ours.map(\.name))
      // In Keras's order, as far as both have them; a metric's `reduction` is a loss's.
      #expect(signature.map { $0[0] }.filter(names.contains) == ours.map(\.name), "\(kind.name)")
      for attribute in ours {
        let value = signature.first { $0[0] == attribute.name }?[1] ?? ""
        let isSame =
          attribute.defaultText == "\"\(value)\"" || attribute.defaultText == value
          || Double(attribute.defaultText) == Double(value) && Double(value) != nil
        #expect(isSame || attribute.defaultText.contains("["), "\(kind.name): \(attribute.name) is \(value)")
      }
      let missing = signature.map { $0[0] }.filter { !names.contains($0) && !Self.leftOut.contains($0) }
      #expect(missing == [], "\(kind.name)")
    }
  }

  @Test func lossesAreKeras() throws { try compare(TrainingVocabulary.losses, "losses") }

  /// What is a loss and a metric has the loss's arguments.
  @Test func metricsAreKeras() throws {
    let losses = Set(TrainingVocabulary.losses.map(\.name))
    try compare(TrainingVocabulary.metrics.filter { !losses.contains($0.name) }, "metrics")
    let known = try keras("metrics")
    for kind in TrainingVocabulary.metrics { #expect(known[kind.name] != nil, "Keras has no metric \(kind.name)") }
  }

  @Test func optimizersAreKeras() throws {
    try compare(TrainingVocabulary.optimizers, "optimizers", adding: ["decay"])
  }

  @Test func schedulesAreKeras() throws { try compare(TrainingVocabulary.schedules, "schedules") }

  @Test func callbacksAreKeras() throws { try compare(TrainingVocabulary.callbacks, "callbacks") }

  @Test func changesOfImagesAreKeras() throws {
    // What all of Keras's layers for images take.
    try compare(TrainingVocabulary.imageChanges, "changes", adding: ["data_format"])
  }

  /// Each default decodes to itself.
  @Test func defaultsAreAllowed() {
    func check<Term>(_ kinds: [TermKind<Term>]) {
      for kind in kinds where kind.attributes.allSatisfy({ !$0.isRequired }) {
        var problems: [LayerProblem] = []
        #expect(kind.make([], problems: &problems) != nil && problems == [], "\(kind.name)")
      }
    }
    check(TrainingVocabulary.losses)
    check(TrainingVocabulary.metrics)
    check(TrainingVocabulary.optimizers)
    check(TrainingVocabulary.callbacks)
    check(TrainingVocabulary.imageChanges)
  }
}
