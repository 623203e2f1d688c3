import Operations
import Reports
package import Semantics

/// A network whose every shape is known to fit. Only a check makes one.
public struct Model: Sendable {
  package let checked: CheckedModel

  init(_ checked: CheckedModel) { self.checked = checked }

  public var name: String { checked.name }

  /// A tensor's name and sizes.
  public struct Port: Hashable, Sendable {
    public var name: String
    /// The batch first; nil where a size is unknown, as the batch is.
    public var shape: [Int?]
    /// Whether only training has it.
    public var isTrainOnly: Bool
  }

  public var inputs: [Port] { checked.inputs.map(port) }
  public var outputs: [Port] { checked.outputs.map(port) }

  /// One call of a layer.
  public struct Layer: Hashable, Sendable {
    /// Its path: `i3a/b/reduce`.
    public var name: String
    /// Its class: `Conv2D`.
    public var kind: String
    /// The layers whose results it takes.
    public var inputs: [String]
    /// The batch first; nil where a size is unknown.
    public var outputShape: [Int?]
    public var parameterCount: Int
    public var trainableParameterCount: Int
    /// For one example; nil if it depends on an unknown size.
    public var multiplyAccumulates: Int?
    /// Whether only train outputs need it.
    public var isTrainOnly: Bool
  }

  /// In an order in which each layer's inputs come before it; inputs are layers too.
  public var layers: [Layer] {
    Summary(checked).rows.map { row in
      Layer(
        name: row.name, kind: row.layer, inputs: row.inputs, outputShape: row.shape.dims.map(\.constant),
        parameterCount: row.parameters, trainableParameterCount: row.trainableParameters,
        multiplyAccumulates: row.multiplyAccumulates.constant, isTrainOnly: row.isTrainOnly)
    }
  }

  /// What the deployed model counts.
  public var parameterCount: Int { checked.totals.deployed.parameters }
  public var trainableParameterCount: Int { checked.totals.deployed.trainableParameters }
  /// Multiplications for one example; nil if they depend on an unknown size.
  public var multiplyAccumulates: Int? { checked.totals.deployed.multiplyAccumulates.constant }
  /// With the layers that only train outputs need.
  public var trainingParameterCount: Int { checked.totals.training.parameters }

  /// The table of layers and totals, at most `width` columns wide.
  public func summary(width: Int = 100) -> String { Summary(checked).table(width: width) }

  /// The same as JSON.
  public var summaryJSON: String { Summary(checked).json }

  /// `GoogLeNet: 6,998,552 parameters, 1.58 G multiply-accumulates`
  public var oneLine: String { Summary(checked).oneLine }

  private func port(_ port: CheckedPort) -> Port {
    Port(
      name: port.name, shape: checked.values[port.value].shape.dims.map(\.constant), isTrainOnly: port.isTrainOnly)
  }
}
