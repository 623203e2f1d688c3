import Planning
import Reports
import Runtime

extension Model {
  /// The steps that run the deployed model, at most `width` columns wide if that can be: what each does, by which
  /// algorithm and why, and the memory that lives meanwhile.
  ///
  /// - Parameters:
  ///   - batch: how many examples are expected at one time.
  ///   - width: in characters.
  public func planSummary(batch: Int = 1, width: Int = 100) throws(BuildProblem) -> String {
    try planReport(batch).text(width: width)
  }

  /// The same as JSON.
  ///
  /// - Parameter batch: how many examples are expected at one time.
  public func planJSON(batch: Int = 1) throws(BuildProblem) -> String { try planReport(batch).json }

  /// The memory of a run over time, as SVG.
  public func memoryDrawing() throws(BuildProblem) -> String { MemoryDrawing(try planReport(1)).svg }

  private func planReport(_ batch: Int) throws(BuildProblem) -> PlanReport {
    let plan = try plan(batch: batch)
    let bytes = MemoryLayout<Float>.stride
    return PlanReport(
      model: name,
      steps: plan.steps.map { step in
        PlanReport.Step(
          layers: step.layers, method: step.operation.method, shape: step.shape,
          weights: step.operation.packedWeights * bytes, notes: step.notes)
      },
      tenants: plan.memory.tenants.map {
        PlanReport.Tenant(steps: $0.steps, offset: $0.offset * bytes, size: $0.size * bytes)
      },
      arena: plan.memory.arena * bytes, lowerBound: plan.memory.lowerBound * bytes, sum: plan.memory.sum * bytes,
      trunkSteps: plan.trunk?.stepCount ?? 0)
  }
}
