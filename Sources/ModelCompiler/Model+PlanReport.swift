import Planning
import Reports
import Runtime

extension Model {
  /// The steps that run the deployed model, at most `width` columns wide if that can be: what each does, by which
  /// algorithm and why, and the memory that lives meanwhile.
  ///
  /// - Parameters:
  ///   - batch: how many examples are expected at one time.
  ///   - precision: how exactly products are computed, where the processor has kernels for it.
  ///   - width: in characters.
  public func planSummary(
    batch: Int = 1, precision: Precision = .full, width: Int = 100
  ) throws(BuildProblem) -> String {
    try planReport(batch, precision).text(width: width)
  }

  /// The same as JSON.
  ///
  /// - Parameters: as in ``planSummary(batch:precision:width:)``.
  public func planJSON(batch: Int = 1, precision: Precision = .full) throws(BuildProblem) -> String {
    try planReport(batch, precision).json
  }

  /// The memory of a run over time, as SVG.
  public func memoryDrawing() throws(BuildProblem) -> String { MemoryDrawing(try planReport(1, .full)).svg }

  private func planReport(_ batch: Int, _ precision: Precision) throws(BuildProblem) -> PlanReport {
    let plan = try plan(batch: batch)
    let bytes = MemoryLayout<Float>.stride
    return PlanReport(
      model: name,
      steps: plan.steps.map { step in
        PlanReport.Step(
          layers: step.layers, method: step.operation.method(precision.ofRuntime), shape: step.shape,
          weights: step.operation.packedWeights(precision.ofRuntime) * bytes, notes: step.notes)
      },
      tenants: plan.memory.tenants.map {
        PlanReport.Tenant(steps: $0.steps, offset: $0.offset * bytes, size: $0.size * bytes)
      },
      arena: plan.memory.arena * bytes, lowerBound: plan.memory.lowerBound * bytes, sum: plan.memory.sum * bytes,
      trunkSteps: plan.trunk?.stepCount ?? 0)
  }
}
