import Semantics
import Syntax

/// Layers that several calls share.
extension BodyWriter {
  /// `layer tower = Dense(64)` for each shared layer of a model that no block declares.
  mutating func declareSharedLayers(of network: Network, _ body: Chains) {
    let calls = Dictionary(
      body.calls.filter { structure.calls[$0].isShared }.map { (structure.calls[$0].calleeName, $0) },
      uniquingKeysWith: { first, _ in first })
    for instance in network.instances {
      guard let call = calls[instance.name] else { continue }
      declare(instance.name, instance.callee, as: call)
    }
  }

  /// The layers that calls in a fork of a block share, at the beginning of the block.
  mutating func declareSharedLayers(of fork: Fork) {
    for call in fork.body.calls {
      guard let layer = structure.sharing.layers[call], sharedNames[layer] == nil else { continue }
      let kind = structure.calls[call].kindName
      let wanted = labels.ofCalls[call] ?? snakeCase(kind)
      let name = taken.contains(wanted) ? claim(wanted + "_1") : claim(wanted)
      declare(name, kind, as: call)
      sharedNames[layer] = name
    }
  }

  private mutating func declare(_ name: String, _ kind: String, as call: Int) {
    let value = builder.call(kind, attributes(of: call))
    let statement = builder.statement(.layer(builder.name(name), value))
    // What is declared stands before what is bound.
    statements.insert(statement, at: statements.firstIndex { !$0.isDeclaration } ?? statements.count)
  }

  func sharedName(of call: Int) -> String {
    structure.sharing.layers[call].flatMap { sharedNames[$0] } ?? structure.calls[call].calleeName
  }
}

extension Statement {
  /// Whether it says what there is, and binds nothing.
  fileprivate var isDeclaration: Bool {
    switch kind {
    case .input, .layer: true
    case .binding, .output, .result, .assertion: false
    }
  }
}
