extension NumPyArray {
  /// What stands before the numbers: a mark, the version, a length, and a dictionary as Python writes it.
  package struct Header {
    package static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)

    package let type: ElementType
    package let isBigEndian: Bool
    /// Whether the first index runs fastest.
    package let isColumnMajor: Bool
    package let shape: [Int]
    /// Bytes of all of it.
    package let size: Int

    /// Reads the header; the numbers behind it need not be there.
    package init(_ file: RawSpan) throws(FormatProblem) {
      let start = try Self.bytes(file, 0..<min(file.byteCount, 12))
      guard start.starts(with: Self.magic), start.count >= 10 else {
        throw FormatProblem("is no .npy file: it does not begin with NumPy's mark")
      }
      let version = start[6]
      guard (1...3).contains(version), start[7] == 0 else {
        throw FormatProblem("is a .npy file of version \(version).\(start[7]); 1.0, 2.0 and 3.0 can be read")
      }
      let lengthSize = version == 1 ? 2 : 4
      guard start.count >= 8 + lengthSize else { throw FormatProblem("ends within its header") }
      let length = start[8..<8 + lengthSize].reversed().reduce(0) { $0 << 8 | Int($1) }
      let headerStart = 8 + lengthSize
      guard length <= file.byteCount - headerStart else {
        throw FormatProblem("claims a header of \(length) bytes, but has \(file.byteCount - headerStart)")
      }
      // NumPy itself does not read longer ones, unless it is told to trust the file.
      guard length <= 65_536 else { throw FormatProblem("has a header of \(length) bytes, which is too long") }
      size = headerStart + length

      var scanner = HeaderScanner(try Self.bytes(file, headerStart..<size))
      let fields = try Self.fields(&scanner)
      (type, isBigEndian) = try Self.type(fields.description)
      isColumnMajor = fields.isColumnMajor
      shape = fields.shape
    }

    private static func bytes(_ file: RawSpan, _ range: Range<Int>) throws(FormatProblem) -> [UInt8] {
      unsafe file.extracting(range).withUnsafeBytes { unsafe [UInt8]($0) }
    }

    private static func fields(
      _ scanner: inout HeaderScanner
    ) throws(FormatProblem) -> (description: String, isColumnMajor: Bool, shape: [Int]) {
      var description: String?
      var isColumnMajor: Bool?
      var shape: [Int]?
      try scanner.expect("{")
      while !scanner.skip("}") {
        let key = try scanner.singleQuoted()
        try scanner.expect(":")
        scanner.skipSpace()
        switch key {
        case "descr" where description == nil:
          guard scanner.next != UInt8(ascii: "[") else {
            throw FormatProblem("holds records, not numbers of one type")
          }
          description = try scanner.singleQuoted()
        case "fortran_order" where isColumnMajor == nil:
          switch scanner.word() {
          case "True": isColumnMajor = true
          case "False": isColumnMajor = false
          default: throw scanner.problem("`True` or `False` was expected")
          }
        case "shape" where shape == nil: shape = try sizes(&scanner)
        default: throw scanner.problem("\(quoted(key)) is unknown, or there twice")
        }
        if !scanner.skip(",") {
          try scanner.expect("}")
          break
        }
      }
      scanner.skipSpace()
      guard scanner.isAtEnd else { throw scanner.problem("there is something behind the last `}`") }
      guard let description, let isColumnMajor, let shape else {
        throw scanner.problem("one of `descr`, `fortran_order` and `shape` is missing")
      }
      return (description, isColumnMajor, shape)
    }

    /// `()`, `(3,)` or `(3, 4)`.
    private static func sizes(_ scanner: inout HeaderScanner) throws(FormatProblem) -> [Int] {
      var sizes: [Int] = []
      try scanner.expect("(")
      while !scanner.skip(")") {
        scanner.skipSpace()
        sizes.append(try scanner.integer())
        // More than NumPy can have.
        guard sizes.count <= 64 else { throw scanner.problem("there are more than 64 dimensions") }
        if !scanner.skip(",") {
          guard sizes.count > 1 else { throw scanner.problem("one size alone has a comma behind it") }
          try scanner.expect(")")
          break
        }
      }
      return sizes
    }

    /// `<f4`: the byte order, the kind, the bytes.
    private static func type(_ description: String) throws(FormatProblem) -> (ElementType, isBigEndian: Bool) {
      let types: [String: ElementType] = [
        "f2": .float16, "f4": .float32, "f8": .float64, "b1": .bool,
        "i1": .int8, "i2": .int16, "i4": .int32, "i8": .int64,
        "u1": .uint8, "u2": .uint16, "u4": .uint32, "u8": .uint64,
      ]
      guard let order = description.first, let type = types[String(description.dropFirst())],
        order == "<" || order == ">" || order == "|" && type.size == 1
      else {
        throw FormatProblem(
          "is of type \(quoted(description)); numbers such as `<f4`, `<f8`, `<i8` or `|u1` can be read")
      }
      return (type, order == ">")
    }
  }
}
