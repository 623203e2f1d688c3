/// One level of paths: the names that stand directly below `path`.
///
/// Written names are known before automatic ones are given out, so that an automatic name steps aside.
final class NameLevel {
  let path: String
  /// The names that are given, with the next number for each that numbers were asked of; 0 for those that will be.
  private var taken = NameTable<Int>()
  /// Names that are not to be given out, though an author may write them.
  private var avoided = NameTable<Bool>()
  /// Whether the first unlabelled block of the pipeline has gone by, which adds no level.
  var hasInlinedBlock = false
  /// Whether automatic names given from here on may be others elsewhere; kept only where labels are looked for.
  var isUncertain = false

  init(path: String) { self.path = path }

  /// The path of a name below this level.
  func child(_ name: String) -> String { path.isEmpty ? name : path + "/" + name }

  /// Keeps a name for where the author has written it.
  func announce(_ name: String) {
    if taken[name] == nil { taken[name] = 0 }
  }

  /// Takes a name that the author wrote; false if it is taken already.
  func reserve(_ name: String) -> Bool {
    if let number = taken[name], number > 0 { return false }
    taken[name] = 1
    return true
  }

  /// Makes room for so many more names.
  func reserveCapacity(_ count: Int) { taken.reserveCapacity(taken.count + count) }

  /// Takes names that are not equal to one another; false, and none of them, if this level has names already.
  func reserve(_ names: [String]) -> Bool {
    guard taken.count == 0 else { return false }
    taken.reserveCapacity(names.count + 4)
    for name in names { taken[name] = 1 }
    return true
  }

  /// Lets automatic names step aside for a numbered copy: Keras, whose names hold no slash, calls `conv2d/1` `conv2d_1`.
  func keepFree(_ copy: Int, of name: String) { avoided["\(name)_\(copy)"] = true }

  /// Takes the next free name of a kind: `conv2d`, `conv2d_1`, `conv2d_2`.
  func automatic(_ base: String) -> String {
    // Most names are the first of their kind.
    guard var number = taken[base] else {
      taken[base] = 1
      return base
    }
    let isAnnounced = number == 0
    number = max(number, 1)
    while true {
      let name = base + "_" + String(number)
      number += 1
      if avoided[name] == nil, taken[name] == nil {
        taken[name] = 1
        if !isAnnounced { taken[base] = number }
        return name
      }
    }
  }
}

/// Whether a layer or block of a kind could have been given this name by itself, as its first or another: `conv2d_5`.
package func isAutomatic(_ name: some StringProtocol, of kind: String) -> Bool {
  let base = snakeCase(kind)
  guard name.hasPrefix(base) else { return false }
  let rest = name.dropFirst(base.count)
  return rest.isEmpty || rest.first == "_" && rest.dropFirst().allSatisfy(\.isNumber)
}

/// `MaxPooling2D` as Keras names a layer of it: `max_pooling2d`. So are blocks named too, whose names may hold underscores.
package func snakeCase(_ name: String) -> String {
  let letters = Array(name.utf8)
  var result: [UInt8] = []
  result.reserveCapacity(letters.count + 4)
  for (i, letter) in letters.enumerated() {
    let isUpper = letter >= 65 && letter <= 90
    if isUpper, i > 0, result.last != UInt8(ascii: "_") {
      let nextIsLower = i + 1 < letters.count && letters[i + 1] >= 97 && letters[i + 1] <= 122
      let previousIsLower = letters[i - 1] >= 97 && letters[i - 1] <= 122
      if nextIsLower || previousIsLower { result.append(UInt8(ascii: "_")) }
    }
    result.append(isUpper ? letter + 32 : letter)
  }
  return String(decoding: result, as: UTF8.self)
}
