/// What a plan's tensors take, in floats for one example; weights and the caller's own inputs and outputs not counted.
package struct MemoryReport: Hashable, Sendable {
  /// The arena.
  package var arena: Int
  /// The most that is needed at one time: no arena for these steps in this order can be smaller.
  package var lowerBound: Int
  /// What the tensors would take side by side.
  package var sum: Int

  package init(arena: Int = 0, lowerBound: Int = 0, sum: Int = 0) {
    self.arena = arena
    self.lowerBound = lowerBound
    self.sum = sum
  }
}
