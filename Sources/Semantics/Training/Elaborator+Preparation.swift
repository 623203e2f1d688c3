import Layers
import Operations
import Syntax

/// `prepare` and `augment`: pipelines in front of an input.
extension Elaborator {
  mutating func readPreparation(
    _ entry: Training.Entry, of input: String, _ scope: Scope, _ reader: inout TrainingReader
  ) {
    let isPreparing = entry.name.text == "prepare"
    var preparation = CheckedTraining.Preparation(input: input, steps: [])
    var size: (sizes: [Int], range: SourceRange)?
    var isComplete = true
    for value in entry.values {
      for call in calls(of: value, scope) {
        guard let call, let step = preparationStep(call, of: input, isPreparing: isPreparing, scope, reader) else {
          isComplete = false
          continue
        }
        preparation.steps.append(step)
        if case .change(let change) = step, let made = change.size { size = (made, call.range) }
      }
    }
    guard isComplete else { return }
    if let size { judge(size.sizes, size.range, input, scope, reader) }
    if isPreparing {
      reader.training.preparations.append(preparation)
    } else {
      reader.training.augmentations.append(preparation)
    }
  }

  /// The calls of a pipeline without a head; nil for what is none, which is reported.
  private mutating func calls(of value: NodeID<Expression>, _ scope: Scope) -> [Call?] {
    let tree = tree(scope)
    switch tree[value].kind {
    case .missing: return [nil]
    case .call(let call): return [call]
    case .pipeline(let head, let stages):
      var result = calls(of: head, scope)
      for stage in stages {
        switch stage {
        case .call(let label, let repetition, let call):
          if let label {
            report(
              .typeMismatch, label.range, scope, "nothing in front of an input has a label",
              expected: "a call", found: label.text, help: "leave the label away")
          }
          if repetition != nil {
            report(
              .typeMismatch, call.range, scope, "nothing in front of an input is repeated", expected: "one call",
              found: "repeat")
          }
          result.append(label == nil && repetition == nil ? call : nil)
        case .shape(let shape):
          report(
            .typeMismatch, tree[shape].range, scope, "shapes are asserted in the model", expected: "a call",
            found: tree.text(of: shape))
          result.append(nil)
        }
      }
      return result
    default:
      report(
        .typeMismatch, tree[value].range, scope, "this is nothing to be done to an input",
        expected: "a call such as Rescaling(1 / 255)", found: tree.text(of: value))
      return [nil]
    }
  }

  /// A layer without weights of its own, or a change of images.
  private mutating func preparationStep(
    _ call: Call, of input: String, isPreparing: Bool, _ scope: Scope, _ reader: TrainingReader
  ) -> CheckedTraining.PreparationStep? {
    let name = call.name.text
    if let kind = Catalogue.kind(named: name), TrainingVocabulary.imageChanges.allSatisfy({ $0.name != name }) {
      return layer(kind, call, of: input, scope, reader)
    }
    let kinds = TrainingVocabulary.imageChanges
    guard let kind = kinds.first(where: { $0.name == name }) else {
      let near = suggestion(for: name, among: kinds.map(\.name) + ["Rescaling", "Normalization"])
      report(
        .unknownTerm, call.name.range, scope, "there is no layer or change of images called '\(name)'",
        expected: near, found: name,
        notes: near == nil
          ? ["there are Rescaling, Normalization, \(kinds.map(\.name).joined(separator: ", "))"] : [],
        help: near.map { "did you mean '\($0)'?" }, replacement: near)
      return nil
    }
    guard let change = make(kind.attributes, call, scope, { kind.make($0, problems: &$1) }) else { return nil }
    if isPreparing, change.isRandom {
      report(
        .misplacedStatement, call.range, scope, "'\(name)' is random, and what prepares is not",
        expected: "the same for every run", found: name,
        notes: ["`prepare` runs wherever images come in, `augment` in training only"],
        help: "move it to augment \(input): …")
      return nil
    }
    if reader.isSound, let port = model.inputs.first(where: { $0.name == input }),
      model.values[port.value].shape.rank != 4
    {
      report(
        .shapeMismatch, call.range, scope, "'\(name)' works on images, and '\(input)' is none",
        expected: "[N, height, width, channels]", found: "\(model.values[port.value].shape)")
      return nil
    }
    return .change(change)
  }

  private mutating func layer(
    _ kind: LayerKind, _ call: Call, of input: String, _ scope: Scope, _ reader: TrainingReader
  ) -> CheckedTraining.PreparationStep? {
    let inner = Scope(file: scope.file)
    inner.bindings = scope.bindings
    let port = model.inputs.first { $0.name == input }
    var resolved = resolve(
      call, kind, Piped(value: port.map { Evaluated.tensor($0.value) } ?? .failed, range: call.name.range), inner,
      Context(level: NameLevel(path: "")))
    // Without a sound model there is no tensor, and the attributes are judged all the same.
    if port == nil { resolved.isFailed = false }
    guard !resolved.isFailed else { return nil }
    var problems: [LayerProblem] = []
    let layer = kind.make(resolved.arguments, problems: &problems)
    for problem in problems { report(problem, resolved, inner, path: "") }
    guard let layer else { return nil }
    guard reader.isSound, let port else { return .layer(layer) }
    let shape = model.values[port.value].shape
    do throws(LayerProblem) {
      let weights = try layer.weights([shape])
      // What is measured in the data beforehand is no weight of training.
      if weights.contains(where: \.isTrainable) {
        report(
          .misplacedStatement, call.range, scope, "'\(kind.name)' has weights, which belong to the model",
          expected: "a layer without weights", found: kind.name, help: "move it into the model")
        return nil
      }
      let result = try layer.outputShape([shape])
      if result != shape {
        report(
          .shapeMismatch, call.range, scope, "'\(kind.name)' gives \(result), and '\(input)' takes \(shape)",
          expected: "\(shape)", found: "\(result)")
        return nil
      }
    } catch {
      report(error, resolved, inner, path: "")
      return nil
    }
    return .layer(layer)
  }

  /// What comes out at last has to be of the input's size.
  private mutating func judge(
    _ size: [Int], _ range: SourceRange, _ input: String, _ scope: Scope, _ reader: TrainingReader
  ) {
    guard reader.isSound, let port = model.inputs.first(where: { $0.name == input }) else { return }
    let shape = model.values[port.value].shape
    guard shape.rank == 4, let height = shape[1].constant, let width = shape[2].constant else { return }
    guard size != [height, width] else { return }
    report(
      .shapeMismatch, range, scope,
      "this makes images of \(size[0])x\(size[1]), and '\(input)' takes \(height)x\(width)",
      expected: "\(height), \(width)", found: "\(size[0]), \(size[1])")
  }
}
