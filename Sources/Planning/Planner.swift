package import Operations
import Runtime

/// Plans a network for inference: what is kept, fused, in which form and where every tensor stands.
///
/// All sizes but the batch, which is the first of every shape, must be numbers.
///
/// - Parameter batch: how many examples are expected at one time. Any number can be run; what is worth its while for
///   this one is chosen.
/// - Throws: `PlanProblem`, for a size that is not known or does not fit into memory.
package func plan(_ graph: OperationGraph, batch: Int = 1) throws(PlanProblem) -> Plan {
  let concrete = try concretized(withoutIdentities(graph))
  let formed = formed(withSiblingsTogether(ordered(withBands(fused(concrete)))))
  var stored = sharingPlaces(stored(formed))
  let plan = try placed(stored, of: concrete, trunkSteps: nil)
  guard batch > 1 else { return plan }
  // Through the trunk examples go one by one; only behind it do many of them share what is brought along.
  let (trunkSteps, group) = (plan.trunk?.stepCount ?? 0, plan.trunk?.examples ?? 1)
  for index in stored.steps.indices { stored.steps[index].examples = index < trunkSteps ? min(batch, group) : batch }
  return try placed(stored, of: concrete, trunkSteps: trunkSteps)
}
