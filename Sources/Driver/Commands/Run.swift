import ModelCompiler
import Runtime

extension Command {
  static let run = Command(
    name: "run", summary: "run a model on arrays in .npy files", operands: "FILE", takesManyOperands: false,
    discussion: """
      Runs the deployed model on this machine. Each input is a .npy file whose first size is the batch, any batch;
      sizes that the model leaves open are those of the arrays. Each output becomes DIR/NAME.npy, where letters,
      digits and _.- of the name stay and the rest becomes _.
      Weights are a file whose names are layer paths, such as i3a/b/reduce/kernel, or one that Keras wrote; a .keras
      archive has its own. --map says what they are called elsewhere; 'synthetic' makes them up by a rule, for tests.
      `-` for FILE reads the model from standard input.
      """,
    flags: RunCommand.flags.filter { $0.name != "weights" } + CommandArguments.Flag.weights
      + CommandArguments.Flag.reading,
    examples: [
      ("run net.model --input image=x.npy --weights net.safetensors --output results", "writes results/….npy"),
      ("run net.keras -i x.npy -o results", "an archive of Keras, with the weights in it"),
      ("run net.model -w net.keras --map net.names.json -i x.npy -o results", "what convert made of the archive"),
      ("run net.model -i x.npy -w synthetic -o results --threads 1", "one input, made-up weights, one thread"),
    ]
  ) { (arguments, console) throws(Failure) in
    let command: RunCommand
    do throws(UsageProblem) { command = try RunCommand(arguments) } catch { throw .usage(error.reason) }
    let weights = try arguments.givenWeights(orOf: arguments.archive())
    let model = try arguments.loadModel(console, sizes: command.givenSizes)
    try Memory.check(for: model)
    let network = try network(of: model, for: command)
    let store: WeightStore?
    do throws(BuildProblem) {
      store = try weights.map { (weights) throws(BuildProblem) in try weights.store(for: model) }
    } catch {
      throw Failure(error)
    }
    do throws(RunProblem) {
      for line in try command.run(network, weights: store) { console.print(line + "\n") }
    } catch {
      throw error.isUsage ? Failure(error) : .wrongInput(error.description, help: weights?.helpWithNames(of: model))
    }
    return .success
  }

  /// The network, for the sizes of the arrays where the model leaves some open.
  private static func network(of model: Model, for command: RunCommand) throws(Failure) -> Network {
    let ports = model.inputs.filter { !$0.isTrainOnly }
    let isOpen = ports.contains { $0.shape.dropFirst().contains(nil) }
    let shapes: [String: [Int]]
    do throws(RunProblem) { shapes = isOpen ? try command.inputShapes(ports.map(\.name)) : [:] } catch {
      throw Failure(error)
    }
    do throws(BuildProblem) {
      return try (isOpen ? model.sized(inputs: shapes) : model).network()
    } catch {
      throw Failure(error)
    }
  }
}

extension RunCommand {
  /// The shapes of the arrays by the names of their inputs, as far as they can be read: before the model is checked, so
  /// that an only input has an empty name if the command line gives it none.
  fileprivate var givenSizes: [(name: String, sizes: [Int])] {
    inputs.compactMap { input in
      let equals = input.firstIndex(of: "=")
      let path = equals.map { String(input[input.index(after: $0)...]) } ?? input
      guard equals != nil || inputs.count == 1 else { return nil }
      do throws(FileProblem) {
        return (equals.map { String(input[..<$0]) } ?? "", try NumPyArray.shape(ofFile: path))
      } catch {
        // Said once the model is known.
        return nil
      }
    }
  }
}

extension Failure {
  init(_ problem: BuildProblem) { self = .wrongInput(problem.description, help: problem.help) }

  init(_ problem: RunProblem) {
    self = problem.isUsage ? .usage(problem.description) : .wrongInput(problem.description)
  }
}
