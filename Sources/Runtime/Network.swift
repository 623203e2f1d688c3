/// A network ready to run but for its weights: what goes in and out, the weights it reads, its memory, its steps.
///
/// A planner makes one in the process; a generated package writes one down.
package struct Network: Sendable {
  package var name: String
  package var inputs: [Port]
  package var outputs: [Port]
  /// The weights that the steps read, in the order of the layers.
  package var weights: [WeightShape]
  /// Floats of the arena for one example.
  package var arenaSize: Int
  /// In the order in which they run.
  package var steps: [any Step]
  /// Nil if all steps take the whole batch at once.
  package var trunk: Trunk?
  /// Runs of steps that neither read nor overwrite what another of them writes, by position, the first run first: threads
  /// may do them at the same time.
  package var siblings: [Range<Int>]

  package init(
    name: String, inputs: [Port], outputs: [Port], weights: [WeightShape], arenaSize: Int, trunk: Trunk? = nil,
    siblings: [Range<Int>] = [], steps: [any Step] = []
  ) {
    self.name = name
    self.inputs = inputs
    self.outputs = outputs
    self.weights = weights
    self.arenaSize = arenaSize
    self.trunk = trunk
    self.siblings = siblings
    self.steps = steps
  }
}

/// A named input or output.
package struct Port: Hashable, Sendable {
  package var name: String
  /// The sizes of one example, without the batch.
  package var shape: [Int]

  package init(name: String, shape: [Int]) {
    self.name = name
    self.shape = shape
  }
}

/// A weight that a network reads: its name and its sizes in Keras's layout.
package struct WeightShape: Hashable, Sendable {
  package var name: String
  package var shape: [Int]
  /// Whether files need not have it, and may have it in any shape and type: it serves training, and no step reads it.
  package var isOptional: Bool
  /// How many products each output of a kernel is a sum of, where that does not follow from role and shape: those of
  /// transposed convolutions. Only synthetic weights depend on it.
  package var fanIn: Int?

  package init(name: String, shape: [Int], isOptional: Bool = false, fanIn: Int? = nil) {
    self.name = name
    self.shape = shape
    self.isOptional = isOptional
    self.fanIn = fanIn
  }
}
