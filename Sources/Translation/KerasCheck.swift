import Layers
import Semantics
import Spelling

extension CheckedModel {
  /// What of the model Keras does not have, layer by layer, and names that it could not tell apart.
  ///
  /// - Parameter deployedOnly: whether what only training needs is left out.
  func kerasProblems(deployedOnly: Bool) -> [TranslationProblem] {
    var problems: [TranslationProblem] = []
    var paths: [String: String] = [:]
    for node in nodes where node.sharedWith == nil && !(deployedOnly && node.isTrainOnly) {
      let name = kerasName(node.path)
      if let other = paths[name], other != node.path {
        problems.append(
          TranslationProblem(
            .name, "the layers '\(other)' and '\(node.path)' would both be called '\(name)' in Keras", found: name,
            help: "give one of them another name; names in Keras hold no slash", at: node))
      }
      paths[name] = node.path
      if let problem = node.kerasProblem { problems.append(problem) }
    }
    return problems
  }
}

extension LayerNode {
  /// The first thing about the layer that Keras does not have.
  fileprivate var kerasProblem: TranslationProblem? {
    guard let layer else { return nil }
    guard layer.kerasPlace != .none else {
      return TranslationProblem(
        .missing, "layer '\(path)' is a \(kind), which Keras does not have", found: kind,
        help: "leave it out, or put layers in its place that Keras has", at: self)
    }
    let attributes = Catalogue.kind(named: kind)?.attributes ?? []
    for (attribute, argument) in zip(attributes, layer.arguments) {
      guard let help = obstacle(attribute, argument.value, isJoined: layer.joinedNumber != nil) else { continue }
      return TranslationProblem(
        .missing, "layer '\(path)' (\(kind)) has '\(argument)', which Keras does not have", found: "\(argument)",
        help: help, at: self)
    }
    return nil
  }

  /// What to do about a value that Keras does not have; nil if it has it.
  private func obstacle(_ attribute: AttributeDescription, _ value: Literal, isJoined: Bool) -> String? {
    switch attribute.part {
    case .settings: break
    case .call, .result: return nil
    case .none:
      return isJoined || value == attribute.defaultValue ? nil : "leave '\(attribute.name)' out"
    }
    guard attribute.type == "Padding" else { return nil }
    let directions = kind.contains("1D") ? "1D" : "2D"
    // A pool takes no zeros for what is not there.
    let isPool = kind.contains("Pooling")
    switch value {
    case .word("valid", []), .word("same", []): return nil
    case .word("causal", []) where kind == "Conv1D": return nil
    default:
      if isPool { return "write padding: valid or same, which Keras's pools have; zeros around the map would count" }
      return kind.hasSuffix("Transpose")
        ? "write padding: valid, and a Cropping\(directions) behind it"
        : "write padding: valid, and a ZeroPadding\(directions) before it"
    }
  }
}
