package import Operations

/// Everything that modelc knows about one kind of layer.
///
/// A layer is one file in `Catalogue`: its attributes, its shape rule, its weights, its cost and its lowering to
/// operations. The folder is the catalogue: nothing else has to be told of a new file.
package protocol Layer: Configurable {
  /// The word by which attributes know what this kind does: `leaky_relu` for `LeakyReLU`; nil for what is no activation.
  static var activationWord: String? { get }

  /// Where Keras has this kind.
  static var kerasPlace: KerasPlace { get }

  /// Whether a call that says `training=True` has another result than one that says nothing. A random change of images
  /// does not: Keras writes that into each of its calls, and still leaves it out where the model is used.
  static var differsInTraining: Bool { get }

  /// In how many directions its windows move: 2 over maps, 1 over sequences.
  static var directions: Int { get }

  /// The shape of the result. Called once the number of inputs has been checked against the schema.
  func outputShape(_ inputs: [Shape]) throws(LayerProblem) -> Shape

  /// The weights, in Keras's order. Called only where `outputShape` succeeded.
  func weights(_ inputs: [Shape]) throws(LayerProblem) -> [Weight]

  /// Multiplications for one example, padding counted; 0 where a layer only moves, adds or compares.
  func multiplyAccumulates(_ inputs: [Shape], _ output: Shape) throws(DimOverflow) -> Dim

  /// How a size of the result comes about, in the sizes of the inputs: `floor((224 + 6 - 7) / 2) + 1`. nil where the
  /// formula that the shape rule gives says as much.
  func derivation(of axis: Int, _ inputs: [Shape]) -> String?

  /// What part of its input one value of the result depends on.
  func field(_ inputs: [Shape]) -> ReceptiveField

  /// Adds this layer's operations to a graph. `call.inputs` are its operands; returns its result.
  func lower(_ call: LayerCall, into graph: inout OperationGraph) -> ID<Value>
}

extension Layer {
  package static var activationWord: String? { nil }
  package static var differsInTraining: Bool { false }
  package static var directions: Int { 2 }

  package func weights(_ inputs: [Shape]) throws(LayerProblem) -> [Weight] { [] }
  package func multiplyAccumulates(_ inputs: [Shape], _ output: Shape) throws(DimOverflow) -> Dim { 0 }
  package func field(_ inputs: [Shape]) -> ReceptiveField { .pixel }
  package func derivation(of axis: Int, _ inputs: [Shape]) -> String? { nil }
}

/// What part of its input one value of a layer's result depends on, in height and width, or along a sequence; channels
/// do not count.
package enum ReceptiveField: Hashable, Sendable {
  /// The pixel in the same place.
  case pixel
  /// A window of `size` pixels, dilation included, that moves by `strides` from one pixel of the result to the next; a
  /// stride below 1, as a fraction 1 / n, is `enlargement` n. All are height first; of sequences they are one number.
  case window(size: [Int], strides: [Int], enlargement: [Int] = [1, 1])
  /// All of it.
  case everything
}

extension ReceptiveField {
  /// The field of a value that this and another one make together, where one of them is a pixel or everything.
  func joined(_ other: ReceptiveField) -> ReceptiveField {
    if self == .everything || other == .everything { return .everything }
    return self == .pixel ? other : self
  }
}

/// One weight of a layer, in Keras's layout.
package struct Weight: Hashable, Sendable {
  package var role: ParameterRole
  package var shape: [Int]
  package var isTrainable: Bool

  package init(_ role: ParameterRole, _ shape: [Int], isTrainable: Bool = true) {
    self.role = role
    self.shape = shape
    self.isTrainable = isTrainable
  }
}

/// Why a layer cannot be: what is wrong, with which part of its call. The checker finds the place in the text.
package struct LayerProblem: Error, Hashable, Sendable {
  /// The part of the call to blame.
  package enum Subject: Hashable, Sendable {
    case layer
    case attribute(String)
    /// One element of an attribute that is a list.
    case element(String, Int)
    /// A tensor, counted from 0.
    case input(Int)
    /// One size of a tensor.
    case dimension(input: Int, axis: Int)
  }

  package var code: Code
  package var subject: Subject
  package var message: String
  package var expected: String?
  package var found: String?
  package var help: String?
  /// How it came about, a line each: `height: 5 - 7 + 1 = -1`.
  package var notes: [String]
  /// The text that should stand in the subject's place, where that is evident: `same` for `smae`.
  package var replacement: String?
  /// Under which conditions on sizes that are not known nothing would be wrong.
  package var provision: SizeProvision?
  /// The words that would have done, where a word is none of them.
  package var words: [String] = []

  package init(
    _ code: Code, _ subject: Subject, _ message: String, expected: String? = nil, found: String? = nil,
    help: String? = nil, notes: [String] = [], replacement: String? = nil, provision: SizeProvision? = nil
  ) {
    self.code = code
    self.subject = subject
    self.message = message
    self.expected = expected
    self.found = found
    self.help = help
    self.notes = notes
    self.replacement = replacement
    self.provision = provision
  }

  /// The kinds of problem that a layer can have; raw values are the codes that users see.
  package enum Code: String, Hashable, Sendable, CaseIterable {
    /// A value outside of what an attribute allows, alone or together with another.
    case attributeValue = "attribute-value"
    /// A tensor of the wrong rank.
    case rank = "input-rank"
    /// A window that is larger than the map it slides over.
    case windowTooLarge = "window-too-large"
    /// Tensors that do not fit each other.
    case shapesDiffer = "shapes-differ"
    /// Channels that a number of groups does not divide, and the like.
    case indivisible = "indivisible"
    /// A size that must be known, and is not.
    case sizeUnknown = "size-unknown"
    /// A size beyond 64 bits.
    case sizeOverflow = "size-overflow"
  }
}

/// A layer's call as it is lowered: operands, weights, shapes.
package struct LayerCall: Sendable {
  package var inputs: [ID<Value>]
  package var inputShapes: [Shape]
  package var outputShape: Shape
  /// The layer's weights in the order of `weights`, already in the graph.
  package var parameters: [ID<Parameter>]
  package var origin: Origin

  package init(
    inputs: [ID<Value>], inputShapes: [Shape], outputShape: Shape, parameters: [ID<Parameter>], origin: Origin
  ) {
    self.inputs = inputs
    self.inputShapes = inputShapes
    self.outputShape = outputShape
    self.parameters = parameters
    self.origin = origin
  }
}

extension LayerCall {
  /// The first operand's channels, which a layer with weights has seen to be known.
  func channelCount(_ format: DataFormat) -> Int { size(format.channelAxis(rank: inputShapes[0].rank)) }

  /// A size of the first operand that the shape rule has seen to be known.
  func size(_ axis: Int) -> Int {
    guard let size = inputShapes[0][axis].constant else {
      preconditionFailure("a layer is lowered only where its shape rule knew axis \(axis) of \(inputShapes[0])")
    }
    return size
  }
}
