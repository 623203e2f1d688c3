import Syntax

/// What the checker can find wrong. A layer's own problems keep the codes of `LayerProblem.Code`.
package enum SemanticsCode: String, DiagnosticCode {
  // Names.
  case unknownName = "unknown-name"
  case unknownLayer = "unknown-layer"
  case unknownAttribute = "unknown-attribute"
  case unknownParameter = "unknown-parameter"
  case unknownType = "unknown-type"
  case unknownWord = "unknown-word"
  case duplicateName = "duplicate-name"
  case duplicateArgument = "duplicate-argument"
  case unknownWarning = "unknown-warning"
  // Values.
  case typeMismatch = "type-mismatch"
  case inexactDivision = "inexact-division"
  case numberOverflow = "number-overflow"
  case divisionByZero = "division-by-zero"
  case undecidable = "undecidable"
  case elementRange = "element-range"
  case unsupportedOperator = "unsupported-operator"
  // Calls.
  case tensorExpected = "tensor-expected"
  case tensorUnexpected = "tensor-unexpected"
  case argumentMissing = "argument-missing"
  case argumentCount = "argument-count"
  case resultCount = "result-count"
  case positionalAttribute = "positional-attribute"
  case recursiveBlock = "recursive-block"
  // Shapes.
  case shapeAssertion = "shape-assertion"
  case shapePromise = "shape-promise"
  case shapeMismatch = "shape-mismatch"
  case shapeElement = "shape-element"
  case failingSize = "failing-size"
  case refusedSize = "refused-size"
  // Statements.
  case missingReturn = "missing-return"
  case misplacedStatement = "misplaced-statement"
  case missingOutput = "missing-output"
  case missingModel = "missing-model"
  case assertionFailed = "assertion-failed"
  // Training.
  case unknownTerm = "unknown-term"
  case unknownQuantity = "unknown-quantity"
  case duplicateEntry = "duplicate-entry"
  case missingEntry = "missing-entry"
  case lossShape = "loss-shape"
  case labelsDiffer = "labels-differ"
  // Limits and settings.
  case tooManyLayers = "too-many-layers"
  case pathTooLong = "path-too-long"
  case nestingTooDeep = "expansion-too-deep"
  case unknownSetting = "unknown-setting"
  case settingValue = "setting-value"

  /// Whether it says that something is not there.
  var isAboutAbsence: Bool {
    switch self {
    case .unknownName, .unknownLayer, .unknownParameter, .argumentMissing, .missingReturn, .missingOutput,
      .missingModel:
      true
    default: false
    }
  }

  /// Whether a block that nobody calls can be blamed for it, when its parameters' values are unknown.
  var isAboutNames: Bool {
    switch self {
    case .unknownName, .unknownLayer, .unknownAttribute, .unknownParameter, .unknownType, .duplicateName,
      .duplicateArgument, .positionalAttribute, .recursiveBlock, .misplacedStatement, .missingReturn:
      true
    default: false
    }
  }
}
