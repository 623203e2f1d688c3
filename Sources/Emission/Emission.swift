package import Planning

/// Writes a plan as a Swift package that stands alone, in memory. The same plan gives the same bytes.
package func emit(_ plan: Plan, _ options: EmissionOptions) -> PackageFiles {
  var files = writtenFiles(plan, options)
  let steps = Set(plan.steps.map { StepText($0.operation).type })
  RuntimeFiles(names: PackageNames(options.name), steps: steps).add(to: &files)
  return files
}

/// The files of a package that are written for its plan: all but those of the arithmetic that it carries.
package func writtenFiles(_ plan: Plan, _ options: EmissionOptions) -> PackageFiles {
  let names = PackageNames(options.name)
  let ports = PortNames(plan)
  let source = options.source
  var files = PackageFiles()

  files.add("Package.swift", ManifestFile(names: names, embedsWeights: options.embedsWeights).text)
  files.add("README.md", ReadmeFile(plan: plan, names: names, ports: ports, options: options).text)
  files.add(".gitignore", ".build/\n.swiftpm/\nPackage.resolved\n")

  let api = APIFile(
    plan: plan, names: names, ports: ports, model: options.model, source: source, weights: options.weights)
  files.add("Sources/\(names.model)/\(names.model).swift", api.text)
  files.add(
    "Sources/\(names.model)/Plan.swift",
    PlanFile(plan: plan, names: names, model: options.model, source: source).text)

  switch options.weights {
  case .embedded(let bytes):
    WeightsTarget(names: names, weights: bytes).add(to: &files)
    files.add(
      "Sources/\(names.model)/EmbeddedWeights.swift", EmbeddedWeightsFile(names: names, source: source).text)
  case .file(let bytes): files.add("weights.safetensors", bytes)
  case .none: break
  }

  files.add("Sources/\(names.command)/main.swift", CommandFile(names: names, options: options).text)
  let tests = TestsFile(plan: plan, names: names, ports: ports, options: options)
  files.add("Tests/\(names.tests)/\(names.tests).swift", tests.text)
  files.add("Tests/\(names.tests)/RecordedVectors.swift", tests.vectors)
  return files
}

extension EmissionOptions {
  var embedsWeights: Bool {
    if case .embedded = weights { return true }
    return false
  }
}
