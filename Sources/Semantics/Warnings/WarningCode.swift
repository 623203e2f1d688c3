import Syntax

/// What is legal but surely not meant. Each can be allowed where it is.
package enum WarningCode: String, DiagnosticCode {
  // What nothing uses.
  case unusedValue = "unused-value"
  case unusedParameter = "unused-parameter"
  case unusedBlock = "unused-block"
  case unusedImport = "unused-import"
  case repeatedImport = "repeated-import"
  case unusedLayer = "unused-layer"
  case unusedDefault = "unused-default"
  case unneededAllow = "unneeded-allow"
  // Layers that do not do what they seem to.
  case deadBias = "dead-bias"
  case misleadingName = "misleading-name"
  case repeatedActivation = "repeated-activation"
  case constantResult = "constant-result"
  case skippedPixels = "skipped-pixels"
  case noEffect = "no-effect"
  // Training.
  case logitsExpected = "logits-expected"
  case probabilitiesExpected = "probabilities-expected"
  case missingLoss = "missing-loss"
  case repeatedLoss = "repeated-loss"
}
