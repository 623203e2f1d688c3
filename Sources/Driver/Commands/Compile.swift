import ModelCompiler
import Runtime

extension Command {
  static let compile = Command(
    name: "compile", summary: "write a model as a Swift package that needs nothing but Swift", operands: "FILE",
    takesManyOperands: false,
    discussion: """
      Writes a package with a library, an executable that runs .npy files, and tests against values computed now. The
      folder appears whole or not at all; a package that modelc wrote before is replaced if nobody has changed it.
      Weights are built into the library; with --weights-file they lie beside it, and without --weights whoever uses
      the package gives a file; a .keras archive has its own. `-` for FILE reads the model from standard input.
      """,
    flags: [
      .init("output", letter: "o", value: "DIR", help: "the package's folder; else one named after the model"),
      .init("name", letter: "n", value: "NAME", help: "what the package is called; else as the model is"),
    ] + CommandArguments.Flag.weights + [
      .init("weights-file", help: "keep the weights in a file beside the package's manifest"),
      .batch,
    ] + CommandArguments.Flag.reading,
    examples: [
      ("compile net.model --weights net.safetensors -o Packages/Net", "weights and all in one library"),
      ("compile net.model", "a package in ./Net, its weights to be given at run time"),
      ("compile net.model -w net.safetensors --batch 8", "for eight examples at a time; it runs any number"),
      ("compile net.model -w net.safetensors --weights-file", "weights in a file, mapped when the program starts"),
    ]
  ) { (arguments, console) throws(Failure) in
    let weights = try arguments.packagedWeights()
    let batch = try arguments.expectedBatch()
    let model = try arguments.loadModel(console)
    try checkSize(of: model, weights, console)
    try Memory.check(for: model)
    let name = arguments.value("name") ?? model.name
    let text = arguments.value("output") ?? SwiftPackage.name(for: name)
    if (model.multiplyAccumulates ?? 0) > slowMultiplications {
      console.printError("recording what \(model.name) computes, for the package's tests …\n")
    }
    let package: SwiftPackage
    do throws(BuildProblem) {
      package = try model.swiftPackage(name: name, weights: weights, batch: batch)
      try package.write(to: text)
    } catch {
      throw Failure(error)
    }
    console.print("\(text): package \(package.name), \(package.files.count) files\n")
    return .success
  }

  /// From here on the portable kernels need seconds.
  private static let slowMultiplications = 4_000_000_000

  /// Linkers fail near 2 GB.
  private static func checkSize(
    of model: Model, _ weights: PackagedWeights, _ console: Console
  ) throws(Failure) {
    guard case .embedded = weights else { return }
    let megabytes = model.parameterCount / 250_000
    if megabytes > 1500 {
      throw .wrongInput(
        "\(megabytes) MB of weights are more than a linker puts into a library",
        help: "keep them in a file: --weights-file")
    }
    if megabytes > 100 {
      console.printError("warning: building \(megabytes) MB of weights into a library is slow; --weights-file is not\n")
    }
  }
}

extension CommandArguments {
  /// Where the package is to have its weights.
  fileprivate func packagedWeights() throws(Failure) -> PackagedWeights {
    guard let weights = try givenWeights(orOf: archive()) else {
      if has("weights-file") { throw .usage("--weights-file needs weights to keep", help: "add --weights FILE") }
      return .none
    }
    return has("weights-file") ? .file(weights) : .embedded(weights)
  }
}
