import ModelCompiler
import Runtime

extension Command {
  static let summary = Command(
    name: "summary", summary: "show the layers of a model, their shapes and costs", operands: "FILE",
    takesManyOperands: false,
    discussion: """
      A row for each layer: name, class, output shape, parameters, multiply-accumulates for one example, and where its
      input comes from; then the totals. The table is as wide as the terminal; COLUMNS=200 makes it wider. `-` for FILE
      reads standard input.
      --plan shows instead what will be done to run it: a row for each step with the layers that it does, the algorithm,
      the memory that lives meanwhile, and what was decided and why. With --precision fast it shows what processors with
      AMX do.
      """,
    flags: [
      .format, .depth, .init("plan", help: "the steps that run it, their algorithms and memory"), .batch,
      RunCommand.precisionFlag,
      .init("receptive-field", help: "a column: how many rows and columns of the input a result depends on"),
      .init("memory", help: "a column: layer outputs that live while a layer runs, for one example in fp32"),
    ] + CommandArguments.Flag.reading,
    examples: [
      ("summary models/googlenet.model", "the table"),
      ("summary models/googlenet.model --depth 0", "a row for each block of the model"),
      ("summary models/googlenet.model --receptive-field --memory", "with two more columns"),
      ("summary models/googlenet.model --plan", "how it will run"),
      ("summary models/cifar10.model --set hidden=512", "with another value for a parameter"),
      ("summary models/googlenet.model --format json", "for a program"),
    ]
  ) { (arguments, console) throws(Failure) in
    let wantsJSON = try arguments.wantsJSON()
    let depth = try arguments.depth()
    let batch = try arguments.expectedBatch()
    let precision = ModelCompiler.Precision(try arguments.precision())
    let model = try arguments.loadModel(console)
    if arguments.has("plan") {
      for flag in ["depth", "receptive-field", "memory"] where arguments.has(flag) {
        throw .usage("--plan shows steps, not layers, and takes no --\(flag)")
      }
      do throws(BuildProblem) {
        if wantsJSON {
          console.print(json: try model.planJSON(batch: batch, precision: precision))
        } else {
          console.print(try model.planSummary(batch: batch, precision: precision, width: console.width))
        }
      } catch {
        throw Failure(error)
      }
      return .success
    }
    for flag in ["batch", "precision"] where arguments.has(flag) { throw .usage("--\(flag) goes with --plan") }
    if wantsJSON {
      console.print(json: model.summaryJSON(depth: depth))
    } else {
      var columns: [Model.SummaryColumn] = []
      if arguments.has("receptive-field") { columns.append(.receptiveField) }
      if arguments.has("memory") { columns.append(.memory) }
      console.print(model.summary(width: console.width, depth: depth, columns: columns))
    }
    return .success
  }
}

extension CommandArguments.Flag {
  static let depth = Self(
    "depth", letter: "d", value: "LEVELS", help: "fold blocks that stand in so many others: 0 folds all of them")
}

extension CommandArguments {
  /// How many levels of blocks are shown; nil for all.
  func depth() throws(Failure) -> Int? {
    guard let text = value("depth") else { return nil }
    guard let depth = Int(text), depth >= 0 else { throw .usage("--depth takes a whole number, not '\(text)'") }
    return depth
  }
}
