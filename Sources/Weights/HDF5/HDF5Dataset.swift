import Runtime

/// What numbers of an array are.
enum HDF5Type: Hashable {
  case number(ElementType, isBigEndian: Bool)
  /// Bytes that only a note says what they are.
  case opaque(size: Int)
  /// Anything else, by its name.
  case other(String, size: Int)
}

/// Arrays: their sizes, types and places.
extension HDF5File {
  mutating func dataset(_ path: String, _ object: HDF5Object) throws(FormatProblem) -> Dataset {
    guard let dataspace = object.dataspace, let datatype = object.datatype, let layout = object.layout else {
      throw FormatProblem("has \(quoted(path)), which is neither a group nor an array")
    }
    guard !object.isExternal else { throw FormatProblem("has \(quoted(path)), whose numbers lie in another file") }
    let (type, size) = try Self.type(datatype)
    guard let shape = try Self.shape(dataspace) else {
      return Dataset(path: path, type: type, shape: nil, place: 0..<0, notes: object.notes)
    }
    let (bytes, overflow) = (shape.checkedProduct() ?? .max).multipliedReportingOverflow(by: size)
    guard !overflow else { throw FormatProblem("has \(quoted(path)) in the shape \(shape), which is too large") }
    if try layout.integer(at: 1, as: UInt8.self) == 2 {
      let chunks = try self.chunks(layout, object, shape, elementSize: size, path)
      return Dataset(path: path, type: type, shape: shape, place: 0..<0, chunks: chunks, notes: object.notes)
    }
    guard object.filters == nil else { throw Self.broken("\(quoted(path)) is compressed in one piece") }
    let place = try self.place(layout, bytes, path)
    guard place.count == bytes else {
      throw FormatProblem("has \(place.count) bytes for \(quoted(path)), not \(bytes) as its shape \(shape) says")
    }
    return Dataset(path: path, type: type, shape: shape, place: place, notes: object.notes)
  }

  /// Section IV.A.2.b: the sizes of an array; nil if it has no element at all.
  static func shape(_ body: ByteRegion) throws(FormatProblem) -> [Int]? {
    let version = try body.integer(at: 0, as: UInt8.self)
    let rank = Int(try body.integer(at: 1, as: UInt8.self))
    guard version == 1 || version == 2, rank <= 32 else { throw broken("the sizes of an array cannot be told") }
    if version == 2, try body.integer(at: 3, as: UInt8.self) == 2 { return nil }
    let start = version == 1 ? 8 : 4
    var shape: [Int] = []
    for axis in 0..<rank {
      guard let size = Int(exactly: try body.integer(at: start + 8 * axis, as: UInt64.self)) else {
        throw broken("an array is too large")
      }
      shape.append(size)
    }
    return shape
  }

  /// Section IV.A.2.i: where the numbers stand.
  private func place(_ body: ByteRegion, _ bytes: Int, _ path: String) throws(FormatProblem) -> Range<Int> {
    let version = try body.integer(at: 0, as: UInt8.self)
    let kind = try body.integer(at: 1, as: UInt8.self)
    guard version == 3 || version == 4 else {
      throw FormatProblem("has \(quoted(path)), whose numbers are laid out in an old way that cannot be read")
    }
    switch kind {
    case 0:
      throw FormatProblem("has \(quoted(path)), whose numbers stand in its description, which cannot be read")
    case 1:
      let start = try body.integer(at: 2, as: UInt64.self)
      let size = try body.integer(at: 10, as: UInt64.self)
      if start == .max, bytes == 0 { return 0..<0 }
      guard start != .max else { throw FormatProblem("has \(quoted(path)), whose numbers were never written") }
      guard start <= UInt64(file.count), size <= UInt64(file.count) - start else {
        throw FormatProblem("has \(quoted(path)), whose numbers lie beyond its end")
      }
      return Int(start)..<Int(start + size)
    default: throw FormatProblem("has \(quoted(path)), whose numbers are laid out in a way that cannot be read")
    }
  }

  /// Section IV.A.2.d: the type of numbers, and how many bytes each has.
  private static func type(_ body: ByteRegion) throws(FormatProblem) -> (HDF5Type, size: Int) {
    let kind = try body.integer(at: 0, as: UInt8.self) & 15
    let bits = try body.bytes(1..<4)
    let size = Int(try body.integer(at: 4, as: UInt32.self))
    guard size > 0 else { throw broken("a number has no bytes") }
    switch kind {
    case 0:
      let offset = try body.integer(at: 8, as: UInt16.self)
      let precision = try body.integer(at: 10, as: UInt16.self)
      guard offset == 0, Int(precision) == 8 * size, let type = integer(size, isSigned: bits[0] & 8 != 0) else {
        return (.other("integer of \(precision) bits", size: size), size)
      }
      return (.number(type, isBigEndian: bits[0] & 1 != 0), size)
    case 1:
      // The places and sizes of exponent and fraction, the place of the sign.
      let form = try body.bytes(12..<16) + [bits[1]]
      let bias = try body.integer(at: 16, as: UInt32.self)
      let types: [(ElementType, form: [UInt8], bias: UInt32)] = [
        (.float16, [10, 5, 0, 10, 15], 15), (.bfloat16, [7, 8, 0, 7, 15], 127),
        (.float32, [23, 8, 0, 23, 31], 127), (.float64, [52, 11, 0, 52, 63], 1023),
      ]
      guard let type = types.first(where: { $0.0.size == size && $0.form == form && $0.bias == bias })?.0,
        bits[0] & 0x70 == 0x20
      else { return (.other("float of \(size) bytes", size: size), size) }
      return (.number(type, isBigEndian: bits[0] & 1 != 0), size)
    case 5: return (.opaque(size: size), size)
    case 8: return (try enumeration(body, size: size), size)
    default:
      let names: [UInt8: String] = [
        2: "time", 3: "string", 4: "bits", 6: "record", 7: "reference", 9: "string or list", 10: "array",
      ]
      return (.other(names[kind] ?? "unknown", size: size), size)
    }
  }

  /// Numbers that have names: booleans if they are called as h5py calls those, else the integers that they are.
  private static func enumeration(_ body: ByteRegion, size: Int) throws(FormatProblem) -> HDF5Type {
    let base = try body.part(8..<body.count)
    guard try base.integer(at: 0, as: UInt8.self) & 15 == 0 else { return .other("enumeration", size: size) }
    let (type, baseSize) = try Self.type(base)
    guard baseSize == size else { throw broken("a name stands for a number of another size") }
    guard size == 1, try body.integer(at: 1, as: UInt16.self) == 2 else { return type }
    // The names, each up to its zero byte, and in older versions filled up to a multiple of 8; then their numbers.
    let isPadded = try body.integer(at: 0, as: UInt8.self) >> 4 < 3
    let names = try body.bytes(20..<body.count)
    let wanted = ["FALSE", "TRUE"].flatMap {
      [UInt8]($0.utf8) + [UInt8](repeating: 0, count: isPadded ? 8 - $0.utf8.count : 1)
    }
    return names.starts(with: wanted + [0, 1]) ? .number(.bool, isBigEndian: false) : type
  }

  private static func integer(_ size: Int, isSigned: Bool) -> ElementType? {
    switch size {
    case 1: isSigned ? .int8 : .uint8
    case 2: isSigned ? .int16 : .uint16
    case 4: isSigned ? .int32 : .uint32
    case 8: isSigned ? .int64 : .uint64
    default: nil
    }
  }
}
