import Layers
import Operations
import Spelling
import Syntax

/// What a sound model surely does not mean. Nothing is said where some call of a block may mean it.
extension Elaborator {
  mutating func lint() {
    let flow = DataFlow(model, library)
    warnOfDeadBiases(flow)
    for finding in everywhere(flow, \.misleadingName) { warn(.misleadingName, finding) }
    for finding in everywhere(flow, \.repeatedActivation) { warn(.repeatedActivation, finding) }
    for finding in everywhere(flow, \.constantResult) { warn(.constantResult, finding) }
    for finding in everywhere(flow, \.skippedPixels) { warn(.skippedPixels, finding) }
  }

  /// Layers of one place, all of which have the same to be said of them.
  struct Finding {
    var nodes: [Int]
    var remark: LayerRemark
  }

  /// Findings for each place where every layer that it came to has one, in the order of the network.
  private func everywhere(_ flow: DataFlow, _ judge: (NodeView) -> LayerRemark?) -> [Finding] {
    // One layer of which there is nothing to say clears its place: most layers are copies, and are not looked at.
    var isClear = Array(repeating: false, count: flow.siteCount)
    var findings: [Int: Finding] = [:]
    for index in flow.model.nodes.indices {
      let site = flow.sites[index]
      if isClear[site] { continue }
      if let remark = judge(NodeView(flow: flow, index: index)) {
        findings[site, default: Finding(nodes: [], remark: remark)].nodes.append(index)
      } else if flow.model.nodes[index].layer != nil {
        isClear[site] = true
        findings[site] = nil
      }
    }
    return findings.values.sorted { $0.nodes[0] < $1.nodes[0] }
  }

  private mutating func warn(_ code: WarningCode, _ finding: Finding) {
    let node = model.nodes[finding.nodes[0]]
    warn(
      code, node.range, Scope(file: node.tree), finding.remark.message, label: "'\(node.path)'",
      expected: finding.remark.expected, found: finding.remark.found, notes: finding.remark.notes,
      help: finding.remark.help)
  }

  // MARK: Dead biases

  private mutating func warnOfDeadBiases(_ flow: DataFlow) {
    var findings = everywhere(flow, \.deadBias)
    // Nobody mends a program's file layer by layer.
    for file in library.trees.indices where library.trees[file].isForeign {
      let own = findings.filter { model.nodes[$0.nodes[0]].tree == file }
      guard let first = own.first else { continue }
      findings.removeAll { model.nodes[$0.nodes[0]].tree == file }
      findings.append(Finding(nodes: own.flatMap(\.nodes), remark: first.remark))
    }
    for finding in findings {
      let nodes = finding.nodes.map { model.nodes[$0] }
      let count = nodes.reduce(0) { $0 + ($1.sharedWith == nil ? $1.biasCount : 0) }
      let parameters = groupDigits(count, ",") + (count == 1 ? " parameter" : " parameters")
      let paths = nodes.prefix(3).map(\.path).joined(separator: ", ") + (nodes.count > 3 ? ", …" : "")
      let isForeign = library.trees[nodes[0].tree].isForeign
      warn(
        .deadBias, nodes[0].range, Scope(file: nodes[0].tree),
        nodes.count == 1
          ? "the bias of '\(nodes[0].path)' is undone by the normalization behind it: \(parameters)"
          : "the biases of \(nodes.count) layers are undone by the normalizations behind them: \(parameters)",
        notes: (nodes.count == 1 ? [] : ["layers: \(paths)"])
          + ["the mean of each channel is subtracted, and a constant with it"],
        help: isForeign ? "give them use_bias=False where they are made" : "write use_bias: false",
        replacement: isForeign ? nil : withoutBias(nodes[0]))
    }
  }

  /// A call with `use_bias: false` behind its other attributes, if it is the layer's own and does not speak of it.
  private func withoutBias(_ node: LayerNode) -> String? {
    let call = text(node.range, Scope(file: node.tree))
    guard call.hasPrefix(node.kind), call.hasSuffix(")"), !call.mentions("use_bias"), !call.mentions("//") else {
      return nil
    }
    return call.dropLast() + ", use_bias: false)"
  }

  // MARK: Layers that do nothing

  /// Warns of a share that is written as 0: `Dropout(0)`. A computed one may be 0 for one copy and not for another.
  mutating func warnOfNoEffect(_ kind: LayerKind, _ call: ResolvedCall, _ scope: Scope) {
    let tree = tree(scope)
    guard !tree.isForeign, ["Dropout", "Dropout1D", "Dropout2D"].contains(where: kind.name.hasSuffix),
      let rate = call.attributes["rate"]
    else { return }
    switch tree[rate].kind {
    case .integer(0), .real(0):
      warn(
        .noEffect, tree[rate].range, scope, "a \(kind.name) with a rate of 0 does nothing", expected: "above 0",
        found: tree.text(of: rate), help: "take the layer away, or give it a rate")
    default: break
    }
  }
}
