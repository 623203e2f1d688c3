/// What a package is made of besides its plan.
package struct EmissionOptions: Sendable {
  /// Where a package has its weights.
  package enum Weights: Sendable {
    /// Packed as `Network.packedWeights` does, built into the library.
    case embedded([UInt8])
    /// A safetensors file beside `Package.swift`, mapped at run time from the path that the caller gives.
    case file([UInt8])
    /// None: the caller gives a file at run time.
    case none
  }

  /// What the package and its type are called, as far as that makes an identifier.
  package var name: String
  /// The model's name, as the author wrote it.
  package var model: String
  /// The file that the model is from: `googlenet.model`.
  package var source: String
  package var weights: Weights
  /// What the package's own tests compare with.
  package var vectors: RecordedVectors

  package init(name: String, model: String, source: String, weights: Weights, vectors: RecordedVectors) {
    self.name = name
    self.model = model
    self.source = source
    self.weights = weights
    self.vectors = vectors
  }
}

/// What a network gave on the portable path, for inputs made by the synthetic rule: `input/<name>`.
package struct RecordedVectors: Hashable, Sendable {
  /// One output of the whole batch.
  package struct Output: Hashable, Sendable {
    package var name: String
    /// Floats, of all examples.
    package var count: Int
    /// FNV-1a of 64 bits over the floats' bits, each as four bytes, the lowest first. All NaN count as one: which bits
    /// they have differs between processors.
    package var checksum: UInt64
    /// Of the finite ones.
    package var standardDeviation: Float
    /// Some values, to compare other paths with.
    package var probes: [Probe]

    package init(name: String, count: Int, checksum: UInt64, standardDeviation: Float, probes: [Probe]) {
      self.name = name
      self.count = count
      self.checksum = checksum
      self.standardDeviation = standardDeviation
      self.probes = probes
    }
  }

  /// A value and where it stands in an output.
  package struct Probe: Hashable, Sendable {
    package var index: Int
    package var value: Float

    package init(index: Int, value: Float) {
      self.index = index
      self.value = value
    }
  }

  package var batch: Int
  /// The gain of the synthetic weights that were used; packages with embedded weights use those.
  package var kernelGain: Double
  package var outputs: [Output]

  package init(batch: Int, kernelGain: Double = 1, outputs: [Output]) {
    self.batch = batch
    self.kernelGain = kernelGain
    self.outputs = outputs
  }
}

extension RecordedVectors.Output {
  /// Most probes that are recorded of one output.
  package static let mostProbes = 64

  /// Records an output: its checksum, its spread, and values at even distances, the first and the last among them.
  package init(name: String, values: [Float]) {
    let finite = values.filter(\.isFinite)
    let mean = finite.reduce(0.0) { $0 + Double($1) } / Double(max(finite.count, 1))
    let squares = finite.reduce(0.0) { $0 + (Double($1) - mean) * (Double($1) - mean) }
    let probes = min(values.count, Self.mostProbes)
    self.init(
      name: name, count: values.count, checksum: Checksum.of(floats: values.map { $0.isNaN ? .nan : $0 }),
      standardDeviation: Float((squares / Double(max(finite.count, 1))).squareRoot()),
      probes: (0..<probes).map { probe in
        let index = probes == 1 ? 0 : probe * (values.count - 1) / (probes - 1)
        return RecordedVectors.Probe(index: index, value: values[index])
      })
  }
}
