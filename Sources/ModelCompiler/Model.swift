import Operations
import Reports
package import Semantics

/// A network whose every shape is known to fit. Only a check makes one.
public struct Model: Sendable {
  package let checked: CheckedModel

  init(_ checked: CheckedModel) { self.checked = checked }

  /// As the description calls it: `GoogLeNet`.
  public var name: String { checked.name }

  /// A tensor's name and sizes.
  public struct Port: Hashable, Sendable {
    /// As the description calls it: `image`.
    public var name: String
    /// The batch first; nil where a size is unknown, as the batch is.
    public var shape: [Int?]
    /// Whether only training has it.
    public var isTrainOnly: Bool
  }

  /// What it takes, in the order of the description.
  public var inputs: [Port] { checked.inputs.map(port) }
  /// What it gives, in the order of the description; what only training has is among them.
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
    /// The numbers that its weights hold; 0 where an earlier call has them.
    public var parameterCount: Int
    /// Those of them that training changes.
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
        name: row.name, kind: row.layer, inputs: row.inputs, outputShape: row.shapes[0].dims.map(\.constant),
        parameterCount: row.parameters, trainableParameterCount: row.trainableParameters,
        multiplyAccumulates: row.multiplyAccumulates.constant, isTrainOnly: row.isTrainOnly)
    }
  }

  /// The parameters of the deployed model.
  public var parameterCount: Int { checked.totals.deployed.parameters }
  /// What training changes of it.
  public var trainableParameterCount: Int { checked.totals.deployed.trainableParameters }
  /// Multiplications for one example; nil if they depend on an unknown size.
  public var multiplyAccumulates: Int? { checked.totals.deployed.multiplyAccumulates.constant }
  /// The parameters with those of layers that only train outputs need.
  public var trainingParameterCount: Int { checked.totals.training.parameters }

  /// A column of the table that is there on request.
  public enum SummaryColumn: Sendable {
    /// What part of the inputs one value of the layer's result depends on, in pixels.
    case receptiveField
    /// The layer outputs that live while the layer runs, for one example in fp32.
    case memory
  }

  /// The table of layers and totals, at most `width` columns wide.
  ///
  /// - Parameters:
  ///   - width: columns of the terminal.
  ///   - depth: how many levels of blocks show their layers; below, a block is one row. Nil for all.
  ///   - columns: what to show besides.
  public func summary(width: Int = 100, depth: Int? = nil, columns: [SummaryColumn] = []) -> String {
    let extras = columns.map { $0 == .receptiveField ? SummaryExtra.receptiveField : .memory }
    return Summary(checked, depth: depth).table(width: width, with: extras)
  }

  /// The same as JSON.
  public func summaryJSON(depth: Int? = nil) -> String { Summary(checked, depth: depth).json }

  /// A drawing of the network in the DOT language, for Graphviz: layers with their shapes, blocks as frames.
  ///
  /// - Parameters:
  ///   - depth: how many levels of blocks are frames; below, a block is one box. Nil for all.
  ///   - direction: where it goes from the inputs.
  public func drawing(depth: Int? = nil, direction: DrawingDirection = .down) -> String {
    Drawing(Outline(checked, depth: depth), of: Summary(checked), isSideways: direction == .right).text
  }

  /// Where the inputs stand in a drawing, and where it goes from there.
  public enum DrawingDirection: Sendable {
    /// From top to bottom.
    case down
    /// From left to right.
    case right
  }

  /// `GoogLeNet: 6,998,552 parameters, 1.58 G multiply-accumulates`
  public var oneLine: String { Summary.oneLine(checked) }

  private func port(_ port: CheckedPort) -> Port {
    Port(
      name: port.name, shape: checked.values[port.value].shape.dims.map(\.constant), isTrainOnly: port.isTrainOnly)
  }
}
