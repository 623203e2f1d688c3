/// Weights in a safetensors file, copied out of it when they are read.
struct SafetensorsSource: WeightSource {
  private let storage: any ByteStorage
  private let tensors: [Safetensors.Tensor]
  /// Positions in `tensors`, by the bytes of the name.
  private let positions: [[UInt8]: Int]

  init(_ storage: some ByteStorage) throws(FormatProblem) {
    self.storage = storage
    tensors = try storage.withBytes { (bytes) throws(FormatProblem) in try Safetensors.tensors(in: bytes) }
    var positions: [[UInt8]: Int] = [:]
    for (position, tensor) in tensors.enumerated() { positions[Array(tensor.name.utf8)] = position }
    self.positions = positions
  }

  func problem(with weight: WeightShape) -> WeightProblem? {
    guard let tensor = tensor(weight.name) else { return WeightProblem(name: weight.name, reason: "is missing") }
    return Self.problem(tensor, weight.shape)
  }

  func read(_ weight: WeightShape, into values: inout MutableSpan<Float>) {
    guard let tensor = tensor(weight.name), let type = Self.types[tensor.type] else {
      preconditionFailure("a tensor that cannot be read")
    }
    unsafe values.withUnsafeMutableBufferPointer { values in
      var values = unsafe MutableSpan(_unsafeElements: values)
      storage.withBytes { type.decode($0.extracting(tensor.bytes), into: &values) }
    }
    storage.release(tensor.bytes)
  }

  func problems(for wanted: [WeightShape]) -> [WeightProblem] {
    NameComparison(wanted: wanted, names: tensors.map(\.name)).problems { weight in
      tensor(weight.name).flatMap { Self.problem($0, weight.shape) }
    }
  }

  private func tensor(_ name: String) -> Safetensors.Tensor? {
    positions[Array(name.utf8)].map { tensors[$0] }
  }

  /// What can be computed with as `Float` without surprises.
  private static let types: [String: ElementType] = [
    "F32": .float32, "F16": .float16, "BF16": .bfloat16, "F64": .float64,
  ]

  private static func problem(_ tensor: Safetensors.Tensor, _ shape: [Int]) -> WeightProblem? {
    guard tensor.shape == shape else {
      return WeightProblem(name: tensor.name, reason: "has the shape \(tensor.shape), but needs \(shape)")
    }
    return types[tensor.type] == nil ? typeProblem(tensor) : nil
  }

  private static func typeProblem(_ tensor: Safetensors.Tensor) -> WeightProblem {
    WeightProblem(name: tensor.name, reason: "is of type \(quoted(tensor.type)), but needs F32, F16, BF16 or F64")
  }
}
