import Layers
import Operations
import Spelling
import Syntax

/// Losses against the last activation of what they judge.
extension Elaborator {
  /// Warns of probabilities where the loss makes its own, and of their absence where it does not.
  mutating func lintLoss(
    _ form: OutputForm, _ loss: String, _ port: CheckedPort, _ range: SourceRange, _ scope: Scope
  ) {
    guard let end = lastValues(of: port) else { return }
    let wanted = form.classAxis == nil ? "sigmoid" : "softmax"
    switch form {
    case .logits, .classLogits:
      guard end == .function("softmax") || end == .function("sigmoid"), loss.mentions("crossentropy") else { return }
      guard case .function(let word) = end else { return }
      warn(
        .logitsExpected, range, scope, "'\(loss)' applies \(wanted) itself, and '\(port.name)' ends with \(word)",
        expected: "an output without activation", found: word,
        notes: ["from_logits: true says that the output is not yet a probability"],
        help: "leave from_logits away, or take the \(word) away")
    case .probabilities, .classProbabilities:
      guard end == .unbounded, loss.mentions("crossentropy") else { return }
      warn(
        .probabilitiesExpected, range, scope,
        "'\(loss)' takes probabilities, and '\(port.name)' ends without \(wanted)",
        expected: "an output between 0 and 1", found: "any number",
        help: "give its last layer activation: \(wanted), or write \(loss)(from_logits: true)")
    case .numbers: break
    }
  }

  private enum End: Equatable {
    /// The activation that made the values.
    case function(String)
    /// Sums or a function without bounds: no probabilities.
    case unbounded
  }

  /// What made the values of an output, seen through layers that only move them; nil where it cannot be told.
  private func lastValues(of port: CheckedPort) -> End? {
    var value = port.value
    for _ in 0..<16 {
      let node = model.nodes[model.values[value].producer]
      guard let layer = node.layer else { return nil }
      if let function = layer.lastFunction {
        switch function.word {
        case "softmax", "sigmoid", "hard_sigmoid": return .function(function.word)
        case "relu", "leaky_relu", "elu", "selu", "tanh", "silu", "swish", "gelu", "softsign", "mish", "relu6":
          return .unbounded
        default: return nil
        }
      }
      // A kernel without an activation behind it gives any number, and so does a normalization.
      if node.weights.contains(where: { $0.role == .kernel || $0.role == .movingMean }) { return .unbounded }
      guard Self.movers.contains(node.kind), node.inputs.count == 1 else { return nil }
      value = node.inputs[0]
    }
    return nil
  }

  private static let movers: Set = [
    "Flatten", "Reshape", "Permute", "Dropout", "SpatialDropout1D", "SpatialDropout2D", "Activation", "Cropping1D",
    "Cropping2D", "UpSampling1D", "UpSampling2D", "Identity",
  ]
}
