import ModelCompiler
import Runtime

extension Command {
  static let bench = Command(
    name: "bench", summary: "measure how long a model takes, and each of its steps", operands: "FILE",
    takesManyOperands: false,
    discussion: """
      Runs the deployed model on this machine, on made-up numbers: the median of all runs with its quartiles, then each
      step with the layers that it does, the algorithm that was chosen, its time and its rate. Steps are measured in
      runs of their own. Sizes that the model leaves open need --shape. Weights are made up unless given; what they are
      makes no difference.
      """,
    flags: [
      .format,
      .init("batch", letter: "b", value: "N", help: "examples of a run; 1 if not given"),
      .init("runs", value: "N", help: "how often; if not given, as often as two seconds allow"),
    ] + RunCommand.flags.filter { ["threads", "path"].contains($0.name) } + CommandArguments.Flag.weights
      + CommandArguments.Flag.reading,
    examples: [
      ("bench models/googlenet.model", "the table"),
      ("bench models/googlenet.model --batch 8 --threads 1", "eight images at a time, on one thread"),
      ("bench models/googlenet.model --path avx2 --format json", "with other kernels, for a program"),
    ]
  ) { (arguments, console) throws(Failure) in
    let wantsJSON = try arguments.wantsJSON()
    let batch: Int?
    let runs: Int?
    let threads: Int?
    let path: Kernels.Path?
    do throws(UsageProblem) {
      batch = try arguments.count("batch")
      runs = try arguments.count("runs")
      threads = try arguments.count("threads")
      path = try arguments.value("path").map { (text) throws(UsageProblem) in try RunCommand.path(text) }
    } catch {
      throw .usage(error.reason)
    }
    let weights = try arguments.givenWeights(orOf: arguments.archive()) ?? .synthetic()
    let model = try arguments.loadModel(console)
    try Memory.check(for: model)
    do throws(BuildProblem) {
      let report = try model.benchmark(weights: weights, batch: batch ?? 1, threads: threads, path: path, runs: runs)
      if wantsJSON { console.print(json: report.json) } else { console.print(report.text(width: console.width)) }
    } catch {
      throw Failure(error)
    }
    return .success
  }
}
