package import Operations

/// Plans a network for inference: what is kept, fused, in which form and where every tensor stands.
///
/// All sizes but the batch, which is the first of every shape, must be numbers.
///
/// - Parameter batch: how many examples are expected at one time. Any number can be run; what is worth its while for
///   this one is chosen.
/// - Throws: `PlanProblem`, for a size that is not known or does not fit into memory.
package func plan(_ graph: OperationGraph, batch: Int = 1) throws(PlanProblem) -> Plan {
  let concrete = try concretized(withoutIdentities(graph))
  let formed = formed(ordered(fused(concrete)))
  let stored = sharingPlaces(stored(formed))
  return try placed(stored, of: concrete, batch: batch)
}
