import Layers
import Semantics
import Syntax
import Testing

/// `train` sections: each slip is blamed on its own bytes, once; what is sound is typed.
@Suite struct TrainingTests {
  /// A classifier of four classes with a head for training, and these entries.
  private func checked(
    _ entries: String, last: String = "Dense(4, activation: softmax)", head: Bool = false
  ) -> Checked {
    Checked(
      """
      model M(classes: Int = 4) {
        input x: [N, 8, 8, 3]
        a = x |> Conv2D(4, 3)
        output y = a |> Flatten() |> \(last)
        \(head ? "train output aux = a |> Flatten() |> Dense(4, activation: softmax)" : "")
      }
      train M {
        \(entries)
      }
      """)
  }

  private static let loss = "loss: categorical_crossentropy\n  "

  @Test(arguments: [
    ("loss: categorical_crosentropy", "unknown-term: categorical_crosentropy"),
    ("loss: CategoricalCrossentropy()", "unknown-term: CategoricalCrossentropy"),
    ("loss: \"mse\"", "type-mismatch: \"mse\""),
    ("loss: 3", "type-mismatch: 3"),
    ("loss: categorical_crossentropy(label_smoothing: 2)", "attribute-value: 2"),
    ("loss: categorical_crossentropy(lable_smoothing: 0.1)", "unknown-attribute: lable_smoothing"),
    ("loss: categorical_crossentropy(true, from_logits: true)", "duplicate-argument: from_logits"),
    ("loss: categorical_crossentropy + mse", "type-mismatch: categorical_crossentropy + mse"),
    ("loss: categorical_crossentropy * relu()", "type-mismatch: categorical_crossentropy * relu()"),
    ("loss z: mse", "unknown-name: z"),
    ("loss: categorical_crossentropy\n  loss y: mse", "duplicate-entry: y"),
    ("loss: categorical_crossentropy, categorical_crossentropy", "repeated-loss: categorical_crossentropy"),
    ("epochs: 3", "missing-entry: M"),
    // What else is said of one slip: nothing.
    ("loss z: mse\n  callbacks: EarlyStopping(monitor: val_y_accuracy)", "unknown-name: z"),
    (
      loss + "metriks: accuracy\n  callbacks: EarlyStopping(monitor: val_accuracy)", "unknown-attribute: metriks"
    ),
    (loss + "epochs: 0", "attribute-value: 0"),
    (loss + "epochs: 1.5", "attribute-value: 1.5"),
    (loss + "epochs: 1, 2", "argument-count: 2"),
    (loss + "epochs y: 1", "unknown-name: y"),
    (loss + "epoch: 3", "unknown-attribute: epoch"),
    (loss + "epochs: 3\n  epochs: 4", "duplicate-entry: epochs"),
    (loss + "batch_size: -1", "attribute-value: -1"),
    (loss + "seed: -1", "attribute-value: -1"),
    (loss + "seed: 4_294_967_296", "attribute-value: 4_294_967_296"),
    (loss + "metrics: sparse_categorical_accuracy", "labels-differ: sparse_categorical_accuracy"),
    (loss + "metrics: mean_io_u(num_classes: 4)", "labels-differ: mean_io_u"),
    ("loss: sparse_categorical_crossentropy, mse * 0.1", "labels-differ: mse"),
    (
      "metrics: accuracy, top_k_categorical_accuracy(k: 2)\n  loss: sparse_categorical_crossentropy",
      "labels-differ: top_k_categorical_accuracy"
    ),
    (loss + "validation_split: 1", "attribute-value: 1"),
    (loss + "shuffle: 1", "attribute-value: 1"),
    (loss + "class_weight: [1, 2, 3]", "loss-shape: [1, 2, 3]"),
    (loss + "optimizer: Adam", "unknown-term: Adam"),
    (loss + "optimizer: adam()", "unknown-term: adam"),
    (loss + "optimizer: Adam(lr: 0.1)", "unknown-attribute: lr"),
    (loss + "optimizer: Adam(learning_rate: -1)", "attribute-value: -1"),
    (loss + "optimizer: Adam(beta_1: 2)", "attribute-value: 2"),
    (loss + "optimizer: SGD(ExponentialDecay(0.1, 100))", "attribute-value: ExponentialDecay(0.1, 100)"),
    (loss + "optimizer: SGD(CosineDecay(0.1, decay_steps: 0))", "attribute-value: 0"),
    (loss + "metrics: acuracy", "unknown-term: acuracy"),
    (loss + "metrics: accuracy, accuracy", "duplicate-entry: accuracy"),
    (loss + "metrics: top_k_categorical_accuracy(k: 0)", "attribute-value: 0"),
    (loss + "callbacks: EarlyStoping()", "unknown-term: EarlyStoping"),
    (loss + "callbacks: EarlyStopping(monitor: val_acc)", "unknown-quantity: val_acc"),
    (loss + "callbacks: EarlyStopping(patience: -1)", "attribute-value: -1"),
    (loss + "callbacks: ModelCheckpoint()", "attribute-value: ModelCheckpoint()"),
    (loss + "prepare z: Rescaling(1 / 255)", "unknown-name: z"),
    (loss + "prepare x: Rescaling()", "attribute-value: Rescaling()"),
    (loss + "prepare x: RandomFlip(horizontal)", "misplaced-statement: RandomFlip(horizontal)"),
    (loss + "prepare x: Conv2D(3, 1)", "misplaced-statement: Conv2D(3, 1)"),
    (loss + "prepare x: Resizing(9, 8)", "shape-mismatch: Resizing(9, 8)"),
    (loss + "prepare x: MaxPooling2D(2)", "shape-mismatch: MaxPooling2D(2)"),
    (loss + "augment: RandomFlip(horizontl)", "attribute-value: horizontl"),
    (loss + "augment: RandomFilp()", "unknown-term: RandomFilp"),
    (loss + "augment: RandomRotation([0.2, 0.1])", "attribute-value: [0.2, 0.1]"),
    (loss + "augment: 3", "type-mismatch: 3"),
    ("loss: categorical_crossentropy(axis: 2)", "loss-shape: categorical_crossentropy(axis: 2)"),
    (
      "loss: categorical_crossentropy(from_logits: true)",
      "logits-expected: categorical_crossentropy(from_logits: true)"
    ),
    (loss + "optimizer: SGD(learning_rate: relu)", "attribute-value: relu"),
    (loss + "optimizer: SGD(learning_rate: true)", "attribute-value: true"),
    (loss + "optimizer: SGD(learning_rate: ExponentialDecay(0.1, 0, 0.9))", "attribute-value: 0"),
    (loss + "optimizer: Adam(), SGD()", "argument-count: SGD()"),
    (loss + "optimizer y: Adam()", "unknown-name: y"),
    ("loss: categorical_crossentropy * -1", "type-mismatch: categorical_crossentropy * -1"),
    ("loss: categorical_crossentropy * 1e39", "type-mismatch: categorical_crossentropy * 1e39"),
    ("loss: categorical_crossentropy * true", "type-mismatch: true"),
    (loss + "class_weight: 3", "attribute-value: 3"),
    (loss + "prepare x: Rescaling(2) |> repeat 2 Rescaling(2)", "type-mismatch: Rescaling(2)"),
    (loss + "prepare x: Rescaling(2) |> twice: Rescaling(2)", "type-mismatch: twice"),
    (loss + "prepare x: Rescaling(2) -> [N, 8, 8, 3]", "type-mismatch: [N, 8, 8, 3]"),
    (loss + "prepare x: Normalization(mean: [1, 2, 3], variance: [1, 2])", "attribute-value: [1, 2]"),
    (loss + "prepare x: CenterCrop(4, 4)", "shape-mismatch: CenterCrop(4, 4)"),
    (loss + "augment x: RandomCrop(4, 8) |> RandomFlip()", "shape-mismatch: RandomCrop(4, 8)"),
    (loss + "augment x: RandomFlip(diagonal)", "attribute-value: diagonal"),
    (loss + "augment x: RandomZoom([0.1, -0.1, 3])", "attribute-value: [0.1, -0.1, 3]"),
    (
      loss + "prepare x: Resizing(8, 8, crop_to_aspect_ratio: true, pad_to_aspect_ratio: true)",
      "attribute-value: true"
    ),
  ])
  func oneSlipOneProblem(_ entries: String, _ problem: String) {
    #expect(checked(entries).problems == [problem])
  }

  /// Every metric beside a loss that takes numbers of classes: what is written in its place, if there is such a metric.
  @Test(arguments: [
    ("categorical_accuracy", "sparse_categorical_accuracy"),
    ("top_k_categorical_accuracy(2)", "sparse_top_k_categorical_accuracy"),
    ("one_hot_mean_io_u(4)", "mean_io_u"),
    // The two losses do not have the same arguments.
    ("categorical_crossentropy(label_smoothing: 0.1)", nil),
    ("f1_score", nil), ("precision", nil), ("auc", nil),
  ])
  func labelsOfAnotherForm(_ metric: String, _ replacement: String?) {
    let checked = checked("loss: sparse_categorical_crossentropy\n  metrics: \(metric)")
    #expect(checked.diagnostics.map(\.code) == ["labels-differ"])
    #expect(checked.diagnostics.first?.replacement == replacement)
  }

  @Test(arguments: [
    "loss: sparse_categorical_crossentropy\n metrics: accuracy, sparse_categorical_accuracy, mean_io_u(4)",
    "loss: categorical_crossentropy, mse\n metrics: accuracy, categorical_accuracy, precision, auc",
    loss + "seed: 4_294_967_295",
  ])
  func labelsOfOneForm(_ entries: String) {
    #expect(checked(entries).problems == [])
  }

  @Test(arguments: [
    ("loss: categorical_crossentropy", "Dense(1, activation: sigmoid)", ["loss-shape: categorical_crossentropy"]),
    ("loss: binary_crossentropy", "Dense(1, activation: sigmoid)", []),
    ("loss: binary_crossentropy", "Dense(4, activation: sigmoid)", []),
    ("loss: binary_crossentropy", "Dense(1)", ["probabilities-expected: binary_crossentropy"]),
    ("loss: categorical_crossentropy", "Dense(4)", ["probabilities-expected: categorical_crossentropy"]),
    (
      "loss: categorical_crossentropy", "Dense(4, activation: relu)",
      ["probabilities-expected: categorical_crossentropy"]
    ),
    ("loss: categorical_crossentropy", "Dense(4) |> Softmax()", []),
    ("loss: categorical_crossentropy", "Dense(4, activation: softmax) |> Reshape([4])", []),
    ("loss: categorical_crossentropy(from_logits: true)", "Dense(4)", []),
    ("loss: sparse_categorical_crossentropy(true)", "Dense(4)", []),
    ("loss: mse", "Dense(4)", []),
    ("loss: mean_squared_error", "Dense(1)", []),
    // What is done to the values cannot be told.
    ("loss: categorical_crossentropy", "Dense(4) |> Clip(0.0, 1.0)", []),
  ])
  func lossesFitTheirOutputs(_ entries: String, _ last: String, _ problems: [String]) {
    #expect(checked(entries, last: last).problems == problems)
  }

  /// Boundaries and rates of a schedule have to fit each other.
  @Test(arguments: [
    ("[10, 20], [0.1, 0.01, 0.001]", nil), ("[10, 20], [0.1, 0.01]", "2 boundaries need 3 rates"),
    ("[20, 10], [0.1, 0.01, 1]", "boundaries rise from one to the next"), ("[10]", "needs 'values'"),
    ("[10, 10], [0.1, 0.01, 1]", "boundaries rise from one to the next"),
  ])
  func schedulesAreWhole(_ arguments: String, _ message: String?) {
    let problems = checked(
      Self.loss + "optimizer: SGD(learning_rate: PiecewiseConstantDecay(\(arguments)))"
    ).diagnostics
    #expect(problems.count == (message == nil ? 0 : 1))
    if let message { #expect(problems.first?.message.contains(message) == true, "\(problems)") }
  }

  /// What changes an image's size has to end at the input's.
  @Test(arguments: [
    "prepare x: Rescaling(1 / 255)", "prepare x: Resizing(16, 16) |> CenterCrop(8, 8)",
    "augment x: RandomCrop(8, 8) |> RandomFlip(horizontal)", "augment: RandomRotation(0.1) |> RandomZoom([-0.1, 0.1])",
  ])
  func imagesArePrepared(_ entry: String) {
    let checked = checked(Self.loss + entry)
    #expect(checked.problems == [])
    let training = checked.models.first?.training
    #expect((training?.preparations.count ?? 0) + (training?.augmentations.count ?? 0) == 1)
  }

  /// An output that is called otherwise, or is none, is one problem, and no second one where losses speak of it.
  @Test(arguments: [
    ("outptu y = a", "misspelt-keyword: outptu"), ("output y = b", "unknown-name: b"), ("y = a", "missing-output: "),
  ])
  func whatTheModelLacksIsNotSaidAgain(_ output: String, _ problem: String) {
    let text = """
      model M {
        input x: [N, 8]
        a = x |> Dense(4, activation: softmax)
        \(output)
      }
      train M {
        loss y: categorical_crossentropy
        metrics y: accuracy
        callbacks: EarlyStopping(monitor: val_accuracy)
      }
      """
    #expect(Checked(text).problems == [problem])
  }

  /// An entry that cannot be read may be the loss.
  @Test func aMetricIsMonitoredByItsShortNameToo() {
    for name in ["val_mae", "mae", "val_mean_absolute_error"] {
      let checked = Checked(
        """
        model M { input x: [N, 4]  output y = x |> Dense(2) }
        train M {
          loss: mse
          metrics: mae
          callbacks: EarlyStopping(monitor: \(name))
        }
        """)
      #expect(checked.problems == [], "\(name)")
    }
  }

  @Test func damageIsNoMissingEntry() {
    let problems = checked(": categorical_crossentropy\n  epochs: 3").problems
    #expect(problems.count == 1 && !problems[0].hasPrefix("missing-entry"), "\(problems)")
  }

  @Test func headsOfTrainingNeedLosses() {
    let y = "loss y: categorical_crossentropy\n  "
    #expect(checked(y, head: true).problems == ["missing-loss: M"])
    #expect(checked(y + "loss aux: categorical_crossentropy * 0.3", head: true).problems == [])
    #expect(checked("loss: categorical_crossentropy", head: true).problems == ["argument-missing: loss"])
    #expect(checked("allow missing-loss\n  " + y, head: true).problems == [])
    #expect(
      checked(y + "metrics aux: accuracy\n  callbacks: EarlyStopping(val_aux_accuracy)", head: true).problems == [
        "missing-loss: M"
      ])
  }

  @Test func aSoundSectionIsTyped() throws {
    let result = checked(
      """
      prepare: Rescaling(1 / 255)
        augment: RandomFlip(horizontal) |> RandomTranslation(0.2, [0, 0.1])
        loss y: categorical_crossentropy(label_smoothing: 0.1), 0.5 * mse
        loss aux: categorical_crossentropy * 0.3
        metrics y: accuracy, top_k_categorical_accuracy(k: 3)
        optimizer: SGD(CosineDecay(0.1, 1000), momentum: 0.9, decay: 1e-6)
        epochs: classes * 5
        callbacks: EarlyStopping(monitor: val_y_accuracy, patience: 10), ModelCheckpoint("best.safetensors")
      """, head: true)
    #expect(result.problems == [])
    let training = try #require(result.models.first?.training)
    #expect(training.goals.map(\.output) == ["y", "aux"])
    #expect(training.goals[0].losses.map(\.weight) == [1, 0.5])
    let loss = try #require(training.goals[0].losses[0].loss as? CategoricalCrossentropy)
    #expect(loss.labelSmoothing == 0.1 && !loss.fromLogits)
    #expect(training.goals[0].losses[1].loss is MeanSquaredError)
    #expect((training.goals[0].metrics[1] as? TopKCategoricalAccuracy)?.k == 3)
    #expect(training.goals[1].losses.map(\.weight) == [0.3])
    let optimizer = try #require(training.optimizer as? SGD)
    #expect(optimizer.momentum == 0.9 && optimizer.common.decay == 1e-6)
    #expect((optimizer.learningRate.schedule as? CosineDecay)?.steps == 1000)
    #expect(training.settings.epochs == 20 && training.settings.batchSize == 32)
    #expect((training.callbacks[0] as? EarlyStopping)?.patience == 10)
    #expect((training.callbacks[1] as? ModelCheckpoint)?.path == "best.safetensors")
    #expect(training.preparations.count == 1 && training.augmentations[0].steps.count == 2)
    guard case .change(let change) = training.augmentations[0].steps[0] else {
      Issue.record("RandomFlip is a change of images")
      return
    }
    #expect((change as? RandomFlip)?.mode == .horizontal)
  }

  @Test func aSectionIsJudgedBesideAModelWithErrors() {
    let checked = Checked(
      "model M {\n input x: [N, 3]\n output y = x |> Dens(4)\n}\ntrain M {\n loss: categorical_crosentropy\n}")
    #expect(checked.problems == ["unknown-layer: Dens", "unknown-term: categorical_crosentropy"])
  }

  @Test func sectionsBelongToModels() {
    let model = "model M { input x: [N, 3]\n output y = x |> Dense(4) }\n"
    #expect(Checked(model + "train Q { loss: mse }").problems == ["unknown-name: Q"])
    #expect(Checked(model + "train M { loss: mse }\ntrain M { loss: mse }").problems == ["duplicate-entry: M"])
  }
}
