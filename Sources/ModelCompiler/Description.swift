import Interchange
import Semantics
import Syntax

/// A description of networks as it is read: the text of a `.model` file, or what Keras's `model.to_json()` gives.
///
///     let result = Description(name: "googlenet.model", text: text).check()
///     for model in result.models { print(model.name, model.parameterCount) }
///     print(result.problems.text)
public struct Description: Sendable {
  /// Under which name problems speak of it, and to which its imports are relative.
  public var name: String
  /// UTF-8, unless it is not, which is then a problem of the description.
  public var bytes: [UInt8]

  /// A description from the bytes of a file.
  public init(name: String, bytes: [UInt8]) {
    self.name = name
    self.bytes = bytes
  }

  /// A description from its text.
  public init(name: String, text: String) { self.init(name: name, bytes: Array(text.utf8)) }
}

/// What a check may be told besides the description.
public struct CheckOptions: Sendable {
  /// The only model to check; nil for all that the description holds.
  public var model: String?
  /// Values for the model's parameters, as the language writes them: `classes`, `10`.
  public var settings: [(name: String, value: String)]
  /// Sizes of inputs that the text leaves open: `image`, `[224, 224]`. All but the batch or all sizes will do too, and
  /// a symbol in place of an input, with its one size.
  public var sizes: [(name: String, sizes: [Int])] = []
  /// Whether models keep where their attributes and parameters come from, which `Model.explanation` tells then.
  public var explains = false
  /// Names of limits, and what they are raised or lowered to: see `limitNames`.
  public var limits: [(name: String, value: Int)]

  /// How much is tried to find out what was meant by something wrong, in hundredths of the usual.
  package var trials = 100
  /// Codes of warnings that are not told: see `warningCodes`.
  public var allowed: [String]

  /// All models, with the parameters' defaults and the usual limits, but for what is given.
  public init(
    model: String? = nil, settings: [(name: String, value: String)] = [], limits: [(name: String, value: Int)] = [],
    allowed: [String] = []
  ) {
    self.model = model
    self.settings = settings
    self.limits = limits
    self.allowed = allowed
  }

  /// The codes of all warnings, among them those of errors that are warnings in files of other formats.
  public static let warningCodes =
    (WarningCode.allCases.map(\.rawValue) + [SemanticsCode.failingSize.rawValue, KerasCode.output.rawValue]).sorted()

  /// What `limits` can set: the bytes of a file, how deep brackets and blocks may nest, how many layers blocks and
  /// repeats may expand to.
  public static let limitNames = ["bytes", "depth", "layers"]

  var values: Limits {
    var values = Limits()
    values.trials = trials
    for limit in limits {
      switch limit.name {
      case "bytes": values.bytes = min(limit.value, Limits.mostBytes)
      // Not above what the stack of a thread bears.
      case "depth": values.depth = min(limit.value, values.depth)
      case "layers": values.layers = limit.value
      default: break
      }
    }
    return values
  }

  /// The bytes that a description may have.
  package var byteLimit: Int { values.bytes }
}

/// Where imported files come from: the path as written, and the name of the file that imports it.
public typealias ImportProvider = (_ path: String, _ importer: String) throws(ImportProblem) -> Description

/// Why an imported file cannot be had: `does not exist`.
public struct ImportProblem: Error, Sendable {
  /// What is said behind the file's name: `does not exist`.
  public var reason: String

  /// A problem with its reason: `does not exist`.
  public init(_ reason: String) { self.reason = reason }
}
