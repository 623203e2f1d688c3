/// The reference of all layers in Markdown, made from the schemas: the layer table of `Grammar.md`.
///
/// A heading of the third level for each layer, then the words that attributes take. Ends with a line break.
package func layerReference() -> String {
  let sections =
    [inputSection] + Catalogue.kinds.map(section) + [
      "### Words",
      "Arguments are given by name; these are the defaults.",
      markdownTable(
        ["type", "word"],
        [
          wordRows(ActivationFunction.self), wordRows(Initializer.self), wordRows(Regularizer.self),
          wordRows(Constraint.self),
        ].flatMap(\.self)),
    ]
  return sections.joined(separator: "\n\n") + "\n"
}

private var inputSection: String {
  "### \(InputLayer.name)\n\n\(InputLayer.summary)\n\n```\n\(InputLayer.example)\n```"
}

private func section(_ kind: LayerKind) -> String {
  var parts = ["### \(kind.name)", kind.summary + tensors(kind.arity)]
  if kind.attributes.isEmpty {
    parts.append("No attributes.")
  } else {
    parts.append(attributeTable(kind.attributes))
  }
  return parts.joined(separator: "\n\n")
}

/// A row for each attribute.
func attributeTable(_ attributes: [AttributeDescription]) -> String {
  let rows = attributes.map { attribute in
    [
      "`\(attribute.name)`", "`\(attribute.type)`", attribute.isRequired ? "required" : "`\(attribute.defaultText)`",
      attribute.summary,
    ]
  }
  return markdownTable(["attribute", "type", "default", "meaning"], rows)
}

/// What a layer takes, where it is not one tensor.
private func tensors(_ arity: Arity) -> String {
  switch arity {
  case .exactly(1): ""
  case .exactly(let count): " Takes \(count) tensors."
  case .atLeast: " Takes any number of tensors, and attributes by name only."
  case .between(let least, let most): " Takes \(least) or \(most) tensors, and attributes by name only."
  }
}

private func wordRows<Value: WordValue>(_: Value.Type) -> [[String]] {
  Value.vocabulary.entries.map { entry in
    let arguments = entry.parameters.map { Argument($0.name, $0.defaultValue) }
    return ["`\(Value.typeName)`", "`\(Literal.word(entry.word, arguments))`"]
  }
}

func markdownTable(_ header: [String], _ rows: [[String]]) -> String {
  ([header, header.map { _ in "---" }] + rows)
    .map { "| " + $0.map(escapingBars).joined(separator: " | ") + " |" }
    .joined(separator: "\n")
}

/// A bar would end the cell.
private func escapingBars(_ cell: String) -> String {
  cell.contains("|") ? cell.split(separator: "|", omittingEmptySubsequences: false).joined(separator: "\\|") : cell
}
