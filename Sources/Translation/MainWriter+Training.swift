import Layers
import Operations
import Semantics
import Syntax

/// Functions that prepare inputs and train models, from `train` sections.
extension MainWriter {
  func writeTraining(_ model: CheckedModel, _ training: CheckedTraining, into lines: inout PythonLines) {
    if !training.preparations.isEmpty {
      lines.add(["", "", "def \(program.functionName("prepare", model.name))(arrays):"])
      lines.indented { lines in
        lines.addDocstring("What is done to the inputs wherever they come in.")
        writeSteps(training.preparations, in: "arrays", into: &lines) { "np.asarray(\($0))" }
        lines.add("return arrays")
      }
    }
    let settings = training.settings
    let defaults = "epochs=\(settings.epochs), batch_size=\(settings.batchSize)"
    lines.add(["", "", "def \(program.functionName("train", model.name))(model, arrays, \(defaults)):"])
    lines.indented { lines in
      lines.addDocstring("Fits the model to arrays by the names of its inputs and outputs.")
      writeTrainer(model, training, into: &lines)
      writeFit(model, training, into: &lines)
    }
  }

  /// The steps in front of inputs, each around what comes before it.
  private func writeSteps(
    _ pipelines: [CheckedTraining.Preparation], in variable: String, into lines: inout PythonLines,
    _ wrapped: (String) -> String
  ) {
    for pipeline in pipelines {
      let name = PythonText.literal(pipeline.input)
      let text = pipeline.steps.reduce("\(variable)[\(name)]") { "\(TrainingText.step($1))(\($0))" }
      lines.add("\(variable)[\(name)] = \(wrapped(text))")
    }
  }

  /// The model as it is trained: images changed in front of it, several outputs by their names.
  private func writeTrainer(_ model: CheckedModel, _ training: CheckedTraining, into lines: inout PythonLines) {
    let inputs = model.inputs.map { PythonText.literal($0.name) }.joined(separator: ", ")
    lines.add("inputs = [\(inputs)]")
    if training.augmentations.isEmpty, model.outputs.count == 1 {
      lines.add("trainer = model")
    } else {
      lines.add("tensors = {x.name: keras.Input(x.shape[1:], name=x.name) for x in model.inputs}")
      lines.add("changed = dict(zip(inputs, tensors.values()))")
      writeSteps(training.augmentations, in: "changed", into: &lines) { $0 }
      lines.add("results = model(\(model.inputs.count == 1 ? "changed[\(inputs)]" : "list(changed.values())"))")
      // As the model returns them, those that are neither trained nor measured left out.
      let order = model.outputs.filter { !$0.isTrainOnly } + model.outputs.filter(\.isTrainOnly)
      let judged = Set(training.labels(of: model).of)
      let entries = order.enumerated().filter { judged.contains($1.name) }
        .map { "\(PythonText.literal($1.name)): results[\($0)]" }
      let results = model.outputs.count == 1 ? "results" : "{\(entries.joined(separator: ", "))}"
      lines.add(
        "trainer = keras.Model(\(model.inputs.count == 1 ? "tensors[\(inputs)]" : "list(tensors.values())"), \(results))"
      )
    }
    let optimizer = training.optimizer
    let hasSchedule = optimizer.learningRate.constant == nil
    if hasSchedule, optimizer.common.decay > 0 {
      program.report(
        TranslationProblem(
          .missing, "\(optimizer.termName) has a schedule and 'decay', of which Keras takes one", found: "decay",
          help: "leave one of them out"))
    }
    if hasSchedule || optimizer.common.decay > 0, training.callbacks.contains(where: { $0 is ReduceLROnPlateau }) {
      program.report(
        TranslationProblem(
          .missing, "ReduceLROnPlateau lowers a learning rate that a schedule sets anew after each step",
          found: "ReduceLROnPlateau", help: "give a number as the learning rate, or leave the callback out"))
    }
    let goals = training.goals
    let isSingle = goals.count == 1
    func entries(_ texts: [(String, String)]) -> String {
      "{\(texts.map { "\(PythonText.literal($0)): \($1)" }.joined(separator: ", "))}"
    }
    let trained = goals.filter { !$0.losses.isEmpty }
    let weights = trained.map { ($0.output, PythonText.number(TrainingText.weight($0.losses))) }
    let measured = goals.filter { !$0.metrics.isEmpty }
    func metrics(_ goal: CheckedTraining.Goal) -> String {
      // Keras numbers those that are there twice.
      "[\(goal.metrics.map { TrainingText.metric($0, isNamed: measured.count > 1) }.joined(separator: ", "))]"
    }
    lines.add("trainer.compile(")
    lines.indented { lines in
      lines.add("optimizer=\(TrainingText.optimizer(optimizer)),")
      lines.add(
        isSingle
          ? "loss=\(TrainingText.loss(goals[0].losses)),"
          : "loss=\(entries(trained.map { ($0.output, TrainingText.loss($0.losses)) })),")
      if weights.contains(where: { $0.1 != "1.0" }) {
        lines.add("loss_weights=\(isSingle ? weights[0].1 : entries(weights)),")
      }
      if !measured.isEmpty {
        lines.add("metrics=\(isSingle ? metrics(goals[0]) : entries(measured.map { ($0.output, metrics($0)) })),")
      }
    }
    lines.add(")")
  }

  private func writeFit(_ model: CheckedModel, _ training: CheckedTraining, into lines: inout PythonLines) {
    let settings = training.settings
    let isSingle = model.inputs.count == 1
    lines.add("examples = \(isSingle ? "arrays[inputs[0]]" : "[arrays[name] for name in inputs]")")
    let labels = training.labels(of: model)
    func array(_ name: String) -> String { "arrays[\(PythonText.literal(name))]" }
    if model.outputs.count == 1 {
      lines.add("labels = \(array(labels.first))")
    } else {
      let entries = labels.of.map { name in
        let own = labels.required.contains(name)
        let text = own ? array(name) : "arrays.get(\(PythonText.literal(name)), \(array(labels.first)))"
        return "\(PythonText.literal(name)): \(text)"
      }
      lines.add("labels = {\(entries.joined(separator: ", "))}")
    }
    var arguments = ["epochs=epochs", "batch_size=batch_size"]
    if !settings.shuffles { arguments.append("shuffle=False") }
    if let weights = settings.classWeights {
      let entries = weights.enumerated().map { "\($0): \(PythonText.number($1))" }
      arguments.append("class_weight={\(entries.joined(separator: ", "))}")
    }
    if isDistributed {
      lines.add(Self.distributedSplit(settings.validationSplit, isSingle: isSingle))
      arguments.append("validation_data=held")
    } else if settings.validationSplit > 0 {
      arguments.append("validation_split=\(PythonText.number(settings.validationSplit))")
    }
    if !training.callbacks.isEmpty {
      lines.add("callbacks = [")
      lines.indented { lines in
        for callback in training.callbacks {
          lines.add(TrainingText.callback(callback, training.directions(of: callback, model)) + ",")
        }
      }
      lines.add("]")
      arguments.append("callbacks=callbacks")
    }
    lines.add("return trainer.fit(examples, labels, \(arguments.joined(separator: ", ")))")
  }

  /// Each device gets as much of every batch as the others, so that what is left over is left out.
  private static func distributedSplit(_ share: Double, isSingle: Bool) -> [String] {
    """
    devices = len(keras.distribution.list_devices())
    if batch_size % devices:
        raise SystemExit(f"{devices} devices cannot share batches of {batch_size} examples evenly")
    count = len(examples\(isSingle ? "" : "[0]"))
    kept = count - int(count * \(PythonText.number(share)))
    held_count = (count - kept) // devices * devices
    kept_count = kept // devices * devices

    def part(start, end):
        cut = \(isSingle ? "examples[start:end]" : "[array[start:end] for array in examples]")
        if isinstance(labels, dict):
            return cut, {name: array[start:end] for name, array in labels.items()}
        return cut, labels[start:end]

    held = part(kept, kept + held_count) if held_count else None
    examples, labels = part(0, kept_count)
    """.lines
  }
}

extension MainWriter {
  /// How many classes there are where labels are numbers of classes, from 0, and each has to be given.
  func classes(of model: CheckedModel) -> [(output: String, count: Int)] {
    guard let training = model.training else { return [] }
    let given = training.labels(of: model).required
    return training.goals.filter { given.contains($0.output) }.compactMap { goal in
      let losses = goal.losses.compactMap { $0.loss as? SparseCategoricalCrossentropy }
      guard let loss = losses.first(where: { $0.ignoredClass == nil }),
        let output = model.outputs.first(where: { $0.name == goal.output })
      else { return nil }
      let shape = model.values[output.value].shape
      return shape[loss.axis < 0 ? loss.axis + shape.rank : loss.axis].constant.map { (goal.output, $0) }
    }
  }
}

extension CheckedTraining {
  /// Which way is better for what a callback watches, where it does not say so and Keras does not see it: Keras knows
  /// losses and the metrics of a single output by their names.
  func directions(of callback: any TrainingCallback, _ model: CheckedModel) -> Improvement? {
    guard let monitored = callback.monitored,
      callback.arguments.contains(where: { $0.name == "mode" && $0.value == .word("auto", []) })
    else { return nil }
    let name = monitored.name.hasPrefix("val_") ? String(monitored.name.dropFirst(4)) : monitored.name
    guard name != "loss" else { return nil }
    for goal in goals {
      if name == goal.output + "_loss" { return .down }
      for metric in goal.metrics where name == metric.termName || name == "\(goal.output)_\(metric.termName)" {
        return metric.isBetterHigher ? .up : .down
      }
    }
    return nil
  }

  /// Whose labels training looks at.
  ///
  /// - Returns: the outputs that are trained or measured; the first output; and those whose labels have to be given, for
  ///   an output of training without labels of its own takes those of the first one.
  func labels(of model: CheckedModel) -> (of: [String], first: String, required: [String]) {
    let first = model.outputs.first?.name ?? ""
    let trained = goals.filter { !$0.losses.isEmpty || !$0.metrics.isEmpty }.map(\.output)
    let auxiliary = model.outputs.filter(\.isTrainOnly).map(\.name)
    let own = trained.filter { !auxiliary.contains($0) }
    let needsFirst = own.count < trained.count && !own.contains(first)
    return (trained, first, (needsFirst ? [first] : []) + own)
  }
}
