import Layers
import Operations
import Semantics
import Syntax
import Testing

/// The sizes that a model is said to accept, against the model checked with each of them.
@Suite struct DomainTests {
  /// Statements between `input x` and `output y = …` for sizes `[N, H, W, 3]`, `2 * h` and so on.
  static let networks: [(input: String, body: String)] = [
    ("[N, H, H, 3]", "output y = x |> Conv2D(2, 7, strides: 2) |> MaxPooling2D(3, strides: 2) |> Conv2D(2, 5)"),
    ("[N, H, H, 3]", "output y = x |> Conv2D(2, 3, dilation_rate: 7) |> AveragePooling2D(4, strides: 3)"),
    ("[N, H, H, 3]", "output y = x |> MaxPooling2D(3, strides: 2, ceil_mode: true) |> Conv2D(2, 4)"),
    ("[N, H, H, 3]", "output y = x |> MaxPooling2D(5, strides: 3, padding: [[2, 1], [0, 2]], ceil_mode: true)"),
    ("[N, H, H, 3]", "output y = x |> Conv2D(2, 5, padding: full) |> MaxPooling2D(9, strides: 4)"),
    ("[N, H, H, 3]", "output y = x |> Conv2D(2, 3, strides: 4, padding: same) |> Conv2D(2, 3, strides: 3)"),
    ("[N, H, H, 3]", "a = x |> MaxPooling2D(2)\noutput y = Concatenate(a, x |> MaxPooling2D(2, padding: same))"),
    ("[N, H, H, 3]", "a = x |> MaxPooling2D(3)\noutput y = Concatenate(a, x |> MaxPooling2D(3, padding: same))"),
    ("[N, H, H, 3]", "a = x |> Conv2D(2, 3)\noutput y = Concatenate(a, x |> MaxPooling2D(2))"),
    ("[N, H, H, 3]", "output y = x |> MaxPooling2D(4) |> Reshape([5, -1])"),
    ("[N, H, 7, 3]", "output y = x |> MaxPooling2D(2) |> Reshape([27, -1])"),
    ("[N, H, 4, 2]", "output y = x |> Reshape([3, 8])"),
    ("[N, 2 * H, H + 3, 3]", "output y = x |> Conv2D(2, [9, 7]) |> MaxPooling2D(3)"),
    ("[N, H - 4, 40 - H, 3]", "output y = x |> Conv2D(2, 3)"),
    ("[N, 16 * H, 16 * H, 3]", "output y = x |> repeat 4 MaxPooling2D(2) |> Conv2D(2, 3)"),
    (
      "[N, 3, H, H]",
      "output y = x |> Conv2D(2, 3, strides: 2, data_format: channels_first) "
        + "|> MaxPooling2D(5, data_format: channels_first)"
    ),
    (
      "[N, H, H, 3]",
      "a = x |> Conv2D(2, 3, strides: 3)\nb = x |> Conv2D(2, 5, strides: 3)\noutput y = Concatenate(a, b, axis: 3)"
    ),
    (
      "[N, H, H, 3]",
      "a = x |> MaxPooling2D(5)\nb = x |> MaxPooling2D(7)\noutput y = Concatenate(a, b, axis: 1) |> Conv2D(2, [9, 2])"
    ),
    ("[N, H, 3]", "output y = x |> Flatten() |> Reshape([6, -1])"),
    ("[N, H, H, 3]", "output y = x |> Flatten() |> Reshape([12, -1])"),
  ]

  @Test(arguments: networks.indices) func oneSizeIsExactlyAsTried(index: Int) {
    let (input, body) = Self.networks[index]
    try? compare(input, body, upTo: 300)
  }

  @Test(arguments: 0..<120) func chainsOfAnyLayersToo(seed: Int) {
    var random = Random(state: UInt64(seed))
    try? compare("[N, H, H, 3]", random.network(), upTo: 150)
  }

  /// A model of one symbol, for all formats that may have written it.
  private func compare(_ input: String, _ body: String, upTo bound: Int) throws {
    func text(_ input: String) -> String { "model M {\ninput x: \(input)\n\(body)\n}" }
    let isGood =
      [false]
      + (1...bound).map { size in
        !Checked(text(input.replacing("H", with: "\(size)"))).diagnostics.contains { $0.severity == .error }
      }
    let foreign = Checked(text(input), isForeign: true)
    if let model = foreign.models.first {
      for size in 1...bound {
        #expect(model.domain.contains(["H": size]) == isGood[size], "\(body): \(size), \(model.domain.texts)")
      }
      let smallest = model.domain.smallest?["H"] ?? .max
      #expect(isGood.firstIndex(of: true) == (smallest <= bound ? smallest : nil))
    } else {
      #expect(!isGood.contains(true), "\(body): \(foreign.problems)")
    }
    // What a description of our own does not say is an error if sizes fail above the least.
    let own = Checked(text(input))
    let least = isGood.firstIndex(of: true)
    let failing = least.flatMap { least in (least...bound).first { !isGood[$0] } }
    if own.models.isEmpty {
      #expect(least == nil || failing != nil, "\(body): \(own.problems)")
      let only = own.diagnostics.first { $0.code == "failing-size" }
      if own.diagnostics.count == 1, let only, let failing {
        // Below the least some sizes fail for more than that they are too small.
        let told = only.found.flatMap { Int($0.dropFirst(4)) } ?? .max
        #expect(told == failing || told < least ?? 0, "\(body): \(told), \(failing)")
      }
    } else {
      #expect(failing == nil, "\(body)")
    }
  }

  @Test func theSmallestSizeThatFailsIsTold() {
    let checked = Checked(
      """
      model M {
        input x: [N, H, 8, 3]
        a = x |> MaxPooling2D([7, 1]) |> UpSampling2D([7, 1])
        b = x |> MaxPooling2D([11, 1]) |> UpSampling2D([11, 1])
        output y = Concatenate(a, b)
      }
      """)
    #expect(checked.diagnostics.map(\.found) == ["H = 11"])
    #expect(checked.diagnostics.first?.expected == "H >= 7 and H % 77 in [0, 1, 2, 3, 4, 5, 6]")
  }

  @Test(arguments: [
    "a = x |> MaxPooling2D(2)\noutput y = Concatenate(a, z)",
    "output y = Concatenate(x |> Flatten(), z |> Flatten()) |> Reshape([5, -1])",
    "output y = Concatenate(x |> Conv2D(3, 3, strides: 2), z |> Conv2D(3, 5), axis: 3) |> Conv2D(2, 3)",
    "output y = Concatenate(x, z, axis: 1) |> Conv2D(2, [9, 1])",
    "output y = Concatenate(x, z |> ZeroPadding2D([[1, 2], [0, 0]]))",
    "output y = Concatenate(x |> MaxPooling2D([3, 1]), z)",
    "output y = Concatenate(x |> MaxPooling2D([2, 1]), z |> MaxPooling2D([3, 1]) |> Conv2D(3, [2, 1]))",
  ])
  func twoSizesAreExactlyAsTried(body: String) throws {
    func text(_ h: String, _ w: String) -> String {
      "model M {\ninput x: [N, \(h), 6, 3]\ninput z: [N, \(w), 6, 3]\n\(body.replacing("z |> Conv2D(3, 5)", with: "z |> Conv2D(3, [5, 3], strides: [1, 2])"))\n}"
    }
    let foreign = Checked(text("H", "W"), isForeign: true)
    if let domain = foreign.models.first?.domain {
      let smallest = try #require(domain.smallest, "\(domain.texts)")
      let sizes = try #require(smallest["H"].flatMap { h in smallest["W"].map { w in (h, w) } })
      #expect(Checked(text("\(sizes.0)", "\(sizes.1)")).diagnostics.allSatisfy { $0.severity == .warning }, "\(sizes)")
    }
    // Widths that differ can never agree; then nothing may.
    for h in 1...40 {
      for w in 1...40 {
        let isGood = Checked(text("\(h)", "\(w)")).diagnostics.allSatisfy { $0.severity == .warning }
        let isSaid = foreign.models.first?.domain.contains(["H": h, "W": w]) ?? false
        #expect(isSaid == isGood, "\(h) x \(w): \(foreign.models.first?.domain.texts ?? foreign.problems)")
      }
    }
  }

  @Test func sizesThatFailAreToldWithTheGrain() throws {
    let checked = Checked(
      """
      model M {
        input image: [N, H, W, 1]
        a = image |> MaxPooling2D(2)
        b = image |> MaxPooling2D(2, padding: same)
        output y = Concatenate(a, b)
      }
      """)
    #expect(checked.problems == ["failing-size: Concatenate(a, b)"])
    let problem = try #require(checked.diagnostics.first)
    #expect(problem.found == "H = 3, W = 3")
    #expect(problem.notes.contains("height floor(H / 2) from MaxPooling2D 'a/max_pooling2d' (test.model:4)"))
    #expect(problem.notes.contains("height ceil(H / 2) from MaxPooling2D 'b/max_pooling2d' (test.model:5)"))
    #expect(problem.help?.hasSuffix("state it as input image: [N, 2 * h, 2 * w, 1]") == true)
  }

  @Test func eachSizeHasItsOwnGrain() {
    let checked = Checked(
      """
      model M {
        input image: [N, H, W, 1]
        a = image |> MaxPooling2D([2, 3])
        output y = Concatenate(a, image |> MaxPooling2D([2, 3], padding: same))
      }
      """)
    #expect(checked.diagnostics.first?.found == "H = 3, W = 4")
    #expect(checked.diagnostics.first?.help?.hasSuffix("state it as input image: [N, 2 * h, 3 * w, 1]") == true)
  }

  @Test func aSizeMayBeLeftWithNone() {
    let checked = Checked(
      """
      model M {
        input x: [N, H, 40 - H, 3]
        input z: [N, W]
        output y = x |> Conv2D(2, [50, 1])
        output u = z |> ReLU()
      }
      """)
    #expect(checked.problems == ["failing-size: Conv2D(2, [50, 1])"])
    #expect(checked.diagnostics.first?.message == "Conv2D 'y/conv2d' leaves no size for H")
    #expect(checked.diagnostics.first?.help == "no size does for all layers")
  }

  @Test func aSizeThatFailsIsWorkedOut() {
    let checked = Checked(
      "model M {\n input x: [N, H, 8, 3]\n a = x |> AveragePooling2D(2) |> UpSampling2D(2)\n output y = Add(a, x)\n}")
    #expect(checked.problems == ["failing-size: Add(a, x)"])
    #expect(
      checked.diagnostics.first?.notes.first
        == "height: 2 * floor(H / 2) == H does not hold for H = 3: 2 and 3")
    // Only the batch has a name that everybody gives it.
    #expect(Checked("model M {\n input x: [none, 4]\n output y = x |> ReLU()\n}").diagnostics.first?.replacement == "N")
    let inner = Checked("model M {\n input x: [N, none, 4]\n output y = x |> ReLU()\n}").diagnostics.first
    #expect(inner?.code == "shape-element" && inner?.replacement == nil)
  }

  @Test func leastSizesAreNoError() throws {
    let checked = Checked(
      """
      model M {
        input image: [N, H, W, 3]
        a = image |> Conv2D(8, 7, strides: 2) |> MaxPooling2D(3, strides: 2) |> Conv2D(8, 3)
        output y = a |> Conv2D(8, 5)
      }
      """)
    #expect(checked.problems == [])
    let model = try #require(checked.models.first)
    #expect(model.domain.texts == ["H >= 35", "W >= 35"])
    #expect(model.smallestInputs == "image 35 x 35 x 3")
    #expect(model.conditions.last?.path == "y/conv2d")
  }

  @Test(arguments: [(6, []), (7, ["H + W - 6 >= 1"])] as [(Int, [String])])
  func whatFollowsFromTheLeastSizesIsNotSaid(rows: Int, also: [String]) throws {
    let checked = Checked(
      """
      model M {
        input x: [N, H, 6, 3]
        input z: [N, W, 6, 3]
        output a = x |> Conv2D(3, [3, 1])
        output b = z |> Conv2D(3, [3, 1])
        output y = Concatenate(x, z, axis: 1) |> Conv2D(2, [\(rows), 1])
      }
      """)
    #expect(try #require(checked.models.first).domain.texts == ["H >= 3", "W >= 3"] + also)
  }

  @Test func aGrainIsEnough() throws {
    let checked = Checked(
      """
      model M {
        input image: [N, 2 * h, 2 * w, 1]
        a = image |> MaxPooling2D(2)
        output y = Concatenate(a, image |> MaxPooling2D(2, padding: same)) -> [N, h, w, 2]
      }
      """)
    #expect(checked.problems == [])
    #expect(try #require(checked.models.first).domain.isEverything)
  }

  @Test func givenSizesAreChecked() throws {
    let model = try #require(
      Checked("model M { input x: [N, 2 * h, W, 3]\n output y = x |> Conv2D(4, 5) }").models.first)
    #expect(try model.symbolSizes([InputSizes(name: "x", sizes: [10, 7])]) == ["h": 5, "W": 7])
    #expect(try model.symbolSizes([InputSizes(name: "x", sizes: [1, 10, 7, 3])]) == ["h": 5, "W": 7])
    #expect(try model.symbolSizes([InputSizes(name: "W", sizes: [7])]) == ["W": 7])
    #expect(throws: SizeProblem.self) { try model.symbolSizes([InputSizes(name: "x", sizes: [11, 7])]) }
    #expect(throws: SizeProblem.self) { try model.symbolSizes([InputSizes(name: "x", sizes: [10, 7, 4])]) }
    #expect(throws: SizeProblem.self) { try model.sized(["h": 2, "W": 7]) }
    let sized = try model.sized(["h": 5, "W": 7])
    #expect(sized.values.map(\.shape.description) == ["[N, 10, 7, 3]", "[N, 6, 3, 4]"])
    #expect(sized.totals.deployed.multiplyAccumulates == Dim(6 * 3 * 4 * 75))
  }
}

/// Numbers from a seed, and networks from numbers.
private struct Random: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  private mutating func number(_ range: ClosedRange<Int>) -> Int { .random(in: range, using: &self) }

  private mutating func stage() -> String {
    let known = Catalogue.kinds.map(\.name)
    let size = number(1...5)
    let stride = number(1...3)
    let padding = ["valid", "same", "full", "[[1, 0], [0, 1]]"][number(0...3)]
    let kinds = [
      "Conv2D", "MaxPooling2D", "AveragePooling2D", "ZeroPadding2D", "UpSampling2D", "Cropping2D", "Conv2DTranspose",
      "DepthwiseConv2D", "Dilated",
    ].filter { $0 == "Dilated" || known.contains($0) }
    switch kinds[number(0...kinds.count - 1)] {
    case "Conv2D": return "Conv2D(2, \(size), strides: \(stride), padding: \(padding))"
    case "Dilated": return "Conv2D(2, \(size), dilation_rate: \(stride), padding: \(padding))"
    case "ZeroPadding2D": return "ZeroPadding2D([[\(size - 1), 1], [0, \(stride)]])"
    case "UpSampling2D": return "UpSampling2D(\(number(2...3)))"
    case "Cropping2D": return "Cropping2D(\(number(0...2)))"
    case "Conv2DTranspose":
      return "Conv2DTranspose(2, \(size), strides: \(stride), padding: \(number(0...1) == 0 ? "valid" : "same"))"
    case "DepthwiseConv2D": return "DepthwiseConv2D(\(size), padding: same)"
    case let pool:
      let pad = padding.hasPrefix("[") && size == 1 ? "valid" : padding
      return "\(pool)(\(size), strides: \(stride), padding: \(pad), ceil_mode: \(number(0...1) == 0))"
    }
  }

  /// A chain, or two that meet.
  mutating func network() -> String {
    let chain = (0...number(0...4)).map { _ in stage() }.joined(separator: " |> ")
    guard number(0...2) > 0 else { return "output y = x |> \(chain)" }
    let stem = (0...number(0...1)).map { _ in stage() }.joined(separator: " |> ")
    let a = (0...number(0...1)).map { _ in stage() }.joined(separator: " |> ")
    let b = (0...number(0...1)).map { _ in stage() }.joined(separator: " |> ")
    return "s = x |> \(stem)\na = s |> \(a)\nb = s |> \(b)\noutput y = Concatenate(a, b) |> \(chain)"
  }
}
