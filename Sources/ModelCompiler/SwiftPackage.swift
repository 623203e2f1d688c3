import Emission
import Execution
import Planning
import Runtime
import Semantics
import Syntax

/// A Swift package that runs one model and needs nothing but Swift, in memory.
public struct SwiftPackage: Sendable {
  /// A file of the package.
  public struct File: Sendable {
    /// Relative to the package's folder, with `/` between folders.
    public var path: String
    /// What it holds.
    public var bytes: [UInt8]
  }

  /// What the package, its library and the type in it are called.
  public let name: String
  private let contents: PackageFiles

  init(name: String, contents: PackageFiles) {
    self.name = name
    self.contents = contents
  }

  /// Sorted by their paths.
  public var files: [File] { contents.paths.map { File(path: $0, bytes: contents[$0] ?? []) } }

  /// Writes the package into a folder, which appears whole or not at all. A package that is there already is replaced
  /// if all its files are as they were written; what builds and version control keep in it stays.
  ///
  /// - Throws: why the folder cannot be written; what stood there is as it was.
  public func write(to path: String) throws(BuildProblem) {
    let around = path.split(separator: "/").dropLast().joined(separator: "/")
    do throws(FileProblem) {
      if !around.isEmpty { try WholeFile.makeFolder((path.utf8.first == UInt8(ascii: "/") ? "/" : "") + around) }
    } catch {
      throw BuildProblem([error.description])
    }
    do throws(PackageWriteProblem) {
      _ = try PackageWriter(path: path).write(contents)
    } catch {
      throw BuildProblem([error.description])
    }
  }
}

/// Where a package has its weights.
public enum PackagedWeights: Sendable {
  /// In the library itself.
  case embedded(Weights)
  /// In a safetensors file beside the package's manifest, mapped at run time.
  case file(Weights)
  /// Nowhere: whoever uses the package gives a file.
  case none
}

extension Model {
  /// What a package made of this model is called, if it is not said.
  public var packageName: String { SwiftPackage.name(for: name) }

  /// Writes the deployed model as a Swift package. The same model and weights give the same bytes, on any machine.
  ///
  /// The package's tests compare with what this process computes now, with the portable kernels and made-up inputs.
  ///
  /// - Parameters:
  ///   - name: any text; what cannot be part of a Swift type's name is left out. Nil for the model's.
  ///   - weights: where the package has its weights.
  ///   - batch: how many examples are expected at one time; the package runs any number.
  public func swiftPackage(
    name: String? = nil, weights: PackagedWeights = .none, batch: Int = 1
  ) throws(BuildProblem) -> SwiftPackage {
    let plan = try plan(batch: batch)
    let options = EmissionOptions(
      name: name ?? self.name, model: self.name, source: fileName, weights: try packaged(weights, for: plan),
      vectors: try recordedVectors(plan, weights))
    return SwiftPackage(name: SwiftPackage.name(for: name ?? self.name), contents: emit(plan, options))
  }

  /// Without the folders around it, which differ from machine to machine.
  private var fileName: String {
    checked.source.name.split(separator: "/").last.map(String.init) ?? checked.source.name
  }

  private func packaged(
    _ weights: PackagedWeights, for plan: Plan
  ) throws(BuildProblem) -> EmissionOptions.Weights {
    switch weights {
    case .embedded(let weights): .embedded(try packed(weights, for: plan))
    case .file(let weights): .file(try file(of: weights, for: plan))
    case .none: .none
    }
  }

  private func packed(_ weights: Weights, for plan: Plan) throws(BuildProblem) -> [UInt8] {
    let store = try weights.store(for: self)
    do throws(ProgramProblem) {
      return try Network(plan, name: name).packedWeights(store)
    } catch {
      throw BuildProblem(error, weights, of: self)
    }
  }

  private func file(of weights: Weights, for plan: Plan) throws(BuildProblem) -> [UInt8] {
    let store = try weights.store(for: self)
    let problems = store.problems(for: plan.weights)
    guard problems.isEmpty else {
      throw BuildProblem(problems.messages, help: weights.helpWithNames(of: self))
    }
    do throws(WeightProblem) {
      return try weightFile(for: plan, from: store)
    } catch {
      throw BuildProblem([error.description])
    }
  }

  /// What the package's tests compare with: its embedded weights, or synthetic ones where it has none.
  private func recordedVectors(_ plan: Plan, _ weights: PackagedWeights) throws(BuildProblem) -> RecordedVectors {
    var gain = 1.0
    let recorded: Weights
    switch weights {
    case .embedded(let weights): recorded = weights
    case .file(.synthetic(let kernelGain)):
      gain = kernelGain
      recorded = .synthetic(kernelGain: gain)
    case .file, .none: recorded = .synthetic()
    }
    // Two examples show that the batch is kept apart; of a large network one is dear enough.
    let batch = (multiplyAccumulates ?? 0) > 4_000_000_000 ? 1 : 2
    let store = try recorded.store(for: self)
    do throws(ProgramProblem) {
      let graph = try ExecutableGraph(plan, name: name, weights: store, path: .portable)
      let inputs = graph.inputs.map { SyntheticValues.input($0.name, count: $0.shape.reduce(batch, *)) }
      let results = try graph.run(inputs, batch: batch)
      return RecordedVectors(
        batch: batch, kernelGain: gain,
        outputs: zip(graph.outputs, results).map { RecordedVectors.Output(name: $0.name, values: $1) })
    } catch {
      throw BuildProblem(error)
    }
  }
}

extension SwiftPackage {
  /// The name that a package gets for a text.
  public static func name(for text: String) -> String { PackageNames(text).model }
}
