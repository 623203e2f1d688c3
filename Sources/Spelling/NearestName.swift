/// The known name that a misspelt one most likely means, nil if none is near: `padding` for `apdding`.
///
/// Near is few insertions, deletions, replacements and swaps of neighbours (Damerau and Levenshtein's distance on
/// bytes, at most a third of the name); the case of letters and underscores count for nothing, so that `maxPooling2d`
/// and `max_pooling_2d` are both `MaxPooling2D`. Among equally near names the first in byte order wins, so the order
/// of `candidates` does not matter. Names of more than 64 bytes are not compared.
///
/// `favourites` are names that the author has used already: of equally near ones they win, be their first letter wrong.
package func nearest(
  _ name: String, among candidates: some Sequence<String>, favouring favourites: Set<String> = []
) -> String? {
  let written = Array(name.utf8)
  guard !written.isEmpty, written.count <= 64 else { return nil }
  let folded = foldedName(written)
  let limit = folded.count < 3 ? 0 : (folded.count + 1) / 3
  var best: (rank: Int, rough: Int, name: String)?
  let isNewWeight = favourites.isEmpty ? 0 : 1000
  for candidate in candidates {
    // Underscores make a name longer, never shorter.
    guard (folded.count - limit...64).contains(candidate.utf8.count) else { continue }
    let bytes = Array(candidate.utf8)
    let other = foldedName(bytes)
    guard abs(other.count - folded.count) <= limit else { continue }
    let distance = editDistance(folded, other)
    guard distance <= limit else { continue }
    // The first letter is rarely wrong: `AvgPooling2D` is `AveragePooling2D` and not `MaxPooling2D`.
    let isFavourite = favourites.contains(candidate)
    let rank = distance + (isFavourite || beginAlike(folded, other) ? 0 : 2)
    let rough = editDistance(written, bytes) + (isFavourite ? 0 : isNewWeight)
    if let current = best {
      let isNearer = (rank, rough) < (current.rank, current.rough)
      let isEarlier =
        (rank, rough) == (current.rank, current.rough)
        && candidate.utf8.lexicographicallyPrecedes(current.name.utf8)
      guard isNearer || isEarlier else { continue }
    }
    best = (rank, rough, candidate)
  }
  return best?.name
}

/// Whether two names begin with one letter, or the first two are swapped: `erlu` and `relu`.
private func beginAlike(_ a: [UInt8], _ b: [UInt8]) -> Bool {
  a.first == b.first || a.count > 1 && b.count > 1 && a[0] == b[1] && a[1] == b[0]
}

/// Lower case, without underscores.
private func foldedName(_ name: [UInt8]) -> [UInt8] {
  let letters = name.filter { $0 != UInt8(ascii: "_") }
  return (letters.isEmpty ? name : letters).map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }
}

/// Insertions, deletions, replacements and swaps of neighbours between two short names.
private func editDistance(_ a: [UInt8], _ b: [UInt8]) -> Int {
  var last = Array(0...b.count)
  var beforeLast = last
  var row = last
  for i in 0..<a.count {
    row[0] = i + 1
    for j in 0..<b.count {
      var distance = min(last[j + 1] + 1, row[j] + 1, last[j] + (a[i] == b[j] ? 0 : 1))
      if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { distance = min(distance, beforeLast[j - 1] + 1) }
      row[j + 1] = distance
    }
    swap(&beforeLast, &last)
    swap(&last, &row)
  }
  return last[b.count]
}
