import Syntax

/// What the tensors and unknown sizes of one network are called in the tree.
struct KerasNames {
  /// The symbol of the batch: `N`, unless a layer is called so.
  private(set) var batch = "N"
  /// What the layers with several calls are declared as, by their places, as far as they have been.
  var instances: [Int: Name] = [:]
  private let layers: [String]
  /// For layers with several calls or results; of layers that stand for one result each only those that are read, for
  /// their settings may speak of billions.
  private var parts: [Part: String] = [:]
  /// The results that are read of calls of layers that stand for one result each.
  private var reads: [KerasOrder.Step: Set<Int>] = [:]
  private var taken: Set<String> = []
  private var sizeCounts: [String: Int] = [:]

  private struct Part: Hashable {
    var layer: Int
    var call: Int
    var result: Int
  }

  init(_ network: KerasNetwork) {
    layers = network.layers.map(\.name.text)
    let operands = network.layers.lazy.flatMap(\.calls).flatMap(\.operands)
    for tensor in operands + network.outputs {
      guard let tensor, network.layers[tensor.layer].resultAttribute != nil else { continue }
      reads[KerasOrder.Step(layer: tensor.layer, call: tensor.call), default: []].insert(tensor.result)
    }
    taken = Set(layers)
    for (place, layer) in network.layers.enumerated() where layer.calls.count > 1 || layer.resultCount > 1 {
      for call in layer.calls.indices {
        let step = KerasOrder.Step(layer: place, call: call)
        let results = layer.resultAttribute == nil ? Array(0..<layer.resultCount) : readResults(place, call)
        for result in results {
          var name = layer.name.text
          if layer.calls.count > 1 { name += ":\(call)" }
          // What is read alone needs no number.
          let isAlone = reads[step] == [result]
          if layer.resultCount > 1, !isAlone { name += ":\(result)" }
          while name != layer.name.text, !taken.insert(name).inserted { name += ":" }
          parts[Part(layer: place, call: call, result: result)] = name
        }
      }
    }
    batch = Self.free("N", taken)
  }

  /// A layer's only result is called like the layer; others `tower:1`, by their call and their place in its results.
  subscript(layer: Int, call: Int, result: Int) -> String {
    parts[Part(layer: layer, call: call, result: result)] ?? layers[layer]
  }

  /// Which results of a call are read; the first if none is.
  func readResults(_ layer: Int, _ call: Int) -> [Int] {
    reads[KerasOrder.Step(layer: layer, call: call)]?.sorted() ?? [0]
  }

  subscript(tensor: KerasTensor) -> String { self[tensor.layer, tensor.call, tensor.result] }

  /// A symbol for a size that is not known: `H`, `W` or `D`, later ones `H_1`, `H_2`.
  mutating func size(_ wanted: String) -> String {
    while true {
      let number = sizeCounts[wanted, default: 0]
      sizeCounts[wanted] = number + 1
      let name = number == 0 ? wanted : "\(wanted)_\(number)"
      if name != batch, !taken.contains(name) { return name }
    }
  }

  /// A name that nothing has, and that does: the one wanted with a number behind the last one tried.
  mutating func free(_ wanted: String, behind number: inout Int, _ does: (String) -> Bool) -> String {
    var name: String
    repeat {
      number += 1
      name = "\(wanted)_\(number)"
    } while !does(name) || !take(name)
    return name
  }

  /// Takes a name, if nothing has it.
  mutating func take(_ name: String) -> Bool { taken.insert(name).inserted }

  private static func free(_ wanted: String, _ taken: Set<String>) -> String {
    var name = wanted
    var number = 0
    while taken.contains(name) {
      number += 1
      name = "\(wanted)_\(number)"
    }
    return name
  }
}
