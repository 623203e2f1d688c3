import Syntax

/// Numbers among the tensors of an operation's call: `x * 2`, `1 - x`.
extension KerasReader {
  /// The number as the attribute `left` or `right` of the layer that stands for the operation; nil if all calls of it
  /// take tensors only.
  mutating func numberArgument(of layer: KerasLayer) -> CallArgument? {
    let nodes = json.value("inbound_nodes", of: layer.node).flatMap(json.array) ?? []
    var first: (place: Int, node: JSON.ID)?
    for node in nodes {
      for (place, argument) in taken(by: node).enumerated() where json.kind(argument) == .number && place < 2 {
        guard let known = first else {
          first = (place, argument)
          continue
        }
        guard known.place == place, json.double(known.node) == json.double(argument) else {
          report(
            .call, at: argument, "the calls of \(subject(layer)) take different numbers",
            expected: spelling(known.node), found: spelling(argument), help: "give each number an operation of its own")
          continue
        }
      }
    }
    guard let first, let value = json.double(first.node) else { return nil }
    let range = json.range(first.node)
    return CallArgument(
      name: Name(first.place == 0 ? "left" : "right", range), value: tree.add(.real(value), range))
  }

  /// Whether a call's argument is the number that has become the attribute.
  func isNumberArgument(_ node: JSON.ID, at place: Int, of layer: KerasLayer) -> Bool {
    guard json.kind(node) == .number, case .callee(_, let arguments, _, _) = layer.role else { return false }
    return arguments.contains { $0.name?.text == (place == 0 ? "left" : "right") }
  }
}
