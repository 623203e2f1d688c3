import Driver
import Testing

/// `modelc diff` where shapes and names say that all is well: outputs that are other tensors, and weights whose numbers
/// would stand in the wrong places.
@Suite("What shapes and names do not tell of two models")
struct DiffOrderTests {
  /// Two bodies of a model, and what is to be said of the second.
  struct Case: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let old: String
    let new: String
    var verdict = "breaking"
    /// What becomes of weights that do not simply load, by their names in the new model.
    var fates: [String: String] = [:]
    /// A line of the report.
    var line: String?

    init(
      _ name: String, _ old: String, _ new: String, verdict: String = "breaking", _ fates: [String: String] = [:],
      line: String? = nil
    ) {
      (testDescription, self.old, self.new) = (name, old, new)
      (self.verdict, self.fates, self.line) = (verdict, fates, line)
    }
  }

  private func check(_ example: Case) throws {
    let workspace = try Workspace()
    let files = try [("old.model", example.old), ("new.model", example.new)].map { name, body in
      try workspace.write(name, "modelc 1\n\nmodel A {\n\(body)\n}\n")
    }
    let run = CommandLineRun(["diff"] + files + ["--format", "json"])
    let json = try run.json()
    #expect(json["verdict"] as? String == example.verdict, "\(run.output)")
    let weights = try #require(json["weights"] as? [[String: Any]])
    var fates: [String: String] = [:]
    for weight in weights where weight["fate"] as? String != "loads" {
      fates[weight["new"] as? String ?? "-" + (weight["old"] as? String ?? "")] = weight["fate"] as? String
    }
    #expect(fates == example.fates, "\(run.output)")
    guard let line = example.line else { return }
    let text = CommandLineRun(["diff"] + files).output
    #expect(text.contains("  \(line)\n"), "\(text)")
  }

  // MARK: Outputs

  private static let two = "  input x: [N, 3]\n  a = x |> d1: Dense(2)\n  b = a |> d2: Dense(2)\n"

  static let outputs = [
    Case(
      "an output of another layer", two + "  output p = a\n  output q = b", two + "  output p = b\n  output q = b",
      line: "layer of output 'p': a/d1 -> b/d2"),
    Case(
      "outputs exchanged", two + "  output p = a\n  output q = b", two + "  output p = b\n  output q = a",
      line: "layer of output 'q': b/d2 -> a/d1"),
    Case(
      "outputs exchanged and renamed", two + "  output p = a\n  output q = b", two + "  output u = b\n  output v = a",
      line: "layer of output 'p', which is 'u' now: a/d1 -> b/d2"),
    Case(
      "an output of another layer, behind one without weights", two + "  output p = a\n  output q = b",
      two + "  output p = b |> Dropout(0.5)\n  output q = b", line: "layer of output 'p': a/d1 -> p/dropout"),
    Case(
      "outputs in another order", two + "  output p = a\n  output q = b", two + "  output q = b\n  output p = a",
      verdict: "compatible", line: "order of outputs p, q -> q, p"),
    Case(
      "a layer without weights put behind", two + "  output p = b", two + "  output p = b |> Softmax()",
      verdict: "compatible"),
    Case(
      "the last layer cut off", "  input x: [N, 3]\n  output p = x |> d1: Dense(3) |> d2: Dense(3)",
      "  input x: [N, 3]\n  h = x |> d1: Dense(3)\n  output p = h",
      [
        "h/d1/kernel": "renamed", "h/d1/bias": "renamed", "-p/d2/kernel": "unused", "-p/d2/bias": "unused",
      ], line: "layer of output 'p': p/d2 -> h/d1"),
    Case(
      "a layer put in front and one cut off behind",
      "  input x: [N, 4]\n  output y = x |> d1: Dense(4) |> d2: Dense(4) |> d3: Dense(4)",
      "  input x: [N, 4]\n  output y = x |> d0: Dense(4) |> d1: Dense(4) |> d2: Dense(4)",
      [
        "y/d0/kernel": "new", "y/d0/bias": "new", "-y/d3/kernel": "unused", "-y/d3/bias": "unused",
      ]),
  ]

  @Test("An output is compared by the layer that makes it", arguments: outputs)
  func output(_ example: Case) throws { try check(example) }

  // MARK: Order

  private static let map = "  input x: [N, 4, 4, 4]\n"
  private static let three =
    map + "  a = x |> ca: Conv2D(2, 1)\n  b = x |> cb: Conv2D(2, 1)\n  c = x |> cc: Conv2D(2, 1)\n"
  private static let sequences =
    "  input x: [N, 9, 3]\n  a = x |> ca: Conv1D(4, 3)\n  b = x |> cb: Conv1D(4, 3)\n"
  private static let head = " |> c: Conv2D(3, 1) |> Flatten() |> d: Dense(2)"
  private static let norm = ["gamma", "beta", "moving_mean", "moving_variance"]

  static let orders = [
    Case(
      "flattened in another format", map + "  output y = x |> Flatten() |> d: Dense(2)",
      map + "  output y = x |> Flatten(data_format: channels_first) |> d: Dense(2)", ["y/d/kernel": "permuted"],
      line: "must be permuted: y/d/kernel [64, 2]; 'y/flatten' flattens a map whose axes stand in another order"),
    Case(
      "computed in another format", map + "  output y = x |> c: Conv2D(4, 3) |> Flatten() |> d: Dense(2)",
      map + """
          output y = x |> Permute([3, 1, 2]) |> c: Conv2D(4, 3, data_format: channels_first) |> Flatten() |> d: Dense(2)
        """, ["y/d/kernel": "permuted"]),
    Case(
      "computed in another format up to a mean",
      map + "  output y = x |> c: Conv2D(4, 3) |> GlobalAveragePooling2D() |> d: Dense(2)",
      map + """
          output y = x |> Permute([3, 1, 2]) |> c: Conv2D(4, 3, data_format: channels_first)
            |> GlobalAveragePooling2D(data_format: channels_first) |> d: Dense(2)
        """, verdict: "compatible"),
    Case(
      "axes exchanged before a row", map + "  output y = x |> Permute([1, 2, 3]) |> Flatten() |> d: Dense(2)",
      map + "  output y = x |> Permute([3, 1, 2]) |> Flatten() |> d: Dense(2)", ["y/d/kernel": "permuted"]),
    Case(
      "axes exchanged before a kernel", map + "  output y = x |> c: Conv2D(4, 3)",
      map + "  output y = x |> Permute([2, 1, 3]) |> c: Conv2D(4, 3)", ["y/c/kernel": "unclear"],
      line: "may have to be permuted: y/c/kernel [3, 3, 4, 4]; 'y/permute' gives its values in another order"),
    Case(
      "axes exchanged in one of two that are added",
      map + "  a = x |> c: Conv2D(4, 1)\n  output y = x + a |> d: Conv2D(2, 3)",
      map + "  a = x |> c: Conv2D(4, 1) |> Permute([2, 1, 3])\n  output y = x + a |> d: Conv2D(2, 3)",
      ["y/d/kernel": "unclear"]),
    Case(
      "a row from axes exchanged", "  input x: [N, 4, 6]\n  output y = x |> Reshape([24]) |> d: Dense(2)",
      "  input x: [N, 4, 6]\n  output y = x |> Permute([2, 1]) |> Reshape([24]) |> d: Dense(2)",
      ["y/d/kernel": "permuted"]),
    Case(
      "channels shuffled",
      map + "  output y = x |> ReLU() |> c: Conv2D(4, 1)",
      map + """
          output y = x |> ReLU() |> Reshape([4, 4, 2, 2]) |> Permute([1, 2, 4, 3]) |> Reshape([4, 4, 4]) |> c: Conv2D(4, 1)
        """, ["y/c/kernel": "unclear"]),
    Case(
      "joins merged in another order",
      three + "  ab = Concatenate(a, b)\n  output y = Concatenate(ab, c)" + head,
      three + "  output y = Concatenate(c, a, b)" + head, ["y/c/kernel": "permuted"]),
    Case(
      "joins merged", three + "  ab = Concatenate(a, b)\n  output y = Concatenate(ab, c)" + head,
      three + "  output y = Concatenate(a, b, c)" + head, verdict: "compatible"),
    Case(
      "joins regrouped", three + "  ab = Concatenate(a, b)\n  output y = Concatenate(ab, c)" + head,
      three + "  ab = Concatenate(a, c)\n  output y = Concatenate(ab, b)" + head, ["y/c/kernel": "unclear"]),
    Case(
      "an activation moved behind a join",
      three + "  train output u = c\n  output y = Concatenate(a |> ReLU(), b |> ReLU())" + head,
      three + "  train output u = c\n  output y = Concatenate(b, a) |> ReLU()" + head, ["y/c/kernel": "permuted"]),
    Case(
      "activations put in before a join",
      three + "  train output u = c\n  output y = Concatenate(a, b)" + head,
      three + "  train output u = c\n  output y = Concatenate(b |> ReLU(), a |> ReLU())" + head,
      ["y/c/kernel": "permuted"]),
    Case(
      "an activation moved behind a join, in order",
      three + "  train output u = c\n  output y = Concatenate(a |> ReLU(), b |> ReLU())" + head,
      three + "  train output u = c\n  output y = Concatenate(a, b) |> ReLU()" + head, verdict: "compatible"),
    Case(
      "a tensor and what is made of it", map + "  output y = Concatenate(x, x |> ReLU())" + head,
      map + "  output y = Concatenate(x |> ReLU(), x)" + head, ["y/c/kernel": "permuted"]),
    Case(
      "another number of times", three + "  train output u = c\n  output y = Concatenate(a, a, b)" + head,
      three + "  train output u = c\n  output y = Concatenate(a, b, b)" + head, ["y/c/kernel": "unclear"]),
    Case(
      "rows of pixels in another order, of which the mean is taken",
      three
        + "  train output u = c\n  output y = Concatenate(a, b, axis: 1) |> BatchNormalization() |> c: Conv2D(3, 1) |> GlobalAveragePooling2D() |> d: Dense(2)",
      three
        + "  train output u = c\n  output y = Concatenate(b, a, axis: 1) |> BatchNormalization() |> c: Conv2D(3, 1) |> GlobalAveragePooling2D() |> d: Dense(2)",
      verdict: "compatible"),
    Case(
      "rows of pixels in another order, flattened",
      three + "  train output u = c\n  output y = Concatenate(a, b, axis: 1)" + head,
      three + "  train output u = c\n  output y = Concatenate(b, a, axis: 1)" + head, ["y/d/kernel": "permuted"]),
    Case(
      "groups that see other channels",
      three + "  train output u = c\n  output y = Concatenate(a, b) |> g: Conv2D(4, 1, groups: 2)" + head,
      three + "  train output u = c\n  output y = Concatenate(b, a) |> g: Conv2D(4, 1, groups: 2)" + head,
      ["y/g/kernel": "new"], line: "starts anew: y/g/kernel [1, 1, 2, 4]; its groups see other channels than they did"),
    Case(
      "groups that see their channels in another order",
      three + "  output y = Concatenate(a, b, c, x) |> g: Conv2D(4, 1, groups: 1)" + head,
      three + "  output y = Concatenate(b, a, c, x) |> g: Conv2D(4, 1, groups: 1)" + head, ["y/g/kernel": "permuted"]),
    Case(
      "groups whose own channels are exchanged",
      three + "  output y = Concatenate(a, b, c, a) |> g: Conv2D(4, 1, groups: 2)" + head,
      three + "  output y = Concatenate(b, a, c, a) |> g: Conv2D(4, 1, groups: 2)" + head,
      ["y/g/kernel": "permuted"]),
    Case(
      "a kernel for each channel",
      three + "  train output u = c\n  output y = Concatenate(a, b) |> g: DepthwiseConv2D(3, depth_multiplier: 2)"
        + head,
      three + "  train output u = c\n  output y = Concatenate(b, a) |> g: DepthwiseConv2D(3, depth_multiplier: 2)"
        + head,
      ["y/g/kernel": "permuted", "y/g/bias": "permuted", "y/c/kernel": "permuted"]),
    Case(
      "sequences",
      sequences + "  output y = Concatenate(a, b) |> c: Conv1D(3, 1) |> GlobalMaxPooling1D() |> d: Dense(2)",
      sequences + "  output y = Concatenate(b, a) |> c: Conv1D(3, 1) |> GlobalMaxPooling1D() |> d: Dense(2)",
      ["y/c/kernel": "permuted"]),
    Case(
      "the means of sequences", sequences + "  output y = Concatenate(a, b) |> GlobalAveragePooling1D() |> d: Dense(2)",
      sequences + "  output y = Concatenate(b, a) |> GlobalAveragePooling1D() |> d: Dense(2)",
      ["y/d/kernel": "permuted"]),
    Case(
      "a kernel for each channel of a sequence",
      sequences + "  output y = Concatenate(a, b) |> g: DepthwiseConv1D(3) |> c: SeparableConv1D(2, 3) |> Flatten()",
      sequences + "  output y = Concatenate(b, a) |> g: DepthwiseConv1D(3) |> c: SeparableConv1D(2, 3) |> Flatten()",
      [
        "y/g/kernel": "permuted", "y/g/bias": "permuted", "y/c/depthwise_kernel": "permuted",
        "y/c/pointwise_kernel": "permuted",
      ]),
    Case(
      "means over neighbours",
      three + "  train output u = c\n  output y = Concatenate(a, b) |> LocalResponseNormalization()" + head,
      three + "  train output u = c\n  output y = Concatenate(b, a) |> LocalResponseNormalization()" + head,
      ["y/c/kernel": "unclear"]),
    Case(
      "weights along another axis", map + "  output y = x |> b: BatchNormalization()",
      map + "  output y = x |> b: BatchNormalization(axis: 1)",
      Dictionary(uniqueKeysWithValues: norm.map { ("y/b/\($0)", "unclear") })),
    Case(
      "a row of a map of other sizes",
      "  input x: [N, 8, 8, 3]\n  output y = x |> MaxPooling2D([4, 1]) |> Flatten() |> d: Dense(2)",
      "  input x: [N, 8, 8, 3]\n  output y = x |> MaxPooling2D([1, 4]) |> Flatten() |> d: Dense(2)",
      ["y/d/kernel": "unclear"]),
    Case(
      "a row in another order, as often as it is long",
      two + "  output p = b\n  output y = Concatenate(a, b) |> RepeatVector(4) |> d: Dense(3)",
      two + "  output p = b\n  output y = Concatenate(b, a) |> RepeatVector(4) |> d: Dense(3)",
      ["y/d/kernel": "permuted"]),
    Case(
      "stacked in another order", sequences + "  output y = Stack(a, b, axis: -1) |> d: Dense(3)",
      sequences + "  output y = Stack(b, a, axis: -1) |> d: Dense(3)", ["y/d/kernel": "permuted"],
      line: "must be permuted: y/d/kernel [2, 3]; 'y' takes its inputs in another order"),
    Case(
      "stacked in another order and flattened",
      sequences + "  output y = Stack(a, b, axis: 1) |> ReLU() |> Flatten() |> d: Dense(3)",
      sequences + "  output y = Stack(b, a, axis: 1) |> ReLU() |> Flatten() |> d: Dense(3)", ["y/d/kernel": "permuted"]),
    Case(
      "stacked in another order, as an output",
      sequences + "  output y = Stack(a, b, axis: 1) |> d: Dense(3)",
      sequences + "  output y = Stack(b, a, axis: 1) |> d: Dense(3)",
      line: "order of output 'y': as it was -> 'y' takes its inputs in another order"),
    Case(
      "columns of a product in another order",
      sequences + "  p = Concatenate(a, b)\n  output y = Matmul(a |> Permute([2, 1]), p) |> d: Dense(3)",
      sequences + "  p = Concatenate(b, a)\n  output y = Matmul(a |> Permute([2, 1]), p) |> d: Dense(3)",
      ["y/d/kernel": "permuted"]),
    Case(
      "a product that sums over pairs in another order",
      sequences
        + "  p = Concatenate(a, b, axis: 1)\n  q = Concatenate(b, a, axis: 1)\n  output y = Matmul(p |> Permute([2, 1]), q) |> d: Dense(3)",
      sequences
        + "  p = Concatenate(b, a, axis: 1)\n  q = Concatenate(a, b, axis: 1)\n  output y = Matmul(p |> Permute([2, 1]), q) |> d: Dense(3)",
      verdict: "compatible"),
    Case(
      "a product of other pairs",
      sequences
        + "  p = Concatenate(a, b, axis: 1)\n  q = Concatenate(b, a, axis: 1)\n  output y = Dot(p, q, axes: [1, 1]) |> d: Dense(3)",
      sequences
        + "  p = Concatenate(a, b, axis: 1)\n  q = Concatenate(a, b, axis: 1)\n  output y = Dot(p, q, axes: [1, 1]) |> d: Dense(3)",
      ["y/d/kernel": "unclear"]),
    Case(
      "blocks of pixels as channels",
      map + "  output y = Concatenate(x, x |> ReLU()) |> SpaceToDepth(2) |> c: Conv2D(3, 1)",
      map + "  output y = Concatenate(x |> ReLU(), x) |> SpaceToDepth(2) |> c: Conv2D(3, 1)", ["y/c/kernel": "unclear"]),
    Case(
      "another tensor in the place of one", three + "  output y = Concatenate(a, b)" + head + "\n  output z = c",
      three + "  output y = Concatenate(a, c)" + head + "\n  output z = c", verdict: "compatible",
      ["-b/cb/kernel": "unused", "-b/cb/bias": "unused"]),
    Case(
      "an output with its axes exchanged", map + "  output y = x |> c: Conv2D(2, 1)",
      map + "  output y = x |> c: Conv2D(2, 1) |> Permute([2, 1, 3])",
      line: "order of output 'y': as it was -> 'y/permute' gives its values in another order"),
  ]

  @Test("Weights load only where what they run along stands as it did", arguments: orders)
  func order(_ example: Case) throws { try check(example) }

  // MARK: Classes

  static let classes = [
    Case(
      "a convolution that is transposed", "  input x: [N, 4, 4, 3]\n  output y = x |> c: Conv2D(3, 3, padding: same)",
      "  input x: [N, 4, 4, 3]\n  output y = x |> c: Conv2DTranspose(3, 3, padding: same)",
      ["y/c/kernel": "new", "y/c/bias": "new"],
      line: "starts anew: y/c/kernel [3, 3, 3, 3]; the layer was of class Conv2D"),
    Case(
      "a kernel for each channel that becomes one for all",
      "  input x: [N, 4, 4, 2]\n  output y = x |> c: DepthwiseConv2D(3, depth_multiplier: 2, use_bias: false) |> GlobalMaxPooling2D()",
      "  input x: [N, 4, 4, 2]\n  output y = x |> c: Conv2D(2, 3, use_bias: false) |> GlobalMaxPooling2D()",
      ["y/c/kernel": "new"], line: "output 'y': [N, 4] -> [N, 2]"),
  ]

  @Test("A layer of another class takes no weights, whatever their shapes", arguments: classes)
  func anotherClass(_ example: Case) throws { try check(example) }
}
