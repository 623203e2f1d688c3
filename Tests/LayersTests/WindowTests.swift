import Operations
import Testing

@testable import Layers

/// Places of a window, found by trying them one after the other.
private func places(
  map: Int, reach: Int, stride: Int, before: Int, after: Int, roundsUp: Bool = false
) -> Int {
  var count = 0
  while true {
    let start = count * stride
    let fits = start + reach <= before + map + after
    // Torch: a window may reach over the end by less than a stride, but has to begin before the margin behind the map.
    let reachesOver = roundsUp && start + reach - (before + map + after) < stride && start < before + map
    guard fits || reachesOver, !(roundsUp && start >= before + map) else { return count }
    count += 1
  }
}

@Suite struct WindowTests {
  @Test(arguments: 1...9, 1...5) func windowsAreCounted(size: Int, stride: Int) throws {
    for map in 1...20 {
      for dilation in 1...3 {
        let reach = (size - 1) * dilation + 1
        for (before, after) in [(0, 0), (1, 0), (2, 3), (0, 4)] {
          let window = Window(
            size: size, stride: stride, dilation: dilation, margin: .explicit(before: before, after: after))
          let expected = places(map: map, reach: reach, stride: stride, before: before, after: after)
          let output = try #require(try window.slide(over: Dim(map)).output.constant)
          #expect(max(output, 0) == expected, "\(window) over \(map)")
        }
        let valid = Window(size: size, stride: stride, dilation: dilation, margin: .valid)
        let explicit = Window(
          size: size, stride: stride, dilation: dilation, margin: .explicit(before: 0, after: 0))
        #expect(try valid.slide(over: Dim(map)).output == explicit.slide(over: Dim(map)).output)
      }
    }
  }

  @Test(arguments: 1...7, 1...5) func theLastWindowMayReachOver(size: Int, stride: Int) throws {
    for map in 1...20 {
      for (before, after) in [(0, 0), (1, 0), (2, 2), (0, 3)] where before < size && after < size {
        let window = Window(
          size: size, stride: stride, margin: .explicit(before: before, after: after), roundsUp: true)
        let expected = places(map: map, reach: size, stride: stride, before: before, after: after, roundsUp: true)
        let output = try #require(try window.slide(over: Dim(map)).output.constant)
        #expect(max(output, 0) == expected, "\(window) over \(map)")
      }
    }
  }

  @Test(arguments: 1...7, 1...4) func sameCoversEveryCellWithTheOddOneAtTheEnd(size: Int, stride: Int) throws {
    for map in 1...20 {
      for dilation in 1...2 {
        let window = Window(size: size, stride: stride, dilation: dilation, margin: .same)
        let slide = try window.slide(over: Dim(map))
        let output = (map + stride - 1) / stride
        #expect(slide.output == Dim(output))
        let total = max((output - 1) * stride + (size - 1) * dilation + 1 - map, 0)
        let margins = try #require(slide.margins)
        #expect(margins.before == total / 2)
        #expect(margins.after == total - total / 2)
      }
    }
  }

  @Test func fullCountsEveryTouchingWindow() throws {
    let slide = try Window(size: 3, stride: 1, margin: .full).slide(over: 32)
    #expect(slide.output == 34)
    #expect(try #require(slide.margins) == (2, 2))
  }

  @Test func unknownSizesStayFormulas() throws {
    let h = Dim.symbol("H")
    #expect(try Window(size: 7, stride: 1, margin: .valid).slide(over: h).output == h - 6)
    #expect(try Window(size: 3, stride: 2, margin: .valid).slide(over: h * 2 + 1).output == h)
    let halved = try Window(size: 3, stride: 2, margin: .same).slide(over: h)
    #expect(try halved.output == (h + 1).floorDivided(by: 2))
    #expect(halved.margins == nil)
    // With a stride of 1 the padding does not depend on the size.
    #expect(try #require(try Window(size: 4, stride: 1, margin: .same).slide(over: h).margins) == (1, 2))
    // The grain of the input decides it too: floor and ceiling agree.
    #expect(try #require(try Window(size: 3, stride: 2, margin: .same).slide(over: h * 16).margins) == (0, 1))
  }

  /// Keras's `same` makes of each cell as many as the stride, wherever the stride is and however small the window.
  @Test(arguments: 1...5, 1...9) func transposedWindowsCutOffWhatTheyAdd(size: Int, stride: Int) throws {
    let window = TransposedWindow(size: size, stride: stride, margin: .same)
    for map in 1...6 {
      let spread = try window.spread(Dim(map))
      #expect(spread.output == Dim(map * stride))
      #expect(spread.before >= 0 && spread.before < size && spread.after >= 0)
      // What is left of the row of all windows is not larger than the result, which is filled up.
      let row = (map - 1) * stride + size
      #expect(row - spread.before - spread.after <= map * stride)
      #expect(spread.after == 0 || row - spread.before - spread.after == map * stride)
    }
  }

  @Test func numbersBeyond64BitsAreThrown() {
    #expect(throws: DimOverflow.self) {
      try Window(size: .max, stride: 1, dilation: 2, margin: .valid).slide(over: 5)
    }
    #expect(throws: DimOverflow.self) { try Window(size: .max, stride: 1, margin: .full).slide(over: .init(.max)) }
    #expect(throws: DimOverflow.self) {
      try Window(size: 1, stride: 1, margin: .explicit(before: .max, after: .max)).slide(over: 5)
    }
  }
}
