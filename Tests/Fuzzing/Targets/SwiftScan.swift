/// Looks at Swift source as far as its lexer does: every literal and comment ends where it should, nothing but ASCII stands
/// outside of them, no control character anywhere, and brackets match. The compiler itself is asked apart, by
/// `fuzz.py --parse-emitted`.
struct SwiftScan {
  private let bytes: [UInt8]
  private var place = 0
  /// The brackets that are open, as what closes them; a string that is interrupted by `\(` counts as a bracket.
  private var open: [Open] = []

  private enum Open: Equatable {
    case bracket(UInt8)
    case interpolation(isLong: Bool)
  }

  private struct Fault: Error {
    var reason: String
  }

  /// What is wrong; nil if nothing is.
  static func fault(in bytes: [UInt8]) -> String? {
    guard String(validating: bytes, as: UTF8.self) != nil else { return "is not UTF-8" }
    var scan = SwiftScan(bytes: bytes)
    do throws(Fault) {
      try scan.scan()
      return nil
    } catch {
      let around = bytes[max(0, scan.place - 40)..<min(bytes.count, scan.place + 10)]
      return "\(error.reason) at byte \(scan.place), …\(String(decoding: around, as: UTF8.self))…"
    }
  }

  private init(bytes: [UInt8]) { self.bytes = bytes }

  private func stands(_ text: StaticString) -> Bool {
    text.withUTF8Buffer { unsafe bytes[place...].starts(with: $0) }
  }

  private mutating func scan() throws(Fault) {
    while place < bytes.count {
      switch bytes[place] {
      case UInt8(ascii: "/") where stands("//"): try skipLine()
      case UInt8(ascii: "/") where stands("/*"): throw Fault(reason: "a block comment")
      case UInt8(ascii: "\""): try skipString(isLong: stands("\"\"\""), isBegun: false)
      case UInt8(ascii: "("): push(UInt8(ascii: ")"))
      case UInt8(ascii: "["): push(UInt8(ascii: "]"))
      case UInt8(ascii: "{"): push(UInt8(ascii: "}"))
      case UInt8(ascii: ")"), UInt8(ascii: "]"), UInt8(ascii: "}"): try close()
      case UInt8(ascii: "`"), UInt8(ascii: "\\"), UInt8(ascii: "'"): throw Fault(reason: "no sign of ours")
      case 0x0A, 0x20...0x7E: place += 1
      default: throw Fault(reason: "no character of code")
      }
    }
    guard open.isEmpty else { throw Fault(reason: "an open bracket") }
  }

  private mutating func push(_ closing: UInt8) {
    open.append(.bracket(closing))
    place += 1
  }

  private mutating func close() throws(Fault) {
    switch open.popLast() {
    case .bracket(bytes[place]): place += 1
    case .interpolation(let isLong) where bytes[place] == UInt8(ascii: ")"):
      place += 1
      try skipString(isLong: isLong, isBegun: true)
    default: throw Fault(reason: "a bracket that closes nothing")
    }
  }

  private mutating func skipLine() throws(Fault) {
    while place < bytes.count, bytes[place] != 0x0A {
      try refuseControl()
      place += 1
    }
  }

  private mutating func skipString(isLong: Bool, isBegun: Bool) throws(Fault) {
    if !isBegun { place += isLong ? 3 : 1 }
    while place < bytes.count {
      switch bytes[place] {
      case UInt8(ascii: "\"") where !isLong:
        place += 1
        return
      case UInt8(ascii: "\"") where stands("\"\"\""):
        place += 3
        return
      case UInt8(ascii: "\\") where stands("\\("):
        place += 2
        open.append(.interpolation(isLong: isLong))
        return
      case UInt8(ascii: "\\"): try skipEscape()
      case 0x0A where isLong: place += 1
      default:
        try refuseControl()
        place += 1
      }
    }
    throw Fault(reason: "an open string")
  }

  private mutating func skipEscape() throws(Fault) {
    place += 1
    guard place < bytes.count else { throw Fault(reason: "half an escape") }
    switch bytes[place] {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "n"), UInt8(ascii: "t"), UInt8(ascii: "r"),
      UInt8(ascii: "0"):
      place += 1
    case UInt8(ascii: "u") where stands("u{"):
      let start = place + 2
      guard let end = bytes[start...].firstIndex(of: UInt8(ascii: "}")),
        let value = UInt32(String(decoding: bytes[start..<end], as: UTF8.self), radix: 16),
        Unicode.Scalar(value) != nil
      else { throw Fault(reason: "no scalar") }
      place = end + 1
    default: throw Fault(reason: "no escape")
    }
  }

  private func refuseControl() throws(Fault) {
    if bytes[place] < 0x20 || bytes[place] == 0x7F { throw Fault(reason: "a control character") }
  }
}
