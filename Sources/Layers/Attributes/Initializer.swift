/// How a weight gets its first values before training: one of Keras's initializers.
struct Initializer: WordValue {
  let phrase: Phrase

  static var typeName: String { "Initializer" }
  static var expectation: String { "an initializer" }

  static let zeros = Initializer(word: "zeros")
  static let ones = Initializer(word: "ones")
  static let glorotUniform = Initializer(word: "glorot_uniform")

  static let vocabulary = Vocabulary(
    .init("zeros"),
    .init("ones"),
    .init("constant", .init("value", 0.0)),
    .init("random_normal", .init("mean", 0.0), .init("stddev", 0.05, .atLeast(0)), seed),
    .init("random_uniform", .init("minval", -0.05), .init("maxval", 0.05), seed),
    .init("truncated_normal", .init("mean", 0.0), .init("stddev", 0.05, .atLeast(0)), seed),
    .init(
      "variance_scaling", .init("scale", 1.0, .above(0)), .init("mode", Fan.fanIn),
      .init("distribution", Distribution.truncatedNormal), seed, inputAxes, outputAxes),
    .init("glorot_normal", seed, inputAxes, outputAxes),
    .init("glorot_uniform", seed, inputAxes, outputAxes),
    .init("he_normal", seed, inputAxes, outputAxes),
    .init("he_uniform", seed, inputAxes, outputAxes),
    .init("lecun_normal", seed, inputAxes, outputAxes),
    .init("lecun_uniform", seed, inputAxes, outputAxes),
    .init("orthogonal", .init("gain", 1.0), seed),
    .init("identity", .init("gain", 1.0)))

  private static let seed = Vocabulary.Parameter("seed", Int?.none)
  private static let inputAxes = Vocabulary.Parameter("input_axes", Axes?.none)
  private static let outputAxes = Vocabulary.Parameter("output_axes", Axes?.none)

  /// The number of values that the variance is divided by.
  private enum Fan: String, CaseIterable, AttributeValue {
    case fanIn = "fan_in"
    case fanOut = "fan_out"
    case fanAverage = "fan_avg"

    static var typeName: String { "Fan" }
  }

  private enum Distribution: String, CaseIterable, AttributeValue {
    case truncatedNormal = "truncated_normal"
    case untruncatedNormal = "untruncated_normal"
    case uniform

    static var typeName: String { "Distribution" }
  }
}
