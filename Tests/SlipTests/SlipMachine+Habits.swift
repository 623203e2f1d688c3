import Syntax

/// What other languages and frameworks have taught people to write, and what editors do to a text.
extension SlipMachine {
  static let habits: [Kind] = [
    attributeOfAnotherFramework, layerOfAnotherFramework, wordOfAnotherFramework, plural, caseMixedUp,
    { program, random in
      // `Conv2D(64, 3, "same")`: a word by position, where an attribute's name belongs.
      let places = program.indices(of: .attribute).filter { program.words[$0 + 2].role == .word }
      guard let index = places.randomElement(using: &random) else { return nil }
      let range = program.words[index].range.union(program.words[index + 1].range)
      return program.replacing(
        range, with: "", "attribute's name lost", curable: false, mayBeRight: true)
    },
    { program, random in
      // `strides: (2, 2)`, `strides: 2, 2`
      let places = program.indices(of: .attribute).filter {
        program.words[$0 + 2].kind == .number && [",", ")"].contains(program.text($0 + 3))
      }
      guard let index = places.randomElement(using: &random) else { return nil }
      let number = program.text(index + 2)
      return program.replacing(
        index + 2, with: "(\(number), \(number))", "pair in round brackets", curable: false, mayBeRight: true)
    },
    { program, random in
      // `def`, `fn` and the like before a statement's name.
      let places = program.words.indices.filter {
        program.words[$0].role == .definition && program.words[$0].startsLine && program.text($0 + 1) == "="
      }
      guard let index = places.randomElement(using: &random),
        let word = ["def ", "self.", "val ", "final ", "auto "].randomElement(using: &random)
      else { return nil }
      return program.inserting(word, at: program.words[index].range.start, "foreign word before a name")
    },
    { program, random in
      // A colon behind a head, as Python has it.
      let places = program.indices(of: "{").filter { program.words[$0].depth == 0 || program.text($0 - 1) == "else" }
      guard let index = places.randomElement(using: &random) else { return nil }
      return program.inserting(":", at: program.words[index - 1].range.end, "colon before a brace")
    },
    { program, random in
      guard
        let index = program.indices(of: .layer).filter({ ["|>", ":"].contains(program.text($0 - 1)) })
          .randomElement(using: &random)
      else { return nil }
      return program.inserting("new ", at: program.words[index].range.start, "new")
    },
    { program, random in
      // A tensor given twice: by the pipe and in brackets.
      let places = program.indices(of: .layer).filter { program.text($0 - 1) == "|>" && program.text($0 + 1) == "(" }
      guard let index = places.randomElement(using: &random),
        let name = program.tensors(before: index).randomElement(using: &random)
      else { return nil }
      let isEmpty = program.text(index + 2) == ")"
      return program.inserting(
        isEmpty ? name : name + ", ", at: program.words[index + 1].range.end, "tensor again in brackets",
        curable: false, mayBeRight: true)
    },
    { program, random in
      let blanks = ["\u{200B}", "\u{200D}", "\u{2060}", "\u{C}", "\u{B}", "\u{7F}", "\u{0}"]
      guard let word = program.words.randomElement(using: &random),
        let hidden = blanks.randomElement(using: &random), word.kind != .string, word.kind != .quotedName
      else { return nil }
      let middle = word.range.start + Int.random(in: 0...(word.range.end - word.range.start), using: &random)
      return program.inserting(hidden, at: middle, "hidden character within")
    },
    { program, random in
      let marks = ["@", "$", "?", "!", "~", "^", "\\", "…", "•", "€"]
      guard let word = program.words.randomElement(using: &random), let mark = marks.randomElement(using: &random),
        word.kind != .string, word.kind != .quotedName
      else { return nil }
      return program.inserting(mark, at: word.range.end, "stray mark")
    },
    { program, random in
      guard let index = program.statementEnds.randomElement(using: &random),
        let comment = ["  /* kept", "  -- kept", "  <!-- kept", "  % kept", "  ; kept"].randomElement(using: &random)
      else { return nil }
      return program.inserting(
        comment, at: program.words[index].range.end, "foreign comment", curable: false)
    },
    { program, random in
      // Half of a decimal sign, units and the like behind a number.
      guard let index = program.indices(of: .number).randomElement(using: &random), index > 1,
        let unit = ["px", "f", "L", "k", "x", "i"].randomElement(using: &random)
      else { return nil }
      return program.inserting(unit, at: program.words[index].range.end, "unit at a number", curable: unit != "k")
    },
    { program, random in
      // `64,000` and `64 000` for a number in groups.
      guard
        let index = program.indices(of: .number).filter({ program.text($0).contains("_") })
          .randomElement(using: &random), let gap = [",", " ", "'", "."].randomElement(using: &random)
      else { return nil }
      return program.replacing(
        index, with: program.text(index).replacing("_", with: gap), "number in foreign groups", curable: false)
    },
    { program, random in
      // The filters of one branch before tensors are added.
      let places = program.indices(of: .layer).filter {
        program.text($0) == "Conv2D" && program.text($0 + 1) == "(" && program.words[$0 + 2].kind == .number
      }
      guard let index = places.randomElement(using: &random), let number = Int(program.text(index + 2)) else {
        return nil
      }
      return program.replacing(
        index + 2, with: "\(number * 2)", "twice the filters", curable: false, mayBeRight: true)
    },
  ]

  static let layout: [Kind] = [
    { program, random in
      // The end of the file is lost.
      let start = program.words.count / 2
      guard let index = (start..<program.words.count).randomElement(using: &random) else { return nil }
      let place = program.words[index].range.start
      var slip = program.replacing(
        SourceRange(place, program.bytes.count), with: "", "file cut off", curable: false, mayBeRight: true)
      // Whatever is open there is not closed, from the head of its line on.
      let open = program.words.indices.prefix(index).filter { i in
        ["(", "[", "{"].contains(program.text(i)) && (program.closer(of: i) ?? 0) >= index
      }
      slip.culprits =
        open.map { program.words[$0].range }
        + [SourceRange(max(0, place - 200), place)]
      return slip
    },
    { program, random in
      // Two lines become one.
      let places = program.words.indices.dropFirst().filter {
        program.words[$0].startsLine && !program.isInComment(program.words[$0].range.start - 1)
          && !String(
            decoding: program.bytes[program.words[$0 - 1].range.end..<program.words[$0].range.start], as: UTF8.self
          ).contains("//")
      }
      guard let index = places.randomElement(using: &random) else { return nil }
      let gap = SourceRange(program.words[index - 1].range.end, program.words[index].range.start)
      return program.replacing(gap, with: "", "lines run together", curable: true, mayBeRight: true, around: true)
    },
    { program, random in
      // A word is broken in two.
      let places = program.words.indices.filter {
        program.words[$0].kind == .name && program.text($0).utf8.count > 4 && program.words[$0].role != .declaration
      }
      guard let index = places.randomElement(using: &random) else { return nil }
      let word = program.words[index]
      let middle = word.range.start + Int.random(in: 2..<word.text.utf8.count - 1, using: &random)
      var slip = program.inserting(" ", at: middle, "blank in a word", curable: false, mayBeRight: true)
      let uses = program.words.filter { $0.text == word.text && $0.range.start != word.range.start }.map { other in
        other.range.start > middle ? SourceRange(other.range.start + 1, other.range.end + 1) : other.range
      }
      slip.culprits = [SourceRange(word.range.start, word.range.end + 1)]
      if [.definition, .parameter].contains(word.role) { slip.culprits += uses }
      return slip
    },
    { program, random in
      // A stage in a line of its own loses its pipe.
      guard
        let index = program.indices(of: "|>").filter({ program.words[$0].startsLine })
          .randomElement(using: &random)
      else { return nil }
      return program.replacing(index, with: "", "pipe at the head of a line lost")
    },
    { program, random in
      guard
        let index = program.indices(of: "|>").filter({ program.words[$0].startsLine })
          .randomElement(using: &random)
      else { return nil }
      // At the end of the line before as well.
      return program.inserting(
        " |>", at: program.words[index - 1].range.end, "|> at both lines", also: [program.words[index].range])
    },
    { program, random in
      guard let index = program.words.indices.filter({ program.words[$0].kind == .sign }).randomElement(using: &random),
        index > 0, let other = ["(", ")", "[", "]", "{", "}", ",", ":", "=", "|>", "->"].randomElement(using: &random),
        other != program.text(index)
      else { return nil }
      return program.inserting(
        other, at: program.words[index].range.end, "stray sign", mayBeRight: true, around: true)
    },
  ]

  private static func attributeOfAnotherFramework(_ program: Program, _ random: inout SplitMix) -> Slip? {
    let others = [
      "strides": ["stride"], "kernel_size": ["kernel", "kernel_shape", "ksize"], "padding": ["pad", "border_mode"],
      "use_bias": ["bias", "with_bias"], "activation": ["act", "nonlinearity"],
      "filters": ["out_channels", "channels"],
      "pool_size": ["kernel_size", "pool"], "dilation_rate": ["dilation", "rate"], "rate": ["p", "prob"],
      "momentum": ["decay", "mom"], "epsilon": ["eps"], "units": ["out_features", "size"], "axis": ["dim"],
      "negative_slope": ["alpha"], "learning_rate": ["lr"], "name": ["label"],
    ]
    let places = program.indices(of: .attribute, .trainAttribute).filter { others[program.text($0)] != nil }
    guard let index = places.randomElement(using: &random),
      let wrong = others[program.text(index)]?.randomElement(using: &random)
    else { return nil }
    return program.replacing(index, with: wrong, "another framework's attribute", curable: false)
  }

  private static func layerOfAnotherFramework(_ program: Program, _ random: inout SplitMix) -> Slip? {
    let others = [
      "Conv2D": ["Conv", "Convolution2D", "Conv2DLayer", "Conv2"], "Dense": ["Linear", "FullyConnected", "Dense1D"],
      "BatchNormalization": ["BatchNorm", "BatchNorm2d", "BN"], "MaxPooling2D": ["MaxPool2D", "MaxPool2d", "MaxPool"],
      "AveragePooling2D": ["AvgPool2D", "AvgPooling2D"], "GlobalAveragePooling2D": ["GlobalAvgPool2D", "GAP"],
      "Concatenate": ["Concat", "Cat"], "Flatten": ["Flat"], "Dropout": ["DropOut"], "Activation": ["Act"],
      "UpSampling2D": ["Upsample", "UpSample2D"], "LeakyReLU": ["LeakyRelu"], "ReLU": ["Relu"],
    ]
    let places = program.indices(of: .layer).filter { others[program.text($0)] != nil }
    guard let index = places.randomElement(using: &random),
      let wrong = others[program.text(index)]?.randomElement(using: &random), !program.names.contains(wrong)
    else { return nil }
    return program.replacing(index, with: wrong, "another framework's layer", curable: false)
  }

  private static func wordOfAnotherFramework(_ program: Program, _ random: inout SplitMix) -> Slip? {
    let others = [
      "same": ["SAME", "Same", "\"same\"", "'same'", "half", "1"], "valid": ["VALID", "\"valid\"", "none"],
      "relu": ["ReLU", "Relu", "ReLU()", "\"relu\"", "nn.relu"], "softmax": ["Softmax", "\"softmax\"", "SoftMax"],
      "sigmoid": ["Sigmoid", "logistic", "'sigmoid'"], "true": ["True", "yes", "1", "\"true\""],
      "false": ["False", "no", "0", "\"false\""],
    ]
    let places = program.words.indices.filter {
      others[program.text($0)] != nil && [.word, .keyword].contains(program.words[$0].role)
        && program.text($0 - 1) == ":"
    }
    guard let index = places.randomElement(using: &random),
      let wrong = others[program.text(index)]?.randomElement(using: &random)
    else { return nil }
    return program.replacing(
      index, with: wrong, "another framework's word", curable: false, mayBeRight: wrong == "1" || wrong == "none")
  }

  private static func plural(_ program: Program, _ random: inout SplitMix) -> Slip? {
    let places = program.indices(of: .attribute, .word, .layer, .use, .entry, .trainAttribute)
    guard let index = places.randomElement(using: &random) else { return nil }
    let word = program.text(index)
    let wrong = word.hasSuffix("s") ? String(word.dropLast()) : word + "s"
    guard !program.names.contains(wrong), word.utf8.count > 3, program.words[index].kind == .name else { return nil }
    return program.replacing(index, with: wrong, "plural", mayBeRight: program.words[index].role == .use)
  }

  private static func caseMixedUp(_ program: Program, _ random: inout SplitMix) -> Slip? {
    let places = program.indices(of: .layer, .attribute, .word, .use, .keyword, .type, .trainValue, .function)
    guard let index = places.randomElement(using: &random), program.words[index].kind == .name else { return nil }
    let word = program.text(index)
    let wrong =
      switch Int.random(in: 0..<3, using: &random) {
      case 0: word.uppercased()
      case 1: word.lowercased()
      default:
        word.prefix(1) == word.prefix(1).uppercased()
          ? word.prefix(1).lowercased() + word.dropFirst() : word.prefix(1).uppercased() + word.dropFirst().lowercased()
      }
    guard wrong != word, !program.names.contains(wrong) else { return nil }
    return program.replacing(
      index, with: wrong, "case mixed up", curable: word.utf8.count > 2, mayBeRight: true)
  }
}
