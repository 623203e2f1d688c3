import Emission
import ModelCompiler
import Planning
import Runtime

/// Writes the packages of a program's models: what is made of them is Swift.
func emitProgram(_ program: String, bytes: [UInt8]) {
  for files in packages(of: program, bytes: bytes) {
    for path in files.paths where path.hasSuffix(".swift") {
      if let fault = SwiftScan.fault(in: files[path] ?? []) { fatalError("\(path): \(fault)") }
    }
  }
}

/// The packages of a program's models but for the arithmetic that they carry. The bytes name the file that the program
/// is said to be from, and choose where the weights are.
func packages(of program: String, bytes: [UInt8]) -> [PackageFiles] {
  let source = String(decoding: bytes.suffix(16), as: UTF8.self)
  return Description(name: "a.model", text: program).check(options(for: Array(program.utf8))).models.compactMap {
    model in
    guard let plan = try? model.plan() else { return nil }
    let weights: EmissionOptions.Weights =
      switch (bytes.first ?? 0) % 3 {
      case 0: .none
      case 1: .file([])
      default: .embedded(Array(bytes.prefix(32)))
      }
    let outputs = plan.outputs.map { RecordedVectors.Output(name: $0.name, values: [.nan, -.infinity, 0.5]) }
    let vectors = RecordedVectors(batch: 2, kernelGain: 0.8, outputs: outputs)
    return writtenFiles(
      plan,
      EmissionOptions(name: model.name, model: model.name, source: source, weights: weights, vectors: vectors))
  }
}
