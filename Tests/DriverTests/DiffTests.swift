import Driver
import Foundation
import Testing

/// `modelc diff`: what tells two models from each other, and what of a checkpoint still fits.
@Suite("The difference of two models")
struct DiffTests {
  private static let old = """
    modelc 1

    model A {
      input image: [N, 28, 28, 3]
      stem = image |> c1: Conv2D(8, 3) |> c2: Conv2D(8, 3)
      a = stem |> Conv2D(4, 1)
      b = stem |> Conv2D(4, 3, padding: same)
      j = Concatenate(a, b) |> bn: BatchNormalization() |> relu: ReLU()
      output y = j |> c3: Conv2D(8, 3) |> Flatten() |> fc: Dense(10)
    }

    """

  /// The old model against one in which texts are replaced by others.
  private func diff(_ changes: [(from: String, to: String)], _ options: [String] = []) throws -> CommandLineRun {
    let workspace = try Workspace()
    defer { withExtendedLifetime(workspace) {} }
    var new = Self.old
    for change in changes {
      try #require(new.contains(change.from))
      new = new.replacingOccurrences(of: change.from, with: change.to)
    }
    let files = [try workspace.write("old.model", Self.old), try workspace.write("new.model", new)]
    return CommandLineRun(["diff"] + files + options)
  }

  /// What becomes of each weight of the new model, by its name there.
  private func fates(_ run: CommandLineRun) throws -> [String: String] {
    let weights = try #require(try run.json()["weights"] as? [[String: Any]])
    return Dictionary(
      uniqueKeysWithValues: weights.map {
        ($0["new"] as? String ?? "-" + ($0["old"] as? String ?? ""), $0["fate"] as? String ?? "")
      })
  }

  @Test("A model is the same as itself, in whichever format it is written")
  func same() throws {
    let run = try diff([])
    #expect(run.code == .success)
    #expect(run.outputLines.dropLast().last == "same: the same layers, connections and names")
    // Layout, comments, bindings that name nothing new.
    #expect(try diff([("|> c2: Conv2D(8, 3)", "|> c2: Conv2D(\n  8, [3, 3]) // same")]).code == .success)
    let keras = Repository.kerasModel("inception_3a_28x28x192")
    #expect(modelc("diff", keras, keras).code == .success)
  }

  @Test("Renamed layers are found by what they do, and a checkpoint loads once names are mapped")
  func renamed() throws {
    let run = try diff([("stem = image |> c1", "base = image |> k1"), ("= stem", "= base")])
    #expect(run.code == .compatible)
    #expect(
      run.output == """
        A -> A

        layers
          > stem/c1 -> base/k1  Conv2D
          > stem/c2 -> base/c2  Conv2D

        weights
          12 of 16 load as they are
          4 of 16 load once their layers' names are mapped

        totals
          parameters: 40,482
          trainable parameters: 40,466
          multiply-accumulates: 979,616

        compatible: inputs and outputs are the same, and each weight is found in a checkpoint of the first

        """)
  }

  @Test("Whole models of other names are matched from the inputs on: Keras's GoogLeNet and ours")
  func foreignNames() throws {
    let run = modelc(
      "diff", Repository.kerasModel("googlenet"), Repository.model("googlenet"), "--format", "json")
    #expect(run.code == .compatible)
    let layers = try #require(try run.json()["layers"] as? [[String: Any]])
    #expect(Set(layers.compactMap { $0["change"] as? String }) == ["renamed", "added"])
    // Our heads for training are the only ones that Keras's file lacks.
    let added = layers.filter { $0["change"] as? String == "added" }.compactMap { $0["new"] as? String }
    #expect(added.allSatisfy { $0.hasPrefix("aux") })
    #expect(try fates(run).filter { $0.value == "renamed" }.count == 2 * 58)
  }

  @Test("Branches that are alike are told apart by all that is behind them, the outputs too")
  func alikeBranches() throws {
    let workspace = try Workspace()
    defer { withExtendedLifetime(workspace) {} }
    let head = "modelc 1\n\nmodel M {\n  input x: [N, 8]\n  input z: [N, 8]\n"
    let old =
      head + """
          dense = Dense(x, 8, use_bias: false)
          left = BatchNormalization(dense)
          dense_1 = Dense(x, 8, use_bias: false)
          right = BatchNormalization(dense_1)
          s = x - left
          t = x - right
          u = z * s
          output left
          output y = u * t
        }

        """
    let new =
      head + """
          first = x |> Dense(8, use_bias: false) |> BatchNormalization()
          left = x |> Dense(8, use_bias: false) |> BatchNormalization()
          t = x - first
          s = x - left
          u = z * s
          output left
          output y = u * t
        }

        """
    let run = CommandLineRun(["diff", try workspace.write("old.model", old), try workspace.write("new.model", new)])
    #expect(run.code == .compatible)
    #expect(run.output.contains("  > dense -> left/dense  Dense\n"))
    #expect(run.output.contains("  > dense_1 -> first/dense  Dense\n"))
  }

  @Test("A layer that was put in or taken out, with others behind it that were renamed")
  func added() throws {
    let run = try diff([("|> c3: Conv2D(8, 3)", "|> Dropout(0.5) |> d3: Conv2D(8, 3)"), ("fc: Dense", "head: Dense")])
    #expect(run.code == .compatible)
    #expect(run.output.contains("  + y/dropout  Dropout  [N, 24, 24, 8]\n"))
    #expect(run.output.contains("  ~ y/c3 -> y/d3  Conv2D\n      inputs: j/relu -> y/dropout\n"))
    #expect(run.output.contains("  > y/fc -> y/head  Dense\n"))
    let removed = try diff([(" |> relu: ReLU()", "")])
    #expect(removed.output.contains("  - j/relu  ReLU  [N, 24, 24, 8]\n"))
    #expect(removed.output.contains("  ~ y/c3  Conv2D\n      inputs: j/relu -> j/bn\n"))
    #expect(removed.code == .compatible)
  }

  @Test("Weights of another shape start anew, and what nothing takes is told")
  func another() throws {
    let run = try diff(
      [("c3: Conv2D(8, 3)", "c3: Conv2D(8, 5)"), ("bn: BatchNormalization() |> ", "")], ["--format", "json"])
    #expect(run.code == .breaking)
    let fates = try fates(run)
    #expect(fates["y/c3/kernel"] == "new")
    #expect(fates["y/c3/bias"] == "loads")
    #expect(fates["-j/bn/gamma"] == "unused")
    #expect(fates["y/fc/kernel"] == "new")
    let text = try diff([("c3: Conv2D(8, 3)", "c3: Conv2D(8, 5)")]).output
    #expect(
      text.contains(
        """
          ~ y/c3  Conv2D
              kernel_size: 3 -> 5
              output shape: [N, 22, 22, 8] -> [N, 20, 20, 8]
              parameters: 584 -> 1,608
              multiply-accumulates: 278,784 -> 640,000

        """))
    #expect(text.contains("  starts anew: y/c3/kernel [5, 5, 8, 8]; its shape was [3, 3, 8, 8] and is [5, 5, 8, 8]\n"))
  }

  @Test("A layer that was renamed and changed is still the one in its place")
  func renamedAndChanged() throws {
    let run = try diff([("fc: Dense(10)", "head: Dense(12)")])
    #expect(run.output.contains("  ~ y/fc -> y/head  Dense\n      units: 10 -> 12\n"))
    #expect(!run.output.contains("  - "))
  }

  @Test("Tensors joined in another order: what reads them must be permuted, up to the layer that mixes channels")
  func permuted() throws {
    let run = try diff([("Concatenate(a, b)", "Concatenate(b, a)")], ["--format", "json"])
    #expect(run.code == .breaking)
    let permuted = try fates(run).filter { $0.value == "permuted" }.keys.sorted()
    #expect(
      permuted == ["j/bn/beta", "j/bn/gamma", "j/bn/moving_mean", "j/bn/moving_variance", "y/c3/kernel"])
  }

  @Test("What is added to channels in another order has to follow, which is told with what reads the sum")
  func permutedSum() throws {
    let plain = """
      modelc 1

      model A {
        input x: [N, 8, 8, 4]
        short = x |> Conv2D(8, 1)
        joined = Concatenate(x |> Conv2D(4, 1), x |> ReLU())
        output y = joined + short |> Conv2D(2, 1)
      }

      """
    let workspace = try Workspace()
    let run = modelc(
      "diff", try workspace.write("old.model", plain),
      try workspace.write(
        "new.model", plain.replacing("(x |> Conv2D(4, 1), x |> ReLU())", with: "(x |> ReLU(), x |> Conv2D(4, 1))")))
    #expect(run.code == .breaking)
    #expect(
      run.output.contains("joins it with 'short/conv2d', whose results have to be permuted likewise"), "\(run.output)")
  }

  @Test("An output whose channels stand in another order is another, though it has the same shape")
  func permutedOutput() throws {
    let plain = "modelc 1\n\nmodel A {\n  input x: [N, 4]\n  output y = Concatenate(x |> ReLU(), x)\n}\n"
    let workspace = try Workspace()
    let other = modelc(
      "diff", try workspace.write("old.model", plain),
      try workspace.write("new.model", plain.replacing("(x |> ReLU(), x)", with: "(x, x |> ReLU())")))
    #expect(other.code == .breaking)
    #expect(other.output.contains("  order of output 'y': as it was -> 'y' takes its inputs in another order\n"))
  }

  @Test("A map flattened in the other data format: the rows of the next kernel must be permuted")
  func otherFormat() throws {
    let run = modelc(
      "diff", Repository.kerasModel("cifar10_code_256"), Repository.kerasModel("cifar10_code_256_channels_first"),
      "--format", "json")
    #expect(run.code == .breaking)
    #expect(try fates(run).filter { $0.value == "permuted" }.keys.sorted() == ["dense/kernel"])
  }

  @Test("Inputs and outputs: other names are compatible, other shapes break")
  func ports() throws {
    let renamed = try diff([("input image", "input picture"), ("= image", "= picture"), ("output y", "output z")])
    #expect(renamed.code == .compatible)
    #expect(renamed.output.contains("  input image -> picture\n  output y -> z\n"))
    let wider = try diff([("Dense(10)", "Dense(12)")])
    #expect(wider.code == .breaking)
    #expect(wider.output.hasPrefix("A -> A\n  output 'y': [N, 10] -> [N, 12]\n"))
    let more = try diff([("output y", "output x = j\n  output y")])
    #expect(more.code == .breaking)
    #expect(more.output.contains("  output 'x': none -> [N, 24, 24, 8]\n"))
  }

  @Test("Sizes that are open: other names are the same, more of them compatible, fewer breaking")
  func openSizes() throws {
    func model(_ shape: String) -> String {
      """
      modelc 1

      model A {
        input image: [N, \(shape), 3]
        output y = image |> Conv2D(8, 3, strides: 2, padding: same)
      }

      """
    }
    let workspace = try Workspace()
    func diff(_ old: String, _ new: String) throws -> CommandLineRun {
      CommandLineRun([
        "diff", try workspace.write("old.model", model(old)), try workspace.write("new.model", model(new)),
      ])
    }
    #expect(try diff("H, W", "h, w").code == .success)
    let wider = try diff("16 * h, 16 * w", "H, W")
    #expect(wider.code == .compatible, "\(wider.output)")
    #expect(wider.output.contains("  input 'image' takes more sizes: [N, 16 * h, 16 * w, 3] -> [N, H, W, 3]\n"))
    #expect(wider.output.contains("for all that the first takes, inputs and outputs are the same"))
    #expect(!wider.output.contains("output shape"))
    #expect(try diff("H, W", "16 * h, 16 * w").code == .breaking)
    #expect(try diff("32, 32", "H, W").code == .compatible)
    #expect(try diff("H, W", "32, 32").code == .breaking)
    #expect(try diff("16 * h, 16 * w", "4 * h, 8 * w").code == .compatible)
    #expect(try diff("4 * h, 4 * w", "16 * h, 16 * w").code == .breaking)
    // A square takes fewer than a rectangle.
    #expect(try diff("S, S", "H, W").code == .compatible)
    #expect(try diff("H, W", "S, S").code == .breaking)
  }

  @Test("Sizes that layers do not take: fewer are compatible, more breaking")
  func refusedSizes() throws {
    func model(_ pool: Int) -> String {
      """
      modelc 1

      model A {
        input image: [N, H, W, 3]
        output y = image |> MaxPooling2D(\(pool)) |> GlobalAveragePooling2D()
      }

      """
    }
    let workspace = try Workspace()
    let (two, four) = (try workspace.write("two.model", model(2)), try workspace.write("four.model", model(4)))
    let fewer = modelc("diff", two, four)
    #expect(fewer.code == .breaking)
    #expect(fewer.output.contains("  sizes that are taken: H >= 2, W >= 2 -> H >= 4, W >= 4\n"), "\(fewer.output)")
    let more = modelc("diff", four, two)
    #expect(more.code == .compatible)
    #expect(
      more.output.contains("  the network takes more sizes: H >= 4, W >= 4 -> H >= 2, W >= 2\n"), "\(more.output)")
  }

  @Test("Inputs whose sizes have to fit each other take fewer than free ones")
  func tiedSizes() throws {
    func model(_ second: String, _ body: String) -> String {
      """
      modelc 1

      model A {
        input a: [N, H, H, 3]
        input b: [N, \(second), \(second), 3]
        output y = \(body)
      }

      """
    }
    let workspace = try Workspace()
    let tied = try workspace.write(
      "tied.model", model("floor(H / 2)", "Add(a |> MaxPooling2D(2), b) |> GlobalAveragePooling2D()"))
    let free = try workspace.write(
      "free.model", model("h", "Add(a |> GlobalAveragePooling2D(), b |> GlobalAveragePooling2D())"))
    let more = modelc("diff", tied, free)
    #expect(more.code == .compatible)
    #expect(more.output.contains("  input 'b' takes more sizes: [N, floor(H / 2), floor(H / 2), 3] -> [N, h, h, 3]\n"))
    #expect(modelc("diff", free, tied).code == .breaking)
  }

  /// The layers and weights that differ between two networks of one input.
  private func difference(_ old: String, _ new: String) throws -> String {
    let workspace = try Workspace()
    let files = try [("old", old), ("new", new)].map { name, body in
      try workspace.write("\(name).model", "modelc 1\n\nmodel A {\n  input x: [N, 32, 32, 3]\n\(body)\n}\n")
    }
    return modelc("diff", files[0], files[1]).output
  }

  @Test("Names that only count layers count for nothing where a layer was put in: what layers do tells which they are")
  func counted() throws {
    let chain = "conv2d_1 = Conv2D(A, 8, 3)\n  conv2d_2 = Conv2D(conv2d_1, 16, 3)\n  output y = Flatten(conv2d_2)"
    let old = chain.replacing("2d_1", with: "2d").replacing("2d_2", with: "2d_1").replacing("A", with: "x")
    let inserted = try difference(
      old, "conv2d = Conv2D(x, 3, 3, padding: same)\n  " + chain.replacing("A", with: "conv2d"))
    for line in [
      "  + conv2d  Conv2D", "  > conv2d_1 -> conv2d_2  Conv2D\n", "  4 of 6 load once their layers' names are mapped\n",
    ] {
      #expect(inserted.contains(line), "\(line)\n\(inserted)")
    }
    #expect(inserted.contains("  ~ conv2d -> conv2d_1  Conv2D\n      inputs: x -> conv2d\n"), "\(inserted)")

    // All of one shape: what is read by, or reads, a layer with a name of its own is the layer that did before.
    let stacked = try difference(
      "a = x |> b: Conv2D(3, 1) |> BatchNormalization() |> c: Conv2D(3, 1) |> BatchNormalization() |> d: Conv2D(3, 1)\n"
        + "  output y = Flatten(a)",
      "a = x |> b: Conv2D(3, 1) |> BatchNormalization() |> ReLU() |> BatchNormalization() |> c: Conv2D(3, 1) "
        + "|> BatchNormalization() |> d: Conv2D(3, 1)\n  output y = Flatten(a)")
    #expect(stacked.contains("a/batch_normalization_1 -> a/batch_normalization_2  BatchNormalization\n"), "\(stacked)")

    // As many as before: wider layers keep their names.
    let wider = try difference(
      "a = x |> Conv2D(4, 1) |> Conv2D(8, 1) |> Conv2D(16, 1)\n  output y = Flatten(a)",
      "a = x |> Conv2D(8, 1) |> Conv2D(8, 1) |> Conv2D(8, 1)\n  output y = Flatten(a)")
    #expect(wider.contains("  ~ a/conv2d_2  Conv2D\n      filters: 16 -> 8\n") && !wider.contains(" -> a/"), "\(wider)")
  }

  @Test("Blocks that only count are told by what they do too")
  func countedBlocks() throws {
    let workspace = try Workspace()
    let files = try ["Two(4) |> Two(8)", "Two(4) |> Two(6) |> Two(8)"].map { stages in
      try workspace.write(
        "\(stages.count).model",
        """
        modelc 1
        block Two(x: [N, H, W, C], n: Int) {
          return x |> Conv2D(C, 3) |> Conv2D(n, 1)
        }
        model A {
          input x: [N, 32, 32, 4]
          a = x |> Dropout(0.5) |> Two(4) |> \(stages) |> Two(8)
          output y = Flatten(a)
        }

        """)
    }
    let output = modelc("diff", files[0], files[1]).output
    #expect(output.contains(" a/two_2/conv2d -> a/two_3/conv2d  Conv2D\n"), "\(output)")
  }

  @Test("What is written in another way and does the same is the same")
  func writtenOtherwise() throws {
    let same = try difference(
      "a = x |> BatchNormalization(axis: 3) |> MaxPooling2D(2, strides: 2) |> ReLU(trainable: false)\n"
        + "  output y = Concatenate(a, a, axis: 1)",
      "a = x |> BatchNormalization(axis: -1) |> MaxPooling2D(2) |> ReLU()\n"
        + "  output y = Concatenate(a, a, axis: -3)")
    #expect(same.contains("\nsame: "), "\(same)")
    let other = try difference("output y = Concatenate(x, x, axis: 1)", "output y = Concatenate(x, x, axis: -2)")
    #expect(other.contains("      axis: 1 -> -2\n"), "\(other)")
  }

  @Test("Of layers that do the same none takes the other's place, though one was put in and all have other names")
  func alike() throws {
    func model(_ body: String) -> String { "modelc 1\n\nmodel A {\n  input x: [N, 8, 8, 3]\n\(body)\n}\n" }
    let workspace = try Workspace()
    let old = try workspace.write(
      "old.model",
      model(
        """
          a = x |> Conv2D(4, 1)
          b = x |> Conv2D(4, 1)
          c = x |> Conv2D(4, 1)
          output y = Concatenate(a, b, c) |> Dropout(0.5) |> Conv2D(2, 1)
        """))
    let new = try workspace.write(
      "new.model",
      model(
        """
          q = x |> Conv2D(4, 1) |> Dropout(0.5)
          r = x |> Conv2D(4, 1)
          p = x |> Conv2D(4, 1)
          output z = Concatenate(p, q, r) |> Dropout(0.5) |> Conv2D(2, 1)
        """))
    let run = modelc("diff", old, new)
    #expect(run.code == .compatible)
    for line in [
      "  > a/conv2d -> p/conv2d  Conv2D\n", "  > b/conv2d -> q/conv2d  Conv2D\n", "  > c/conv2d -> r/conv2d  Conv2D\n",
      "  + q/dropout  Dropout  [N, 8, 8, 4]\n", "  > y/dropout -> z/dropout  Dropout\n",
    ] {
      #expect(run.output.contains(line), "\(line)\n\(run.output)")
    }
  }

  @Test("Calls of a shared layer are told apart by what they are called on, and each may call for permuted weights")
  func sharedLayers() throws {
    func model(_ body: String) -> String { "modelc 1\n\nmodel A {\n  input x: [N, 8, 8, 3]\n\(body)\n}\n" }
    let workspace = try Workspace()
    let shared = model(
      """
        layer norm = BatchNormalization()
        a = x |> Conv2D(4, 1)
        b = x |> Conv2D(4, 1)
        output y = Concatenate(norm(a), norm(b)) |> last: Conv2D(2, 1)
      """)
    let files = [
      try workspace.write("old.model", shared),
      try workspace.write(
        "new.model",
        shared.replacing("Concatenate(norm(a), norm(b))", with: "Concatenate(first, second)")
          .replacing("  output", with: "  second = norm(b)\n  first = norm(a)\n  output")),
    ]
    let reordered = CommandLineRun(["diff"] + files)
    #expect(reordered.code == .success, "\(reordered.output)")

    // One head on two maps, the layer between them under another name.
    let levels = model(
      """
        layer head = Conv2D(3, 3, padding: same)
        first = head(x)
        second = x |> pool: MaxPooling2D(1) |> head()
        output y = Concatenate(first, second) |> last: Conv2D(2, 1)
      """)
    let renamed = levels.replacing("pool: ", with: "smaller: ").replacing("  first = head(x)\n", with: "")
      .replacing("  output", with: "  first = head(x)\n  output")
    let moved = CommandLineRun([
      "diff", try workspace.write("old.model", levels), try workspace.write("new.model", renamed),
    ])
    #expect(moved.code == .compatible && !moved.output.contains("  ~"), "\(moved.output)")

    let mixing = model(
      """
        layer mix = Conv2D(2, 1)
        a = x |> Conv2D(1, 1)
        b = mix(x)
        output y = mix(Concatenate(b, a))
      """)
    let permuted = CommandLineRun([
      "diff", try workspace.write("old.model", mixing),
      try workspace.write("new.model", mixing.replacing("(b, a)", with: "(a, b)")), "--format", "json",
    ])
    #expect(permuted.code == .breaking)
    #expect(try fates(permuted).filter { $0.value == "permuted" }.keys.sorted() == ["mix/kernel"])
  }

  @Test("--accept decides which verdicts let a job pass; wrong calls say what is wanted")
  func accept() throws {
    let rename = [(from: "c3:", to: "d3:")]
    #expect(try diff(rename).code == .compatible)
    #expect(try diff(rename, ["--accept", "compatible"]).code == .success)
    #expect(try diff([("Dense(10)", "Dense(12)")], ["--accept", "compatible"]).code == .breaking)
    #expect(try diff([("Dense(10)", "Dense(12)")], ["--accept", "breaking"]).code == .success)
    #expect(try diff(rename, ["--accept", "nearly"]).code == .usage)
    #expect(modelc("diff", Repository.model("mnist")).code == .usage)
    #expect(modelc("diff", Repository.model("mnist"), "/nowhere.model").code == .wrongInput)
  }
}
