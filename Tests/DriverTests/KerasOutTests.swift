import Driver
import Foundation
import Testing

/// Descriptions as programs and JSON of Keras. What Keras makes of them `Tests/Peers/keras_out_agreement.py` sees.
@Suite("modelc convert to Keras")
struct KerasOutTests {
  /// Convolutions with borders and normalizations that Keras does not have.
  private static let notInKeras: Set = ["alexnet", "cifar10", "googlenet_lrn"]

  @Test(
    "Programs and JSON are those in Fixtures; UPDATE_GOLDEN=1 swift test writes them anew",
    arguments: [
      "mnist.py", "googlenet.py", "unet.py", "siamese.py", "resnet50.py", "mnist.json", "siamese.json",
    ])
  func golden(_ name: String) throws {
    let workspace = try Workspace()
    let model = Repository.model(String(name.split(separator: ".")[0]))
    let run = modelc("convert", model, "-o", workspace.path(name))
    #expect(run.code == .success && run.output.isEmpty && run.error.isEmpty, "\(run.error)")
    let file = Repository.fixture("KerasOut/\(name)")
    if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] == "1" {
      try workspace.read(name).write(to: file)
    }
    #expect(try workspace.read(name) == Data(contentsOf: file))
  }

  @Test("Keras's JSON is the same network", arguments: ZooTests.table.map(\.name).filter { !notInKeras.contains($0) })
  func json(_ name: String) throws {
    let workspace = try Workspace()
    let json = workspace.path("net.json")
    #expect(modelc("convert", Repository.model(name), "-o", json).code == .success)
    let difference = try modelc("diff", Repository.model(name), json, "--format", "json").json()
    // What only training needs is not in it, and Keras has no word for sizes such as 16 * h + 188.
    let expected = name == "unet_valid" || name.hasPrefix("googlenet") ? "compatible" : "same"
    #expect(difference["verdict"] as? String == expected, "\(name)")
  }

  @Test("Keys stand in calls, and parts are results", arguments: ["py", "json"])
  func parts(_ ending: String) throws {
    let workspace = try Workspace()
    let file = try workspace.write(
      "net.model",
      """
      modelc 1
      block Half(x: [N, H, W, C], c: Int) {
        return x |> rest: GetItem([ellipsis, slice(start: floor(c / 2), step: 2)])
      }
      model Net {
        input x: [N, 8, 6, 12]
        a = x |> GetItem([slice, slice(stop: -1), 0, none])
        b = x |> GetItem(ellipsis) |> Half(6)
        c = x |> Split([2, 7], axis: -1, index: 1)
        output y = Stack(c, b, axis: 1)
        output z = a |> GetItem([slice, slice])
      }

      """)
    let out = workspace.path("net.\(ending)")
    let run = modelc("convert", file, "-o", out)
    #expect(run.code == .success, "\(run.error)")
    let text = try String(decoding: workspace.read("net.\(ending)"), as: UTF8.self)
    for words in ending == "py"
      ? [
        #"GetItem(name="a_get_item")(x, key=(slice(None, None), slice(None, -1), 0, None))"#,
        #"GetItem(name="b_get_item")(x, key=...)"#, "key=(..., slice(c // 2, None, 2)))",
        #"Split((2, 7), -1, name="c_split")(x)[1]"#, #"Stack(1, name="y")([c, b])"#,
      ] : [#""class_name": "__ellipsis__""#, #""class_name": "__slice__""#, #""step": 2"#]
    {
      #expect(text.contains(words), "\(words)\n\(text)")
    }
    if ending == "json" {
      let difference = try modelc("diff", file, out, "--format", "json").json()
      #expect(difference["verdict"] as? String == "same")
    }
  }

  @Test("Words with arguments are objects of Keras; a function with arguments is none")
  func wordsWithArguments() throws {
    let workspace = try Workspace()
    let text = """
      modelc 1
      model Net {
        input x: [N, 8, 8, 3]
        a = x |> Conv2D(
          8, 3, activation: leaky_relu(negative_slope: 0.25),
          kernel_initializer: variance_scaling(scale: 1.5, mode: fan_out), kernel_regularizer: l2(l2: 0.02))
        output y = a |> Flatten() |> Dense(4, activation: elu(alpha: 0.5), kernel_constraint: max_norm(max_value: 3))
      }

      """
    let file = try workspace.write("net.model", text)
    let json = workspace.path("net.json")
    #expect(modelc("convert", file, "-o", json).code == .success)
    let written = try workspace.text("net.json")
    for name in ["LeakyReLU", "VarianceScaling", "L2", "ELU", "MaxNorm"] {
      #expect(written.contains("\"class_name\": \"\(name)\""), "\(name)")
    }
    let difference = try modelc("diff", file, json, "--format", "json").json()
    #expect(difference["verdict"] as? String == "same")

    let other = text.replacingOccurrences(of: "elu(alpha: 0.5)", with: "gelu(approximate: true)")
    let run = modelc("convert", try workspace.write("other.model", other), "-o", workspace.path("other.json"))
    #expect(run.code == .wrongInput && !workspace.exists("other.json"))
    for words in ["other.model:7:32", "gelu(approximate: true), which Keras's JSON cannot say", "-o Net.py"] {
      #expect(run.error.contains(words), "\(run.error)")
    }
  }

  @Test("What Keras does not have is told with its layer, its place and what to do", arguments: ["py", "json"])
  func missing(_ ending: String) throws {
    let workspace = try Workspace()
    let file = try workspace.write(
      "net.model",
      """
      modelc 1
      model Net {
        input x: [N, 32, 32, 3]
        a = x |> conv: Conv2D(8, 3, padding: [[1, 1], [2, 2]]) |> MaxPooling2D(2, ceil_mode: true)
        output y = a |> LocalResponseNormalization() |> Conv2DTranspose(4, 3, padding: [[1, 1], [1, 1]])
      }

      """)
    let run = modelc("convert", file, "-o", workspace.path("net.\(ending)"))
    #expect(run.code == .wrongInput && run.output.isEmpty && !workspace.exists("net.\(ending)"))
    for words in [
      "layer 'a/conv' (Conv2D) has 'padding: [[1, 1], [2, 2]]'", "net.model:4:18", "a ZeroPadding2D before it",
      "layer 'a/max_pooling2d' (MaxPooling2D) has 'ceil_mode: true'", "leave 'ceil_mode' out",
      "'y/local_response_normalization' is a LocalResponseNormalization", "a Cropping2D behind it",
    ] {
      #expect(run.error.contains(words), "\(words)\n\(run.error)")
    }
    #expect(run.error.components(separatedBy: "error[not-in-keras]").count == 5)
  }

  /// Names that would end a string, a docstring or a formatted string, or begin another statement.
  private static let hostile = #"""
    modelc 1

    /// """ ends here\
    /// import os; {name} "quoted""
    block Sneaky(x: [N, H, W, C], lambda: Int, `{0}`: Int = 2, `os.system("x")`: Padding = same) {
      return x |> `"); import os  #`: Conv2D(lambda, `{0}`, padding: `os.system("x")`) |> `{x}'\u{22}`: Flatten()
    }

    model `class` (`import`: Int = 3) {
      input `in put`: [N, 8, 8, 1]
      keras = `in put` |> `{name}`: Sneaky(4) |> Dense(2)
      layers = `in put` |> repeat 2 Sneaky(`import`, `{0}`: 1)
      output `"""` = Concatenate(keras, layers)
    }

    """#

  @Test("Names of strangers are text and nothing else")
  func hostileNames() throws {
    let workspace = try Workspace()
    let text = Self.hostile.replacingOccurrences(of: #"'\u{22}"#, with: "'").replacingOccurrences(
      of: "layers = `in put` |> repeat 2 Sneaky(`import`, `{0}`: 1)", with: "layers = `in put` |> Flatten()")
    let file = try workspace.write("net.model", text)
    let run = modelc("convert", file, "-o", workspace.path("net.py"))
    #expect(run.code == .success, "\(run.error)")
    let program = try workspace.text("net.py")
    for line in [
      "\n    \"\"\"" + #"\"\"\" ends here\\"#, #"    import os; {name} \"quoted\"\""#,
      #"def sneaky(x, lambda_, _0_=2, os_system__x__="same", *, name):"#,
      #"name=f"{name}_\"); import os  #""#, #"name=f"{name}_{{x}}'""#, #"def build_class(import_=3):"#,
      #"keras.Input((8, 8, 1), name="in put")"#, #"keras_ = sneaky(in_put, 4, name="keras_{name}")"#,
    ] {
      #expect(program.contains(line), "\(line)\n\(program.prefix(3000))")
    }
    let json = modelc("convert", file, "--to", "keras")
    #expect(json.code == .success, "\(json.error)")
    _ = try json.json()
  }

  @Test("Layers that Keras could not tell apart are an error")
  func equalNames() throws {
    let workspace = try Workspace()
    let file = try workspace.write(
      "net.model",
      """
      modelc 1
      model Net {
        input x: [N, 8]
        a = x |> b_c: Dense(8)
        a_b = a |> c: Dense(8)
        output y = a_b |> Dense(1)
      }

      """)
    for form in ["keras", "python"] {
      let run = modelc("convert", file, "--to", form)
      #expect(run.code == .wrongInput)
      #expect(run.error.contains("'a/b_c' and 'a_b/c' would both be called 'a_b_c' in Keras"), "\(run.error)")
    }
  }

  @Test(
    "Layers that modelc named can be told apart: the next block is none of the copies before it",
    arguments: ["py", "json"])
  func copies(_ ending: String) throws {
    let workspace = try Workspace()
    let file = try workspace.write(
      "net.model",
      """
      modelc 1
      block Two(x: [N, C], units: Int) {
        a = x |> Dense(units)
        return a |> Dense(units)
      }

      model Net {
        input x: [N, 8]
        output y = x |> Two(8) |> repeat 3 Two(8) |> Two(4) |> repeat 2 Two(4) |> Dense(1)
      }

      """)
    let run = modelc("convert", file, "-o", workspace.path("net.\(ending)"))
    #expect(run.code == .success, "\(run.error)")
  }

  @Test("The words of a train section are Keras's objects")
  func training() throws {
    let workspace = try Workspace()
    let file = try workspace.write(
      "net.model",
      """
      modelc 1
      model Net {
        input x: [N, 8, 8, 1]
        h = x |> Flatten() |> Dense(4, activation: leaky_relu(negative_slope: 0.1), kernel_initializer: he_normal(seed: 1))
        output y = h |> Dense(2, activation: softmax)
        train output z = h |> Dense(1, activation: sigmoid, kernel_regularizer: l2(l2: 0.1))
      }
      train Net {
        augment x: RandomFlip(horizontal)
        loss y: categorical_crossentropy(label_smoothing: 0.1), kl_divergence * 0.5
        loss z: binary_crossentropy * 0.3
        metrics y: accuracy, auc, log_cosh
        optimizer: Adam(CosineDecay(0.1, 1000), clipnorm: 1.0)
        callbacks: ModelCheckpoint("a.npz", monitor: loss), EarlyStopping(monitor: loss)
        seed: 7
        shuffle: false
      }

      """)
    let run = modelc("convert", file, "--to", "python")
    #expect(run.code == .success && run.error.isEmpty, "\(run.error)")
    let program = run.output.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    for text in [
      "activation=layers.LeakyReLU(negative_slope=0.1)", "kernel_initializer=keras.initializers.HeNormal(seed=1)",
      "kernel_regularizer=keras.regularizers.L2(l2=0.1)", "layers.RandomFlip(mode=\"horizontal\")(changed[\"x\"])",
      "\"y\": lambda *pair: 1.0 * keras.losses.CategoricalCrossentropy(",
      "label_smoothing=0.1, reduction=None", "+ 0.5 * keras.losses.KLDivergence(reduction=None)(*pair)",
      "\"z\": \"binary_crossentropy\"", "loss_weights={\"y\": 1.0, \"z\": 0.3}",
      "\"accuracy\", keras.metrics.AUC(), keras.metrics.LogCoshError(name=\"log_cosh\")",
      "keras.optimizers.schedules.CosineDecay( initial_learning_rate=0.1, decay_steps=1000 )", "clipnorm=1.0",
      "keras.callbacks.ModelCheckpoint(\"a.weights.h5\", save_weights_only=True, monitor=\"loss\")",
      "keras.utils.set_random_seed(7)", "shuffle=False",
      "model = build_net(training=not options.predict)",
      "labels = {\"y\": arrays[\"y\"], \"z\": arrays.get(\"z\", arrays[\"y\"])}",
      "arrays = read_arrays(parser, options.data, names + [\"y\"])", "check_inputs(parser, model, names, arrays)",
    ] {
      #expect(program.contains(text), "\(text)\n\(run.output.prefix(6000))")
    }
    #expect(!run.output.contains("distribution") && !run.output.contains("check_labels(parser, arrays, {"))
    let distributed = modelc("convert", file, "--to", "python", "--distributed").output
    #expect(distributed.contains("keras.distribution.DataParallel("))
    #expect(distributed.contains("os.environ[\"KERAS_BACKEND\"] = \"jax\"\n\nimport keras\n"))
  }

  @Test("Labels that are numbers are held against the number of classes, unless one of them does not count")
  func classNumbers() throws {
    let workspace = try Workspace()
    func program(_ loss: String) throws -> String {
      let text = """
        modelc 1
        model Net {
          input x: [N, 8, 8, 1]
          output y = x |> Conv2D(7, 1, activation: softmax)
        }
        train Net { loss: \(loss) }

        """
      return modelc("convert", try workspace.write("net.model", text), "--to", "python").output
    }
    let call = #"check_labels(parser, arrays, {"y": 7})"#
    #expect(try program("sparse_categorical_crossentropy").contains(call))
    #expect(
      try !program("sparse_categorical_crossentropy(ignore_class: 255)").contains("check_labels(parser, arrays, {"))
  }

  @Test("No block takes the name of what a program needs")
  func namesOfPrograms() throws {
    let workspace = try Workspace()
    let names = ["whole", "count", "check_paths", "zipfile", "contextlib", "open", "print", "enumerate", "set", "main"]
    let blocks = names.map { "block \($0)(x: [N, C]) { return x |> Dense(C) }\n" }
    let calls = names.map { " |> \($0)()" }
    let file = try workspace.write(
      "net.model", "modelc 1\n\(blocks.joined())model Net {\n  input x: [N, 4]\n  output y = x\(calls.joined())\n}\n")
    let program = modelc("convert", file, "--to", "python").output
    let defined = program.split(separator: "\n").filter { $0.hasPrefix("def ") }.map { $0.prefix { $0 != "(" } }
    #expect(Set(defined).count == defined.count && defined.count > names.count)
    for name in names { #expect(program.contains("def \(name)_(x, name):"), "\(name)") }
  }

  /// What `convert` writes for a network, without line breaks within expressions.
  private func program(_ text: String, _ options: String...) throws -> String {
    let workspace = try Workspace()
    let run = CommandLineRun(
      ["convert", try workspace.write("net.model", "modelc 1\n" + text), "--to", "python"] + options)
    return (run.output + run.error).split(whereSeparator: \.isWhitespace).joined(separator: " ")
      .replacing("( ", with: "(").replacing(" )", with: ")")
  }

  private static let map = "model Net(n: Int = 7, deep: Bool = true) {\n input x: [N, 8, 8, 3]\n"

  @Test(
    "Expressions mean in Python what they mean in the language",
    arguments: [
      ("Conv2D(floor(n / 2 * 2), 1)", "layers.Conv2D(n * 2 // 2, 1,"),
      ("Conv2D(ceil(n / 2 * 3 / 5), 1)", "layers.Conv2D(-(-(n * 3) // (2 * 5)), 1,"),
      ("Conv2D(floor(n * 6 / 2 + 1), 1)", "layers.Conv2D((n * 6 + 1 * 2) // 2, 1,"),
      ("Conv2D(floor(-n / 2) + 9, 1)", "layers.Conv2D(-n // 2 + 9, 1,"),
      ("Conv2D(floor(0.5 * n), 1)", "layers.Conv2D(math.floor(0.5 * n), 1,"),
      (
        "Conv2D(1, 1, activation: if deep { leaky_relu(negative_slope: 0.1) } else { relu })",
        "activation=layers.LeakyReLU(negative_slope=0.1) if deep else \"relu\","
      ),
    ])
  func expressions(_ stage: String, _ call: String) throws {
    let text = try program(Self.map + " output y = x |> \(stage)\n}\n")
    #expect(text.contains(call), "\(text.prefix(3000))")
  }

  @Test("Roundings within roundings take no longer for each level", .timeLimit(.minutes(1)))
  func nestedRoundings() throws {
    let size = (0..<40).reduce("n") { inner, _ in "floor(floor(0.5 * \(inner)) * 1.5 + 1.0)" }
    #expect(try program(Self.map + " output y = x |> Conv2D(\(size), 1)\n}\n").contains("math.floor(math.floor("))
  }

  @Test("Elements of lists of Floats are Floats")
  func floats() throws {
    let text = try program(
      """
      block B(x: [N, H, W, C], s: [Float]) { return x |> Conv2D(floor(s[0] * 16), 1) }
      \(Self.map) w = [0.5, 1.0]
       output y = x |> B([0.5, 0.25]) |> Conv2D(floor(w[1] * 16), 1)
      }

      """)
    #expect(text.contains("math.floor(element(s, 0) * 16)") && text.contains("math.floor(w[1] * 16)"))
  }

  @Test("What nothing uses is not written, be it in Keras or not")
  func unused() throws {
    let text = try program(
      """
      block B(x: [N, H, W, C], n: Int) { return x |> repeat n Conv2D(8, 1) |> Conv2D(4, 1) }
      \(Self.map) _u = x |> LocalResponseNormalization()
       t = x |> B(2)
       layer idle = Conv2D(2, 1)
       _v = idle(t)
       limit = 100
       output y = x |> repeat 2 B(3)
       assert params < 1000 * limit
      }

      """)
    #expect(
      text.contains("def build_net(n=7, deep=True): x = keras.Input((8, 8, 3), name=\"x\") y = x for i in range(2)"))
    #expect(!text.contains("\"t\"") && !text.contains("idle") && !text.contains("limit"))
  }

  @Test("Layers among the arguments of a repeated stage have names of their own")
  func repeatedArguments() throws {
    let text = try program(Self.map + " output y = x |> repeat 3 Add(x |> Conv2D(3, 1))\n}\n")
    #expect(text.contains(#"name=["y_conv2d", "y_conv2d_1", "y_conv2d_2"][i])(x)"#), "\(text.prefix(2000))")
    let deep = try program(Self.map + " output y = x |> repeat 2 Add(x |> repeat 2 Add(x |> Conv2D(3, 1)))\n}\n")
    #expect(deep.contains("error[equal-keras-names]") && deep.contains("put what is repeated into a block"))
  }

  @Test("One function is not written for two models that name its layers otherwise")
  func twoModels() throws {
    let text = try program(
      """
      block B(x: [N, H, W, C], n: Int) { return x |> repeat n Conv2D(8, 1) |> Conv2D(4, 1) }
      model A { input x: [N, 8, 8, 3]
       t = x |> B(2)
       u = x |> B(1)
       output y = Add(t, u) }
      model C { input x: [N, 8, 8, 3]
       t = x |> B(3)
       u = x |> B(1)
       output y = Add(t, u) }

      """)
    #expect(text.contains("two models have different layers of 'Conv2D' in 't'"), "\(text.prefix(1500))")
  }

  @Test("--set gives parameters other defaults")
  func settings() throws {
    let text = try program(
      "model Net(n: Int, way: Padding = same, k: [Int] = 3) {\n input x: [N, 8, 8, 3]\n"
        + " output y = x |> Conv2D(n, k, padding: way)\n}\n",
      "--set", "n=4", "--set", "way=valid", "--set", "k=[1, 3]")
    #expect(text.contains(#"def build_net(n=4, way="valid", k=(1, 3)):"#), "\(text.prefix(1500))")
  }

  @Test("Choices of choices stand beside each other, and a list of one may be long")
  func layout() throws {
    let long = String(repeating: "a", count: 60)
    let text = try program(
      """
      model Net(n: Int = 2, \(long): Int = 1) {
       input x: [N, 8, 8, 3]
       y = if n == 0 { x } else if n == 1 { x |> ReLU() } else { x |> ELU() }
       output z = y |> Reshape([8 * 8 * 3 * \(long) * \(long)])
      }

      """)
    #expect(
      text.contains("elif n == 1: y = ") && text.contains("(8 * 8 * 3 * \(long) * \(long),)"), "\(text.prefix(2000))")
  }

  private static let outputs = """
    model Net(training: Int = 3) {
     input x: [N, 8]
     train output aux = x |> Dense(2, activation: softmax)
     output y = x |> Dense(training, activation: softmax)
     output z = x |> Dense(3)
    }

    """

  @Test("Training sees outputs in the order of the model, and by their names")
  func outputsInTraining() throws {
    let text = try program(
      Self.outputs + """
        train Net {
         loss y: categorical_crossentropy, mse * 0.5
         loss aux: sparse_categorical_crossentropy
         metrics y: precision
         metrics aux: mean_io_u(3)
         callbacks: EarlyStopping(monitor: val_y_precision), ReduceLROnPlateau(monitor: y_loss)
        }

        """)
    for part in [
      "def build_net(training_=3, training=False):", "outputs = [y, z, aux]",
      #"{"y": results[0], "aux": results[2]}"#,
      "CategoricalCrossentropy(reduction=None)(*pair) + 0.5 * keras.losses.MeanSquaredError(reduction=None)(*pair)",
      #"keras.metrics.Precision(name="precision")"#, #"num_classes=3, sparse_y_pred=False, name="mean_io_u")"#,
      #"EarlyStopping(monitor="val_y_precision", mode="max")"#, #"ReduceLROnPlateau(monitor="y_loss", mode="min")"#,
    ] { #expect(text.contains(part), "\(part)\n\(text.prefix(5000))") }
  }

  @Test(
    "What Keras's optimizers do not do together is told",
    arguments: [
      ("optimizer: SGD(CosineDecay(0.1, 100), decay: 0.1)", "SGD has a schedule and 'decay'"),
      ("optimizer: SGD(0.1, decay: 0.1)\n callbacks: ReduceLROnPlateau()", "ReduceLROnPlateau lowers a learning rate"),
    ])
  func rates(_ entries: String, _ problem: String) throws {
    let text = try program(Self.outputs + "train Net {\n loss y: mse\n \(entries)\n}\n")
    #expect(text.contains("error[not-in-keras]") && text.contains(problem), "\(text.suffix(2000))")
  }

  @Test("Programs predict on one device")
  func prediction() throws {
    let text = try program(Self.outputs + "train Net { loss y: mse }\n", "--distributed")
    #expect(text.contains("if not options.predict: devices = keras.distribution.list_devices()"))
  }

  @Test("Blocks, sizes and choices become Python's")
  func blocks() throws {
    let workspace = try Workspace()
    let file = try workspace.write(
      "net.model",
      """
      modelc 1
      with Dense(activation: relu)

      block Part(x: [N, 2 * h, W, C], sizes: [Int], way: Padding = same, wide: Bool = false) {
        half = ceil(C / 2)
        y = if wide and C % 2 == 0 { x |> Conv2D(2 * C, sizes, padding: way) } else { x }
        z = if way == same { y * 0.5 } else { 1 - y }
        return z |> Conv2D(half + h - h, element_size(sizes), padding: way), x
      }

      model Net(depth: Int = 2) {
        input x: [N, 8, 8, 3]
        a, b = x |> Part(3, wide: true)
        c = a |> repeat depth as i Conv2D(4 * (i + 1), 1)
        d, e = c |> Part([1, 3], valid)
        layer head = Dense(5)
        output y = (Flatten(d) |> head()) + (Flatten(d) |> head())
        output z = Flatten(b) |> Dense(1)
      }

      """.replacingOccurrences(of: "element_size(sizes)", with: "sizes[0]"))
    let run = modelc("convert", file, "--to", "python")
    #expect(run.code == .success, "\(run.error)")
    for line in [
      "def part(x, sizes, way=\"same\", wide=False, *, name):", "    h = x.shape[1] // 2", "    C = x.shape[3]",
      "    half = -(-C // 2)", "    if wide and C % 2 == 0:",
      "        y = layers.Conv2D(2 * C, sizes, padding=way, name=f\"{name}_y_conv2d\")(x)", "    else:",
      "        y = x",
      "    if way == \"same\":", "        z = Multiply(name=f\"{name}_z_multiply\")(y, 0.5)",
      "        z = Subtract(name=f\"{name}_z_subtract\")(1, y)", "half + h - h, element(sizes, 0), padding=way",
      "    a, b = part(x, 3, wide=True, name=\"a\")", "    for i in range(depth):",
      "        c = layers.Conv2D(4 * (i + 1), 1, name=f\"c_conv2d_{i}\")(c)",
      "    d, e = part(c, (1, 3), \"valid\", name=\"d\")",
      "    head = layers.Dense(5, activation=\"relu\", name=\"head\")",
      "from keras.src.ops.numpy import Multiply, Subtract", "return keras.Model(x, [y, z], name=\"Net\")",
    ] {
      #expect(run.output.contains(line), "\(line)\n\(run.output.prefix(4000))")
    }
  }

  @Test("What is counted with open sizes is what it comes to, for each call of a block")
  func openSizes() throws {
    let workspace = try Workspace()
    let text = """
      modelc 1
      block Lower(x: [N, h, W, C], y: [N, H, W, C]) {
        border = H - 2 * h
        map = y |> Cropping2D([[border, 0], [0, 0]])
        return map |> Dense(if border > 5 { 1 } else { C }), x
      }

      model Net {
        input x: [N, h, 8, 3]
        input y: [N, 2 * h + 4, 8, 3]
        input z: [N, 2 * h + 6, 8, 3]
        a, b = Lower(x, y)
        c, d = Lower(b, z)
        output e = a + c
        output f = d |> Dense(1)
      }

      """
    let run = modelc("convert", try workspace.write("net.model", text), "--to", "python")
    #expect(run.code == .success, "\(run.error)")
    for line in [
      "    C = x.shape[3]\n    map = layers.Cropping2D(", #"{"a": ((4, 0), (0, 0)), "c": ((6, 0), (0, 0))}[name]"#,
      #"layers.Dense({"a": 3, "c": 1}[name], name=f"{name}_dense")"#,
    ] {
      #expect(run.output.contains(line), "\(line)\n\(run.output.prefix(4000))")
    }
    // A choice of layers stands in the program.
    let choice = text.replacing(
      "return map |> Dense(if border > 5 { 1 } else { C })",
      with: "choice = if border > 5 { map |> Dense(1) } else { map }\n        return choice")
    let failed = modelc("convert", try workspace.write("net.model", choice), "--to", "python")
    #expect(failed.code == .wrongInput && failed.error.contains("'border' is open"), "\(failed.error)")
  }

  @Test("Where calls of one instance differ in their sizes, its model leaves them open")
  func sizesOfInstances() throws {
    let workspace = try Workspace()
    let text = """
      modelc 1
      block Inner(x: [N, H, W, C]) {
        return x |> Conv2D(2 * C, 3)
      }

      block Tower(x: [N, H, W, C], open_axes: Int) {
        y = x |> Inner()
        return y |> Conv2D(open_axes, 3) |> GlobalAveragePooling2D()
      }

      model Net {
        input x: [N, 32, 24, 3]
        input y: [N, 20, 24, 3]
        layer tower = Tower(open_axes: 4)
        layer once = Dense(4)
        output z = tower(x) + tower(y)
      }

      """
    let run = modelc("convert", try workspace.write("net.model", text), "--to", "python")
    #expect(run.code == .success, "\(run.error)")
    #expect(
      run.output.contains(#"    tower_ = Shared(tower, "tower", [1], open_axes=4)"#), "\(run.output.prefix(4000))")
    let counted = text.replacing("Conv2D(open_axes, 3)", with: "Resizing(H, open_axes)")
    let failed = modelc("convert", try workspace.write("net.model", counted), "--to", "python")
    #expect(failed.code == .wrongInput && failed.error.contains("'H' is open or differs"), "\(failed.error)")
    // Of equal calls nothing is left open.
    let equal = text.replacing("y: [N, 20,", with: "y: [N, 32,")
    let closed = modelc("convert", try workspace.write("net.model", equal), "--to", "python")
    #expect(closed.output.contains(#"Shared(tower, "tower", open_axes=4)"#), "\(closed.output.prefix(4000))")
  }

  @Test("A long chain of operators is a line for each, and no deep nesting")
  func longChain() throws {
    let workspace = try Workspace()
    let sum = Array(repeating: "x", count: 2000).joined(separator: " + ")
    let file = try workspace.write("net.model", "modelc 1\nmodel Net {\n  input x: [N, 4]\n  output y = \(sum)\n}\n")
    let run = modelc("convert", file, "--to", "python")
    #expect(run.code == .success, "\(run.error)")
    #expect(run.output.contains("    y_ = layers.Add(name=\"y_add_1997\")([y_, x])\n    y = layers.Add("))
    #expect(run.outputLines.allSatisfy { $0.count < 120 })
  }

  @Test("Keras's own JSON becomes a program with blocks, and its names a map")
  func fromKeras() throws {
    let workspace = try Workspace()
    let run = modelc("convert", Repository.kerasModel("googlenet"), "-o", workspace.path("net.py"))
    #expect(run.code == .success && run.error.isEmpty, "\(run.error)")
    #expect(try workspace.files(below: "") == ["net.names.json", "net.py"])
    let program = try workspace.text("net.py")
    #expect(program.components(separatedBy: "= inception(").count > 5, "\(program.prefix(3000))")
    let again = modelc("convert", Repository.kerasModel("googlenet"), "-o", workspace.path("net.json"))
    #expect(again.code == .success && again.error.isEmpty, "\(again.error)")
    #expect(modelc("diff", Repository.kerasModel("googlenet"), workspace.path("net.json")).code == .success)
  }

  @Test("Our own JSON becomes the program that the text becomes")
  func fromJSON() throws {
    let workspace = try Workspace()
    let json = workspace.path("resnet50.model.json")
    #expect(modelc("convert", Repository.model("resnet50"), "-o", json).code == .success)
    #expect(modelc("convert", json, "-o", workspace.path("resnet50.py")).code == .success)
    #expect(try workspace.read("resnet50.py") == Data(contentsOf: Repository.fixture("KerasOut/resnet50.py")))
  }

  @Test("Of several models JSON holds the one that is named, and a program all")
  func severalModels() throws {
    let workspace = try Workspace()
    let file = try workspace.write(
      "net.model", smallModel + "model Other {\n  input x: [N, 3]\n  output y = Dense(x, 2)\n}\n")
    #expect(modelc("convert", file, "--to", "keras").error.contains("error[several-models]"))
    let other = modelc("convert", file, "--to", "keras", "--model", "Other")
    #expect(try (other.json()["config"] as? [String: Any])?["name"] as? String == "Other")
    let program = modelc("convert", file, "--to", "python").output
    #expect(program.contains("def build_small(units=4):") && program.contains("def build_other():"))
    #expect(program.contains("choices=[\"Small\", \"Other\"], default=\"Small\""))
  }
}
