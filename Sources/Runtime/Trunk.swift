/// The first steps of a network, which are done example by example where a batch has several: each thread takes
/// examples of its own through all of them, in memory that stays in its cache, and waits for nobody.
///
/// The steps behind it take the whole batch at once: their weights are many and of little use to a single example, so
/// bringing them along once has to do for all.
package struct Trunk: Hashable, Sendable {
  package var stepCount: Int
  /// How many examples a thread takes through it at one time, at most: more than one where a single one is little work.
  package var examples: Int
  /// What the steps behind it read of what it wrote.
  package var results: [Place]
  /// Floats of the arena, for one example, that the steps behind it use.
  package var arenaBehind: Int

  package init(stepCount: Int, examples: Int, results: [Place], arenaBehind: Int) {
    self.stepCount = stepCount
    self.examples = examples
    self.results = results
    self.arenaBehind = arenaBehind
  }

  /// Examples that the threads take through it each for itself, in groups of equal size.
  struct Groups: Hashable {
    /// The first example of the first group.
    var first: Int
    /// Examples in each.
    var examples: Int
    var count: Int

    var end: Int { first + examples * count }
  }

  /// The next groups of a batch of which `first` examples are done: as many as keep all threads busy to the end. Nil
  /// if fewer examples than threads are left, which all threads do together.
  func groups(from first: Int, _ load: Load) -> Groups? {
    let left = load.batch - first
    guard left >= load.threads else { return nil }
    let examples = min(examples, left / load.threads)
    return Groups(first: first, examples: examples, count: left / (examples * load.threads) * load.threads)
  }
}
