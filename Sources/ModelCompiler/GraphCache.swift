import Execution
import Runtime
import Synchronization

/// The planned graphs of a model that leaves sizes open, one for each shape of its inputs; of a model that does not,
/// the only one.
final class GraphCache: Sendable {
  private let model: Model
  private let weights: WeightStore
  private let threads: Int?
  private let batch: Int
  private let precision: Runtime.Precision
  private let first: ExecutableGraph
  private let isOpen: Bool
  /// The latest used at the end.
  private let others = Mutex<[(shapes: [[Int]], graph: ExecutableGraph)]>([])

  /// Each has its own packed weights.
  private static let limit = 8

  /// How exactly the graphs compute.
  var foundPrecision: Runtime.Precision { first.precision }

  init(
    _ model: Model, weights: WeightStore, threads: Int?, batch: Int, precision: Runtime.Precision
  ) throws(BuildProblem) {
    self.model = model
    self.weights = weights
    self.threads = threads
    self.batch = batch
    self.precision = precision
    let isOpen = !model.acceptedSizes.symbols.isEmpty
    let sized = isOpen ? try model.sized(model.acceptedSizes.smallest ?? [:]) : model
    self.isOpen = isOpen
    first = try Self.graph(sized, weights, threads, batch, precision)
  }

  /// The graph for the shapes of tensors, the batch apart.
  func graph(for tensors: [String: Tensor]) throws(BuildProblem) -> ExecutableGraph {
    let shapes = first.inputs.map { tensors[$0.name].map { Array($0.shape.dropFirst()) } ?? $0.shape }
    // Ranks and names that do not fit are told by whoever runs the graph.
    let fits = zip(first.inputs, shapes).allSatisfy { $0.shape.count == $1.count }
    if !isOpen || !fits || shapes == first.inputs.map(\.shape) { return first }
    let known = others.withLock { cached -> ExecutableGraph? in
      guard let index = cached.firstIndex(where: { $0.shapes == shapes }) else { return nil }
      cached.append(cached.remove(at: index))
      return cached.last?.graph
    }
    if let known { return known }
    let sizes = zip(first.inputs, shapes).map { ($0.name, $1) }
    let sized = try model.sized(inputs: Dictionary(sizes, uniquingKeysWith: { first, _ in first }))
    let graph = try Self.graph(sized, weights, threads, batch, precision)
    others.withLock { cached in
      cached.append((shapes, graph))
      if cached.count > Self.limit { cached.removeFirst() }
    }
    return graph
  }

  private static func graph(
    _ model: Model, _ weights: WeightStore, _ threads: Int?, _ batch: Int, _ precision: Runtime.Precision
  ) throws(BuildProblem) -> ExecutableGraph {
    let plan = try model.plan(batch: batch)
    do throws(ProgramProblem) {
      return try ExecutableGraph(plan, name: model.name, weights: weights, threads: threads, precision: precision)
    } catch {
      throw BuildProblem(error)
    }
  }
}
