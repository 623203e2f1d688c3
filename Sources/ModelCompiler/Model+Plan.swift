import Execution
import Operations
package import Planning
package import Runtime
import Semantics

extension Model {
  /// The deployed model, planned: what is left to do but for the weights.
  ///
  /// - Parameter batch: how many examples are expected at one time; any number can be run.
  package func plan(batch: Int = 1) throws(BuildProblem) -> Plan {
    let graph: OperationGraph
    do throws(LoweringProblem) { graph = try lower(checked) } catch { throw BuildProblem(error) }
    do throws(PlanProblem) { return try Planning.plan(graph, batch: max(1, batch)) } catch { throw BuildProblem(error) }
  }

  /// The same, as this process can run it.
  package func network() throws(BuildProblem) -> Network { Network(try plan(), name: name) }
}
