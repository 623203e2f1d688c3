import Layers
package import Operations
import Spelling

/// How a size came about, step by step back to inputs, attributes and parameters.
package struct Explanation: Sendable {
  /// One layer that had a part in it.
  package struct Step: Sendable {
    package var path: String
    package var kind: String
    package var place: String
    package var axis: Int
    /// `height`
    package var axisName: String
    package var size: Dim
    /// `floor((224 + 6 - 7) / 2) + 1`, if it is more than a size of an input or an attribute.
    package var derivation: String?
    package var attributes: [Provenance]
    /// What a block promised of it.
    package var promise: Provenance?
    /// Layers behind this one that hand the size on, the last first.
    package var through: [String]
    /// The steps whose sizes it is made of.
    package var sources: [Int]
  }

  /// As asked for: `i3a`.
  package var subject: String
  package var shape: Shape?
  /// The axes explained, and the step of each.
  package var sizes: [(axis: Int, step: Int)] = []
  package var steps: [Step] = []
  /// Of a parameter: where its value comes from.
  package var parameter: Provenance?
  /// Whether steps were left out because there are too many.
  package var isShortened = false
}

/// Why there is nothing to explain.
package struct ExplanationProblem: Error, Hashable, Sendable {
  package var message: String
  package var help: String?
}

extension CheckedModel {
  /// Explains `i3a`, `i3a.C`, `i3a.height`, `i3a.3`: all sizes of a tensor but the batch, or one of them. The name is that
  /// of a layer, a binding, an input or an output; or of a parameter.
  package func explain(_ question: String) throws(ExplanationProblem) -> Explanation {
    if let value = value(called: question) { return explanation(of: value, question, axis: nil) }
    if let index = parameters.firstIndex(where: { $0.name == question }) {
      let parameter = parameters[index]
      let known = parameterProvenance.first { $0.text.hasPrefix("\(question) = ") }
      return Explanation(
        subject: question, parameter: known ?? Provenance(text: "\(question) = \(parameter.value)", place: ""))
    }
    if let dot = question.lastIndex(of: "."), let value = value(called: String(question[..<dot])) {
      let name = String(question[..<dot])
      let word = String(question[question.index(after: dot)...])
      return explanation(of: value, name, axis: try axis(word, of: value, name))
    }
    let name = question.lastIndex(of: ".").map { String(question[..<$0]) } ?? question
    let known = names.map(\.path) + nodes.map(\.path) + outputs.map(\.name) + parameters.map(\.name)
    let near = nearest(name, among: known)
    throw ExplanationProblem(
      message: "nothing in '\(self.name)' is called '\(name)'",
      help: near.map { "did you mean '\($0)'?" } ?? "modelc summary lists the layers")
  }

  private func value(called name: String) -> ID<CheckedValue>? {
    names.first { $0.path == name }?.value ?? outputs.first { $0.name == name }?.value
      ?? inputs.first { $0.name == name }?.value ?? nodes.first { $0.path == name }?.output
  }

  private func axis(_ word: String, of value: ID<CheckedValue>, _ name: String) throws(ExplanationProblem) -> Int {
    let shape = values[value].shape
    if let number = Int(word), shape.dims.indices.contains(number < 0 ? number + shape.rank : number) {
      return number < 0 ? number + shape.rank : number
    }
    let axes = axisNames(of: value)
    let letters = ["N": "batch", "L": "length", "H": "height", "W": "width", "C": "channels", "features": "channels"]
    let wanted = letters[word] ?? letters[word.uppercased()] ?? word
    if let axis = axes.firstIndex(of: wanted) { return axis }
    if wanted == "channels", shape.rank > 1 { return shape.rank - 1 }
    throw ExplanationProblem(
      message: "'\(name)' \(shape) has no '\(word)'",
      help: "its sizes are \(axes.enumerated().map { "\($0) (\($1))" }.joined(separator: ", "))")
  }

  /// What the axes are called, channels where the layer has them.
  private func axisNames(of value: ID<CheckedValue>) -> [String] {
    let shape = values[value].shape
    let node = nodes[values[value].producer]
    let isFirst = node.layer?.arguments.contains(Argument("data_format", .word("channels_first", []))) ?? false
    if isFirst, shape.rank == 3 { return ["batch", "channels", "length"] }
    if isFirst, shape.rank == 4 { return ["batch", "channels", "height", "width"] }
    return shape.dims.indices.map(shape.axisName)
  }

  private static let stepLimit = 400

  private func explanation(of value: ID<CheckedValue>, _ subject: String, axis: Int?) -> Explanation {
    var explanation = Explanation(subject: subject, shape: values[value].shape)
    var known: [Place: Int] = [:]
    var open: [(place: Place, step: Int)] = []
    /// The step of a size, begun if it is new.
    func step(_ place: Place) -> Int? {
      if let index = known[place] { return index }
      guard explanation.steps.count < Self.stepLimit else {
        explanation.isShortened = true
        return nil
      }
      let (origin, through) = origin(of: place)
      if let index = known[origin] {
        known[place] = index
        return index
      }
      let index = explanation.steps.count
      known[place] = index
      known[origin] = index
      let node = nodes[values[origin.value].producer]
      explanation.steps.append(
        Explanation.Step(
          path: node.path, kind: node.kind, place: node.place, axis: origin.axis,
          axisName: axisNames(of: origin.value)[origin.axis], size: values[origin.value].shape[origin.axis],
          derivation: nil, attributes: [], promise: promises[origin.value.index]?[origin.axis], through: through,
          sources: []))
      open.append((origin, index))
      return index
    }
    let axes = axis.map { [$0] } ?? Array(values[value].shape.dims.indices.dropFirst())
    for axis in axes {
      if let index = step(Place(value: value, axis: axis)) { explanation.sizes.append((axis, index)) }
    }
    var next = 0
    while next < open.count {
      let (place, index) = open[next]
      next += 1
      let node = nodes[values[place.value].producer]
      guard let layer = node.layer else { continue }
      let trace = layer.trace(axis: place.axis, of: node.inputs.map { values[$0].shape })
      explanation.steps[index].derivation = trace.derivation
      explanation.steps[index].attributes = trace.attributes.map { argument in
        node.provenance[argument.name] ?? Provenance(text: "\(argument.name): \(argument.value)", place: "")
      }
      var sources: [Int] = []
      for source in trace.sources {
        let origin = Place(value: node.inputs[source.input], axis: source.axis)
        if let found = step(origin), !sources.contains(found) { sources.append(found) }
      }
      explanation.steps[index].sources = sources
    }
    return explanation
  }

  /// A size of a tensor.
  private struct Place: Hashable {
    var value: ID<CheckedValue>
    var axis: Int
  }

  /// The layer that a size comes from, behind those that hand it on as it is.
  private func origin(of place: Place) -> (Place, through: [String]) {
    var place = place
    var through: [String] = []
    while true {
      let node = nodes[values[place.value].producer]
      guard let layer = node.layer, promises[place.value.index]?[place.axis] == nil else { return (place, through) }
      let shapes = node.inputs.map { values[$0].shape }
      let size = values[place.value].shape[place.axis]
      guard node.inputs.count == 1, shapes[0].rank > place.axis, shapes[0][place.axis] == size else {
        return (place, through)
      }
      guard layer.trace(axis: place.axis, of: shapes).sources == [.init(input: 0, axis: place.axis)] else {
        return (place, through)
      }
      through.append(node.path)
      place.value = node.inputs[0]
    }
  }
}
