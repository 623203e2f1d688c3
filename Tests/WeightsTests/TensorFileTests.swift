import Runtime
import Testing

@testable import Weights

@Suite("Files of tensors")
struct TensorFileTests {
  @Test("A file of Keras holds what h5py reads", arguments: ["tiny.weights.h5", "tiny.keras"])
  func keras(name: String) throws {
    let expected = try Fixture.expected()
    let file = try TensorFile(file: Fixture.path(name))
    #expect(Set(file.tensors.map(\.name)).isSuperset(of: expected.keys.filter { $0.hasPrefix("layers/") }))
    for tensor in file.tensors {
      let wanted = try #require(expected[tensor.name])
      #expect(tensor.shape == wanted.shape)
      #expect(try file.values(of: tensor) == wanted.values)
    }
    #expect(file.tensor("layers/functional/layers/dense/vars/0")?.layerPath == "inner/core")
    #expect(file.tensor("optimizer/vars/0")?.layerPath == nil)
    #expect(file.format == (name.hasSuffix("h5") ? .hdf5 : .keras))
  }

  @Test("Newer structures of HDF5 are read too")
  func newer() throws {
    let file = try TensorFile(file: Fixture.path("new.h5"))
    #expect(file.tensors.map(\.name) == ["layers/dense/vars/0", "layers/dense/vars/1"])
    #expect(try file.values(of: file.tensors[0]) == [0, 1, 2, 3, 4, 5])
    #expect(file.tensors[1].type == "float16")
  }

  @Test("A whole model of Keras 2 has its description as a note")
  func legacy() throws {
    let bytes = ByteRegion(try Fixture.bytes("legacy.h5"))
    let text = String(decoding: try KerasArchive.configuration(bytes, limit: 1 << 20), as: UTF8.self)
    #expect(text.hasPrefix("{") && text.hasSuffix("}") && text.contains("\"legacy\""))
    #expect(text.utf8.count > 1024)
    #expect(throws: FormatProblem.self) { try KerasArchive.configuration(bytes, limit: 100) }
    #expect(throws: FormatProblem.self) {
      try KerasArchive.configuration(ByteRegion(try Fixture.bytes("old.h5")), limit: 1 << 20)
    }
    let layers = ["a", "b"].map { LayerVariables(path: $0, weights: ["\($0)/kernel", "\($0)/bias"]) }
    let weights = try FileWeights(try TensorFile(bytes), layers: layers, groups: [:])
    #expect(try weights.values(WeightShape(name: "b/kernel", shape: [2, 1])) == [0, 1])
  }

  @Test("Sizes of any width are held against what is there")
  func sizes() throws {
    let bytes = ByteRegion([3, 0, 1, 0, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F])
    #expect(try bytes.size(at: 0, width: 1) == 3)
    #expect(try bytes.size(at: 0, width: 2) == 3)
    for width in [4, 8] { #expect(throws: FormatProblem.self) { try bytes.size(at: 0, width: width) } }
    #expect(throws: FormatProblem.self) { try bytes.size(at: 4, width: 8) }
    #expect(throws: FormatProblem.self) { try bytes.size(at: 11, width: 2) }
  }

  @Test("Arrays in chunks are put together")
  func chunks() throws {
    let file = try TensorFile(file: Fixture.path("chunks.h5"))
    #expect(file.tensors.map(\.name) == ["compressed", "edges", "many", "plain"])
    for tensor in file.tensors {
      #expect(try file.values(of: tensor) == (0..<tensor.count).map { Float($0) / 4 }, "\(tensor.name)")
      #expect(tensor.byteCount == tensor.count * (tensor.type == "float64" ? 8 : 4))
    }
    // No byte of what is compressed may be another.
    var bytes = try Fixture.bytes("chunks.h5")
    let zlib = try #require(bytes.indices.dropLast(2).first { bytes[$0] == 0x78 && bytes[$0 + 1] == 0x5E })
    bytes[zlib + 9] ^= 1
    #expect(refusal(of: bytes) != nil)
  }

  @Test("An array may be compressed without having become smaller")
  func storedBlocks() throws {
    let file = try TensorFile(file: Fixture.path("stored.npz"))
    #expect(try file.values(of: file.tensors[0]) == (0..<700).map(Float.init))
  }

  @Test("Bytes of very unequal numbers have codes of all lengths")
  func longCodes() throws {
    let file = try TensorFile(file: Fixture.path("codes.npz"))
    var counts = [Int](repeating: 0, count: 14)
    for value in try file.values(of: file.tensors[0]) { counts[Int(value)] += 1 }
    #expect(counts == [0, 3990, 1995, 990, 514, 264, 136, 58, 26, 15, 5, 6, 0, 1])
    try file.verify()
  }

  @Test("The head of an array may go on elsewhere")
  func continuedHead() throws {
    let file = try TensorFile(file: Fixture.path("continued.h5"))
    #expect(file.tensors.map(\.name) == ["first", "second"])
    #expect(try file.values(of: file.tensors[0]) == [0, 1, 2, 3])
    var bytes = try Fixture.bytes("continued.h5")
    let place = try #require(bytes.indices.first { bytes[$0...].starts(with: Array("OCHK".utf8)) })
    bytes[place + 24] ^= 1
    #expect(refusal(of: bytes)?.contains("its checksum is wrong") == true)
    bytes[place] ^= 1
    #expect(refusal(of: bytes)?.contains("goes on where nothing is") == true)
  }

  @Test("What cannot be read is named")
  func refused() throws {
    let problem = refusal(of: try Fixture.bytes("filter.h5"))
    #expect(problem == "has `sums`, which went through filter 3: only gzip and shuffle can be undone")
  }

  @Test("Arrays of all types and orders are read, compressed or not")
  func arrays() throws {
    let file = try TensorFile(file: Fixture.path("arrays.npz"))
    #expect(file.format == .npz && file.tensors.count == 17)
    for tensor in file.tensors where tensor.shape == [2, 3] {
      let wanted: [Float] = tensor.type == "bool" ? [0, 1, 1, 1, 1, 1] : [0, 1, 2, 3, 4, 5]
      #expect(try file.values(of: tensor) == wanted, "\(tensor.name)")
    }
    let all = try file.tensors.map { try file.content(of: $0) }
    for format in [TensorFile.Format.npz, .safetensors] {
      let again = try TensorFile(ByteRegion(try TensorFile.encode(all, as: format)))
      #expect(again.tensors.map(\.name) == file.tensors.map(\.name))
      #expect(again.tensors.map(\.shape) == file.tensors.map(\.shape))
      #expect(again.tensors.map(\.type) == file.tensors.map(\.type))
      try again.verify()
      for (tensor, a) in zip(file.tensors, again.tensors) where tensor.name != "odd" {
        #expect(try again.values(of: a) == file.values(of: tensor), "\(a.name)")
      }
      for (a, b) in zip(again.tensors, all) { #expect(try again.content(of: a).bytes == b.bytes, "\(a.name)") }
    }
  }

  @Test("Numbers that NumPy has no name for become those that it has")
  func bfloat() throws {
    let tensor = TensorContent(name: "a", shape: [2], element: .bfloat16, bytes: [0x80, 0x3F, 0, 0xC0])
    let file = try TensorFile(ByteRegion(try TensorFile.encode([tensor], as: .npy)))
    #expect(file.tensors[0].type == "float32")
    #expect(try file.values(of: file.tensors[0]) == [1, -2])
  }

  @Test("Statistics leave out what is not finite, and count it")
  func statistics() throws {
    let file = try TensorFile(file: Fixture.path("arrays.npz"))
    let odd = try #require(file.tensor("odd"))
    let found = try #require(try file.statistics(of: odd))
    #expect(found.count == 2 && found.nanCount == 1 && found.infinityCount == 2)
    #expect(found.mean == 2 && found.deviation == 1 && found.least == 1 && found.greatest == 3)
    let empty = try #require(file.tensor("none"))
    let none = try #require(try file.statistics(of: empty))
    #expect(none.mean == nil && none.least == nil)
  }

  @Test("Means and deviations of many pieces are those of the whole")
  func pieces() {
    var statistics = TensorStatistics()
    for piece in 0..<5 { statistics.add((0..<7).map { 1_000_000 + Double(piece * 7 + $0) }) }
    #expect(statistics.mean == 1_000_017)
    #expect(abs((statistics.deviation ?? 0) - (Double(35 * 35 - 1) / 12).squareRoot()) < 1e-9)
  }

  @Test("Axes are put in order as NumPy does")
  func axes() {
    let order = Axes.permuted(Array(0..<24), shape: [2, 3, 4], order: [2, 0, 1])
    #expect(Array(order.prefix(7)) == [0, 4, 8, 12, 16, 20, 1])
    #expect(Axes.permuted(order, shape: [4, 2, 3], order: [1, 2, 0]) == Array(0..<24))
  }

  @Test("Statistics are those of the numbers as they are stored, however large")
  func precision() throws {
    func statistics<Bits: FixedWidthInteger>(_ element: ElementType, _ numbers: [Bits]) throws -> TensorStatistics? {
      let bytes = numbers.flatMap { number in
        (0..<Bits.bitWidth / 8).map { UInt8(truncatingIfNeeded: number >> Bits(8 * $0)) }
      }
      let tensor = TensorContent(name: "a", shape: [numbers.count], element: element, bytes: bytes)
      let file = try TensorFile(ByteRegion(try TensorFile.encode([tensor], as: .npz)))
      return try file.statistics(of: file.tensors[0])
    }
    // What NumPy says of them.
    let fine = try statistics(.float64, [1e8 + 0.25, 1e8 + 0.5, 1e8 + 0.75].map(\.bitPattern))
    #expect(fine?.mean == 1e8 + 0.5 && fine?.least == 1e8 + 0.25 && fine?.greatest == 1e8 + 0.75)
    #expect(abs((fine?.deviation ?? 0) - 0.20412414523193154) < 1e-15)
    let large = try statistics(.float64, [1e300, -1e300, 1e-300, .nan, 1].map(\.bitPattern))
    #expect(large?.nanCount == 1 && large?.infinityCount == 0 && large?.greatest == 1e300 && large?.mean == 0.25)
    #expect(abs((large?.deviation ?? 0) - 1e300 * 0.5.squareRoot()) < 1e286)
    for numbers in [[16_777_217, 16_777_219], [-16_777_219, -16_777_217]] as [[Int64]] {
      let found = try statistics(.int64, numbers)
      #expect(found?.least == Double(numbers[0]) && found?.greatest == Double(numbers[1]) && found?.deviation == 1)
    }
    #expect(try statistics(.uint32, [UInt32.max, .max - 2])?.mean == 4_294_967_294)
    #expect(try statistics(.int32, [Int32.min, .min + 2])?.mean == -2_147_483_647)
    #expect(try statistics(.uint64, [1 << 62 as UInt64, 1 << 63])?.deviation == 0x1p61)
  }

  @Test("Large numbers behind small ones have a mean and a deviation too")
  func scales() {
    var statistics = TensorStatistics()
    statistics.add([1, 3])
    statistics.add([0x1p1000, 0x1p1000])
    #expect(statistics.mean == 0x1p999 && statistics.deviation == 0x1p999)
  }

  @Test("An array of HDF5 may be of numbers that have names, behind another program's bytes")
  func namedNumbers() throws {
    let file = try TensorFile(file: Fixture.path("types.h5"))
    #expect(file.tensors.map(\.name) == ["booleans", "others", "small", "text", "void", "wide"])
    #expect(file.tensors.map(\.type) == ["bool", "uint8", "int8", "string", "float32", "int16"])
    let wanted: [[Float]] = [[1, 0], [0, 1], [0, 1, 42], [], [], [0, 1, 420]]
    for (tensor, values) in zip(file.tensors, wanted) where tensor.element != nil {
      #expect(try file.values(of: tensor) == values, "\(tensor.name)")
    }
  }

  @Test("A group of HDF5 may have many names, in all letters")
  func denseLinks() throws {
    let file = try TensorFile(file: Fixture.path("dense.h5"))
    #expect(file.tensors.map(\.name) == (0..<4).map { "größe/\($0)" })
    for (number, tensor) in file.tensors.enumerated() { #expect(try file.values(of: tensor) == [Float(number)]) }
    // Each structure has a checksum.
    for mark in ["FRHP", "FHIB", "FHDB", "BTHD", "BTIN", "BTLF"] {
      var bytes = try Fixture.bytes("dense.h5")
      let place = try #require(bytes.indices.first { bytes[$0...].starts(with: Array(mark.utf8)) })
      bytes[place + 24] ^= 1
      #expect(refusal(of: bytes)?.contains("their checksum is wrong") == true, "\(mark)")
    }
  }

  @Test("An array without numbers may have sizes as large as they come")
  func vast() throws {
    let file = try TensorFile(file: Fixture.path("vast.h5"))
    #expect(file.tensors.map(\.shape) == [[1 << 62, 0]] && file.tensors[0].byteCount == 0)
    #expect(try file.values(of: file.tensors[0]) == [])
  }

  @Test("Arrays that become very much together are refused, though each alone is not")
  func growth() throws {
    let reason = refusal(of: try Fixture.bytes("bomb.h5"))
    #expect(reason?.hasPrefix("has arrays of ") == true && reason?.contains("claim to become 167772160") == true)
  }

  @Test(
    "An archive is written only with names that it is read with", arguments: ["../a", "/a", "a\\b", "a/../b", "a\0"])
  func names(name: String) throws {
    let tensors = ["fine", name].map { TensorContent(name: $0, shape: [1], values: [1]) }
    do throws(FormatProblem) {
      _ = try TensorFile.encode(tensors, as: .npz)
      Issue.record("\(name) is written")
    } catch {
      #expect(error.reason.contains("cannot hold \(quoted(name))"))
    }
    let other = try TensorFile(ByteRegion(try TensorFile.encode(tensors, as: .safetensors)))
    #expect(other.tensors.map(\.name) == ["fine", name])
  }

  @Test("An archive whose description is empty or no description is told so", arguments: ["", " \n", "modelc 1"])
  func withoutDescription(text: String) throws {
    let bytes = try ZipTests.archive([("config.json", Array(text.utf8))])
    do throws(FormatProblem) {
      _ = try KerasArchive.configuration(ByteRegion(bytes), limit: 1 << 20)
      Issue.record("it is taken for a description")
    } catch {
      #expect(error.reason.contains("`config.json` that is no JSON object"))
    }
  }
}
