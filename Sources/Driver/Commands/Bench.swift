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
      With --serve it is another program's to say when: `started` is printed, and after a line of any kind the model is
      read and run once. Then `ready` is printed, and for each line with a number the seconds of so many runs.
      """,
    flags: [
      .format,
      .init("batch", letter: "b", value: "N", help: "examples of a run; 1 if not given"),
      .init("runs", value: "N", help: "how often; if not given, as often as two seconds allow"),
      .init("serve", help: "run as often as each line of standard input says, and print the seconds"),
    ] + RunCommand.flags.filter { ["threads", "path"].contains($0.name) } + CommandArguments.Flag.weights
      + CommandArguments.Flag.reading,
    examples: [
      ("bench models/googlenet.model", "the table"),
      ("bench models/googlenet.model --batch 8 --threads 1", "eight images at a time, on one thread"),
      ("bench models/googlenet.model --path avx2 --format json", "with other kernels, for a program"),
      ("bench models/googlenet.model --serve", "started; a line: ready; 3: the seconds of three runs"),
    ]
  ) { (arguments, console) throws(Failure) in
    let wantsJSON = try arguments.wantsJSON()
    let serves = arguments.has("serve")
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
    if serves {
      try checkServing(arguments)
      console.say("started")
      guard readLine() != nil else { return .success }
    }
    let weights = try arguments.givenWeights(orOf: arguments.archive()) ?? .synthetic()
    let model = try arguments.loadModel(console)
    try Memory.check(for: model)
    do throws(BuildProblem) {
      if serves {
        try serve(model.timer(weights: weights, batch: batch ?? 1, threads: threads, path: path), console)
        return .success
      }
      let report = try model.benchmark(weights: weights, batch: batch ?? 1, threads: threads, path: path, runs: runs)
      if wantsJSON { console.print(json: report.json) } else { console.print(report.text(width: console.width)) }
    } catch {
      throw Failure(error)
    }
    return .success
  }

  private static func checkServing(_ arguments: CommandArguments) throws(Failure) {
    for flag in ["runs", "format"] where arguments.has(flag) {
      throw .usage("--serve and --\(flag) exclude each other")
    }
    guard !arguments.positionals.contains("-") else {
      throw .usage("--serve reads its orders from standard input, so the model must be a file")
    }
  }

  /// Runs the model once, then as often as each line says, until there are no more.
  private static func serve(_ timer: ModelTimer, _ console: Console) throws(BuildProblem) {
    _ = try timer.time()
    console.say("ready")
    while let line = readLine() {
      guard let count = Int(line), count > 0 else {
        console.printError("error: a line says how many runs: a number from 1\n")
        continue
      }
      var seconds: [String] = []
      for _ in 0..<count { seconds.append(String(Double(try timer.time()) / 1e9)) }
      console.say(seconds.joined(separator: " "))
    }
  }
}

extension Console {
  /// A line that the other end waits for.
  fileprivate func say(_ line: String) {
    print(line + "\n")
    flush()
  }
}
