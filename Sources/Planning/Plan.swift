package import Runtime

/// A network planned for inference: steps in order, every tensor placed, nothing left to decide.
package struct Plan: Sendable {
  package var steps: [PlannedStep]
  package var inputs: [Port]
  package var outputs: [Port]
  /// Floats of the arena for one example.
  package var arenaSize: Int
  /// What is done example by example.
  package var trunk: Trunk?
  /// Runs of steps that do not wait for each other, by position: `Network.siblings`.
  package var siblings: [Range<Int>]
  /// The weights that it reads, in the order of the layers: for checking weight files and for making synthetic ones.
  package var weights: [WeightShape]
  package var memory: MemoryReport

  package init(
    steps: [PlannedStep], inputs: [Port], outputs: [Port], arenaSize: Int, trunk: Trunk? = nil,
    siblings: [Range<Int>] = [], weights: [WeightShape], memory: MemoryReport = MemoryReport()
  ) {
    self.steps = steps
    self.inputs = inputs
    self.outputs = outputs
    self.arenaSize = arenaSize
    self.trunk = trunk
    self.siblings = siblings
    self.weights = weights
    self.memory = memory
  }
}

/// A step and what a reader should know of it.
package struct PlannedStep: Sendable {
  package var operation: StepKind
  /// The layers that it does, the main one first: `i3a/b/reduce`.
  package var layers: [String]
  /// What the main layer is: `Conv2D`.
  package var layer: String
  /// `googlenet.model:12`; empty where there is none.
  package var place: String
  /// The sizes of the result for one example, as the author sees them.
  package var shape: [Int]
  /// What was decided about it, and why.
  package var notes: [String]

  package init(
    operation: StepKind, layers: [String], layer: String, place: String, shape: [Int], notes: [String] = []
  ) {
    self.operation = operation
    self.layers = layers
    self.layer = layer
    self.place = place
    self.shape = shape
    self.notes = notes
  }
}

/// The kinds of step that a plan is made of. `Execution` runs them; `Emission` writes them.
package enum StepKind: Hashable, Sendable {
  case convolution(Convolution)
  case bandedConvolution(BandedConvolution)
  case dense(Dense)
  case pooling(Pooling)
  case reduceMap(ReduceMap)
  case reducePlain(ReducePlain)
  case elementwise(Elementwise)
  case sum(Sum)
  case arithmetic(Arithmetic)
  case normalization(Normalization)
  case standardization(Standardization)
  case parametricRelu(ParametricRelu)
  case softmax(Softmax)
  case importMap(ImportMap)
  case exportMap(ExportMap)
  case copyMap(CopyMap)
  case joinPlain(JoinPlain)
  case transpose(Transpose)
  case slice(Slice)
  case transposedConvolution(TransposedConvolution)
  case resize(Resize)
  case localResponseNormalization(LocalResponseNormalization)
  case layerNormalization(LayerNormalization)
  case groupNormalization(GroupNormalization)
}
