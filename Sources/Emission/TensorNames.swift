import Runtime

/// Names for the tensors of a plan, after the layers that make them.
///
/// The arena is used again and again, so equal tensors at different steps may be different values; each new value gets
/// a new name.
struct TensorNames {
  private var identifiers: Identifiers
  private let inputs: [(name: String, shape: [Int])]
  private let outputs: [(name: String, shape: [Int])]
  private var current: [TensorView: String] = [:]
  /// The tensors written so far, with the layer that did it.
  private var written: [(tensor: TensorView, layer: String)] = []

  /// - Parameters:
  ///   - inputs: the plan's inputs, as the author named them.
  ///   - outputs: and its outputs.
  ///   - reserved: what the code around calls something else.
  init(inputs: [Port], outputs: [Port], reserved: Set<String>) {
    var identifiers = Identifiers(reserved: reserved)
    var named: [(String, [Int])] = []
    for port in inputs { named.append((identifiers.value(for: port.name, noun: "input"), port.shape)) }
    self.inputs = named
    named = []
    for port in outputs { named.append((identifiers.value(for: port.name, noun: "output"), port.shape)) }
    self.outputs = named
    self.identifiers = identifiers
  }

  /// The name of what stands in `tensor` when `layer` reads it.
  mutating func read(_ tensor: TensorView, by layer: String) -> String {
    if let name = portName(tensor) ?? current[tensor] { return name }
    let origin = joined(tensor) ?? reshaped(tensor) ?? layer + "/input"
    return newName(for: tensor, origin)
  }

  /// The name of what `layer` makes of `inputs`: theirs if it stands in the place of one of them.
  mutating func write(_ tensor: TensorView, by layer: String, from inputs: [TensorView]) -> String {
    written.append((tensor, layer))
    if let name = portName(tensor) { return name }
    if inputs.contains(tensor), let name = current[tensor] { return name }
    return newName(for: tensor, layer)
  }

  private mutating func newName(for tensor: TensorView, _ origin: String) -> String {
    let form = if case .map = tensor { "/map" } else { "/plain" }
    let isTaken = identifiers.isTaken(origin, noun: "tensor")
    let name = identifiers.value(for: isTaken ? origin + form : origin, noun: "tensor")
    current[tensor] = name
    return name
  }

  /// The name of the port, if the tensor has its shape: one step may read an input that is reshaped, another as it is.
  private func portName(_ tensor: TensorView) -> String? {
    guard case .plain(let plain) = tensor, let port = port(plain.storage), port.shape == plain.shape else { return nil }
    return port.name
  }

  private func port(_ storage: PlainTensor.Storage) -> (name: String, shape: [Int])? {
    switch storage {
    case .arena: nil
    case .input(let index): inputs.indices.contains(index) ? inputs[index] : nil
    case .output(let index): outputs.indices.contains(index) ? outputs[index] : nil
    }
  }

  /// What the layers that wrote parts of a map have in common: `i3a` for the branches `i3a/a` and `i3a/b/conv2d`.
  private func joined(_ tensor: TensorView) -> String? {
    guard case .map(let whole) = tensor else { return nil }
    var missing = Set(whole.firstBlock..<whole.firstBlock + whole.blocks)
    var common: [Substring]?
    for (part, layer) in written.reversed() {
      guard case .map(let map) = part, map.place == whole.place else { continue }
      let blocks = map.firstBlock..<map.firstBlock + map.blocks
      guard !missing.isDisjoint(with: blocks) else { continue }
      missing.subtract(blocks)
      let path = layer.split(separator: "/")
      common = common.map { Array(zip($0, path).prefix { $0 == $1 }.map(\.0)) } ?? path
      if missing.isEmpty { break }
    }
    guard let common, !common.isEmpty else { return nil }
    return common.joined(separator: "/")
  }

  /// After the layer that wrote the same values in another shape.
  private func reshaped(_ tensor: TensorView) -> String? {
    guard case .plain(let wanted) = tensor else { return nil }
    for (other, layer) in written.reversed() {
      guard case .plain(let plain) = other, plain.storage == wanted.storage else { continue }
      return plain.count == wanted.count ? layer + "/reshaped" : nil
    }
    return port(wanted.storage).map { $0.name + "/reshaped" }
  }
}
