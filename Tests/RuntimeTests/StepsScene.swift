import Foundation
import Testing

@testable import Runtime

/// The seeds of a test of random geometries: so many as meet each kind, or as GEOMETRIES says if that is more.
func geometries(_ count: Int) -> Range<Int> {
  0..<max(count, ProcessInfo.processInfo.environment["GEOMETRIES"].flatMap { Int($0) } ?? 0)
}

/// Numbers that look random and are the same every time.
struct Dice: RandomNumberGenerator {
  private var state: UInt64

  init(_ seed: Int) {
    state = UInt64(truncatingIfNeeded: seed) &* 0x9E37_79B9_7F4A_7C15 &+ 1
  }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  mutating func roll(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &self) }
  mutating func flip() -> Bool { Bool.random(using: &self) }
  mutating func value() -> Float { Float.random(in: -1...1, using: &self) }
  mutating func values(_ count: Int) -> [Float] { (0..<count).map { _ in value() } }
  mutating func border(least: Int = 0, most: Int = 2) -> Border {
    Border(
      top: roll(least...least + most), bottom: roll(least...least + most), left: roll(least...least + most),
      right: roll(least...least + most))
  }
}

/// Values of a batch of maps by example, channel, row, column, or of a batch of plain tensors by example.
struct Values {
  var batch: Int
  var channels: Int
  var height: Int
  var width: Int
  var floats: [Float]

  init(batch: Int, channels: Int, height: Int, width: Int, _ dice: inout Dice) {
    (self.batch, self.channels, self.height, self.width) = (batch, channels, height, width)
    floats = dice.values(batch * channels * height * width)
  }

  func index(_ n: Int, _ c: Int, _ y: Int, _ x: Int) -> Int { ((n * channels + c) * height + y) * width + x }

  /// Zero outside the map.
  subscript(n: Int, c: Int, y: Int, x: Int) -> Double {
    y >= 0 && y < height && x >= 0 && x < width ? Double(floats[index(n, c, y, x)]) : 0
  }
}

/// A value that a step should give, and how far off it may be.
struct Expected {
  var value: Double
  var tolerance: Double

  /// - Parameter magnitude: the sum of the absolute values of all that was added up.
  init(_ value: Double, magnitude: Double) {
    self.value = value
    tolerance = 2e-6 * magnitude + 1e-30
  }

  init(exactly value: Float) {
    self.value = Double(value)
    tolerance = 0
  }

  func accepts(_ found: Float) -> Bool {
    if value.isNaN { return found.isNaN }
    if value.isInfinite { return Double(found) == value }
    return abs(Double(found) - value) <= tolerance
  }
}

/// An arena full of NaN with tensors placed in it, and a step that runs there.
struct Scene {
  let batch: Int
  var arena: [Float] = []
  var inputs: [[Float]] = []
  var outputs: [[Float]] = []
  var weights: [String: [Float]] = [:]
  private var size = 0

  init(batch: Int) { self.batch = batch }

  mutating func place(_ floats: Int, _ dice: inout Dice) -> Place {
    let place = Place(offset: size, stride: floats + (dice.flip() ? 0 : dice.roll(0...5)))
    size += place.stride + dice.roll(0...40)
    arena += [Float](repeating: .nan, count: size * batch - arena.count)
    return place
  }

  /// A map of its own or a slice of a place with more blocks.
  mutating func map(
    channels: Int, height: Int, width: Int, border: Border = Border(), isNarrow: Bool = false, _ dice: inout Dice
  ) -> FeatureMap {
    var map = FeatureMap(
      place: Place(offset: 0, stride: 0), height: height, width: width, channels: channels, border: border,
      isNarrow: isNarrow)
    let before = isNarrow || dice.flip() ? 0 : dice.roll(0...2)
    let behind = dice.flip() ? 0 : dice.roll(0...1)
    map.firstBlock = before
    map.place = place((before + map.blocks + behind) * map.blockStride, &dice)
    return map
  }

  mutating func plain(_ shape: [Int], _ dice: inout Dice) -> PlainTensor {
    let count = shape.reduce(1, *)
    switch dice.roll(0...2) {
    case 0:
      outputs.append([Float](repeating: .nan, count: count * batch))
      return PlainTensor(storage: .output(outputs.count - 1), shape: shape)
    default:
      return PlainTensor(storage: .arena(place(count, &dice)), shape: shape)
    }
  }

  // MARK: Tensors in and out

  func address(_ map: FeatureMap, _ n: Int, _ c: Int, _ y: Int, _ x: Int) -> Int {
    map.place.offset * batch + n * map.place.stride + (map.firstBlock + c / 16) * map.blockStride
      + (y + map.border.top) * map.rowStride + (x + map.border.left) * map.pixelStride + c % 16
  }

  private func lanes(_ map: FeatureMap) -> Int { map.isNarrow ? map.channels : map.blocks * 16 }

  /// The values stand in the map, zeros in its border, NaN in lanes without a channel.
  mutating func fill(_ map: FeatureMap, _ values: Values) {
    for n in 0..<batch {
      for c in 0..<lanes(map) {
        for y in -map.border.top..<map.height + map.border.bottom {
          for x in -map.border.left..<map.width + map.border.right {
            let isInside = y >= 0 && y < map.height && x >= 0 && x < map.width
            arena[address(map, n, c, y, x)] =
              !isInside ? 0 : c < map.channels ? values.floats[values.index(n, c, y, x)] : .nan
          }
        }
      }
    }
  }

  /// NaN in the border, which the step must make zero.
  mutating func poisonBorder(of map: FeatureMap) {
    for n in 0..<batch {
      for c in 0..<lanes(map) {
        for y in -map.border.top..<map.height + map.border.bottom {
          for x in -map.border.left..<map.width + map.border.right
          where y < 0 || y >= map.height || x < 0 || x >= map.width {
            arena[address(map, n, c, y, x)] = .nan
          }
        }
      }
    }
  }

  mutating func fill(_ tensor: PlainTensor, _ values: [Float]) {
    let count = tensor.count
    for n in 0..<batch {
      for i in 0..<count {
        switch tensor.storage {
        case .arena(let place): arena[place.offset * batch + n * place.stride + i] = values[n * count + i]
        case .input(let index): inputs[index][n * count + i] = values[n * count + i]
        case .output(let index): outputs[index][n * count + i] = values[n * count + i]
        }
      }
    }
  }

  func read(_ tensor: PlainTensor, _ n: Int, _ i: Int) -> Float {
    switch tensor.storage {
    case .arena(let place): arena[place.offset * batch + n * place.stride + i]
    case .input(let index): inputs[index][n * tensor.count + i]
    case .output(let index): outputs[index][n * tensor.count + i]
    }
  }

  // MARK: Running

  /// Runs the step as one thread does, all units at once, or as several do, one by one from the last; and the latter
  /// with weights that were packed before.
  func run(_ step: some Step, _ path: Kernels.Path, threads: Int) throws -> Scene {
    try run(step, on: #require(Kernels(path)), threads: threads)
  }

  /// - Parameter kernels: if they split values, weights are packed anew for them.
  func run(_ step: some Step, on kernels: Kernels, threads: Int) throws -> Scene {
    var scene = self
    let packing = Packing(.named(WeightStore(values: weights)), for: kernels)
    var prepared = try step.prepare(packing)
    if threads > 1, kernels.precision == .full {
      let packed = Packing(.packed(PackedWeights(copying: packing.blocks)))
      prepared = try step.prepare(packed)
      #expect(packed.count == packing.count)
    }
    let load = Load(batch: batch, threads: threads)
    let scratchSize = prepared.scratch(load).size(threads: threads)
    let scratch = UnsafeMutablePointer<Float>.allocate(capacity: scratchSize)
    defer { unsafe scratch.deallocate() }
    unsafe scratch.initialize(repeating: .nan, count: scratchSize)
    let arenaCount = arena.count
    let arena = UnsafeMutablePointer<Float>.allocate(capacity: max(1, arenaCount))
    unsafe arena.update(from: scene.arena, count: arenaCount)
    let outputs = unsafe scene.outputs.map { values in
      let pointer = UnsafeMutablePointer<Float>.allocate(capacity: values.count)
      unsafe pointer.update(from: values, count: values.count)
      return unsafe pointer
    }
    let inputs = unsafe scene.inputs.map { values in
      let pointer = UnsafeMutablePointer<Float>.allocate(capacity: values.count)
      unsafe pointer.update(from: values, count: values.count)
      return unsafe UnsafePointer(pointer)
    }
    let context = unsafe StepContext(
      arena: arena, inputs: inputs, outputs: outputs, scratch: scratch, dividedAs: prepared.scratch(load), load: load,
      kernels: kernels)
    for phase in 0..<prepared.phaseCount(load) {
      let count = prepared.unitCount(phase: phase, load)
      if threads > 1 {
        var last = [Int?](repeating: nil, count: threads)
        for unit in (0..<count).reversed() {
          let worker = unit % threads
          prepared.run(unit..<unit + 1, phase: phase, ThreadPool.Turn(worker: worker, last: last[worker]), context)
          last[worker] = unit
        }
      } else {
        prepared.run(0..<count, phase: phase, ThreadPool.Turn(), context)
      }
    }
    for index in scene.arena.indices { unsafe scene.arena[index] = arena[index] }
    for index in scene.outputs.indices {
      for i in scene.outputs[index].indices { unsafe scene.outputs[index][i] = outputs[index][i] }
      unsafe outputs[index].deallocate()
    }
    for index in scene.inputs.indices { unsafe inputs[index].deallocate() }
    unsafe arena.deallocate()
    return scene
  }

  /// Runs the step on every path, or on some kernels, and checks its result, its border, that nothing else is written, and
  /// that the units do not depend on one another.
  func check(
    _ step: some Step, on kernels: [Kernels] = Kernels.available().compactMap { Kernels($0) }, output map: FeatureMap,
    channels: Range<Int>? = nil, _ remark: String = "",
    _ expected: (_ n: Int, _ c: Int, _ y: Int, _ x: Int) -> Expected
  ) throws {
    let channels = channels ?? 0..<map.channels
    for kernels in kernels {
      let path = kernels.path
      let before = self
      let after = try run(step, on: kernels, threads: 1)
      let again = try run(step, on: kernels, threads: 3)
      var isOwned = [Bool](repeating: false, count: arena.count)
      var wrong: [String] = []
      for n in 0..<batch {
        for c in channels.lowerBound / 16 * 16..<(map.isNarrow ? map.channels : (channels.upperBound + 15) / 16 * 16) {
          for y in -map.border.top..<map.height + map.border.bottom {
            for x in -map.border.left..<map.width + map.border.right {
              let index = address(map, n, c, y, x)
              let isInside = y >= 0 && y < map.height && x >= 0 && x < map.width
              if !isInside || channels.contains(c) || c >= map.channels { isOwned[index] = true }
              if !isInside {
                if after.arena[index] != 0 { wrong.append("border \((n, c, y, x)) is \(after.arena[index])") }
              } else if channels.contains(c) {
                let expected = expected(n, c, y, x)
                if !expected.accepts(after.arena[index]) {
                  wrong.append("\((n, c, y, x)) is \(after.arena[index]), not \(expected.value)")
                }
                if !same(after.arena[index], again.arena[index]) { wrong.append("units: \((n, c, y, x)) differs") }
              }
            }
          }
        }
      }
      wrong += after.strays(since: before, arenaOwned: isOwned, outputOwned: nil)
      #expect(wrong.isEmpty, "\(path): \(remark) \(step): \(wrong.count) wrong, first \(wrong.prefix(3))")
      if !wrong.isEmpty { return }
    }
  }

  func check(
    _ step: some Step, output tensor: PlainTensor, _ remark: String = "",
    _ expected: (_ n: Int, _ i: Int) -> Expected
  ) throws {
    for path in Kernels.available() {
      let before = self
      let after = try run(step, path, threads: 1)
      let again = try run(step, path, threads: 3)
      var isOwned = [Bool](repeating: false, count: arena.count)
      var outputOwned: Int?
      var wrong: [String] = []
      for n in 0..<batch {
        for i in 0..<tensor.count {
          switch tensor.storage {
          case .arena(let place): isOwned[place.offset * batch + n * place.stride + i] = true
          case .output(let index): outputOwned = index
          case .input: break
          }
          let found = after.read(tensor, n, i)
          let expected = expected(n, i)
          if !expected.accepts(found) { wrong.append("\((n, i)) is \(found), not \(expected.value)") }
          if !same(found, again.read(tensor, n, i)) { wrong.append("units: \((n, i)) differs") }
        }
      }
      wrong += after.strays(since: before, arenaOwned: isOwned, outputOwned: outputOwned)
      #expect(wrong.isEmpty, "\(path): \(remark) \(step): \(wrong.count) wrong, first \(wrong.prefix(3))")
      if !wrong.isEmpty { return }
    }
  }

  private func strays(since before: Scene, arenaOwned: [Bool], outputOwned: Int?) -> [String] {
    var strays: [String] = []
    for index in arena.indices where !arenaOwned[index] && !same(arena[index], before.arena[index]) {
      strays.append("arena[\(index)] was written")
    }
    for index in outputs.indices where index != outputOwned {
      if !zip(outputs[index], before.outputs[index]).allSatisfy(same) { strays.append("output \(index) was written") }
    }
    return strays
  }
}

/// The same bits, or both NaN.
func same(_ a: Float, _ b: Float) -> Bool { a.bitPattern == b.bitPattern || (a.isNaN && b.isNaN) }
