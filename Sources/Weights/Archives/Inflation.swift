package import Runtime

/// The other way of DEFLATE: bytes from what a compressor made of them.
///
/// Source: RFC 1951.
package enum Inflation {
  /// More than this many bytes cannot come from one: 258 of them from a code of one bit, twice over.
  static let mostBytesFromOne = 1032

  /// What `compressed` stands for.
  ///
  /// - Parameters:
  ///   - size: how many bytes it should be, in all.
  ///   - prefix: how many of them are wanted; what comes behind is not looked at.
  /// - Throws: for whatever the format forbids, for another size, and for bytes behind the end.
  package static func inflate(_ compressed: [UInt8], size: Int, prefix: Int = .max) throws(FormatProblem) -> [UInt8] {
    let wanted = min(size, prefix)
    guard wanted / mostBytesFromOne <= compressed.count else {
      throw FormatProblem("claims \(size) bytes, which \(compressed.count) compressed ones cannot be")
    }
    let isWhole = wanted == size
    var state = State(compressed, wanted: wanted, isWhole: isWhole)
    var isLast = false
    while !isLast {
      isLast = try state.bits(1) == 1
      switch try state.bits(2) {
      case 0: try state.copyStored()
      case 1: try state.decode(.fixedLiterals, .fixedDistances)
      case 2:
        let (literals, distances) = try state.codes()
        try state.decode(literals, distances)
      default: throw Self.broken("a block is of no known kind")
      }
      if state.hasEnough { return state.output }
    }
    guard state.count == size else { throw broken("it gives \(state.count) bytes instead of \(size)") }
    guard state.isAtEnd else { throw broken("there are bytes behind its end") }
    return state.output
  }

  fileprivate static func broken(_ reason: String) -> FormatProblem {
    FormatProblem("is compressed in a way that cannot be read: \(reason)")
  }

  /// Where reading and writing are.
  private struct State {
    private let input: [UInt8]
    private var position = 0
    /// Bits that were read and not used yet, the next one lowest.
    private var buffer: UInt64 = 0
    private var bufferedCount = 0
    private(set) var output: [UInt8]
    private(set) var count = 0

    /// Whether no more bytes than wanted may come.
    private let isWhole: Bool

    init(_ input: [UInt8], wanted: Int, isWhole: Bool) {
      self.input = input
      self.isWhole = isWhole
      output = [UInt8](repeating: 0, count: wanted)
    }

    /// Whether the bytes that are wanted are there, and nobody cares for what follows.
    var hasEnough: Bool { !isWhole && count == output.count }
    /// Whether all bytes have been used, but for less than one's worth of bits.
    var isAtEnd: Bool { position == input.count && bufferedCount < 8 }

    private mutating func fill() {
      while bufferedCount <= 56, position < input.count {
        buffer |= UInt64(input[position]) << UInt64(bufferedCount)
        position += 1
        bufferedCount += 8
      }
    }

    mutating func bits(_ wanted: Int) throws(FormatProblem) -> Int {
      if bufferedCount < wanted { fill() }
      guard bufferedCount >= wanted else { throw Inflation.broken("it ends too early") }
      let result = Int(buffer & (1 << UInt64(wanted) - 1))
      buffer >>= UInt64(wanted)
      bufferedCount -= wanted
      return result
    }

    private mutating func symbol(_ code: PrefixCode) throws(FormatProblem) -> Int {
      if bufferedCount < PrefixCode.longest { fill() }
      let (symbol, length) = code.symbol(for: UInt16(truncatingIfNeeded: buffer))
      guard length > 0 else { throw Inflation.broken("a code stands for nothing") }
      guard length <= bufferedCount else { throw Inflation.broken("it ends too early") }
      buffer >>= UInt64(length)
      bufferedCount -= length
      return symbol
    }

    /// A block of bytes as they are.
    mutating func copyStored() throws(FormatProblem) {
      _ = try bits(bufferedCount % 8)
      let length = try bits(16)
      guard try bits(16) == length ^ 0xFFFF else { throw Inflation.broken("the length of a stored block is broken") }
      var rest = length
      while rest > 0, bufferedCount > 0 {
        try put(UInt8(truncatingIfNeeded: try bits(8)))
        if hasEnough { return }
        rest -= 1
      }
      // The input may end within the block where a beginning is enough.
      let there = min(rest, input.count - position)
      for _ in 0..<there {
        try put(input[position])
        position += 1
        if hasEnough { return }
      }
      guard there == rest else { throw Inflation.broken("it ends too early") }
    }

    /// Gives one byte; a byte too many is an error.
    private mutating func put(_ byte: UInt8) throws(FormatProblem) {
      guard count < output.count else { throw Inflation.broken("it gives more bytes than it claims") }
      output[count] = byte
      count += 1
    }

    /// A block of codes, up to its end or until enough bytes are there.
    mutating func decode(_ literals: PrefixCode, _ distances: PrefixCode) throws(FormatProblem) {
      while true {
        if hasEnough { return }
        let symbol = try symbol(literals)
        if symbol < 256 {
          try put(UInt8(symbol))
          continue
        }
        if symbol == 256 { return }
        guard symbol < 286 else { throw Inflation.broken("a length stands for nothing") }
        let length = Self.lengths[symbol - 257] + (try bits(Self.lengthBits[symbol - 257]))
        let code = try self.symbol(distances)
        guard code < 30 else { throw Inflation.broken("a distance stands for nothing") }
        let distance = Self.distances[code] + (try bits(Self.distanceBits[code]))
        guard distance <= count else { throw Inflation.broken("it repeats bytes from before its beginning") }
        let rest = output.count - count
        guard length <= rest || !isWhole else { throw Inflation.broken("it gives more bytes than it claims") }
        for place in count..<count + min(length, rest) { output[place] = output[place - distance] }
        count += min(length, rest)
      }
    }

    /// The two codes that stand before a block.
    mutating func codes() throws(FormatProblem) -> (literals: PrefixCode, distances: PrefixCode) {
      let literalCount = try bits(5) + 257
      let distanceCount = try bits(5) + 1
      let lengthCount = try bits(4) + 4
      guard literalCount <= 286, distanceCount <= 30 else { throw Inflation.broken("a block has too many codes") }
      var ownLengths = [UInt8](repeating: 0, count: 19)
      for place in Self.lengthOrder.prefix(lengthCount) { ownLengths[place] = UInt8(try bits(3)) }
      let lengthCode = try PrefixCode(ownLengths[...], mayBeIncomplete: false)
      var lengths: [UInt8] = []
      while lengths.count < literalCount + distanceCount {
        let symbol = try symbol(lengthCode)
        switch symbol {
        case 16:
          guard let last = lengths.last else { throw Inflation.broken("a block repeats a length that is not there") }
          lengths += [UInt8](repeating: last, count: 3 + (try bits(2)))
        case 17: lengths += [UInt8](repeating: 0, count: 3 + (try bits(3)))
        case 18: lengths += [UInt8](repeating: 0, count: 11 + (try bits(7)))
        default: lengths.append(UInt8(symbol))
        }
      }
      guard lengths.count == literalCount + distanceCount else { throw Inflation.broken("a block has too many codes") }
      guard lengths[256] > 0 else { throw Inflation.broken("a block has no end") }
      return (
        try PrefixCode(lengths[..<literalCount], mayBeIncomplete: true),
        try PrefixCode(lengths[literalCount...], mayBeIncomplete: true)
      )
    }

    private static let lengthOrder = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]
    private static let lengths = [
      3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258,
    ]
    private static let lengthBits = [
      0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0,
    ]
    private static let distances = [
      1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145,
      8193, 12289, 16385, 24577,
    ]
    private static let distanceBits = [
      0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13,
    ]
  }
}

/// Symbols whose codes are told by their lengths alone: the shorter first, the first symbol first.
private struct PrefixCode {
  static let longest = 15
  /// Codes up to this long are looked up at once.
  private static let quick = 10

  /// By the next `quick` bits: the symbol, and in the lowest 4 bits the code's length; 0 for longer codes.
  private var table = [UInt16](repeating: 0, count: 1 << quick)
  /// How many codes there are of each length.
  private var counts = [Int](repeating: 0, count: longest + 1)
  /// In the order of their codes.
  private var symbols: [UInt16]

  static let fixedLiterals = fixed(
    [UInt8](repeating: 8, count: 144) + [UInt8](repeating: 9, count: 112) + [UInt8](repeating: 7, count: 24)
      + [UInt8](repeating: 8, count: 8))
  static let fixedDistances = fixed([UInt8](repeating: 5, count: 32))

  private static func fixed(_ lengths: [UInt8]) -> PrefixCode {
    do throws(FormatProblem) {
      return try PrefixCode(lengths[...], mayBeIncomplete: false)
    } catch {
      preconditionFailure("the codes of the format are no codes")
    }
  }

  /// - Parameter mayBeIncomplete: whether there may be no code at all, or one of a single bit.
  init(_ lengths: ArraySlice<UInt8>, mayBeIncomplete: Bool) throws(FormatProblem) {
    for length in lengths where length > 0 { counts[Int(length)] += 1 }
    var free = 1
    for length in 1...Self.longest {
      free = 2 * free - counts[length]
      guard free >= 0 else { throw Inflation.broken("a block has more codes than fit") }
    }
    let used = counts.reduce(0, +)
    guard free == 0 || mayBeIncomplete && (used == 0 || used == 1 && counts[1] == 1) else {
      throw Inflation.broken("a block has fewer codes than there should be")
    }
    var offsets = [0]
    var nextCodes = [0]
    for length in 1...Self.longest + 1 {
      offsets.append(offsets[length - 1] + (length > 1 ? counts[length - 1] : 0))
      nextCodes.append((nextCodes[length - 1] + (length > 1 ? counts[length - 1] : 0)) << 1)
    }
    symbols = [UInt16](repeating: 0, count: used)
    for (symbol, length) in lengths.enumerated() where length > 0 {
      let length = Int(length)
      symbols[offsets[length]] = UInt16(symbol)
      offsets[length] += 1
      let code = nextCodes[length]
      nextCodes[length] += 1
      guard length <= Self.quick else { continue }
      // The first bit of a code comes first, the lowest bit of everything else.
      var index = 0
      for bit in 0..<length where code >> bit & 1 == 1 { index |= 1 << (length - 1 - bit) }
      while index < table.count {
        table[index] = UInt16(symbol) << 4 | UInt16(length)
        index += 1 << length
      }
    }
  }

  /// The symbol whose code the bits begin with, the next bit lowest, and its length; length 0 if there is none.
  func symbol(for bits: UInt16) -> (symbol: Int, length: Int) {
    let entry = table[Int(bits) & (1 << Self.quick - 1)]
    if entry != 0 { return (Int(entry >> 4), Int(entry & 15)) }
    var code = 0
    var first = 0
    var index = 0
    for length in 1...Self.longest {
      code |= Int(bits >> UInt16(length - 1) & 1)
      let count = counts[length]
      if code - first < count { return (Int(symbols[index + code - first]), length) }
      index += count
      first = (first + count) << 1
      code <<= 1
    }
    return (0, 0)
  }
}
