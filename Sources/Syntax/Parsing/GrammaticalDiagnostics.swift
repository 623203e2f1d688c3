/// Files, names, brackets, signs and statements.
extension SyntaxBlame {
  // MARK: The file

  func fileTooLarge(limit: Int) -> Diagnostic {
    error(.fileTooLarge, "the file has \(source.bytes.count) bytes, more than \(limit)", expected: "at most \(limit)")
  }

  func tooManyTokens(limit: Int) -> Diagnostic {
    error(.fileTooLarge, "the file has more than \(limit) words and signs", expected: "at most \(limit)")
  }

  func emptyFile() -> Diagnostic {
    error(
      .emptyFile, "the file describes nothing", expected: "a model or a block",
      help: "begin with `modelc 1` and `model Name { … }`")
  }

  func missingEdition(replacement: String) -> Diagnostic {
    error(
      .missingEdition, "the first line does not name the language's edition", expected: "modelc 1",
      help: "write `modelc 1` in the first line", replacement: replacement)
  }

  func unknownEdition() -> Diagnostic {
    error(
      .unknownEdition, "there is no edition '\(spelling)' of the language", expected: "1", found: spelling,
      help: "write `modelc 1`, or use a newer modelc", replacement: "1")
  }

  func statementOutside() -> Diagnostic {
    error(
      .statementOutside, "a statement outside of a model or block", expected: "import, with, block, model or train",
      found: spelling, help: "put it between the braces of `model Name { … }`")
  }

  func nestedDeclaration() -> Diagnostic {
    error(
      .nestedDeclaration, "a \(spelling) inside of another declaration", found: spelling,
      help: "move it out: blocks and models stand side by side in a file")
  }

  /// `train { … }` in a model.
  func nestedTraining() -> Diagnostic {
    error(
      .nestedDeclaration, "a train section inside of a model", found: spelling,
      help: "move it behind the model's '}': train Name { … }")
  }

  func defaultsFirst() -> Diagnostic {
    error(
      .defaultsFirst, "`\(spelling)` lines come before everything else in their file or braces", found: spelling,
      help: "move it up")
  }

  // MARK: Keywords and names

  func misspeltKeyword(_ keyword: String) -> Diagnostic {
    error(
      .misspeltKeyword, "'\(spelling)' is no keyword", expected: keyword, found: spelling,
      help: keyword.isEmpty ? "take it away" : "write \(keyword)", replacement: keyword)
  }

  func foreignLoop() -> Diagnostic {
    error(
      .misspeltKeyword, "'\(spelling)' is no keyword: there are no loops", expected: "repeat", found: spelling,
      help: "`x |> repeat 3 Name(…)` chains copies of a layer or block")
  }

  func repeatedWord() -> Diagnostic {
    error(.repeatedWord, "'\(spelling)' stands twice", found: spelling, help: "take one away", replacement: "")
  }

  func reservedWord() -> Diagnostic {
    error(
      .reservedWord, "'\(spelling)' is a keyword and no name", found: spelling,
      help: "choose another name, or write `\(spelling)` in backquotes", replacement: "`\(spelling)`")
  }

  func missingName(_ what: String) -> Diagnostic {
    error(.missingName, "\(what) is missing before '\(found)'", expected: what, found: found)
  }

  // MARK: Brackets and commas

  func missingComma(orColon: Bool) -> Diagnostic {
    error(
      .missingComma, orColon ? "a comma or a colon is missing here" : "a comma is missing here", expected: ",",
      help: orColon ? nil : "write ',' here", replacement: orColon ? nil : ",")
  }

  func extraComma() -> Diagnostic {
    error(.extraComma, "a comma too many", found: ",", help: "take it away", replacement: "")
  }

  /// The range is where the opening bracket belongs.
  func missingOpener(_ kind: Token.Kind, after name: String?) -> Diagnostic {
    let bracket = kind.bracketText
    let behind = name.map { " behind '\($0)'" } ?? ""
    return error(
      .missingBracket, "'\(bracket)' is missing\(behind)", label: "'\(bracket)' belongs here", expected: bracket,
      help: "write '\(bracket)' here", replacement: bracket)
  }

  /// `{` for `(`
  func wrongOpener(_ kind: Token.Kind) -> Diagnostic {
    let bracket = kind.bracketText
    return error(
      .mismatchedBracket, "'\(spelling)' where '\(bracket)' should be", expected: bracket, found: spelling,
      notes: [
        kind == .leftParenthesis ? "arguments stand in round brackets" : "lists and shapes stand in square brackets"
      ],
      help: "write '\(bracket)'", replacement: bracket)
  }

  /// A sign without which the statement can be read.
  func tooMuch() -> Diagnostic {
    error(.unexpected, "'\(spelling)' is too much here", found: spelling, help: "take it away", replacement: "")
  }

  func signForComma() -> Diagnostic {
    error(
      .missingComma, "'\(spelling)' where ',' should be", expected: ",", found: spelling, help: "write ','",
      replacement: ",")
  }

  /// `C // 4`; the range is that of all three where the quotient is to be rounded down.
  func commentForDivision(floor replacement: String?) -> Diagnostic {
    if let replacement {
      return error(
        .commentForm, "'//' begins a comment", expected: replacement, found: spelling,
        notes: ["what follows in this line is not read, and without it the statement has no end"],
        help: "write \(replacement), which rounds down as '//' does in Python", replacement: replacement)
    }
    return error(
      .commentForm, "'//' begins a comment", expected: "/", found: "//",
      notes: ["what follows in this line is not read, and without it the statement has no end"],
      help: "write '/'; floor(a / b) rounds down", replacement: "/")
  }

  /// The range is where the closing bracket belongs.
  func unclosedBracket(_ opener: Token) -> Diagnostic {
    let closer = opener.kind.closer.bracketText
    return error(
      .unclosedBracket, "'\(opener.kind.bracketText)' is not closed", label: "'\(closer)' belongs here",
      expected: closer, notes: [place(of: opener)], help: "write '\(closer)' here", replacement: closer)
  }

  func mismatchedBracket(_ opener: Token) -> Diagnostic {
    let closer = opener.kind.closer.bracketText
    return error(
      .mismatchedBracket, "'\(opener.kind.bracketText)' is closed by '\(spelling)'", expected: closer, found: spelling,
      notes: [place(of: opener)], help: "write '\(closer)'", replacement: closer)
  }

  func extraBracket() -> Diagnostic {
    error(
      .extraBracket, "'\(spelling)' closes nothing", found: spelling, help: "take it away", replacement: "")
  }

  func missingBrace(_ bracket: String, after what: String) -> Diagnostic {
    error(
      .missingBrace, "'\(bracket)' is missing \(what)", expected: bracket, help: "write '\(bracket)' here",
      replacement: " " + bracket)
  }

  /// `model B:`
  func colonForBrace() -> Diagnostic {
    error(
      .missingBrace, "':' where '{' should be: statements stand between braces", expected: "{", found: ":",
      help: "write '{', and '}' behind the last statement", replacement: " {")
  }

  /// What stands in a head and cannot: `-2`, `extends C`.
  func surplusHead() -> Diagnostic {
    error(
      .missingBrace, "'\(spelling)' cannot stand in a head", expected: "{", found: spelling,
      help: "a head is a keyword, a name of letters, digits and '_', and parameters in parentheses")
  }

  func unclosedBrace(_ opener: Token) -> Diagnostic {
    error(
      .unclosedBrace, "'{' is not closed", label: "'}' belongs here", expected: "}", notes: [place(of: opener)],
      help: "write '}' here", replacement: "\n}")
  }

  /// `(3, 3)` for `[3, 3]`
  func roundList() -> Diagnostic {
    var inner = source.bytes[range.start..<range.end].dropFirst()
    if inner.last == UInt8(ascii: ")") { inner = inner.dropLast() }
    let list = "[\(String(decoding: trimmed(inner), as: UTF8.self))]"
    let isShort = list.utf8.count <= 60 && list.utf8.allSatisfy { $0 >= 0x20 }
    return error(
      .roundList, "lists stand in square brackets", expected: list, found: spelling,
      help: isShort ? "write \(list)" : "write [ and ] around it",
      replacement: list)
  }

  /// Without blanks and commas at the end.
  private func trimmed(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    var bytes = bytes
    while let last = bytes.last, last <= 0x20 || last == UInt8(ascii: ",") { bytes = bytes.dropLast() }
    return bytes
  }

  // MARK: Signs

  func equalsForColon() -> Diagnostic {
    error(
      .equalsForColon, "'\(spelling)' where ':' should be", expected: ":", found: spelling, help: "write ':'",
      replacement: ":")
  }

  func colonForEquals() -> Diagnostic {
    error(
      .colonForEquals, "'\(spelling)' where '=' should be", expected: "=", found: spelling, help: "write '='",
      replacement: " =")
  }

  func missingColon() -> Diagnostic {
    error(.missingColon, "a colon is missing here", expected: ":", help: "write ':' here", replacement: ":")
  }

  func missingEntryValue() -> Diagnostic {
    error(.missingColon, "':' and a value are missing here", expected: ": value", help: "write name: value")
  }

  func missingEquals() -> Diagnostic {
    error(.missingEquals, "'=' is missing here", expected: "=", help: "write '=' here", replacement: " =")
  }

  /// `4,000,000`, `4 000 000`
  func foreignGroups() -> Diagnostic {
    let meant = spelling.split { $0 == "," || $0 == " " }.joined(separator: "_")
    return error(
      .numberForm, "digits are grouped by '_'", expected: meant, found: spelling, help: "write \(meant)",
      replacement: meant)
  }

  /// `<-` for `=`
  func signForEquals() -> Diagnostic {
    error(
      .foreignSign, "'\(spelling)' where '=' should be", expected: "=", found: spelling, help: "write '='",
      replacement: "=")
  }

  func equalityForEquals() -> Diagnostic {
    error(
      .equalityForEquals, "'==' compares; a name is bound by '='", expected: "=", found: "==", help: "write '='",
      replacement: "=")
  }

  func equalsForEquality() -> Diagnostic {
    error(
      .equalsForEquality, "'=' binds a name; '==' compares", expected: "==", found: "=", help: "write '=='",
      replacement: "==")
  }

  func comparisonChain() -> Diagnostic {
    error(
      .comparisonChain, "comparisons do not chain", found: spelling,
      help: "write both and join them: a < b and b < c")
  }

  // MARK: Pipelines

  func pipeTypo() -> Diagnostic {
    error(
      .pipeTypo, "'\(spelling)' where '|>' should be", expected: "|>", found: spelling, help: "write '|>'",
      replacement: "|>")
  }

  func arrowTypo() -> Diagnostic {
    error(
      .arrowTypo, "a shape is promised with '->', not with '\(spelling)'", expected: "->", found: spelling,
      help: "write '->'", replacement: "->")
  }

  func missingArrow() -> Diagnostic {
    error(
      .arrowTypo, "'->' is missing before the shape that a block promises", expected: "->", help: "write '->' here",
      replacement: " ->")
  }

  /// The range is the label with its colon.
  func labelAtHead() -> Diagnostic {
    error(
      .labelAtHead, "the head of a pipeline has no label", found: spelling,
      notes: ["labels stand after '|>'; the head is named by the binding"], help: "take the label away",
      replacement: "")
  }

  func labelPlace() -> Diagnostic {
    error(
      .labelPlace, "a label stands before `repeat`", found: spelling,
      help: "write |> \(spelling): repeat … ")
  }

  /// `isFunction`: a word that is called nowhere, such as `softmax`.
  func missingParentheses(isFunction: Bool) -> Diagnostic {
    error(
      .missingParentheses, "'\(spelling)' needs parentheses", expected: isFunction ? nil : "\(spelling)()",
      found: spelling,
      help: isFunction
        ? "write Activation(\(spelling)) if it is a function, else \(spelling)()" : "write \(spelling)()",
      replacement: isFunction ? nil : "\(spelling)()")
  }

  /// `Conv2D 32, 3`
  func argumentsWithoutParentheses(_ callee: String) -> Diagnostic {
    error(
      .missingParentheses, "the arguments of '\(callee)' need parentheses", expected: "(\(spelling.trimmedStart))",
      found: spelling, help: "write \(callee)(\(spelling.trimmedStart))",
      replacement: "(\(spelling.trimmedStart))")
  }

  /// `repeat(3, ReLU())`; `meant` is the same in our words.
  func repeatCall(_ meant: String) -> Diagnostic {
    error(
      .roundList, "'repeat' is no function: the number and the call stand behind it", expected: meant, found: spelling,
      help: "write \(meant)", replacement: meant)
  }

  func missingPipe() -> Diagnostic {
    error(.missingPipe, "'|>' is missing here", expected: "|>", help: "write '|>' here", replacement: " |>")
  }

  func missingStage(after sign: String) -> Diagnostic {
    error(
      .missingStage, "a layer or block is missing after '\(sign)'", expected: "a call such as Flatten()", found: found
    )
  }

  func conditionalStage() -> Diagnostic {
    error(
      .missingStage, "`if` cannot stand after '|>'", expected: "a call such as Flatten()", found: "if",
      help: "bind what comes in to a name, then choose: y = if c { x |> A() } else { x }")
  }

  // MARK: Statements

  /// `Conv2D(64, 3)(x)`, as Python has it.
  func secondParentheses(of callee: String, isEmpty: Bool) -> Diagnostic {
    error(
      .unexpected, "a call has its parentheses only once", found: spelling,
      help: "tensors come first: write "
        + (isEmpty ? "\(callee)(x, …) or x |> \(callee)()" : "x |> \(callee)(…) or \(callee)(x, …)"))
  }

  func unnamedValue(isInBlock: Bool) -> Diagnostic {
    error(
      .unnamedValue, "this value has no name, so nothing can use it",
      help: "write name = … or \(isInBlock ? "return" : "output name =") …")
  }

  /// The range is empty, where the keyword belongs.
  func missingKeyword(_ keyword: String, _ place: String) -> Diagnostic {
    error(
      .missingKeyword, "`\(keyword)` is missing \(place)", label: "`\(keyword)` belongs here", expected: keyword,
      help: "write \(keyword) here", replacement: keyword + " ")
  }

  func missingInput() -> Diagnostic {
    error(
      .missingName, "`input` is missing before this name", expected: "input",
      help: "write input in front of the name", replacement: "input ")
  }

  func missingOutput() -> Diagnostic {
    error(
      .missingName, "`output` is missing after `train`", expected: "output", help: "write train output",
      replacement: " output")
  }

  /// `output = x`
  func unnamedOutput() -> Diagnostic {
    error(
      .missingName, "an output has a name", label: "a name belongs here", expected: "output name = …",
      help: "write output name = …")
  }

  /// `layer t = x |> Conv2D(…)`
  func tensorBeforeLayer() -> Diagnostic {
    error(
      .missingStage, "a layer is declared without a tensor, and called on one later", found: spelling,
      help: "take it away; call the layer: y = x |> name()", replacement: "")
  }

  func missingElseWord() -> Diagnostic {
    error(
      .missingElse, "`else` is missing between the branches", label: "`else` belongs here", expected: "else",
      help: "write else here", replacement: " else")
  }

  func missingElse() -> Diagnostic {
    error(
      .missingElse, "an `if` without `else`", label: "else belongs here", expected: "else { … }",
      notes: ["`if` stands for a value, so both branches have one"])
  }

  func statementInside() -> Diagnostic {
    error(
      .statementInside, "a statement inside of `if`", expected: "an expression", found: spelling,
      notes: ["`if` chooses between two values"], help: "write name = if … { value } else { value }")
  }

  /// The range is where the type belongs.
  func parameterType(_ type: String?) -> Diagnostic {
    error(
      .parameterType, "a parameter states its type or shape", expected: type ?? "a type or shape",
      help: type.map { "write : \($0) here" } ?? "write name: Int or name: [N, H, W, C]",
      replacement: type.map { ": " + $0 })
  }

  func missingValue(after previous: String?) -> Diagnostic {
    error(
      .missingValue, previous.map { "a value is missing after '\($0)'" } ?? "a value is missing",
      expected: "a value", found: found)
  }

  func missingShape() -> Diagnostic {
    error(
      .missingShape, "a shape is missing before '\(found)'", expected: "a shape such as [N, 28, 28, 3]", found: found)
  }

  func pythonWord(_ replacement: String?) -> Diagnostic {
    error(
      .pythonWord, "'\(spelling)' is Python", expected: replacement, found: spelling,
      help: replacement.map { "write \($0)" }
        ?? "leave the attribute away; an unknown size is a name such as N", replacement: replacement)
  }

  /// `a if c else b`
  func pythonConditional(_ replacement: String) -> Diagnostic {
    error(
      .pythonWord, "'\(spelling)' is Python", expected: "if … { … } else { … }", found: spelling,
      help: "write \(replacement)", replacement: replacement)
  }

  /// `x[:, 1]`
  func pythonIndices(_ replacement: String) -> Diagnostic {
    error(
      .pythonWord, "'\(spelling)' is Python: parts of tensors are taken by GetItem", expected: replacement,
      found: spelling, help: "write \(replacement)", replacement: replacement)
  }

  /// `Int classes`
  func typeFirst(_ replacement: String) -> Diagnostic {
    error(
      .missingColon, "a parameter's name comes before its type", expected: replacement, found: spelling,
      help: "write \(replacement)", replacement: replacement)
  }

  func unexpected(expected: String?) -> Diagnostic {
    error(
      .unexpected, expected.map { "found '\(found)' where \($0) should be" } ?? "'\(found)' cannot stand here",
      expected: expected, found: found)
  }

  func nestingTooDeep(limit: Int) -> Diagnostic {
    error(
      .nestingTooDeep, "brackets, braces and operators are nested more than \(limit) deep",
      expected: "at most \(limit)", help: "bind the inner parts to names")
  }

  private var found: String { range.start >= source.bytes.count ? "end of file" : spelling }
}

extension String {
  fileprivate var trimmedStart: String { String(drop { $0 == " " }) }
}
