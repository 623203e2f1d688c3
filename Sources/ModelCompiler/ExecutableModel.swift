import Execution
package import Runtime

/// A model with its weights, ready to run in this process, from any thread.
///
///     let network = try ExecutableModel(model, weights: .file("googlenet.safetensors"))
///     let image = Tensor(shape: [1, 224, 224, 3], values: pixels)
///     let probabilities = try network.run(["image": image])["probabilities"]
///
/// The same input gives the same bits for any number of threads and any place in the batch.
public final class ExecutableModel: Sendable {
  /// What ``run(_:)`` takes.
  public let inputs: [Model.Port]
  /// What ``run(_:)`` gives.
  public let outputs: [Model.Port]
  /// How exactly ``run(_:)`` computes: full even if fast was asked for, where this processor has no AMX.
  public var precision: Precision { Precision(graphs.foundPrecision) }
  private let graphs: GraphCache

  /// Plans the deployed model and packs its weights. A model that leaves sizes open is planned for the smallest, and
  /// again for each size that it runs on.
  ///
  /// - Parameters:
  ///   - model: a sound model, of known sizes or not.
  ///   - weights: where its weights come from.
  ///   - threads: nil for as many as this process may use.
  ///   - batch: how many examples are expected at one time; any number can be run.
  ///   - precision: how exactly products are computed.
  /// - Throws: every weight that is missing or does not fit.
  public init(
    _ model: Model, weights: Weights, threads: Int? = nil, batch: Int = 1, precision: Precision = .full
  ) throws(BuildProblem) {
    inputs = model.inputs.filter { !$0.isTrainOnly }
    outputs = model.outputs.filter { !$0.isTrainOnly }
    graphs = try GraphCache(
      model, weights: try weights.store(for: model), threads: threads, batch: batch,
      precision: precision.ofRuntime)
  }

  /// Runs it on a batch: tensors by the names of inputs and outputs, all of one batch.
  public func run(_ tensors: [String: Tensor]) throws(BuildProblem) -> [String: Tensor] {
    let graph = try graphs.graph(for: tensors)
    var values: [[Float]] = []
    var messages: [String] = []
    for port in graph.inputs {
      guard let tensor = tensors[port.name] else {
        messages.append("input '\(port.name)' is missing")
        continue
      }
      if Array(tensor.shape.dropFirst()) != port.shape {
        messages.append("input '\(port.name)' has the sizes \(tensor.shape), not a batch and \(port.shape)")
      }
      values.append(tensor.values)
    }
    for name in tensors.keys.sorted() where !graph.inputs.contains(where: { $0.name == name }) {
      messages.append("there is no input '\(name)'")
    }
    guard messages.isEmpty else { throw BuildProblem(messages) }
    let batch = graph.inputs.first.flatMap { tensors[$0.name]?.shape.first }
    do throws(ProgramProblem) {
      let results = try graph.run(values, batch: batch)
      let named = zip(graph.outputs, results).map { port, values in
        (port.name, Tensor(shape: [batch ?? 1] + port.shape, values: values))
      }
      return Dictionary(named, uniquingKeysWith: { first, _ in first })
    } catch {
      throw BuildProblem(error)
    }
  }
}

/// How exactly the products of a network are computed.
public enum Precision: Hashable, Sendable {
  /// As floats. Outputs are about 1e-6 of their spread off.
  case full
  /// Large convolutions from 16 bits of each factor, where the processor has AMX, which multiplies these several times as
  /// fast. Outputs are about 1e-5 of their spread off.
  case fast

  package init(_ precision: Runtime.Precision) { self = precision == .fast ? .fast : .full }

  var ofRuntime: Runtime.Precision { self == .fast ? .fast : .full }
}

/// Numbers in row-major order and their sizes, the batch first.
public struct Tensor: Hashable, Sendable {
  /// The sizes, the batch first.
  public let shape: [Int]
  /// The numbers; the last size runs fastest.
  public let values: [Float]

  /// `values` holds as many numbers as the sizes of `shape` multiply to.
  public init(shape: [Int], values: [Float]) {
    precondition(
      shape.allSatisfy { $0 >= 0 } && shape.reduce(1, *) == values.count,
      "\(values.count) values for a tensor of \(shape)")
    self.shape = shape
    self.values = values
  }
}

/// Where the values of weights come from. Names are layer paths: `i3a/b/reduce/kernel`.
public enum Weights: Sendable {
  /// A file of any format that ``WeightFile`` reads; layers of Keras's files are found as Keras finds them.
  case file(String)
  /// The same with a map: a JSON file of the names that differ.
  case mapped(String, map: String)
  /// Computed from the names, for tests and measurements; the gain scales the kernels.
  case synthetic(kernelGain: Double = 1)
  /// By name, row-major in Keras's layouts.
  case values([String: [Float]])

  package func store(for model: Model) throws(BuildProblem) -> WeightStore {
    switch self {
    case .synthetic(let kernelGain): return .synthetic(kernelGain: kernelGain)
    case .values(let values): return WeightStore(values: values)
    case .file(let path): return try model.weightStore(path, map: nil)
    case .mapped(let path, let map): return try model.weightStore(path, map: map)
    }
  }
}
