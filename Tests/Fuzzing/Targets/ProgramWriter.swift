import Layers

/// A program of the language that bytes stand for: right in its syntax, and close enough to being sound that checking
/// comes to shapes, sizes, repetition and assertions. Layers and their attributes come from the catalogue.
struct ProgramWriter {
  private(set) var program = "modelc 1\n"
  var choices: Decisions
  /// Whether numbers are small and shapes usual, so that most programs are sound.
  let isTame: Bool

  /// A tensor that is bound, and whether it is a row of features rather than a map.
  struct Tensor {
    var name: String
    var isRow: Bool
  }

  struct BlockHead {
    var name: String
    var tensors: Int
    var parameters: [(name: String, type: String)]
    var results: Int
  }

  var tensors: [Tensor] = []
  /// Names of numbers, and of lists of numbers.
  var numbers: [String] = []
  private var lists: [String] = []
  private var shared: [(name: String, isRow: Bool)] = []
  private var blocks: [BlockHead] = []
  private var names = 0
  private var usedNames: Set<String> = []
  var depth = 0

  init(_ bytes: [UInt8], isTame: Bool = false) {
    choices = Decisions(bytes)
    self.isTame = isTame
    let blockCount = choices.below(3)
    let hasTraining = choices.percent(15)
    if wild(15) { line("with \(callee())(\(namedAttribute()))") }
    if choices.percent(5) { line("allow \(choices.pick(Self.warnings))") }
    for _ in 0..<blockCount { block() }
    let name = choices.pick(["Net", "Net", "`5x5 net`", "`class`", "`a */ b`", "String"])
    let outputs = model(name)
    if hasTraining { training(of: name, outputs) }
  }

  private static let warnings = ["unused-value", "dead-bias", "unused-layer", "repeated-activation", "no-effect"]

  mutating func wild(_ percent: Int) -> Bool { !isTame && choices.percent(percent) }

  private mutating func line(_ text: String) { program += text + "\n" }

  private mutating func fresh() -> String {
    names += 1
    if choices.percent(8) {
      let odd = choices.pick([
        "`\(names)x`", "`a/b\(names)`", "`tower:\(names)`", "`*/ \(names)`", "`\"\(names)\"`", "`//\(names)`",
        "_\(names)", "`class`", "x1", "self", "`$(id)\(names)`", "`{\(names)`", "N", "input_\(names)", "`#if \(names)`",
        "Params",
      ])
      if usedNames.insert(odd).inserted || wild(10) { return odd }
    }
    return "x\(names)"
  }

  // MARK: Declarations

  private mutating func block() {
    var head = BlockHead(
      name: wild(5) ? "Conv2D" : "Part\(blocks.count)", tensors: 1 + choices.below(2), parameters: [],
      results: 1)
    tensors = []
    numbers = []
    var parameters: [String] = []
    for index in 0..<head.tensors {
      let isRow = choices.percent(15)
      tensors.append(Tensor(name: "t\(index)", isRow: isRow))
      let pattern =
        isRow ? ["[N, F]", "[N, _]", "[N, 16]"] : ["[N, H, W, C]", "[N, _, _, C]", "[N, H, H, C]", "[N, K, 8, 3]"]
      parameters.append("t\(index): \(choices.pick(pattern))")
    }
    numbers += tensors[0].isRow ? ["F"] : ["C", "H"]
    for index in 0..<choices.below(4) {
      let type = choices.pick(["Int", "Int", "Float", "Bool", "[Int]", "Padding", "Activation"])
      head.parameters.append(("p\(index)", type))
      var text = "p\(index): \(type)"
      if choices.percent(30) { text += " = " + value("p", type: type, words: []) }
      parameters.append(text)
      if type == "Int" { numbers.append("p\(index)") }
      if type == "[Int]" { numbers.append("p\(index)[0]") }
    }
    if choices.percent(20) { head.results = 2 }
    var text = "block \(head.name)(\(parameters.joined(separator: ", ")))"
    if choices.percent(15) {
      text += " -> " + (0..<head.results).map { _ in shape(isRow: false) }.joined(separator: ", ")
    }
    line(text + " {")
    body(most: 4)
    line("return " + (0..<head.results).map { _ in pipeline(stages: 2).text }.joined(separator: ", "))
    line("}")
    blocks.append(head)
  }

  /// Gives the names of its outputs.
  private mutating func model(_ name: String) -> [String] {
    tensors = []
    numbers = []
    shared = []
    var parameters = ""
    if choices.percent(30) {
      parameters = "(classes: Int = \(number()), rate: Float = 0.5, sizes: [Int] = \(number()))"
      numbers = ["classes", "sizes[1]"]
    }
    line("model \(name)\(parameters) {")
    for _ in 0...choices.below(2) {
      let name = fresh()
      let isRow = choices.percent(20)
      line("input \(name): \(inputShape(isRow: isRow))")
      tensors.append(Tensor(name: name, isRow: isRow))
    }
    if !isTame { numbers += ["H", "W"] }
    body(most: 8)
    var outputs: [String] = []
    for _ in 0...choices.below(2) {
      let name = fresh()
      let pipeline = pipeline(stages: 3)
      line("\(choices.percent(10) ? "train " : "")output \(name) = \(pipeline.text)")
      outputs.append(name)
    }
    while wild(15), !choices.isAtEnd { line("assert \(claim())") }
    line("}")
    return outputs
  }

  private mutating func training(of name: String, _ outputs: [String]) {
    line("train \(name) {")
    if choices.percent(50) {
      line("prepare \(tensors[0].name): Rescaling(1 / \(number()))")
    }
    if choices.percent(50) {
      line("augment \(tensors[0].name): RandomFlip(horizontal) |> RandomRotation(\(real()))")
    }
    let losses = ["categorical_crossentropy", "mse", "binary_crossentropy(from_logits: true)", "huber"]
    line("loss \(outputs[0]): \(choices.pick(losses)) * \(real())")
    line("metrics: accuracy, top_k_categorical_accuracy(k: \(number()))")
    let rate = choices.percent(30) ? "CosineDecay(0.1, \(number()))" : real()
    line("optimizer: \(choices.pick(["SGD", "Adam", "RMSprop"]))(learning_rate: \(rate))")
    line("epochs: \(number())")
    line("}")
  }

  // MARK: Statements

  private mutating func body(most: Int) {
    for _ in 0..<1 + choices.below(most) where !choices.isAtEnd { statement() }
  }

  private mutating func statement() {
    switch choices.below(16) {
    case 0..<6:
      let name = fresh()
      let bound = pipeline(stages: 5)
      line("\(name) = \(bound.text)")
      tensors.append(Tensor(name: name, isRow: bound.isRow))
    case 6, 7:
      let name = fresh()
      let bound = joined()
      line("\(name) = \(bound.text)")
      tensors.append(Tensor(name: name, isRow: bound.isRow))
    case 8:
      let name = fresh()
      let tensor = choices.pick(tensors)
      line("\(name) = \(operation(on: tensor.name))")
      tensors.append(Tensor(name: name, isRow: tensor.isRow))
    case 9:
      let name = fresh()
      line("\(name) = \(expression())")
      numbers.append(name)
    case 10 where !blocks.isEmpty:
      let head = choices.pick(blocks)
      let names = (0..<head.results).map { _ in fresh() }
      let given = (0..<head.tensors).map { _ in choices.pick(tensors).name }
      line("\(names.joined(separator: ", ")) = \(head.name)(\(arguments(of: head, with: given)))")
      tensors += names.map { Tensor(name: $0, isRow: false) }
    case 11:
      let name = fresh()
      let isRow = choices.percent(30)
      line("layer \(name) = \(call(isRow: isRow).text)")
      shared.append((name, isRow))
    case 12:
      let name = fresh()
      let first = pipeline(stages: 2)
      line("\(name) = if \(condition()) { \(first.text) } else { \(pipeline(stages: 2).text) }")
      tensors.append(Tensor(name: name, isRow: first.isRow))
    case 13 where !isTame:
      line("assert \(claim())")
    case 14 where !isTame:
      let name = fresh()
      line("\(name) = [\(number()), \(expression())]")
      numbers.append("\(name)[\(choices.below(3))]")
    default:
      let tensor = choices.pick(tensors)
      let name = fresh()
      let bound = stages(behind: tensor, 4)
      line("\(name) = \(bound.text)")
      tensors.append(Tensor(name: name, isRow: bound.isRow))
    }
  }

  private mutating func operation(on name: String) -> String {
    let other = choices.pick(tensors).name
    return choices.pick([
      "\(name) + \(other)", "\(name) * 2", "1 - \(name)", "-\(name)", "\(name) / \(other)", "\(name) - \(other) * 0.5",
      "\(name) * (1 / 255)", "max(\(name), \(other))",
    ])
  }

  private mutating func joined() -> (text: String, isRow: Bool) {
    let first = choices.pick(tensors)
    let others = (0...choices.below(3)).map { _ in choices.pick(tensors).name }
    let kind = choices.pick([
      "Concatenate", "Add", "Multiply", "Average", "Maximum", "Subtract", "Dot", "Minimum", "Divide",
    ])
    var arguments = [first.name] + others
    if kind == "Concatenate" || kind == "Dot", choices.percent(50) {
      arguments.append("\(kind == "Dot" ? "axes" : "axis"): \(choices.pick(["-1", "1", "2", "3", "0"]))")
    }
    return ("\(kind)(\(arguments.joined(separator: ", ")))", first.isRow)
  }

  // MARK: Pipelines

  private mutating func pipeline(stages count: Int) -> (text: String, isRow: Bool) {
    // The nearest tensor most of the time: so networks become deep.
    stages(behind: choices.percent(30) ? choices.pick(tensors) : tensors[tensors.count - 1], count)
  }

  private mutating func stages(behind tensor: Tensor, _ most: Int) -> (text: String, isRow: Bool) {
    var text = tensor.name
    var isRow = tensor.isRow
    for _ in 0..<choices.below(most + 1) {
      text += "\n  |> "
      if choices.percent(10) { text += "\(fresh()): " }
      if choices.percent(6) { text += "repeat \(number())\(choices.percent(40) ? " as i" : "") " }
      if !blocks.isEmpty, choices.percent(10) {
        let head = choices.pick(blocks)
        let rest = (1..<max(head.tensors, 1)).map { _ in choices.pick(tensors).name }
        text += "\(head.name)(\(arguments(of: head, with: rest)))"
      } else if !shared.isEmpty, choices.percent(15) {
        text += "\(choices.pick(shared).name)()"
      } else {
        let stage = call(isRow: isRow)
        text += stage.text
        isRow = stage.isRow
      }
      if choices.percent(isTame ? 1 : 8) { text += " -> \(shape(isRow: isRow))" }
    }
    return (text, isRow)
  }

  private mutating func arguments(of head: BlockHead, with tensors: [String]) -> String {
    var arguments = tensors
    for parameter in head.parameters where !wild(10) {
      arguments.append("\(parameter.name): \(value(parameter.name, type: parameter.type, words: []))")
    }
    return arguments.joined(separator: ", ")
  }

  /// A layer, and whether what comes out is a row of features.
  private mutating func call(isRow: Bool) -> (text: String, isRow: Bool) {
    let usual = ["Conv2D", "Dense", "MaxPooling2D", "ReLU", "BatchNormalization", "Flatten"]
    var name = choices.percent(40) ? choices.pick(usual) : callee()
    if isRow, !wild(10) {
      if name.hasSuffix("2D") || Self.ofMaps.contains(name) { name = "Dense" }
    }
    guard let kind = Catalogue.kind(named: name) else { return ("\(name)()", isRow) }
    var arguments: [String] = []
    if case .exactly(2) = kind.arity { arguments.append(choices.pick(tensors).name) }
    for attribute in kind.attributes where attribute.isRequired && !wild(3) {
      arguments.append("\(attribute.name): \(value(attribute.name, type: attribute.type, words: attribute.words))")
    }
    var given: Set<String> = []
    while choices.percent(35), !kind.attributes.isEmpty {
      let attribute = choices.pick(kind.attributes)
      guard !attribute.isRequired, given.insert(attribute.name).inserted || wild(5) else { continue }
      arguments.append("\(attribute.name): \(value(attribute.name, type: attribute.type, words: attribute.words))")
    }
    let makesRow = ["Flatten", "GlobalAveragePooling2D", "GlobalMaxPooling2D"].contains(name)
    return ("\(name)(\(arguments.joined(separator: ", ")))", isRow || makesRow)
  }

  private static let ofMaps: Set<String> = ["LocalResponseNormalization", "Permute", "Reshape", "Flatten"]
  private static let kinds = Catalogue.names

  private mutating func callee() -> String { choices.pick(Self.kinds) }

  private mutating func namedAttribute() -> String {
    choices.pick(["padding: same", "activation: relu", "use_bias: false", "strides: 2", "axis: 1", "rate: 0.5", "1"])
  }
}
