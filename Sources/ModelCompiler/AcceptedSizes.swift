import Operations
import Reports
import Semantics

/// The sizes that a model accepts where its inputs leave some open, exactly.
public struct AcceptedSizes: Sendable {
  /// A symbol in the shapes of inputs, and the sizes that it may have.
  public struct Symbol: Hashable, Sendable {
    /// As the inputs write it: `H`.
    /// As the shape has it: `H`.
    public var name: String
    /// As a condition: `H >= 33 and H % 32 == 0`
    public var text: String
    /// The smallest; nil if there is none.
    public var least: Int?
    private let sizes: SizeSet

    init(_ symbol: SizeDomain.Symbol) {
      name = symbol.name
      text = symbol.sizes.text(symbol.name)
      least = symbol.sizes.least
      sizes = symbol.sizes
    }

    /// Whether the symbol may have a size.
    public func contains(_ size: Int) -> Bool { sizes.contains(size) }
  }

  /// In the order in which the inputs name them; empty if all sizes are known.
  public var symbols: [Symbol] { domain.symbols.map(Symbol.init) }
  /// What has to hold besides, mostly of several symbols at once: `H == W`.
  public var conditions: [String] { domain.conditions.map(\.description) }
  /// The smallest sizes that fit together.
  public var smallest: [String: Int]? { domain.smallest }
  private let domain: SizeDomain

  init(_ domain: SizeDomain) { self.domain = domain }

  /// Whether the model accepts a size for each symbol.
  public func contains(_ sizes: [String: Int]) -> Bool { domain.contains(sizes) }
}

extension Model {
  /// The sizes that it accepts.
  public var acceptedSizes: AcceptedSizes { AcceptedSizes(checked.domain) }

  /// The same for people: the inputs, a condition in each line, the smallest inputs.
  public var acceptedSizesText: String { DomainReport(checked).text }

  /// The same as JSON.
  public var acceptedSizesJSON: String { DomainReport(checked).json }

  /// The model with sizes for some or all of its symbols: `["H": 224, "W": 224]`.
  ///
  /// - Throws: for sizes that it does not accept, with the smallest that it does.
  public func sized(_ sizes: [String: Int]) throws(BuildProblem) -> Model {
    do throws(SizeProblem) {
      return Model(
        try checked.sized(try checked.symbolSizes(sizes.keys.sorted().map { .init(name: $0, sizes: [sizes[$0] ?? 0]) }))
      )
    } catch {
      throw BuildProblem([error.message], help: error.help)
    }
  }

  /// The model with sizes for its inputs: `["image": [224, 224]]`, or all sizes, with or without the batch.
  public func sized(inputs: [String: [Int]]) throws(BuildProblem) -> Model {
    do throws(SizeProblem) {
      let sizes = inputs.keys.sorted().map { InputSizes(name: $0, sizes: inputs[$0] ?? []) }
      return Model(try checked.sized(try checked.symbolSizes(sizes)))
    } catch {
      throw BuildProblem([error.message], help: error.help)
    }
  }
}
