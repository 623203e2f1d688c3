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
      --format svg draws the steps' times as bars.
      --against compares modelc with other engines: all have the same weights and inputs, their results must agree, and
      they take turns. It runs Tests/Peers/speed.py of modelc's repository, whose --help says what is printed, and makes
      the virtual environment that this needs, once.
      With --serve it is another program's to say when: `started` is printed, and after a line of any kind the model is
      read and run once. Then `ready` is printed, and for each line with a number the seconds of so many runs,
      or of all together for `100 total`.
      """,
    flags: [
      .init("format", value: "human|json|svg", help: "what comes out; human unless said"),
      .init("output", letter: "o", value: "FILE", help: "where the drawing goes, an .svg file; else standard output"),
      .init("batch", letter: "b", value: "N", help: "examples of a run; 1 if not given"),
      .init("runs", value: "N", help: "how often; if not given, as often as two seconds allow"),
      .init("against", value: "ENGINES", help: "compare with these: onnxruntime,openvino,tensorflow"),
      .init("rounds", value: "N", help: "how often they take turns; 15 if not given"),
      .init("serve", help: "run as often as each line of standard input says, and print the seconds"),
    ] + RunCommand.flags.filter { ["threads", "path", "precision"].contains($0.name) } + CommandArguments.Flag.weights
      + CommandArguments.Flag.reading,
    examples: [
      ("bench models/googlenet.model", "the table"),
      ("bench models/googlenet.model --batch 8 --threads 1", "eight images at a time, on one thread"),
      ("bench models/googlenet.model --path avx2 --format json", "with other kernels, for a program"),
      ("bench models/googlenet.model -o times.svg", "the picture"),
      ("bench models/googlenet.model --against onnxruntime,openvino", "beside other engines"),
      ("bench models/googlenet.model --serve", "started; a line: ready; 3: the seconds of three runs"),
    ]
  ) { (arguments, console) throws(Failure) in
    let format = try arguments.benchmarkFormat()
    let request = try arguments.benchmarkRequest()
    if arguments.has("against") { return try arguments.compare(request, asJSON: format == "json", console) }
    if arguments.has("rounds") { throw .usage("--rounds is for comparing", help: "add --against onnxruntime,openvino") }
    let serves = arguments.has("serve")
    if serves {
      try checkServing(arguments)
      console.say("started")
      guard readLine() != nil else { return .success }
    }
    let weights = try arguments.givenWeights(orOf: arguments.archive()) ?? .synthetic()
    let model = try arguments.loadModel(console)
    try Memory.check(for: model)
    let benchmark: Benchmark
    do throws(BuildProblem) {
      if serves {
        let timer = try model.timer(
          weights: weights, batch: request.batch ?? 1, threads: request.threads, path: request.path,
          precision: request.precision)
        console.noteAbsence(of: request.precision, found: timer.precision)
        try serve(timer, console)
        return .success
      }
      benchmark = try model.benchmark(
        weights: weights, batch: request.batch ?? 1, threads: request.threads, path: request.path,
        precision: request.precision, runs: request.runs)
      console.noteAbsence(of: request.precision, found: benchmark.precision)
    } catch {
      throw Failure(error)
    }
    switch (format, arguments.value("output")) {
    case ("json", _): console.print(json: benchmark.json)
    case ("svg", let path?):
      do throws(FileProblem) { try WholeFile.write(Array(benchmark.drawing.utf8), to: path) } catch {
        throw .wrongInput(error.description)
      }
      console.print("\(path): times of \(model.name)\n")
    case ("svg", nil): console.print(benchmark.drawing)
    default: console.print(benchmark.text(width: console.width))
    }
    return .success
  }

  private static func checkServing(_ arguments: CommandArguments) throws(Failure) {
    for flag in ["runs", "format", "output"] where arguments.has(flag) {
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
      let words = line.split(separator: " ")
      guard let word = words.first, let count = Int(word), count > 0, words.count == 1 || words[1...] == ["total"]
      else {
        console.printError("error: a line says how many runs: a number from 1; with `total` behind it if you like\n")
        continue
      }
      if words.count == 2 {
        var total: UInt64 = 0
        for _ in 0..<count { total += try timer.time() }
        console.say(String(Double(total) / 1e9))
      } else {
        var seconds: [String] = []
        for _ in 0..<count { seconds.append(String(Double(try timer.time()) / 1e9)) }
        console.say(seconds.joined(separator: " "))
      }
    }
  }
}

/// What is measured, as the flags say; nil for what they leave open.
private struct BenchmarkRequest {
  var batch: Int?
  var runs: Int?
  var rounds: Int?
  var threads: Int?
  var path: Kernels.Path?
  var precision: Runtime.Precision
}

extension CommandArguments {
  fileprivate func benchmarkRequest() throws(Failure) -> BenchmarkRequest {
    do throws(UsageProblem) {
      return BenchmarkRequest(
        batch: try count("batch"), runs: try count("runs"), rounds: try count("rounds"),
        threads: try RunCommand.threads(self),
        path: try value("path").map { (text) throws(UsageProblem) in try RunCommand.path(text) },
        precision: try RunCommand.precision(self))
    } catch {
      throw .usage(error.reason)
    }
  }

  /// `human`, `json` or `svg`; a file is a drawing.
  fileprivate func benchmarkFormat() throws(Failure) -> String {
    let format = try choice("format", among: ["human", "json", "svg"])
    guard let output = value("output") else { return format }
    guard FilePath(output).hasExtension(".svg") else { throw .usage("the picture is an .svg file, not '\(output)'") }
    guard !has("format") || format == "svg" else { throw .usage("-o is where the picture goes: --format svg") }
    return "svg"
  }

  /// Compares the model with other engines, by the scripts that do so.
  fileprivate func compare(
    _ request: BenchmarkRequest, asJSON: Bool, _ console: Console
  ) throws(Failure) -> ExitCode {
    for flag in ["serve", "runs", "output"] where has(flag) {
      throw .usage("--against and --\(flag) exclude each other")
    }
    guard request.precision == .full else {
      throw .usage("--against compares in the precision that all engines have, which is full")
    }
    guard try benchmarkFormat() != "svg" else { throw .usage("--against prints a table or JSON, and draws nothing") }
    guard positionals[0] != "-" else {
      throw .usage("--against reads the model several times, so it must be a file")
    }
    let engines = (value("against") ?? "").split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    for engine in engines where !PeerScripts.engines.contains(engine) {
      throw .usage(
        "--against takes \(PeerScripts.engines.joined(separator: ", ")), separated by commas, not '\(engine)'",
        help: suggestion(for: engine, among: PeerScripts.engines))
    }
    // What is wrong with the model is said here, and well.
    _ = try givenWeights(orOf: archive())
    _ = try loadModel(console)
    let scripts = try PeerScripts(named: PeerScripts.named)
    guard let executable = PeerScripts.executable else { throw .fault("the system does not say where modelc lies") }

    var words = [positionals[0], "--modelc", executable.text, "--against", engines.joined(separator: ",")]
    for (flag, number) in [("batch", request.batch), ("threads", request.threads), ("rounds", request.rounds)] {
      if let number { words += ["--\(flag)", "\(number)"] }
    }
    if let path = request.path { words += ["--path", path.rawValue] }
    if asJSON { words += ["--format", "json"] }
    if let weights = value("weights") ?? archive() { words += ["--weights", weights] }
    if let map = value("map") { words += ["--map", map] }
    for flag in Self.Flag.reading {
      for value in values(flag.name) { words.append("--reading=--\(flag.name)=\(value)") }
    }
    let status = try scripts.compare(words, console)
    return ExitCode(rawValue: status) ?? .fault
  }
}

extension Console {
  /// Says on standard error if it is not computed as was asked for.
  fileprivate func noteAbsence(of precision: Runtime.Precision, found: Runtime.Precision) {
    if found != precision { printError("note: \(Runtime.Precision.absence)\n") }
  }

  /// A line that the other end waits for.
  fileprivate func say(_ line: String) {
    print(line + "\n")
    flush()
  }
}
