/// Characters, words and numbers.
extension SyntaxBlame {
  func byteOrderMark() -> Diagnostic {
    error(
      .byteOrderMark, "a byte order mark before the first line", label: "three invisible bytes",
      help: "save the file as UTF-8 without a byte order mark", replacement: "")
  }

  func invalidUTF8() -> Diagnostic {
    error(.invalidUTF8, "this is not UTF-8 text", label: "\(spelling)", help: "save the file as UTF-8")
  }

  /// Of a file with bytes that no text has: there is no use in telling each.
  func binary() -> Diagnostic {
    error(
      .invalidUTF8, "this is no text, or not in UTF-8", label: "\(spelling)",
      help: "name a .model file; a text in UTF-16 has to be saved as UTF-8")
  }

  /// `isAlone`: no operator could have been meant, so that it can be taken away.
  func unknownCharacter(isAlone: Bool) -> Diagnostic {
    error(
      .unknownCharacter, "'\(spelling)' means nothing here", found: spelling, help: "take it away",
      replacement: isAlone ? "" : nil)
  }

  func hiddenCharacter(replacement: String) -> Diagnostic {
    error(
      .hiddenCharacter, "a character that cannot be seen: \(spelling)", label: spelling,
      notes: ["such characters can make a file look different from what it says"], help: "take it away",
      replacement: replacement)
  }

  func foreignBlank() -> Diagnostic {
    error(
      .foreignBlank, "a blank that is no plain space", label: codePoints, help: "write a space", replacement: " ")
  }

  func foreignSign(replacement: String?) -> Diagnostic {
    error(
      .foreignSign, "'\(spelling)' is not a sign of this language", expected: replacement, found: spelling,
      help: replacement.map { "write '\($0.filter { $0 != " " })'" }, replacement: replacement)
  }

  /// `2 ** 5`
  func power() -> Diagnostic {
    error(
      .foreignSign, "'\(spelling)' is not a sign of this language", found: spelling,
      help: "write the number that it comes to; of tensors Power(x, right: 2)")
  }

  /// `c ? a : b`
  func foreignChoice() -> Diagnostic {
    error(
      .unknownCharacter, "'\(spelling)' means nothing here", found: spelling,
      help: "choose with if condition { a } else { b }")
  }

  /// `?` in a shape.
  func openSize(_ replacement: String?) -> Diagnostic {
    error(
      .unknownCharacter, "'\(spelling)' is no size", expected: replacement, found: spelling,
      help: replacement == "_"
        ? "write _ for a size that may be any" : "write a name for a size that is not known, such as N, H or W",
      replacement: replacement)
  }

  /// `image.Conv2D(…)`: a tensor and what happens to it. `replacement` is the same in our words.
  func methodCall(_ replacement: String?, isCall: Bool) -> Diagnostic {
    error(
      .dottedName, "names have no dots: '\(spelling)'", expected: replacement, found: spelling,
      help: replacement.map { "write \($0)" }
        ?? (isCall
          ? "tensors go through layers: x |> Flatten(); a function is Activation(name)"
          : "a size has a name where a shape is written: -> [N, H, W, C]"),
      replacement: replacement)
  }

  /// Typesetters' or single quotes, or a lone one.
  func curlyQuote(replacement: String?) -> Diagnostic {
    guard let replacement, !replacement.isEmpty else {
      return error(
        .curlyQuote, "a stray quotation mark: \(spelling)", found: spelling, help: "take it away",
        replacement: replacement)
    }
    let isString = replacement.utf8.first == UInt8(ascii: "\"")
    return error(
      .curlyQuote, isString ? "strings stand in straight double quotes" : "words stand without quotes",
      expected: replacement, found: spelling, help: "write \(replacement)", replacement: replacement)
  }

  func semicolon() -> Diagnostic {
    error(
      .semicolon, "statements do not end with ';'", found: ";", help: "take it away", replacement: "")
  }

  func commentForm(replacement: String?) -> Diagnostic {
    error(
      .commentForm, "comments begin with '//'", expected: "//", found: spelling,
      help: "write '//' in front of each line", replacement: replacement)
  }

  /// `meant` is the name in Latin letters, if the others only look like those.
  func foreignName(_ meant: String?) -> Diagnostic {
    error(
      .foreignName, "names are made of the letters a to z, digits and '_': '\(spelling)' has others", expected: meant,
      found: spelling,
      notes: meant == nil ? [] : ["some of these letters belong to another alphabet and only look alike"],
      help: meant.map { "write \($0) in Latin letters" } ?? "spell the name in ASCII", replacement: meant)
  }

  func dottedName(_ last: String) -> Diagnostic {
    error(
      .dottedName, "names have no dots: '\(spelling)'", expected: last, found: spelling, help: "write \(last)",
      replacement: last)
  }

  func digitFirstName() -> Diagnostic {
    error(
      .digitFirstName, "'\(spelling)' is neither a number nor a name", found: spelling,
      help: "write `\(spelling)` in backquotes if it is a name", replacement: "`\(spelling)`")
  }

  func quotedNameForm() -> Diagnostic {
    error(
      .quotedNameForm, "no name: \(spelling)", found: spelling,
      notes: ["a name in backquotes is one or more printable ASCII characters but ` and \\"])
  }

  func unclosedBackquote() -> Diagnostic {
    error(
      .unclosedBackquote, "a name in backquotes that does not end", label: "begins here", expected: "`",
      found: spelling, help: "write \(spelling)`", replacement: spelling + "`")
  }

  func numberForm(replacement: String?) -> Diagnostic {
    error(
      .numberForm, "'\(spelling)' is no number", expected: replacement, found: spelling,
      notes: ["numbers are written like 64, 1_000, 0.25, 1.6e9"], help: replacement.map { "write \($0)" },
      replacement: replacement)
  }

  func numberTooLarge() -> Diagnostic {
    error(
      .numberTooLarge, "the number \(spelling.prefix(40)) is too large", found: spelling,
      notes: ["whole numbers have 64 bits: at most 9,223,372,036,854,775,807; others go up to 1.797e308"])
  }

  func unclosedString() -> Diagnostic {
    error(
      .unclosedString, "a string that does not end in its line", expected: "\"", help: "close it with '\"'",
      replacement: spelling + "\"")
  }

  func escape() -> Diagnostic {
    error(
      .escape, "'\(spelling)' is no escape", found: spelling, notes: [#"the escapes are \" \\ \n \t and \u{1F600}"#])
  }

  /// `U+00A0`
  private var codePoints: String {
    String(decoding: source.bytes[range.start..<range.end], as: UTF8.self).unicodeScalars
      .map { "U+" + hexadecimal($0.value) }.joined(separator: " ")
  }

  private func hexadecimal(_ value: UInt32) -> String {
    let digits = String(value, radix: 16, uppercase: true)
    return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
  }
}
