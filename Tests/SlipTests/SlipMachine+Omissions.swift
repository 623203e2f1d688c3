import Syntax

/// What was forgotten in a call, what was meant the other way round, and habits of Keras and of other languages.
extension SlipMachine {
  static let omissions: [Kind] = [
    { program, random in
      // `Conv2D(64, 3, strides: 2)` without its strides.
      let places = program.indices(of: .attribute).filter {
        ["strides", "padding", "stride"].contains(program.text($0))
      }
      guard let index = places.randomElement(using: &random), let opener = program.opener(around: index, "("),
        let end = program.closer(of: opener)
      else { return nil }
      let arguments = program.arguments(of: opener)
      guard let place = arguments.firstIndex(where: { $0.contains(index) }), place > 0 else { return nil }
      let range = SourceRange(program.range(arguments[place - 1]).end, program.range(arguments[place]).end)
      let call = SourceRange(program.words[opener - 1].range.start, program.words[end].range.end)
      var slip = program.replacing(range, with: "", "attribute lost", curable: false, mayBeRight: true)
      slip.culprits = [SourceRange(call.start, call.end - (range.end - range.start))]
      return slip
    },
    { program, random in
      let opposites = ["same": "valid", "valid": "same", "true": "false", "false": "true"]
      let places = program.indices(of: .attribute).filter { opposites[program.text($0 + 2)] != nil }
      guard let index = places.randomElement(using: &random), let other = opposites[program.text(index + 2)] else {
        return nil
      }
      return program.replacing(index + 2, with: other, "value inverted", curable: false, mayBeRight: true)
    },
    { program, random in
      // `activation='relu'`, `use_bias=False`
      let places = program.indices(of: .attribute).filter { index in
        let value = program.words[index + 2]
        return (value.role == .word && program.text(index + 3) != "(") || ["true", "false"].contains(value.text)
      }
      guard let index = places.randomElement(using: &random) else { return nil }
      let value = program.text(index + 2)
      let isTruth = ["true", "false"].contains(value)
      let wrong = isTruth ? "=" + value.prefix(1).uppercased() + value.dropFirst() : "='\(value)'"
      return program.replacing(
        program.words[index + 1].range.union(program.words[index + 2].range), with: wrong, "attribute as in Keras")
    },
    { program, random in
      let comments = [
        "  -- it's the old one", "  % see the paper", "  / not in the paper", "  \"\"\"as it was before\"\"\"",
        "  /* as it was */", "  <!-- as before -->",
      ]
      guard let index = program.statementEnds.randomElement(using: &random),
        let comment = comments.randomElement(using: &random)
      else { return nil }
      return program.inserting(
        comment, at: program.words[index].range.end, "sentence behind a foreign sign", curable: true)
    },
    { program, random in
      // `[N, 3, 224, 224]` as other frameworks have it.
      let places = program.indices(of: "input").filter { program.text($0 + 2) == ":" && program.text($0 + 3) == "[" }
      guard let index = places.randomElement(using: &random) else { return nil }
      let axes = program.arguments(of: index + 3)
      guard axes.count == 4 else { return nil }
      let moved = [axes[0], axes[3], axes[1], axes[2]].map(program.source).joined(separator: ", ")
      return program.replacing(
        program.range(axes[0]).union(program.range(axes[3])), with: moved, "axes in another order", curable: false,
        mayBeRight: true)
    },
  ]
}
