import Testing

@testable import Runtime

@Suite struct NumPyArrayTests {
  static func file(_ header: String, data: [UInt8] = [], version: UInt8 = 1, length: Int? = nil) -> [UInt8] {
    var bytes: [UInt8] = [0x93] + Array("NUMPY".utf8) + [version, 0]
    if version == 1 {
      bytes.appendLittleEndian(UInt16(length ?? header.utf8.count))
    } else {
      bytes.appendLittleEndian(UInt32(length ?? header.utf8.count))
    }
    return bytes + Array(header.utf8) + data
  }

  static func header(_ type: String, _ shape: String, fortran: String = "False") -> String {
    "{'descr': '\(type)', 'fortran_order': \(fortran), 'shape': \(shape), }\n"
  }

  static func decode(_ bytes: [UInt8]) throws(FormatProblem) -> NumPyArray {
    try unsafe NumPyArray(decoding: bytes.span.bytes)
  }

  /// As `numpy.save` of NumPy 2.4 writes them.
  @Test(arguments: [
    ([], "()", 62), ([3], "(3,)", 60), ([2, 3], "(2, 3)", 58), ([0, 4], "(0, 4)", 58), ([1, 1000], "(1, 1000)", 55),
  ])
  func writtenFilesAreNumPys(_ shape: [Int], _ text: String, _ spaces: Int) {
    let values = [Float](repeating: 1, count: shape.reduce(1, *))
    let header = "{'descr': '<f4', 'fortran_order': False, 'shape': \(text), }"
    let expected =
      [0x93] + Array("NUMPY".utf8) + [1, 0, 118, 0] + Array(header.utf8) + [UInt8](repeating: 0x20, count: spaces)
      + [0x0A]
    #expect(expected.count == 128)
    #expect(
      NumPyArray(shape: shape, values: values).encoded() == expected + values.flatMap { _ in [0, 0, 0x80, 0x3F] })
  }

  @Test func longShapesTakeAnotherLine() throws {
    let array = NumPyArray(shape: [Int](repeating: 1, count: 30), values: [5])
    let bytes = array.encoded()
    #expect((bytes.count - 4).isMultiple(of: 64))
    #expect(try Self.decode(bytes) == array)
  }

  struct Conversion: Sendable {
    var type: String
    var data: [UInt8]
    var values: [Float]
  }

  @Test(
    arguments: [
      Conversion(type: "<f4", data: [0, 0, 0x80, 0x3F, 0, 0, 0, 0xC0], values: [1, -2]),
      Conversion(type: ">f4", data: [0x3F, 0x80, 0, 0, 0xC0, 0, 0, 0], values: [1, -2]),
      Conversion(type: "<f8", data: [0, 0, 0, 0, 0, 0, 0xF0, 0x3F, 0, 0, 0, 0, 0, 0, 0, 0xC0], values: [1, -2]),
      Conversion(type: ">f8", data: [0x3F, 0xF0, 0, 0, 0, 0, 0, 0, 0xC0, 0, 0, 0, 0, 0, 0, 0], values: [1, -2]),
      Conversion(type: "<f2", data: [0, 0x3C, 0, 0xC0], values: [1, -2]),
      Conversion(type: "|u1", data: [0, 255], values: [0, 255]),
      Conversion(type: "|i1", data: [1, 255], values: [1, -1]),
      Conversion(type: "|b1", data: [0, 1], values: [0, 1]),
      Conversion(type: "<i2", data: [1, 0, 0xFF, 0xFF], values: [1, -1]),
      Conversion(type: "<i4", data: [1, 0, 0, 0, 0xFE, 0xFF, 0xFF, 0xFF], values: [1, -2]),
      Conversion(
        type: "<i8", data: [1] + [0, 0, 0, 0, 0, 0, 0] + [UInt8](repeating: 0xFF, count: 8), values: [1, -1]),
      Conversion(type: ">u4", data: [0, 0, 1, 0, 0, 0, 0, 1], values: [256, 1]),
    ], [1, 2, 3] as [UInt8])
  func numbersBecomeFloats(_ test: Conversion, _ version: UInt8) throws {
    let bytes = Self.file(Self.header(test.type, "(2,)"), data: test.data, version: version)
    #expect(try Self.decode(bytes) == NumPyArray(shape: [2], values: test.values))
  }

  @Test func columnMajorBecomesRowMajor() throws {
    // Of shape 2 x 3 x 2; the value says its row-major position.
    let columnMajor: [UInt8] = [0, 6, 2, 8, 4, 10, 1, 7, 3, 9, 5, 11]
    let bytes = Self.file(Self.header("|u1", "(2, 3, 2)", fortran: "True"), data: columnMajor)
    #expect(try Self.decode(bytes) == NumPyArray(shape: [2, 3, 2], values: (0..<12).map { Float($0) }))
  }

  @Test func halfPrecisionIsExact() {
    #expect(Float(halfBits: 0x7C00) == .infinity)
    #expect(Float(halfBits: 0xFC00) == -.infinity)
    #expect(Float(halfBits: 0x7E00).isNaN)
    #expect(Float(halfBits: 0x8000).bitPattern == 0x8000_0000)
    #expect(Float(halfBits: 0x03FF) == 1023 * 0x1p-24)
    #expect(Float(halfBits: 0x0400) == 0x1p-14)
    #expect(Float(halfBits: 0x3555) == 0x1.554p-2)
  }

  @Test(
    arguments: [
      ([], "does not begin with NumPy's mark"),
      (Array("PK\u{3}\u{4} something else".utf8), "does not begin with NumPy's mark"),
      (file(header("<f4", "(1,)"), data: [0, 0, 0, 0], version: 4), "version 4.0"),
      (file(header("<f4", "(1,)"), length: 60_000), "claims a header of 60000 bytes"),
      (file(header("<f4", "(1,)"), version: 2, length: 0xFFFF_FFFF), "claims a header of 4294967295 bytes"),
      (file(header("<f4", "(1,)"), data: [0, 0, 0]), "3 bytes of data, not those of 1 values of 4"),
      (file(header("<f4", "(1,)"), data: [0, 0, 0, 0, 0]), "5 bytes of data"),
      (file(header("<f4", "(9223372036854775807, 2)")), "which is too large"),
      (file(header("<f4", "(9223372036854775807,)")), "not those of"),
      (file(header("<f4", "(9223372036854775808,)")), "the number is too large"),
      (file(header("<f4", "(-1,)")), "without a sign"),
      (file(header("<f4", "(1)")), "has a comma behind it"),
      (file(header("<f4", "(1,")), "without a sign"),
      (file(header("<f4", "[1]")), "`(` was expected"),
      (file(header("<f4", "(" + String(repeating: "1, ", count: 65) + ")")), "more than 64 dimensions"),
      (file(header("<c8", "(1,)")), "is of type `<c8`"),
      (file(header("f4", "(1,)")), "is of type `f4`"),
      (file(header("", "(1,)")), "is of type ``"),
      (file(header("|O", "(1,)")), "is of type `|O`"),
      (file("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,), }"), "holds records"),
      (file("{'descr': '<f4', 'shape': (1,), }"), "is missing"),
      (file("{'descr': '<f4', 'descr': '<f4', }"), "there twice"),
      (file("{'x': 1}"), "`x` is unknown"),
      (file("{'descr': '<f4', 'fortran_order': 0, 'shape': (1,)}"), "`True` or `False`"),
      (file("{'descr': '<f4"), "`'` was expected"),
      (file(header("<f4", "()") + "x"), "behind the last"),
      (file(""), "`{` was expected"),
    ] as [([UInt8], String)])
  func hostileFilesAreErrors(_ bytes: [UInt8], _ reason: String) {
    let problem = #expect(throws: FormatProblem.self) { try Self.decode(bytes) }
    #expect(problem?.reason.contains(reason) == true, "\(problem?.reason ?? "")")
  }

  @Test func everyTruncationIsAnError() {
    let whole = NumPyArray(shape: [2], values: [1, 2]).encoded()
    for count in 0..<whole.count {
      #expect(throws: FormatProblem.self) { try Self.decode(Array(whole.prefix(count))) }
    }
  }
}
