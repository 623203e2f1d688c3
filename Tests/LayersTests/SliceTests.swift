import Operations
import Testing

@testable import Layers

/// Parts of tensors: what is taken of each axis, and what open sizes have to be for that.
@Suite struct SliceTests {
  private static let whole = Literal.word("slice", [])

  private static func slice(_ start: Int?, _ stop: Int? = nil, _ step: Int? = nil) -> Literal {
    let bounds = [("start", start), ("stop", stop), ("step", step)]
    return .word("slice", bounds.compactMap { name, bound in bound.map { Argument(name, .integer($0)) } })
  }

  private func item(_ key: Literal...) throws -> any Layer { try layer("GetItem", [Argument("key", .list(key))]) }

  private func refusal(_ shape: Shape, _ key: Literal...) throws -> LayerProblem {
    try LayersTests.refusal(of: "GetItem", [Argument("key", .list(key))], on: [shape])
  }

  /// Every slice of small sizes takes as many indices as Python's, and the first is the same.
  @Test func slicesAreThoseOfPython() throws {
    let bounds: [Int?] = [nil, 0, 1, 3, 4, 5, 9, -1, -2, -4, -5, -9, .max, .min]
    for size in 0...5 {
      for start in bounds {
        for stop in bounds {
          for step in [nil, 1, 2, 3, 7, .max, -1, -2, -5, .min] as [Int?] {
            let slice = AxisSlice(start: start, stop: stop, step: step)
            let found = try slice.indices(of: Dim(size))
            let expected = Self.indices(size, start, stop, step ?? 1)
            #expect(found.count.constant == expected.count, "\(slice) of \(size)")
            #expect(found.demands == [])
            if let first = expected.first { #expect(found.first == first, "\(slice) of \(size)") }
          }
        }
      }
    }
  }

  /// Word for word: the indices between the bounds, at most as far as the ends.
  private static func indices(_ size: Int, _ start: Int?, _ stop: Int?, _ step: Int) -> [Int] {
    func place(_ bound: Int) -> Int { bound < 0 ? max(-1, max(bound, -size - 1) + size) : min(bound, size) }
    if step > 0 {
      let places = max(0, place(start ?? 0))..<max(0, place(start ?? 0), place(stop ?? size))
      return places.filter { ($0 - places.lowerBound) % step == 0 && $0 < size }
    }
    let first = min(size - 1, place(start ?? size))
    let end = stop.map(place) ?? -1
    let stride = -max(step, -.max)
    return (0..<size).reversed().filter { $0 <= first && $0 > end && (first - $0) % stride == 0 }
  }

  @Test func axesGoStayAndCome() throws {
    let shape = Shape("N", 8, 6, 12)
    #expect(try item(.word("ellipsis", []), Self.slice(nil, nil, -1)).outputShape([shape]) == shape)
    #expect(
      try item(Self.whole, Self.slice(1, -1), Self.slice(nil, nil, 2)).outputShape([shape]) == Shape("N", 6, 3, 12))
    #expect(try item(Self.whole, .integer(-8)).outputShape([shape]) == Shape("N", 6, 12))
    #expect(
      try item(Self.whole, .none, .word("ellipsis", []), .integer(0), .none).outputShape([shape])
        == Shape("N", 1, 8, 6, 1))
    #expect(try item(Self.whole, Self.slice(3, 100)).outputShape([shape]) == Shape("N", 5, 6, 12))
    #expect(try layer("GetItem", [Argument("key", .word("ellipsis", []))]).outputShape([shape]) == shape)
  }

  /// What has to hold of an open size, and the size that is left then.
  @Test func openSizesMeetDemands() throws {
    func left(_ slice: Literal) throws -> (String, [String]) {
      let layer = try item(Self.whole, slice)
      do throws(LayerProblem) {
        return ("\(try layer.outputShape([Shape("N", "H", 3)]))", [])
      } catch {
        return (
          "\(error.provision?.result ?? Shape([]))", error.provision?.demands.map(\.condition.description) ?? ["none"]
        )
      }
    }
    #expect(try left(Self.slice(nil, nil, 2)) == ("[N, ceil(H / 2), 3]", []))
    #expect(try left(Self.slice(nil, nil, -2)) == ("[N, ceil(H / 2), 3]", []))
    #expect(try left(Self.slice(1, -1)) == ("[N, H - 2, 3]", []))
    #expect(try left(Self.slice(2, 5)) == ("[N, 3, 3]", ["H - 5 >= 0"]))
    #expect(try left(Self.slice(-3)) == ("[N, 3, 3]", ["H - 3 >= 0"]))
    #expect(try left(Self.slice(-1)) == ("[N, 1, 3]", []))
    #expect(try left(Self.slice(4, nil, -1)) == ("[N, 5, 3]", ["H - 4 >= 1"]))
    #expect(try left(Self.slice(nil, -4, -1)) == ("[N, 3, 3]", ["H - 4 >= 0"]))
    #expect(try left(.integer(2)) == ("[N, 3]", ["H - 3 >= 0"]))
    #expect(try left(.integer(0)) == ("[N, 3]", []))
  }

  @Test func whatIsNotThereIsNotTaken() throws {
    let shape = Shape("N", 8, 6)
    let empty = try refusal(shape, Self.whole, Self.slice(8))
    #expect(empty.code == .windowTooLarge)
    #expect(empty.subject == .element("key", 1))
    #expect(empty.message == "nothing is left of axis 1 of [N, 8, 6]: 8: takes none of 8")
    #expect(try refusal(shape, Self.whole, .integer(8)).subject == .element("key", 1))
    #expect(try refusal(shape, Self.whole, .integer(-9)).subject == .element("key", 1))
    #expect(try refusal(shape, Self.whole, .integer(.max)).subject == .element("key", 1))
    #expect(try refusal(shape, Self.whole, .integer(.min)).subject == .element("key", 1))
    #expect(try refusal(Shape("N", "H"), Self.whole, Self.slice(5, 2)).code == .windowTooLarge)
    #expect(try refusal(shape, Self.whole, Self.whole, Self.whole, Self.whole).code == .rank)
    for first in [Literal.integer(0), .none, Self.slice(1), Self.slice(nil, nil, -1)] {
      let batch = try refusal(shape, first, Self.whole)
      #expect(batch.subject == .element("key", 0))
      #expect(batch.message == "'key' changes the batch, which layers leave alone")
    }
    let kind = try LayerKind.named("GetItem")
    let ellipsis = Literal.word("ellipsis", [])
    #expect(kind.problems([Argument("key", .list([ellipsis, ellipsis]))]).map(\.subject) == [.element("key", 1)])
    let still = kind.problems([Argument("key", .list([ellipsis, Self.slice(0, 5, 0)]))])
    #expect(still.map(\.message) == ["element 1 of 'key' is wrong: 'step' of 'slice' has to be other than 0, not 0"])
  }

  @Test(arguments: [
    ([5], "slice(stop: 5)"), ([2, 8], "slice(start: 2, stop: 8)"), ([5, 3, -1], "slice(start: 5, stop: 3, step: -1)"),
  ])
  func numbersByPlaceAreThoseOfPython(_ numbers: [Int], _ meant: String) throws {
    let slice = Literal.word("slice", numbers.map { Argument("", .integer($0)) })
    let problems = try LayerKind.named("GetItem").problems([Argument("key", .list([Self.whole, slice]))])
    #expect(problems.map(\.replacement) == [meant])
    #expect(problems.map(\.help) == ["write \(meant)"])
  }

  @Test func fieldsAreThoseOfPixels() throws {
    let map = Shape("N", 8, 8, 4)
    let two = Self.slice(nil, nil, 2)
    #expect(try item(.word("ellipsis", []), Self.slice(2)).field([map]) == .pixel)
    #expect(try item(Self.whole, Self.slice(1, -1)).field([map]) == .pixel)
    #expect(try item(Self.whole, two, two).field([map]) == .window(size: [1, 1], strides: [2, 2]))
    #expect(try item(Self.whole, two).field([Shape("N", 8, 4)]) == .window(size: [1, 1], strides: [1, 2]))
    #expect(try item(Self.whole, Self.slice(nil, nil, -1)).field([map]) == .everything)
    #expect(try item(Self.whole, .integer(0)).field([map]) == .everything)
    #expect(try item(Self.whole, .none).field([map]) == .everything)
  }

  @Test func itIsASliceAndPerhapsAnotherShape() throws {
    func kinds(_ key: Literal...) throws -> [OperationKind] {
      let made = try layer("GetItem", [Argument("key", .list(key))])
      return try lowered(made, [Shape("N", 8, 6)]).graph.operations.map(\.kind)
    }
    #expect(try kinds(Self.whole, Self.slice(-3)) == [.slice(starts: [0, 5, 0], steps: [1, 1, 1])])
    #expect(try kinds(Self.whole, Self.slice(20, nil, -3)) == [.slice(starts: [0, 7, 0], steps: [1, -3, 1])])
    #expect(try kinds(Self.whole, .integer(-1)) == [.slice(starts: [0, 7, 0], steps: [1, 1, 1]), .reshape])
    #expect(try kinds(Self.whole, .none) == [.slice(starts: [0, 0, 0], steps: [1, 1, 1]), .reshape])
  }

  // MARK: - Split

  private static func split(_ cuts: Literal, _ index: Int, axis: Int = -1) -> [Argument] {
    [Argument("indices_or_sections", cuts), Argument("axis", .integer(axis)), Argument("index", .integer(index))]
  }

  @Test func partsOfOneSize() throws {
    let third = try layer("Split", Self.split(.integer(3), 1))
    #expect(try third.outputShape([Shape("N", 4, 12)]) == Shape("N", 4, 4))
    #expect(
      try lowered(third, [Shape("N", 4, 12)]).graph.operations.map(\.kind)
        == [.slice(starts: [0, 0, 4], steps: [1, 1, 1])])
    let uneven = try LayersTests.refusal(of: "Split", Self.split(.integer(5), 1), on: [Shape("N", 4, 12)])
    #expect(uneven.code == .indivisible)
    #expect(uneven.provision == nil)
    let open = try LayersTests.refusal(of: "Split", Self.split(.integer(2), 1, axis: 1), on: [Shape("N", "H", 12)])
    #expect(open.provision?.demands.map(\.condition.description) == ["H % 2 == 0"])
    #expect(open.provision?.result.description == "[N, floor(H / 2), 12]")
  }

  @Test func partsBetweenIndices() throws {
    let cuts = Literal.list([.integer(2), .integer(-3)])
    func size(_ index: Int) throws -> Dim {
      try layer("Split", Self.split(cuts, index)).outputShape([Shape("N", 12)])[1]
    }
    #expect(try (0...2).map(size) == [2, 7, 3])
    let last = try layer("Split", Self.split(cuts, 2))
    #expect(
      try lowered(last, [Shape("N", 12)]).graph.operations.map(\.kind) == [.slice(starts: [0, 9], steps: [1, 1])])
    let empty = try LayersTests.refusal(of: "Split", Self.split(cuts, 1), on: [Shape("N", 5)])
    #expect(empty.subject == .attribute("indices_or_sections"))
    let none = try LayerKind.named("Split").problems(Self.split(cuts, 3))
    #expect(none.map(\.subject) == [.attribute("index")])
    #expect(
      try LayerKind.named("Split").problems(Self.split(.integer(0), 0)).map(\.message)
        == ["'indices_or_sections' has to be at least 1, not 0"])
    #expect(
      try LayersTests.refusal(of: "Split", Self.split(cuts, 0, axis: 0), on: [Shape("N", 5)]).subject
        == .attribute("axis"))
  }
}
