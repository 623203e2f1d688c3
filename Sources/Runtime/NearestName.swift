/// Finds what somebody may have meant.
enum NearestName {
  /// More candidates than this are not looked at, and longer names neither: a suggestion is not worth a wait.
  private static let maximumCandidates = 2000
  private static let maximumLength = 200

  /// The first of the candidates that are fewest edits away; nil if those are more than a third of the name.
  static func find(_ name: String, among candidates: some Sequence<String>) -> String? {
    let wanted = Array(name.utf8)
    guard !wanted.isEmpty, wanted.count <= maximumLength else { return nil }
    var best: String?
    var bestDistance = (wanted.count + 1) / 3 + 1
    for candidate in candidates.prefix(maximumCandidates) {
      guard abs(candidate.utf8.count - wanted.count) < bestDistance else { continue }
      let distance = editDistance(wanted, Array(candidate.utf8))
      if distance < bestDistance {
        best = candidate
        bestDistance = distance
      }
    }
    return best
  }

  /// How many bytes must be put in, left out or changed to make `b` of `a`.
  private static func editDistance(_ a: [UInt8], _ b: [UInt8]) -> Int {
    var row = Array(0...b.count)
    for i in a.indices {
      var diagonal = row[0]
      row[0] = i + 1
      for j in b.indices {
        let change = diagonal + (a[i] == b[j] ? 0 : 1)
        diagonal = row[j + 1]
        row[j + 1] = min(change, diagonal + 1, row[j] + 1)
      }
    }
    return row[b.count]
  }
}
