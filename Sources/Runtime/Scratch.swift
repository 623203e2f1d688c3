/// Memory that steps need for themselves while they run, in floats.
package struct Scratch: Hashable, Sendable {
  /// Of each thread: in the same place for all steps, so that it stays in the thread's cache, and in no other's.
  package var own: Int
  /// Of all threads together.
  package var shared: Int

  package init(own: Int = 0, shared: Int = 0) {
    self.own = (own + FeatureMap.lanes - 1) / FeatureMap.lanes * FeatureMap.lanes
    self.shared = shared
  }

  package func size(threads: Int) -> Int { own * threads + shared }

  /// Makes it large enough for others' needs too.
  package mutating func include(_ other: Scratch) {
    own = max(own, other.own)
    shared = max(shared, other.shared)
  }
}
