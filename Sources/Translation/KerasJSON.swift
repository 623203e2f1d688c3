import Layers
import Operations
package import Semantics
import Spelling
import Syntax

/// A checked model as the JSON that Keras's `model_from_json` reads: what is deployed, every layer by its name with
/// underscores for slashes, calls of one instance as calls of one layer. Ends with a line break.
///
/// - Parameter model: the model; its sizes may be open.
/// - Returns: the text, or everything that Keras does not have.
package func kerasJSON(_ model: CheckedModel) -> Result<String, TranslationProblems> {
  var writer = KerasJSONWriter(model)
  var problems = model.kerasProblems(deployedOnly: true)
  if problems.isEmpty { problems = writer.write() }
  return problems.isEmpty ? .success(writer.json.text + "\n") : .failure(TranslationProblems(all: problems))
}

/// All that stands in the way, in the order of the description.
package struct TranslationProblems: Error, Sendable {
  package var all: [TranslationProblem]
}

private struct KerasJSONWriter {
  let model: CheckedModel
  var json = JSONWriter()
  private var problems: [TranslationProblem] = []
  /// The deployed calls of each layer, by the first of them.
  private var calls: [Int: [Int]] = [:]
  /// The number of a call among those of its layer.
  private var numbers: [Int: Int] = [:]

  init(_ model: CheckedModel) {
    self.model = model
    for (index, node) in model.nodes.enumerated() where !node.isTrainOnly {
      let first = node.sharedWith?.index ?? index
      numbers[index] = calls[first, default: []].count
      calls[first, default: []].append(index)
    }
  }

  mutating func write() -> [TranslationProblem] {
    var json = JSONWriter()
    json.object { json in
      json.member("module", "keras.src.models.functional")
      json.member("class_name", "Functional")
      json.member("config") { json in
        json.object { json in
          json.member("name", kerasName(model.name))
          json.member("trainable", true)
          json.member("layers") { json in
            json.array { json in
              for index in model.nodes.indices {
                guard let calls = calls[index] else { continue }
                json.element { write(index, calls, &$0) }
              }
            }
          }
          json.member("input_layers") { write(model.inputs, &$0) }
          json.member("output_layers") { write(model.outputs.filter { !$0.isTrainOnly }, &$0) }
        }
      }
      json.member("registered_name", "Functional")
    }
    self.json = json
    return problems
  }

  // MARK: Layers

  private mutating func write(_ index: Int, _ calls: [Int], _ json: inout JSONWriter) {
    let node = model.nodes[index]
    let name = kerasName(node.path)
    json.object { json in
      json.member("module", node.layer?.kerasPlace.module ?? "keras.layers")
      json.member("class_name", node.kind)
      json.member("config") { json in
        json.object { json in
          json.member("name", name)
          if let layer = node.layer { write(layer, node, &json) } else { writeInput(node, &json) }
        }
      }
      json.member("registered_name") { json in
        switch node.layer?.kerasPlace {
        case .operations, .applications: json.string(node.kind)
        default: json.null()
        }
      }
      json.member("name", name)
      json.member("inbound_nodes") { json in
        json.array { json in
          for call in calls where node.layer != nil { json.element { writeCall(model.nodes[call], &$0) } }
        }
      }
    }
  }

  private func writeInput(_ node: LayerNode, _ json: inout JSONWriter) {
    json.member("batch_shape") { $0.array(sizes(node.output)) }
    json.member("dtype", "float32")
    json.member("sparse", false)
    json.member("ragged", false)
  }

  private mutating func write(_ layer: any Layer, _ node: LayerNode, _ json: inout JSONWriter) {
    if !layer.kerasPlace.isOperation {
      // Not every layer of Keras takes it.
      if !node.isTrainable { json.member("trainable", false) }
      json.member("dtype", "float32")
    }
    let attributes = Catalogue.kind(named: node.kind)?.attributes ?? []
    for (attribute, argument) in zip(attributes, layer.arguments) where attribute.isOfKeras {
      json.member(argument.name) { write(argument.value, attribute, node, &$0) }
    }
  }

  private mutating func write(
    _ value: Literal, _ attribute: AttributeDescription, _ node: LayerNode, _ json: inout JSONWriter
  ) {
    guard case .word(let word, let arguments) = value, !arguments.isEmpty else { return writePlain(value, &json) }
    guard case .named(let module, let name)? = KerasVocabulary.made(word, of: attribute.type) else {
      problems.append(
        TranslationProblem(
          .missing,
          "layer '\(node.path)' (\(node.kind)) has \(attribute.name): \(value), which Keras's JSON cannot say",
          found: "\(value)",
          help: "write the word without arguments; or convert to Python with -o \(kerasName(model.name)).py", at: node))
      return json.null()
    }
    json.object { json in
      json.member("module", module)
      json.member("class_name", name)
      json.member("config") { json in
        json.object { json in
          for argument in arguments { json.member(argument.name) { writePlain(argument.value, &$0) } }
        }
      }
      json.member("registered_name") { $0.null() }
    }
  }

  /// Words are strings, what is not known is null, a list stands in one line.
  private func writePlain(_ value: Literal, _ json: inout JSONWriter) {
    switch value {
    case .integer(let number): json.int(number)
    case .real(let number): json.double(number)
    case .boolean(let truth): json.bool(truth)
    case .string(let text), .word(let text, _): json.string(text)
    case .none, .unknown: json.null()
    case .list(let elements): json.array { json in for value in elements { json.element { writePlain(value, &$0) } } }
    }
  }

  // MARK: Calls

  /// The tensors of a call: those of what takes any number as one list, an operation's one by one, numbers among them.
  private func writeCall(_ node: LayerNode, _ json: inout JSONWriter) {
    let takesList =
      switch Catalogue.kind(named: node.kind)?.arity {
      case .exactly(1)?, nil: false
      case .atLeast?: node.layer?.joinedNumber == nil
      default: node.layer?.kerasPlace.isOperation == false
      }
    func tensors(_ json: inout JSONWriter) {
      for input in node.inputs { json.element { writeTensor(input, &$0) } }
    }
    json.object { json in
      json.member("args") { json in
        json.array { json in
          let number = node.layer?.joinedNumber
          if let number, number.isLeft { json.element { $0.double(number.value) } }
          if takesList { json.element { $0.array { tensors(&$0) } } } else { tensors(&json) }
          if let number, !number.isLeft { json.element { $0.double(number.value) } }
        }
      }
      json.member("kwargs") { json in
        json.object { json in
          for (attribute, value) in node.values(of: .call) {
            json.member(attribute.name) { write(value, attribute, &$0) }
          }
        }
      }
    }
  }

  private func writeTensor(_ value: ID<CheckedValue>, _ json: inout JSONWriter) {
    json.object { json in
      json.member("class_name", "__keras_tensor__")
      json.member("config") { json in
        json.object { json in
          json.member("shape") { $0.array(sizes(value)) }
          json.member("dtype", "float32")
          json.member("keras_history") { writeHistory(value, &$0) }
        }
      }
    }
  }

  /// `["conv1", 0, 0]`: a layer, the number of its call, and of that call's result.
  private func writeHistory(_ value: ID<CheckedValue>, _ json: inout JSONWriter) {
    let producer = model.values[value].producer.index
    json.array { json in
      json.element { $0.string(kerasName(model.nodes[producer].path)) }
      json.element { $0.int(numbers[producer] ?? 0) }
      json.element { $0.int(result(of: model.nodes[producer])) }
    }
  }

  /// Which result of its layer a node is.
  private func result(of node: LayerNode) -> Int {
    if case .integer(let index)? = node.values(of: .result).first?.value { index } else { 0 }
  }

  // MARK: Arguments of calls

  private func write(_ value: Literal, _ attribute: AttributeDescription, _ json: inout JSONWriter) {
    guard attribute.type == KerasVocabulary.keyType else { return writePlain(value, &json) }
    switch value {
    case .list(let elements):
      json.array { json in for value in elements { json.element { write(value, attribute, &$0) } } }
    case .word(let word, let bounds):
      json.object { json in
        json.member("class_name", "__\(word)__")
        json.member("config") { json in
          json.object { json in
            guard word == "slice" else { return }
            for name in ["start", "stop", "step"] {
              json.member(name) { writePlain(bounds.first { $0.name == name }?.value ?? .none, &$0) }
            }
          }
        }
      }
    default: writePlain(value, &json)
    }
  }

  private func write(_ ports: [CheckedPort], _ json: inout JSONWriter) {
    if ports.count == 1 { return writeHistory(ports[0].value, &json) }
    json.array { json in for port in ports { json.element { writeHistory(port.value, &$0) } } }
  }

  /// The batch first; nil where a size is open.
  private func sizes(_ value: ID<CheckedValue>) -> [Int?] { model.values[value].shape.dims.map(\.constant) }
}

extension LayerNode {
  /// The attributes that are such a part in Keras, with their values.
  fileprivate func values(of part: KerasPart) -> [(AttributeDescription, value: Literal)] {
    let attributes = Catalogue.kind(named: kind)?.attributes ?? []
    guard let layer, attributes.contains(where: { $0.part == part }) else { return [] }
    return zip(attributes, layer.arguments).filter { $0.0.part == part }.map { ($0, $1.value) }
  }
}
