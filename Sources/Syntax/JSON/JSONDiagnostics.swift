/// Why a text is not JSON as RFC 8259 has it, or, in `duplicateKey`, is JSON that no two readers read alike.
package enum JSONCode: String, DiagnosticCode {
  case empty = "json-empty"
  case byteOrderMark = "json-byte-order-mark"
  case unexpected = "json-unexpected"
  case unclosed = "json-unclosed"
  case mismatchedBracket = "json-mismatched-bracket"
  case missingComma = "json-missing-comma"
  case trailingComma = "json-trailing-comma"
  case missingColon = "json-missing-colon"
  case key = "json-key"
  case duplicateKey = "duplicate-key"
  case comment = "json-comment"
  case word = "json-word"
  case number = "json-number"
  case numberRange = "json-number-range"
  case escape = "json-escape"
  case surrogate = "json-surrogate"
  case controlCharacter = "json-control-character"
  case invalidUTF8 = "json-invalid-utf8"
  case unclosedString = "json-unclosed-string"
  case trailingText = "json-trailing-text"
  case nestingTooDeep = "json-nesting-too-deep"
}

/// A place in a JSON text, from which its diagnostics are made.
struct JSONBlame {
  let source: Source
  let range: SourceRange

  private func error(
    _ code: JSONCode, _ message: String, label: String? = nil, expected: String? = nil, found: String? = nil,
    notes: [String] = [], help: String? = nil, replacement: String? = nil
  ) -> Diagnostic {
    Diagnostic(
      .error, code, file: source.name, range: range, message, label: label, expected: expected, found: found,
      notes: notes, help: help, replacement: replacement)
  }

  private var spelling: String { displayed(source.bytes[range.start..<range.end]) }

  func empty() -> Diagnostic {
    error(.empty, "the file holds no JSON value", expected: "a JSON value", found: "nothing")
  }

  func byteOrderMark() -> Diagnostic {
    error(
      .byteOrderMark, "a byte order mark before the JSON text", label: "three invisible bytes",
      help: "save the file as UTF-8 without a byte order mark", replacement: "")
  }

  func unexpected(expected: String) -> Diagnostic {
    error(.unexpected, "found '\(spelling)' where \(expected) should be", expected: expected, found: spelling)
  }

  func unclosed(_ opener: SourceRange) -> Diagnostic {
    let bracket = displayed(source.bytes[opener.start..<opener.end])
    let (line, column) = source.position(of: opener.start)
    return error(
      .unclosed, "the text ends inside of '\(bracket)'", label: "ends here",
      expected: bracket == "{" ? "}" : "]", found: "end of file",
      notes: ["'\(bracket)' was opened in line \(line), column \(column)"])
  }

  func mismatchedBracket(opener: SourceRange) -> Diagnostic {
    let bracket = displayed(source.bytes[opener.start..<opener.end])
    let closer = bracket == "{" ? "}" : "]"
    let (line, column) = source.position(of: opener.start)
    return error(
      .mismatchedBracket, "'\(bracket)' is closed by '\(spelling)'", expected: closer, found: spelling,
      notes: ["'\(bracket)' was opened in line \(line), column \(column)"], help: "write '\(closer)'",
      replacement: closer)
  }

  func missingComma(before found: String) -> Diagnostic {
    error(
      .missingComma, "a comma is missing before '\(found)'", label: "comma", expected: ",", found: found,
      help: "write ',' here", replacement: ",")
  }

  func trailingComma(before closer: String) -> Diagnostic {
    error(
      .trailingComma, "a comma stands before '\(closer)'", label: "no comma after the last one", found: ",",
      help: "take the comma away", replacement: "")
  }

  func missingColon() -> Diagnostic {
    error(.missingColon, "found '\(spelling)' where ':' should follow the key", expected: ":", found: spelling)
  }

  func key() -> Diagnostic {
    error(
      .key, "found '\(spelling)' where a key should be", expected: "a key in double quotes", found: spelling,
      help: "keys are strings in double quotes")
  }

  func duplicateKey(_ key: String, first: SourceRange) -> Diagnostic {
    let (line, column) = source.position(of: first.start)
    return error(
      .duplicateKey, "the key \"\(displayed(key))\" stands twice in one object", label: "again",
      notes: ["first in line \(line), column \(column)"], help: "keep one of them")
  }

  func comment() -> Diagnostic {
    error(.comment, "JSON has no comments", help: "take the comment away")
  }

  /// `True`, `NaN`, `undefined`: words of other languages.
  func word(_ replacement: String?) -> Diagnostic {
    error(
      .word, "'\(spelling)' is no JSON value", expected: replacement, found: spelling,
      help: replacement.map { "write \($0)" } ?? "JSON knows true, false and null, and finite numbers only",
      replacement: replacement)
  }

  /// `Infinity`, `-Infinity` and `NaN`, as Python writes them.
  func notFinite() -> Diagnostic {
    error(
      .word, "'\(spelling)' is no JSON value", expected: "a finite number", found: spelling,
      notes: ["Python writes it for a number that is not finite, and so does Keras"],
      help: "give the layer a finite number such as 1e38, or None where it has no limit, and write the model again")
  }

  func number(_ reason: String, replacement: String? = nil) -> Diagnostic {
    error(
      .number, "'\(spelling)' is no JSON number: \(reason)", found: spelling,
      help: replacement.map { "write \($0)" }, replacement: replacement)
  }

  func numberRange() -> Diagnostic {
    error(
      .numberRange, "the number '\(spelling)' is too large", found: spelling,
      notes: ["numbers are 64-bit integers or 64-bit floats, at most 1.797e308"])
  }

  func escape() -> Diagnostic {
    error(
      .escape, "'\(spelling)' is no escape of JSON", found: spelling,
      notes: [#"the escapes are \" \\ \/ \b \f \n \r \t and \u with four hexadecimal digits"#])
  }

  func surrogate() -> Diagnostic {
    error(
      .surrogate, "'\(spelling)' is half of a character", found: spelling,
      notes: [#"\uD800 to \uDBFF must be followed by \uDC00 to \uDFFF; neither stands alone"#])
  }

  func controlCharacter(_ escape: String) -> Diagnostic {
    error(
      .controlCharacter, "a control character inside of a string", label: escape, found: escape,
      help: "write \(escape)", replacement: escape)
  }

  func invalidUTF8() -> Diagnostic {
    error(.invalidUTF8, "this is not UTF-8", found: spelling, help: "save the file as UTF-8")
  }

  func unclosedString() -> Diagnostic {
    error(.unclosedString, "the string has no end", label: "begins here", expected: "\"", help: "close it with '\"'")
  }

  func trailingText() -> Diagnostic {
    error(
      .trailingText, "found '\(spelling)' after the end of the JSON value", expected: "end of file", found: spelling)
  }

  func tooManyValues(limit: Int) -> Diagnostic {
    Diagnostic(
      .error, SyntaxCode.fileTooLarge, file: source.name, range: range,
      "the file has more than \(limit) JSON values and keys",
      expected: "at most \(limit)")
  }

  func nestingTooDeep(limit: Int) -> Diagnostic {
    error(.nestingTooDeep, "arrays and objects are nested more than \(limit) deep", expected: "at most \(limit)")
  }
}
