/// What a plan's tensors take, in floats for one example; weights and the caller's own inputs and outputs not counted.
package struct MemoryReport: Hashable, Sendable {
  /// The arena.
  package var arena: Int
  /// The most that is needed at one time: no arena for these steps in this order can be smaller.
  package var lowerBound: Int
  /// What the tensors would take side by side.
  package var sum: Int
  /// What stands in the arena, in the order in which it is first written.
  package var tenants: [Tenant]

  /// Memory that holds a tensor, or several that share it, from one step to another.
  package struct Tenant: Hashable, Sendable {
    /// The first step that writes it and the last that reads it.
    package var steps: ClosedRange<Int>
    package var offset: Int
    package var size: Int

    package init(steps: ClosedRange<Int>, offset: Int, size: Int) {
      self.steps = steps
      self.offset = offset
      self.size = size
    }
  }

  package init(arena: Int = 0, lowerBound: Int = 0, sum: Int = 0, tenants: [Tenant] = []) {
    self.arena = arena
    self.lowerBound = lowerBound
    self.sum = sum
    self.tenants = tenants
  }
}
