import Syntax

/// One name in the place of another, and two slips of the hand in one word.
extension SlipMachine {
  static let mixUps: [Kind] = [
    { program, random in
      // `i4a |> Inception(…)` where `i4b` is meant.
      let places = program.indices(of: .use).filter {
        program.text($0 + 1) == "|>" && program.tensors.contains(program.text($0))
      }
      guard let index = places.randomElement(using: &random) else { return nil }
      let others = program.tensors(before: index).filter { $0 != program.text(index) }
      guard let name = others.randomElement(using: &random) else { return nil }
      return program.replacing(index, with: name, "another tensor", curable: false, mayBeRight: true)
    },
    { program, random in
      // `a = …`, `a = …`: the second was meant to be `b`.
      guard let (first, second) = program.bindings.pairs.randomElement(using: &random) else { return nil }
      let name = program.text(second)
      let uses = program.words.filter { $0.text == name && $0.range.start > program.words[second].range.start }
      return program.replacing(
        second, with: program.text(first), "name given twice", curable: !uses.isEmpty,
        also: [program.words[first].range] + uses.map(\.range))
    },
    { program, random in
      let places = program.bindings.filter { program.isOneLine($0) }
      guard let index = places.randomElement(using: &random) else { return nil }
      let range = SourceRange(program.words[index].range.start, program.words[index + 2].range.start)
      return program.replacing(
        range, with: "", "head of a binding lost", curable: false, mayBeRight: true, around: true)
    },
    { program, random in
      // `apdding=same`
      let places = program.indices(of: .attribute).filter { program.text($0).utf8.count > 4 }
      guard let index = places.randomElement(using: &random) else { return nil }
      let name = typo(program.text(index), &random)
      guard name != program.text(index), !program.names.contains(name), !(name.first?.isNumber ?? true) else {
        return nil
      }
      let range = program.words[index].range.union(program.words[index + 1].range)
      return program.replacing(range, with: name + "=", "attribute misspelt with =", curable: false)
    },
    { program, random in
      let places = program.indices(of: .layer).filter {
        ["Flatten", "Activation", "GlobalAveragePooling2D", "Dropout"].contains(program.text($0))
          && program.text($0 - 1) == "|>" && program.text($0 + 1) == "("
      }
      guard let index = places.randomElement(using: &random), let end = program.closer(of: index + 1),
        !program.words[index..<end].contains(where: { $0.role == .attribute })
      else { return nil }
      let comma = end > index + 2 ? ", " : ""
      return program.inserting(
        comma + "7, 7, 7, 7", at: program.words[end].range.start, "several arguments too many", curable: false)
    },
  ]
}

extension Program {
  /// The names of tensors at the heads of statements: `a = …`.
  fileprivate var bindings: [Int] {
    indices(of: .definition).filter { words[$0].startsLine && text($0 + 1) == "=" }
  }

  /// Whether the statement that begins at a word has a line of its own.
  fileprivate func isOneLine(_ index: Int) -> Bool {
    let line = words[(index + 1)...].prefix { !$0.startsLine }
    guard let last = line.last, let next = words[(index + 1)...].first(where: \.startsLine) else { return false }
    return last.range.end - words[index].range.start < 120 && next.text != "|>" && next.text != "->"
      && next.depth == words[index].depth
  }
}

extension [Int] {
  /// Each with the one behind it.
  fileprivate var pairs: [(Int, Int)] { [(Int, Int)](zip(self, dropFirst())) }
}
