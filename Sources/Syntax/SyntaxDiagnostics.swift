/// What can be wrong with a description's spelling.
package enum SyntaxCode: String, DiagnosticCode {
  // Characters
  case byteOrderMark = "byte-order-mark"
  case invalidUTF8 = "invalid-utf8"
  case unknownCharacter = "unknown-character"
  case hiddenCharacter = "hidden-character"
  case foreignBlank = "foreign-blank"
  case foreignSign = "foreign-sign"
  case curlyQuote = "quotes"
  case semicolon
  case commentForm = "comment-form"
  // Words and numbers
  case foreignName = "foreign-name"
  case dottedName = "dotted-name"
  case digitFirstName = "digit-first-name"
  case quotedNameForm = "quoted-name-form"
  case unclosedBackquote = "unclosed-backquote"
  case numberForm = "number-form"
  case numberTooLarge = "number-too-large"
  case unclosedString = "unclosed-string"
  case escape
  case pythonWord = "python-word"
  // The file
  case fileTooLarge = "file-too-large"
  case emptyFile = "empty-file"
  case missingEdition = "missing-edition"
  case unknownEdition = "unknown-edition"
  case statementOutside = "statement-outside-model"
  case nestedDeclaration = "nested-declaration"
  case defaultsFirst = "defaults-first"
  // Keywords and names
  case misspeltKeyword = "misspelt-keyword"
  case repeatedWord = "repeated-word"
  case reservedWord = "reserved-word"
  case missingName = "missing-name"
  case missingKeyword = "missing-keyword"
  // Brackets and commas
  case missingComma = "missing-comma"
  case extraComma = "extra-comma"
  case unclosedBracket = "unclosed-bracket"
  case mismatchedBracket = "mismatched-bracket"
  case extraBracket = "extra-bracket"
  case missingBracket = "missing-bracket"
  case missingBrace = "missing-brace"
  case unclosedBrace = "unclosed-brace"
  case roundList = "round-list"
  // Signs
  case equalsForColon = "equals-for-colon"
  case colonForEquals = "colon-for-equals"
  case missingColon = "missing-colon"
  case missingEquals = "missing-equals"
  case equalityForEquals = "equality-for-equals"
  case equalsForEquality = "equals-for-equality"
  case comparisonChain = "comparison-chain"
  // Pipelines
  case pipeTypo = "pipe-typo"
  case missingPipe = "missing-pipe"
  case arrowTypo = "arrow-typo"
  case labelAtHead = "label-at-head"
  case labelPlace = "label-place"
  case missingParentheses = "missing-parentheses"
  case missingStage = "missing-stage"
  // Statements
  case unnamedValue = "unnamed-value"
  case missingElse = "missing-else"
  case statementInside = "statement-inside"
  case parameterType = "parameter-type"
  case missingValue = "missing-value"
  case missingShape = "missing-shape"
  case unexpected = "unexpected"
  case nestingTooDeep = "nesting-too-deep"
}

/// Bytes to blame, from which a diagnostic is made.
struct SyntaxBlame {
  let source: Source
  let range: SourceRange

  var spelling: String { displayed(source.bytes[range.start..<range.end]) }

  func error(
    _ code: SyntaxCode, _ message: String, label: String? = nil, expected: String? = nil, found: String? = nil,
    notes: [String] = [], help: String? = nil, replacement: String? = nil
  ) -> Diagnostic {
    Diagnostic(
      .error, code, file: source.name, range: range, message, label: label, expected: expected, found: found,
      notes: notes, help: help, replacement: replacement)
  }

  /// `'(' was opened in line 3, column 12`
  func place(of opener: Token) -> String {
    let (line, column) = source.position(of: opener.start)
    return "'\(opener.kind.bracketText)' was opened in line \(line), column \(column)"
  }
}
