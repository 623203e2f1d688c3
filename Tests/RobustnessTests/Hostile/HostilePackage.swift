import Emission
import ModelCompiler
import Planning
import Runtime
import Testing

/// A package in which every name of the author is one of some texts: the model, its file, layers, inputs, outputs,
/// weights, places.
struct HostilePackage {
  /// All but the arithmetic that every package carries.
  let files: PackageFiles
  /// What the package is called, its modules and its files.
  let name: String

  /// Small, and with all that names appear in: two inputs and outputs, layers that are done together, weights.
  private static let plan: Plan? = {
    let text = """
      modelc 1

      model Net {
        input left: [N, 6, 6, 3]
        input right: [N, 6, 6, 4]
        both = Concatenate(left, right |> Conv2D(5, 3, padding: same) |> BatchNormalization() |> ReLU())
        output map = both |> MaxPooling2D(2)
        output classes = both |> Flatten() |> Dense(3, activation: softmax)
      }
      """
    let result = Description(name: "net.model", bytes: Array(text.utf8)).check()
    return try? result.models.first?.plan()
  }()

  /// - Parameter carriesRuntime: whether it stands alone, with the arithmetic.
  init(_ texts: [String], carriesRuntime: Bool = false) throws {
    var plan = try #require(Self.plan)
    /// The texts in turn, each kind of place beginning with another one.
    func text(_ place: Int) -> String { texts[place % texts.count] }
    for index in plan.inputs.indices { plan.inputs[index].name = text(index) }
    for index in plan.outputs.indices { plan.outputs[index].name = text(index + 2) }
    var weights: [String: String] = [:]
    for index in plan.weights.indices {
      weights[plan.weights[index].name] = text(index + 1)
      plan.weights[index].name = text(index + 1)
    }
    for index in plan.steps.indices {
      plan.steps[index].layers = plan.steps[index].layers.indices.map { text(3 * index + $0) }
      plan.steps[index].layer = text(3 * index + 3)
      plan.steps[index].place = text(3 * index + 4)
      switch plan.steps[index].operation {
      case .convolution(var step):
        step.weights.rename(weights)
        plan.steps[index].operation = .convolution(step)
      case .dense(var step):
        step.weights.rename(weights)
        plan.steps[index].operation = .dense(step)
      default: break
      }
    }
    let vectors = RecordedVectors(
      batch: 1, outputs: plan.outputs.map { RecordedVectors.Output(name: $0.name, values: [0, 1]) })
    let options = EmissionOptions(
      name: text(0), model: text(1), source: text(2), weights: .embedded([1, 2, 3]), vectors: vectors)
    files = carriesRuntime ? emit(plan, options) : writtenFiles(plan, options)
    name = PackageNames(text(0)).model
  }

  /// The files as text, by what they are in every package: `Sources/*Command/main.swift`.
  var texts: [String: String] {
    var texts: [String: String] = [:]
    for path in files.paths where !path.hasSuffix(".packed") {
      texts[role(of: path)] = String(decoding: files[path] ?? [], as: UTF8.self)
    }
    return texts
  }

  private func role(of path: String) -> String {
    let endings = ["", "Weights", "Command", "Tests", ".swift", "Tests.swift", "Weights.h"]
    return path.split(separator: "/").map { part in
      endings.first { part == name + $0 }.map { "*" + $0 } ?? String(part)
    }.joined(separator: "/")
  }
}

extension AffineWeights {
  fileprivate mutating func rename(_ names: [String: String]) {
    kernel = names[kernel] ?? kernel
    bias = bias.flatMap { names[$0] }
    guard var folded = normalization else { return }
    folded.gamma = folded.gamma.flatMap { names[$0] }
    folded.beta = folded.beta.flatMap { names[$0] }
    folded.mean = folded.mean.flatMap { names[$0] }
    folded.variance = folded.variance.flatMap { names[$0] }
    normalization = folded
  }
}
