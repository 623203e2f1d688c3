/// The reference of all words of `train` sections in Markdown, made from their schemas. Ends with a line break.
package func trainingReference() -> String {
  let sections = [
    "### Entries of one value\n\n" + attributeTable(TrainingVocabulary.settings.attributes),
    terms("Losses", TrainingVocabulary.losses),
    terms("Metrics", TrainingVocabulary.metrics),
    terms("Optimizers", TrainingVocabulary.optimizers, hiding: commonToOptimizers),
    "All optimizers take these too:\n\n" + attributeTable(commonToOptimizers),
    terms("Schedules", TrainingVocabulary.schedules),
    terms("Callbacks", TrainingVocabulary.callbacks),
    terms("Changes of images", TrainingVocabulary.imageChanges),
  ]
  return sections.joined(separator: "\n\n") + "\n"
}

/// What every optimizer takes with one default.
private var commonToOptimizers: [AttributeDescription] {
  let optimizers = TrainingVocabulary.optimizers
  return optimizers[0].attributes.filter { attribute in
    attribute.name != "learning_rate" && optimizers.allSatisfy { $0.attributes.contains { $0.name == attribute.name } }
  }
}

/// A row for each term: its call with all defaults but `hidden` ones, and what it is.
private func terms<Term>(
  _ title: String, _ kinds: [TermKind<Term>], hiding hidden: [AttributeDescription] = []
) -> String {
  let rows = kinds.map { kind in
    let arguments = kind.attributes.filter { own in !hidden.contains { $0.name == own.name } }.map { attribute in
      attribute.isRequired ? attribute.name : "\(attribute.name): \(attribute.defaultText)"
    }
    return ["`\(kind.name)(\(arguments.joined(separator: ", ")))`", kind.summary]
  }
  return "### \(title)\n\n" + markdownTable(["word", "meaning"], rows)
}
