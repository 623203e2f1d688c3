import TestSupport
import Testing

@testable import Runtime

@Suite struct WeightStoreTests {
  @Test func valuesAreReadByNameAndCount() throws {
    let store = WeightStore(values: ["a": [1, 2, 3, 4]])
    #expect(try store.read("a", shape: [2, 2]) == [1, 2, 3, 4])
    #expect(throws: WeightProblem(name: "b", reason: "is missing")) { try store.read("b", shape: [1]) }
    #expect(throws: WeightProblem.self) { try store.read("a", shape: [3]) }
    #expect(throws: WeightProblem.self) { try store.read("a", shape: [-2, -2]) }
    #expect(throws: WeightProblem.self) { try store.read("a", shape: [Int.max, Int.max]) }
  }

  @Test func filesAreReadByNameAndShape() throws {
    let folder = try TemporaryFolder()
    let bytes = Safetensors.encode([
      .init(name: "a", shape: [2, 1], values: [1, 2]), .init(name: "b", shape: [1], values: [3]),
    ])
    let store = try WeightStore(file: try folder.write(bytes, to: "w.safetensors"))
    #expect(try store.read("b", shape: [1]) == [3])
    #expect(try store.read("a", shape: [2, 1]) == [1, 2])
    #expect(throws: WeightProblem(name: "a", reason: "has the shape [2, 1], but needs [1, 2]")) {
      try store.read("a", shape: [1, 2])
    }
  }

  @Test func bytesInMemoryAreRead() throws {
    let bytes = Safetensors.encode([.init(name: "a", shape: [2], values: [1, 2])])
    let store = try WeightStore(safetensors: ArrayStorage(bytes))
    #expect(try store.read("a", shape: [2]) == [1, 2])
  }

  @Test func smallAndLargeFloatsAreConverted() throws {
    // 1, -2 and the smallest numbers of each type.
    let header =
      #"{"h":{"dtype":"F16","shape":[4],"data_offsets":[0,8]},"b":{"dtype":"BF16","shape":[2],"data_offsets":[8,12]},"#
      + #""d":{"dtype":"F64","shape":[1],"data_offsets":[12,20]},"i":{"dtype":"I64","shape":[1],"data_offsets":[20,28]}}"#
    var bytes = SafetensorsTests.file(header, data: 0)
    for half: UInt16 in [0x3C00, 0xC000, 0x0001, 0x7BFF, 0x3F80, 0xC000] { bytes.appendLittleEndian(half) }
    bytes.appendLittleEndian((0.1).bitPattern)
    bytes.appendLittleEndian(7)
    let folder = try TemporaryFolder()
    let store = try WeightStore(file: try folder.write(bytes, to: "w"))
    #expect(try store.read("h", shape: [4]) == [1, -2, 0x1p-24, 65504])
    #expect(try store.read("b", shape: [2]) == [1, -2])
    #expect(try store.read("d", shape: [1]) == [0.1])
    let problem = #expect(throws: WeightProblem.self) { try store.read("i", shape: [1]) }
    #expect(problem?.reason == "is of type `I64`, but needs F32, F16, BF16 or F64")
  }

  @Test func allProblemsAreListedAtOnce() throws {
    let folder = try TemporaryFolder()
    let bytes = Safetensors.encode([
      .init(name: "conv/kernel", shape: [1, 2], values: [1, 2]), .init(name: "conv/bais", shape: [1], values: [3]),
      .init(name: "good", shape: [1], values: [3]), .init(name: "other", shape: [1], values: [3]),
    ])
    let store = try WeightStore(file: try folder.write(bytes, to: "w"))
    let problems = store.problems(for: [
      WeightShape(name: "conv/kernel", shape: [2, 1]), WeightShape(name: "conv/bias", shape: [1]),
      WeightShape(name: "good", shape: [1]), WeightShape(name: "far away from all", shape: [1]),
    ])
    #expect(
      problems.map(\.description) == [
        "weight `conv/kernel` has the shape [1, 2], but needs [2, 1]",
        "weight `conv/bias` of shape [1] is missing; did you mean `conv/bais`?",
        "weight `far away from all` of shape [1] is missing",
        "weight `conv/bais` is none of this network's; did you mean `conv/bias`?",
        "weight `other` is none of this network's",
      ])
    #expect(store.problems(for: [WeightShape(name: "good", shape: [1])]).count == 3)
  }

  /// A file may hold as many tensors as its author likes, none of them the network's.
  @Test func aHundredProblemsAreToldAndTheRestIsCounted() {
    func messages(_ count: Int) -> [String] {
      (0..<count).map { WeightProblem(name: "w\($0)", reason: "is missing") }.messages
    }
    #expect(messages(100).count == 100)
    #expect(messages(100).last == "weight `w99` is missing")
    #expect(messages(103).count == 101)
    #expect(messages(103).suffix(2) == ["weight `w99` is missing", "and 3 more"])
    #expect(messages(0).isEmpty)
  }

  /// Keras's `Normalization` keeps an integer that no step reads.
  @Test func optionalWeightsMayBeAnythingOrMissing() throws {
    let header =
      #"{"n/mean":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"#
      + #""n/count":{"dtype":"I64","shape":[],"data_offsets":[4,12]}}"#
    let folder = try TemporaryFolder()
    let file = try WeightStore(file: try folder.write(SafetensorsTests.file(header, data: 12), to: "w"))
    let mean = WeightShape(name: "n/mean", shape: [1])
    let count = WeightShape(name: "n/count", shape: [2], isOptional: true)
    #expect(file.problems(for: [mean, count]).isEmpty)
    #expect(file.problems(for: [mean]).map(\.description) == ["weight `n/count` is none of this network's"])
    #expect(WeightStore(values: ["n/mean": [1]]).problems(for: [mean, count]).isEmpty)
    #expect(WeightStore(values: ["n/mean": [1], "n/count": [1]]).problems(for: [mean, count]).isEmpty)
    let odd = WeightShape(name: "n/whatever", shape: [2], isOptional: true)
    #expect(WeightStore.synthetic().problems(for: [mean, odd]).isEmpty)
  }

  @Test func namesAreComparedByteByByte() throws {
    // Both are é: one scalar, and e with an accent.
    let bytes = Safetensors.encode([
      .init(name: "\u{E9}", shape: [1], values: [1]), .init(name: "e\u{301}", shape: [1], values: [2]),
    ])
    let folder = try TemporaryFolder()
    let store = try WeightStore(file: try folder.write(bytes, to: "w"))
    #expect(try store.read("\u{E9}", shape: [1]) == [1])
    #expect(try store.read("e\u{301}", shape: [1]) == [2])
  }

  @Test func hostileNamesAreHarmlessInMessages() {
    let problem = WeightProblem(name: "\u{1B}[31m\n\u{202E}x", reason: "is missing")
    #expect(problem.description == #"weight `\u{1B}[31m\u{A}\u{202E}x` is missing"#)
  }

  @Test func manyProblemsTakeNoTime() throws {
    let wanted = (0..<5000).map { WeightShape(name: "layer_\($0)/kernel_of_some_length", shape: [1]) }
    let values = Dictionary(uniqueKeysWithValues: (0..<5000).map { ("other_\($0)/kernel_of_some_length", [Float(0)]) })
    let time = processorTime { #expect(WeightStore(values: values).problems(for: wanted).count == 10_000) }
    #expect(time < .seconds(30))
  }
}
