/// A word of a `train` section that takes values: a loss, a metric, an optimizer, a schedule, a callback, a change of
/// images. Names, order, defaults and meanings of the values are Keras's, as those of layers are.
package protocol TrainingTerm: Configurable {
  /// The word: `categorical_crossentropy`, `Adam`.
  static var name: String { get }

  /// What Keras calls its class.
  static var kerasClass: String { get }
}

extension TrainingTerm {
  /// `categorical_crossentropy`, `Adam`
  package var termName: String { Self.name }
}

extension Configurable {
  /// The attributes that have another value than their default, or have none, in positional order.
  package var writtenArguments: [(attribute: AttributeDescription, value: Literal)] {
    zip(Self.attributeDescriptions, arguments).filter { $0.defaultValue != $1.value }.map { ($0, $1.value) }
  }
}

extension TrainingTerm {
  package static var kerasClass: String { camelCase(name) }
  /// Keras's class: `KLDivergence` for `kl_divergence`.
  package var kerasClass: String { Self.kerasClass }
}

/// `glorot_uniform` as Keras calls its class: `GlorotUniform`.
package func camelCase(_ word: String) -> String {
  word.split(separator: "_").map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
}

/// A kind of term as the other stages see it: without its Swift type. There are many of them and a description names few,
/// so that nothing is said of one before it is asked for.
package struct TermKind<Term>: Sendable {
  package let name: String
  private let schema: @Sendable () -> Schema
  private let describe: @Sendable () -> [AttributeDescription]
  private let build: @Sendable ([Argument], inout [LayerProblem]) -> Term?

  package var summary: String { schema().summary }
  /// In positional order.
  package var attributes: [AttributeDescription] { describe() }

  init<Owner: TrainingTerm>(_ owner: Owner.Type, _ term: @escaping @Sendable (Owner) -> Term) {
    name = owner.name
    schema = { Owner.schema }
    describe = { Owner.attributeDescriptions }
    build = { Owner.make($0, problems: &$1).map(term) }
  }

  /// Makes a term from named values. Reports every one that is wrong, and nil then. The caller has seen to it that
  /// each name is an attribute's, and given once.
  package func make(_ arguments: [Argument], problems: inout [LayerProblem]) -> Term? { build(arguments, &problems) }
}

/// All words of a `train` section that take values.
package enum TrainingVocabulary {
  package static let losses: [TermKind<any Loss>] = [
    loss(BinaryCrossentropy.self), loss(BinaryFocalCrossentropy.self), loss(CategoricalCrossentropy.self),
    loss(CategoricalFocalCrossentropy.self), loss(SparseCategoricalCrossentropy.self), loss(CategoricalHinge.self),
    loss(Hinge.self), loss(SquaredHinge.self), loss(KLDivergence.self), loss(Poisson.self), loss(Dice.self),
    loss(Tversky.self), loss(MeanSquaredError.self), loss(MeanAbsoluteError.self),
    loss(MeanAbsolutePercentageError.self), loss(MeanSquaredLogarithmicError.self), loss(CosineSimilarity.self),
    loss(Huber.self), loss(LogCosh.self),
  ]

  package static let metrics: [TermKind<any Metric>] = [
    metric(Accuracy.self), metric(BinaryAccuracy.self), metric(CategoricalAccuracy.self),
    metric(SparseCategoricalAccuracy.self), metric(TopKCategoricalAccuracy.self),
    metric(SparseTopKCategoricalAccuracy.self), metric(Precision.self), metric(Recall.self), metric(F1Score.self),
    metric(FBetaScore.self), metric(AUC.self), metric(TruePositives.self), metric(TrueNegatives.self),
    metric(FalsePositives.self), metric(FalseNegatives.self), metric(MeanIoU.self), metric(OneHotMeanIoU.self),
    metric(RootMeanSquaredError.self), metric(R2Score.self), metric(BinaryCrossentropy.self),
    metric(CategoricalCrossentropy.self), metric(SparseCategoricalCrossentropy.self), metric(CategoricalHinge.self),
    metric(Hinge.self), metric(SquaredHinge.self), metric(KLDivergence.self), metric(Poisson.self),
    metric(MeanSquaredError.self), metric(MeanAbsoluteError.self), metric(MeanAbsolutePercentageError.self),
    metric(MeanSquaredLogarithmicError.self), metric(CosineSimilarity.self), metric(LogCosh.self),
  ]

  package static let optimizers: [TermKind<any Optimizer>] = [
    optimizer(SGD.self), optimizer(RMSprop.self), optimizer(Adam.self), optimizer(AdamW.self), optimizer(Adamax.self),
    optimizer(Nadam.self), optimizer(Adagrad.self), optimizer(Adadelta.self), optimizer(Lion.self),
    optimizer(Lamb.self),
  ]

  package static let schedules: [TermKind<any Schedule>] = [
    schedule(ExponentialDecay.self), schedule(InverseTimeDecay.self), schedule(PolynomialDecay.self),
    schedule(CosineDecay.self), schedule(CosineDecayRestarts.self), schedule(PiecewiseConstantDecay.self),
  ]

  package static let callbacks: [TermKind<any TrainingCallback>] = [
    callback(EarlyStopping.self), callback(ModelCheckpoint.self), callback(ReduceLROnPlateau.self),
    callback(CSVLogger.self), callback(TerminateOnNaN.self), callback(BackupAndRestore.self),
    callback(SwapEMAWeights.self),
  ]

  package static let imageChanges: [TermKind<any ImageChange>] = [
    change(RandomFlip.self), change(RandomRotation.self), change(RandomZoom.self), change(RandomTranslation.self),
    change(RandomShear.self), change(RandomContrast.self), change(RandomBrightness.self), change(RandomSaturation.self),
    change(RandomHue.self), change(RandomGrayscale.self), change(RandomCrop.self), change(CenterCrop.self),
    change(Resizing.self),
  ]

  /// The entries that hold one value each.
  package static let settings = TermKind<FitSettings>(FitSettings.self) { $0 }

  private static func loss<Owner: Loss>(_ owner: Owner.Type) -> TermKind<any Loss> { TermKind(owner) { $0 } }
  private static func metric<Owner: Metric>(_ owner: Owner.Type) -> TermKind<any Metric> { TermKind(owner) { $0 } }
  private static func optimizer<Owner: Optimizer>(_ owner: Owner.Type) -> TermKind<any Optimizer> {
    TermKind(owner) { $0 }
  }
  private static func schedule<Owner: Schedule>(_ owner: Owner.Type) -> TermKind<any Schedule> {
    TermKind(owner) { $0 }
  }
  private static func callback<Owner: TrainingCallback>(_ owner: Owner.Type) -> TermKind<any TrainingCallback> {
    TermKind(owner) { $0 }
  }
  private static func change<Owner: ImageChange>(_ owner: Owner.Type) -> TermKind<any ImageChange> {
    TermKind(owner) { $0 }
  }
}
