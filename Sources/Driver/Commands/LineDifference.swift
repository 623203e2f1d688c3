/// Which lines of a text another one replaces: a few of them, to show what has changed. Linear in the bytes.
struct LineDifference {
  private let old: [String]
  private let new: [String]
  /// How far ahead is looked for lines that both have, and how many lines are shown.
  private static let reach = 24
  private static let shownLines = 20

  init(of old: [UInt8], and new: [UInt8]) {
    self.old = Self.lines(old)
    self.new = Self.lines(new)
  }

  private static func lines(_ bytes: [UInt8]) -> [String] {
    let isEnded = bytes.last == UInt8(ascii: "\n")
    let lines = (isEnded ? bytes.dropLast() : bytes[...]).split(
      separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    return lines.enumerated().map { number, line in
      let isCarriageReturn = line.last == UInt8(ascii: "\r")
      let text = String(decoding: isCarriageReturn ? line.dropLast() : line, as: UTF8.self)
      let end = isEnded || number < lines.count - 1 ? "" : "\n\\ no line break at the end"
      return text + (isCarriageReturn ? "\\u{D}" : "") + end
    }
  }

  /// `--- name`, and lines that go and come behind their numbers.
  func text(_ name: String) -> String {
    var lines = ["--- \(name)"]
    var hidden = 0
    func show(_ line: String) {
      if lines.count <= Self.shownLines { lines.append(line) } else { hidden += 1 }
    }
    var place = 0
    var other = 0
    while place < old.count || other < new.count {
      if place < old.count, other < new.count, old[place] == new[other] {
        place += 1
        other += 1
        continue
      }
      let (goes, comes) = change(place, other)
      show("@@ line \(place + 1) @@")
      for line in old[place..<place + goes] { show("-\(line)") }
      for line in new[other..<other + comes] { show("+\(line)") }
      place += goes
      other += comes
    }
    if hidden > 0 { lines.append("… and \(hidden) lines more") }
    return lines.joined(separator: "\n") + "\n"
  }

  /// How many lines go and come until both texts agree again.
  private func change(_ place: Int, _ other: Int) -> (Int, Int) {
    let oldRest = old.count - place
    let newRest = new.count - other
    for total in 1...Self.reach {
      for goes in max(0, total - newRest)...max(max(0, total - newRest), min(total, oldRest)) {
        let comes = total - goes
        guard goes <= oldRest, comes <= newRest, comes >= 0 else { continue }
        let isEnd = goes == oldRest && comes == newRest
        if isEnd || goes < oldRest && comes < newRest && old[place + goes] == new[other + comes] {
          return (goes, comes)
        }
      }
    }
    return (min(Self.reach, oldRest), min(Self.reach, newRest))
  }
}
