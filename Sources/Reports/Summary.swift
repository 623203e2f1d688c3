package import Operations
package import Semantics

/// What a model consists of and what it costs: a row for each layer, and totals. Plain data, for a table or for JSON.
package struct Summary: Sendable {
  /// One call of a layer, or of a block that is folded.
  package struct Row: Sendable {
    /// The layer's path: `i3a/b/reduce`.
    package var name: String
    /// Its class: `Conv2D`; of a block, its name.
    package var layer: String
    /// The paths of the layers whose results it takes.
    package var inputs: [String]
    /// One but for blocks with several results.
    package var shapes: [Shape]
    package var parameters: Int
    package var trainableParameters: Int
    /// For one example; a formula where a size is unknown.
    package var multiplyAccumulates: Dim
    /// What part of the input one value of the result depends on.
    package var reach: Reach
    /// Bytes of the layer outputs that live while it runs, in fp32; of a block, the most.
    package var liveMemory: Dim
    package var isTrainOnly: Bool
    /// Whether its weights are those of a row above, which counts them.
    package var sharesWeights: Bool
  }

  /// A named input or output.
  package struct Port: Sendable {
    package var name: String
    package var shape: Shape
    package var isTrainOnly: Bool
  }

  package var model: String
  /// The values of the model's parameters: `classes`, `1000`.
  package var settings: [(name: String, value: String)]
  package var inputs: [Port]
  package var outputs: [Port]
  /// The sizes that it accepts where its inputs leave some open.
  package var domain = SizeDomain.none
  package var rows: [Row]
  package var totals: Totals

  /// Bytes of that many weights in fp32; nil where 64 bits do not hold it.
  static func bytes(ofWeights count: Int) -> Int? {
    let (bytes, overflow) = count.multipliedReportingOverflow(by: 4)
    return overflow ? nil : bytes
  }

  /// Whether some layers serve training only.
  package var hasTrainOnlyRows: Bool { rows.contains(where: \.isTrainOnly) }
}
