/// Bytes as decisions. When none are left, each decision is the first and plainest one, so that everything ends.
struct Decisions {
  private let bytes: [UInt8]
  private var place = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  var isAtEnd: Bool { place >= bytes.count }

  /// A number from 0 on, at most 256 of them.
  mutating func below(_ bound: Int) -> Int {
    guard place < bytes.count else { return 0 }
    place += 1
    return Int(bytes[place - 1]) % bound
  }

  mutating func percent(_ share: Int) -> Bool { below(256) >= 256 - share * 256 / 100 }

  mutating func pick<Option>(_ options: [Option]) -> Option { options[below(options.count)] }
}
