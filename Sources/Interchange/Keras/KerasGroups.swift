package import Syntax

/// Where a file of weights that Keras wrote keeps the variables of a layer.
package struct KerasGroup: Hashable, Sendable {
  /// `layers/functional/layers/conv2d`
  package var group: String
  /// The layer's own name, behind those of the models around it: `encoder/conv1`.
  package var path: String
}

/// The groups of all layers of a model that Keras described.
///
/// Keras does not call groups by the names of layers, which may change from run to run: a layer is known by its class in
/// snake case, and by its place among those of its class in the model (`saving_lib._save_container_state`).
package func kerasGroups(_ json: JSON) -> [KerasGroup] {
  var groups: [KerasGroup] = []
  // Models within models that are still to be looked into; a stack of its own, however deep they lie.
  var open = [(model: json.kerasModel, group: "", path: "")]
  while let (model, group, path) = open.popLast() {
    guard let config = json.value("config", of: model),
      let layers = json.value("layers", of: config).flatMap(json.array)
    else { continue }
    var counts: [String: Int] = [:]
    for layer in layers {
      guard let className = json.value("class_name", of: layer).flatMap(json.string), !isOperation(layer, json),
        let name =
          (json.value("name", of: layer) ?? json.value("config", of: layer).flatMap { json.value("name", of: $0) })
          .flatMap(json.string)
      else { continue }
      // What is described as a model is a Functional, whatever it was built as.
      let kind = kerasSnakeCase(className == "Model" ? "Functional" : className)
      let count = counts[kind, default: 0]
      counts[kind] = count + 1
      let inner = group + "layers/" + kind + (count == 0 ? "" : "_\(count)")
      let innerPath = path + name
      groups.append(KerasGroup(group: inner, path: innerPath))
      if ["Functional", "Model", "Sequential"].contains(className) {
        open.append((layer, inner + "/", innerPath + "/"))
      }
    }
  }
  return groups
}

/// Operations on tensors are no layers, and have no groups.
private func isOperation(_ layer: JSON.ID, _ json: JSON) -> Bool {
  let module = json.value("module", of: layer).flatMap(json.string) ?? ""
  return module == "keras.ops" || module.utf8.starts(with: "keras.ops.".utf8)
    || module.utf8.starts(with: "keras.src.ops.".utf8)
}

/// A class's name as `keras.src.utils.naming.to_snake_case` writes it: `re_lu`, `conv2d_transpose`.
package func kerasSnakeCase(_ className: String) -> String {
  func isUpper(_ byte: UInt8) -> Bool { (65...90).contains(byte) }
  func isLower(_ byte: UInt8) -> Bool { (97...122).contains(byte) }
  let letters = className.utf8.filter {
    isUpper($0) || isLower($0) || (48...57).contains($0) || $0 == UInt8(ascii: "_")
  }
  // Before a capital that begins a word of small letters, if something stands before it that ends no such word.
  var words: [UInt8] = []
  var index = 0
  while index < letters.count {
    words.append(letters[index])
    index += 1
    guard index + 1 < letters.count, isUpper(letters[index]), isLower(letters[index + 1]) else { continue }
    words.append(UInt8(ascii: "_"))
    words.append(letters[index])
    index += 1
    while index < letters.count, isLower(letters[index]) {
      words.append(letters[index])
      index += 1
    }
  }
  // Then between a small letter and a capital.
  var result: [UInt8] = []
  for (place, byte) in words.enumerated() {
    if isUpper(byte), place > 0, isLower(words[place - 1]) { result.append(UInt8(ascii: "_")) }
    result.append(isUpper(byte) ? byte + 32 : byte)
  }
  return String(decoding: result, as: UTF8.self)
}
