import Syntax

/// Values of the wrong kind, and arguments that are too many, too few or in the wrong place.
extension SlipMachine {
  static let values: [Kind] = [
    { program, random in
      // A tensor where a number belongs.
      guard let index = program.positionalNumbers.randomElement(using: &random),
        let name = program.tensors(before: index).randomElement(using: &random)
      else { return nil }
      return program.replacing(index, with: name, "tensor for a number", curable: false)
    },
    { program, random in
      // A number where a tensor belongs.
      let places = program.indices(of: .use).filter { i in
        program.text(i + 1) == "|>" && program.tensors.contains(program.text(i))
      }
      guard let index = places.randomElement(using: &random) else { return nil }
      return program.replacing(index, with: "3", "number for a tensor", curable: false)
    },
    { program, random in
      guard let index = program.positionalNumbers.randomElement(using: &random) else { return nil }
      return program.replacing(index, with: "\"\(program.text(index))\"", "number in quotes")
    },
    { program, random in
      guard let index = program.positionalNumbers.randomElement(using: &random),
        let wrong = ["true", "same", "relu", "[3]"].randomElement(using: &random)
      else { return nil }
      return program.replacing(index, with: wrong, "word for a number", curable: false, mayBeRight: wrong == "[3]")
    },
    { program, random in
      let places = program.indices(of: .word).filter { program.text($0 - 1) == ":" && program.text($0) != "none" }
      guard let index = places.randomElement(using: &random),
        let wrong = ["3", "true", "0.5"].randomElement(using: &random)
      else { return nil }
      return program.replacing(index, with: wrong, "number for a word", curable: false)
    },
    { program, random in
      let places = program.words.indices.filter { ["true", "false"].contains(program.text($0)) }
      guard let index = places.randomElement(using: &random),
        let wrong = ["1", "same", "yes"].randomElement(using: &random)
      else { return nil }
      return program.replacing(index, with: wrong, "other value for a Bool", curable: false)
    },
    { program, random in
      // A comma for the point of a fraction, a point lost, a percentage.
      let places = program.indices(of: .number).filter { program.text($0).hasPrefix("0.") }
      guard let index = places.randomElement(using: &random) else { return nil }
      let text = program.text(index)
      let wrong = [text.replacing(".", with: ","), String(text.dropFirst(2)), text.replacing("0.", with: "0..")]
        .randomElement(using: &random)
      return program.replacing(index, with: wrong ?? text, "fraction misspelt", curable: false, mayBeRight: true)
    },
    valueLost, argumentLost, argumentAdded, argumentsSwapped, attributeTwice, attributeMoved,
    { program, random in
      // An attribute of another layer.
      guard let index = program.indices(of: .attribute).randomElement(using: &random),
        let wrong = ["out_channels", "kernel", "dropout", "bias", "stride", "filter_count"].randomElement(
          using: &random), !program.names.contains(wrong)
      else { return nil }
      return program.replacing(index, with: wrong, "foreign attribute", curable: false)
    },
  ]

  /// `padding: )`, `Conv2D(64, )`: what stands between is lost.
  private static func valueLost(_ program: Program, _ random: inout SplitMix) -> Slip? {
    let places = program.words.indices.dropFirst().filter { i in
      let word = program.words[i]
      let previous = program.text(i - 1)
      return word.kind != .sign && word.role != .keyword && [":", "=", ",", "+", "*", "==", "-"].contains(previous)
        && [",", ")", "]", "|>"].contains(program.text(i + 1)) && (previous != "," || program.text(i + 1) == ",")
    }
    guard let index = places.randomElement(using: &random) else { return nil }
    return program.replacing(index, with: "", "value lost", curable: false)
  }

  private static func argumentLost(_ program: Program, _ random: inout SplitMix) -> Slip? {
    // What a layer cannot do without.
    let required = ["Conv2D": 2, "Dense": 1, "Dropout": 1, "DepthwiseConv2D": 1, "Reshape": 1, "Activation": 1]
    let calls = program.indices(of: .layer).filter {
      program.text($0 + 1) == "(" && ["|>", ":"].contains(program.text($0 - 1)) && required[program.text($0)] != nil
    }
    guard let index = calls.randomElement(using: &random) else { return nil }
    let arguments = program.arguments(of: index + 1)
    let places = arguments.indices.prefix(required[program.text(index)] ?? 0)
      .filter { program.words[arguments[$0].lowerBound].role != .attribute }
    guard let place = places.randomElement(using: &random) else { return nil }
    var range = program.range(arguments[place])
    if place > 0 {
      range.start = program.words[arguments[place].lowerBound - 1].range.start
    } else if arguments.count > 1 {
      range.end = program.words[arguments[1].lowerBound].range.start
    }
    guard let end = program.closer(of: index + 1) else { return nil }
    var slip = program.replacing(range, with: "", "argument lost", curable: false, mayBeRight: true)
    slip.culprits = [
      SourceRange(program.words[index].range.start, program.words[end].range.end - (range.end - range.start))
    ]
    return slip
  }

  private static func argumentAdded(_ program: Program, _ random: inout SplitMix) -> Slip? {
    let calls = program.indices(of: .layer, .function).filter { program.text($0 + 1) == "(" }
    guard let index = calls.randomElement(using: &random), let end = program.closer(of: index + 1) else { return nil }
    let offset = program.words[end].range.start
    let isEmpty = program.text(end - 1) == "("
    guard let text = ["7", "same", "[1, 2, 3]", "relu"].randomElement(using: &random) else { return nil }
    return program.inserting(
      (isEmpty ? "" : ", ") + text, at: offset, "argument too many", curable: false, mayBeRight: true)
  }

  /// `Conv2D(3, 64)`
  private static func argumentsSwapped(_ program: Program, _ random: inout SplitMix) -> Slip? {
    let calls = program.indices(of: .layer).filter { program.text($0 + 1) == "(" }
    guard let index = calls.randomElement(using: &random) else { return nil }
    let arguments = program.arguments(of: index + 1)
    guard arguments.count > 1, let place = (0..<arguments.count - 1).randomElement(using: &random) else { return nil }
    let (a, b) = (arguments[place], arguments[place + 1])
    let (x, y) = (program.source(a), program.source(b))
    guard x != y else { return nil }
    let between = program.bytes[program.range(a).end..<program.range(b).start]
    let isTensor = program.tensors.contains(x) || program.tensors.contains(y)
    return program.replacing(
      program.range(a).union(program.range(b)), with: y + String(decoding: between, as: UTF8.self) + x,
      isTensor ? "tensor out of order" : "arguments out of order", curable: false, mayBeRight: true)
  }

  private static func attributeTwice(_ program: Program, _ random: inout SplitMix) -> Slip? {
    guard let index = program.indices(of: .attribute).randomElement(using: &random) else { return nil }
    guard let opener = program.opener(around: index, "("),
      let argument = program.arguments(of: opener).first(where: { $0.contains(index) })
    else {
      return nil
    }
    let range = program.range(argument)
    let text = ", " + program.source(argument)
    return program.inserting(
      text, at: range.end, "attribute twice", also: [range])
  }

  /// An attribute in front of what has no name: `Concatenate(axis: 1, a, b)`. Behind others that have one it is right.
  private static func attributeMoved(_ program: Program, _ random: inout SplitMix) -> Slip? {
    guard let index = program.indices(of: .attribute).randomElement(using: &random) else { return nil }
    guard let opener = program.opener(around: index, "(") else { return nil }
    let arguments = program.arguments(of: opener)
    guard let place = arguments.firstIndex(where: { $0.contains(index) }), place > 0 else { return nil }
    let (first, last) = (program.range(arguments[0]), program.range(arguments[place]))
    let before = program.bytes[first.start..<program.range(arguments[place - 1]).end]
    return program.replacing(
      first.union(last),
      with: program.source(arguments[place]) + ", " + String(decoding: before, as: UTF8.self), "attribute moved",
      curable: false, mayBeRight: true)
  }
}

extension Program {
  /// Names of inputs, tensors and tensor parameters.
  var tensors: Set<String> {
    Set(
      words.indices.filter { i in
        switch words[i].role {
        case .definition:
          i > 0 && text(i - 1) == "input"
            || (i + 1 < words.count && text(i + 1) == "="
              && words[(i + 1)...].prefix(12).contains { $0.text == "|>" || $0.role == .layer })
        case .parameter: text(i + 2) == "[" && text(i + 3) != "Int"
        default: false
        }
      }.map { words[$0].text })
  }

  /// Those that are known where a word stands, in its block or model.
  func tensors(before index: Int) -> [String] {
    let start = indices(of: .declaration).last { $0 <= index } ?? 0
    let statement = words.indices.prefix(index + 1).last { words[$0].startsLine && words[$0].depth == 1 } ?? index
    let known = tensors
    return words.indices[start..<max(start, statement)].filter {
      [.definition, .parameter].contains(words[$0].role) && known.contains(words[$0].text)
    }.map { words[$0].text }
  }

  /// Numbers that are arguments of layers or blocks by position.
  var positionalNumbers: [Int] {
    indices(of: .number).filter { i in
      guard text(i - 1) == "(" || text(i - 1) == ",", text(i + 1) == "," || text(i + 1) == ")" else { return false }
      guard let opener = opener(around: i, "(", "["), opener > 0 else { return false }
      return words[opener].text == "(" && words[opener - 1].role == .layer
    }
  }
}
