import Syntax

/// What the tensors and unknown sizes of one network are called in the tree.
struct KerasNames {
  /// The symbol of the batch: `N`, unless a layer is called so.
  let batch: String
  /// What the layers with several calls are declared as, by their places, as far as they have been.
  var instances: [Int: Name] = [:]
  private let layers: [String]
  /// For layers with several calls or results: the names in order, and how many results a call has.
  private var parts: [Int: (names: [String], resultCount: Int)] = [:]
  private var taken: Set<String>
  private var sizeCounts: [String: Int] = [:]

  init(_ network: KerasNetwork) {
    layers = network.layers.map(\.name.text)
    var taken = Set(layers)
    for (place, layer) in network.layers.enumerated() where layer.calls.count > 1 || layer.resultCount > 1 {
      var names: [String] = []
      for call in layer.calls.indices {
        for result in 0..<layer.resultCount {
          var name = layer.name.text
          if layer.calls.count > 1 { name += ":\(call)" }
          if layer.resultCount > 1 { name += ":\(result)" }
          while !taken.insert(name).inserted { name += ":" }
          names.append(name)
        }
      }
      parts[place] = (names, layer.resultCount)
    }
    batch = Self.free("N", taken)
    self.taken = taken
  }

  /// A layer's only result is called like the layer; others `tower:1`, by their call and their place in its results.
  subscript(layer: Int, call: Int, result: Int) -> String {
    guard let part = parts[layer] else { return layers[layer] }
    return part.names[call * part.resultCount + result]
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
