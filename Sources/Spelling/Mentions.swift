/// Looking for a text within another by bytes.
///
/// The standard library's `contains(_: String)`, `replacing`, `split(separator: String)` and the like stand in
/// `_StringProcessing`; one call of one of them links the whole engine of regular expressions, and its tables are
/// relocated at each start of modelc.
extension StringProtocol {
  /// Whether `part` stands somewhere in this text; bytes are compared.
  package func mentions(_ part: some StringProtocol) -> Bool {
    guard let first = part.utf8.first else { return true }
    let length = part.utf8.count
    var rest = utf8[...]
    while let start = rest.firstIndex(of: first) {
      rest = rest[start...]
      if rest.prefix(length).elementsEqual(part.utf8) { return true }
      rest = rest.dropFirst()
    }
    return false
  }
}
