import ModelCompiler
import Runtime

extension Command {
  static let weights = Command(
    name: "weights", summary: "list the tensors of a file of weights, or write them in another format",
    operands: "FILE", takesManyOperands: false,
    discussion: """
      Reads .safetensors, .npz and .npy files and what Keras writes: .keras, .weights.h5, and the index .weights.json of
      weights in several files; the first bytes tell which it is. Lists each tensor with its shape, type and bytes, mean,
      standard deviation and extremes, and how many of its numbers are NaN or infinite, which count for nothing else.
      With -o the tensors are written, bit for bit, to a .safetensors, .npz or .npy file instead. --for MODEL finds the
      weights of a network in the file, tells all that does not fit, and with -o writes them under the network's own
      names.
      """,
    flags: [
      .format,
      .init("no-stats", help: "leave the numbers unread, and what they are like untold"),
      .init("tensor", letter: "t", value: "NAME", help: "only this one", mayRepeat: true),
      .init(
        "output", letter: "o", value: "FILE", help: "write the tensors: .safetensors, .npz, or .npy for a single one"),
      .init("for", value: "MODEL", help: "say how the tensors fit a description; with -o write them under its names"),
      .init("map", value: "FILE", help: "with --for: the weights' names in the file, where they differ"),
    ] + CommandArguments.Flag.reading,
    examples: [
      ("weights net.safetensors", "the table"),
      ("weights net.weights.h5 --no-stats", "names, shapes and types alone, at once"),
      ("weights net.keras --format json", "for a program"),
      ("weights net.npz -o net.safetensors", "the same tensors in another format"),
      ("weights net.keras --for net.keras -o net.safetensors", "the same under the names of the layers"),
    ]
  ) { (arguments, console) throws(Failure) in
    let wantsJSON = try arguments.wantsJSON()
    let names = arguments.has("tensor") ? arguments.values("tensor") : nil
    if let name = arguments.value("for") { return try arguments.fit(name, console) }
    if arguments.has("map") { throw .usage("--map needs a network whose names it speaks of", help: "add --for MODEL") }
    for flag in CommandArguments.Flag.reading where arguments.has(flag.name) {
      throw .usage("--\(flag.name) says how a network is read", help: "add --for MODEL")
    }
    do throws(BuildProblem) {
      let file = try WeightFile(arguments.positionals[0])
      if let output = arguments.value("output") {
        let count = try file.write(to: output, names: names)
        console.print("\(output): \(count) tensor\(count == 1 ? "" : "s")\n")
      } else if wantsJSON {
        console.print(json: try file.json(names: names, statistics: !arguments.has("no-stats")))
      } else {
        console.print(try file.text(names: names, statistics: !arguments.has("no-stats")))
      }
    } catch {
      throw Failure(error)
    }
    return .success
  }
}

extension CommandArguments {
  /// Finds the weights of a description's model in the file that the command names.
  fileprivate func fit(_ name: String, _ console: Console) throws(Failure) -> ExitCode {
    if has("tensor") || has("format") { throw .usage("--for takes neither --tensor nor --format") }
    let model = try loadModel(name, console)
    do throws(BuildProblem) {
      let found = try model.foundWeights(in: positionals[0], map: value("map"))
      if let output = value("output") { try found.write(to: output) }
      let count = found.names.count
      console.print("\(value("output") ?? positionals[0]): \(count) weight\(count == 1 ? "" : "s") of \(model.name)\n")
    } catch {
      throw Failure(error)
    }
    return .success
  }
}
