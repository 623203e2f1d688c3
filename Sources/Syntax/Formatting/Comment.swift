/// A comment as the lexer keeps it if asked.
struct Comment {
  /// Without blanks at its end.
  var range: SourceRange
  /// The index of the token that follows.
  var token: Int
  /// Whether a token stands before it in its line.
  var isTrailing: Bool
}
