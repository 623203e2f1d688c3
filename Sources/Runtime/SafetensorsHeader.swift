extension Safetensors {
  /// The tensors of a file, in the order of its header, each proven to lie within the file and to have its shape's size.
  ///
  /// Strict: whatever the format forbids is an error, gaps between tensors and keys given twice among it.
  package static func tensors(in file: RawSpan) throws(FormatProblem) -> [Tensor] {
    guard file.byteCount >= 8 else {
      throw FormatProblem(
        "is no safetensors file: it has \(file.byteCount) bytes, fewer than the 8 of a header's length")
    }
    let length = UInt64(littleEndian: unsafe file.unsafeLoadUnaligned(as: UInt64.self))
    let rest = file.byteCount - 8
    guard length <= UInt64(rest) else {
      throw FormatProblem("is no safetensors file: its header claims \(length) bytes, but \(rest) are left")
    }
    guard length <= UInt64(maximumHeaderSize) else {
      throw FormatProblem("has a header of \(length) bytes; the format allows \(maximumHeaderSize)")
    }
    let start = 8 + Int(length)
    var parser = SafetensorsHeaderParser(
      bytes: unsafe file.extracting(8..<start).withUnsafeBytes { unsafe [UInt8]($0) },
      start: start, end: file.byteCount)
    let tensors = try parser.parse()
    try checkTiling(tensors, from: start, to: file.byteCount)
    return tensors
  }

  /// The tensors must cover the bytes behind the header, each byte once.
  private static func checkTiling(_ tensors: [Tensor], from start: Int, to end: Int) throws(FormatProblem) {
    let order = tensors.indices.sorted {
      (tensors[$0].bytes.lowerBound, tensors[$0].bytes.upperBound, $0)
        < (tensors[$1].bytes.lowerBound, tensors[$1].bytes.upperBound, $1)
    }
    var reached = start
    var last: Tensor?
    for tensor in order.lazy.map({ tensors[$0] }) {
      if tensor.bytes.lowerBound < reached, let last {
        throw FormatProblem("has tensors that overlap: \(quoted(last.name)) and \(quoted(tensor.name))")
      }
      guard tensor.bytes.lowerBound == reached else {
        throw FormatProblem("has \(tensor.bytes.lowerBound - reached) bytes before \(quoted(tensor.name)) of no tensor")
      }
      reached = tensor.bytes.upperBound
      last = tensor
    }
    guard reached == end else { throw FormatProblem("has \(end - reached) bytes at its end that are of no tensor") }
  }
}

/// Reads the JSON of a safetensors header, which has a fixed form: no recursion, nothing that is not foreseen.
struct SafetensorsHeaderParser {
  private var scanner: HeaderScanner
  /// Where in the file the tensors' bytes begin and end.
  private let start: Int
  private let end: Int

  init(bytes: [UInt8], start: Int, end: Int) {
    scanner = HeaderScanner(bytes)
    self.start = start
    self.end = end
  }

  mutating func parse() throws(FormatProblem) -> [Safetensors.Tensor] {
    guard scanner.next == UInt8(ascii: "{") else { throw scanner.problem("a header begins with `{`") }
    var tensors: [Safetensors.Tensor] = []
    var names: Set<[UInt8]> = []
    try members { (parser, name) throws(FormatProblem) in
      guard names.insert(Array(name.utf8)).inserted else {
        throw parser.scanner.problem("\(quoted(name)) is there twice")
      }
      if name == "__metadata__" {
        try parser.skipMetadata()
      } else {
        tensors.append(try parser.tensor(name))
      }
    }
    scanner.skipSpace()
    guard scanner.isAtEnd else { throw scanner.problem("there is something behind the last `}`") }
    return tensors
  }

  /// Texts by name, which nobody here needs.
  private mutating func skipMetadata() throws(FormatProblem) {
    var names: Set<[UInt8]> = []
    try members { (parser, name) throws(FormatProblem) in
      guard names.insert(Array(name.utf8)).inserted else {
        throw parser.scanner.problem("\(quoted(name)) is there twice in the metadata")
      }
      _ = try parser.scanner.string()
    }
  }

  private mutating func tensor(_ name: String) throws(FormatProblem) -> Safetensors.Tensor {
    var type: String?
    var shape: [Int]?
    var offsets: [Int]?
    try members { (parser, key) throws(FormatProblem) in
      switch key {
      case "dtype" where type == nil: type = try parser.scanner.string()
      case "shape" where shape == nil: shape = try parser.integers()
      case "data_offsets" where offsets == nil: offsets = try parser.integers()
      case "dtype", "shape", "data_offsets":
        throw parser.scanner.problem("\(quoted(name)) has \(quoted(key)) twice")
      default:
        throw parser.scanner.problem("\(quoted(name)) has \(quoted(key)), which the format does not know")
      }
    }
    guard let type, let shape, let offsets, offsets.count == 2 else {
      throw scanner.problem("\(quoted(name)) lacks `dtype`, `shape` or a pair of `data_offsets`")
    }
    let size = end - start
    guard offsets[0] <= offsets[1], offsets[1] <= size else {
      throw FormatProblem("has \(quoted(name)) at bytes \(offsets[0])..<\(offsets[1]), but holds only \(size)")
    }
    guard let count = shape.checkedProduct() else {
      throw FormatProblem("has \(quoted(name)) in the shape \(shape), which is too large")
    }
    let found = offsets[1] - offsets[0]
    if let element = Safetensors.size(of: type) {
      let (bits, overflow) = count.multipliedReportingOverflow(by: element)
      guard !overflow, bits.isMultiple(of: 8), bits / 8 == found else {
        throw FormatProblem(
          "has \(found) bytes for \(quoted(name)), not those of \(count) values of type \(quoted(type))")
      }
    }
    return Safetensors.Tensor(
      name: name, type: type, shape: shape, bytes: start + offsets[0]..<start + offsets[1])
  }

  /// Calls `body` behind each `"name":` of an object, to read the value.
  private mutating func members(
    _ body: (inout Self, String) throws(FormatProblem) -> Void
  ) throws(FormatProblem) {
    try scanner.expect("{")
    guard !scanner.skip("}") else { return }
    repeat {
      scanner.skipSpace()
      let name = try scanner.string()
      try scanner.expect(":")
      scanner.skipSpace()
      try body(&self, name)
    } while scanner.skip(",")
    try scanner.expect("}")
  }

  private mutating func integers() throws(FormatProblem) -> [Int] {
    try scanner.expect("[")
    guard !scanner.skip("]") else { return [] }
    var result: [Int] = []
    repeat {
      scanner.skipSpace()
      result.append(try scanner.integer())
    } while scanner.skip(",")
    try scanner.expect("]")
    return result
  }
}

extension Safetensors {
  /// Bits of one value; nil for a type that the format has learned since.
  static func size(of type: String) -> Int? {
    switch type {
    case "F64", "I64", "U64", "C64": 64
    case "F32", "I32", "U32": 32
    case "F16", "BF16", "I16", "U16": 16
    case "BOOL", "I8", "U8", "F8_E4M3", "F8_E5M2", "F8_E8M0": 8
    case "F6_E2M3", "F6_E3M2": 6
    case "F4": 4
    default: nil
    }
  }
}
