package import Planning
package import Runtime

/// The weights of a plan as a safetensors file: 32-bit floats in the plan's order, the first at a multiple of 64 bytes.
package func weightFile(for plan: Plan, from store: WeightStore) throws(WeightProblem) -> [UInt8] {
  var header = "{"
  var seen: Set<String> = []
  var weights: [PlanWeight] = []
  var offset = 0
  for weight in plan.weights where seen.insert(weight.name).inserted {
    let size = weight.shape.reduce(4, *)
    let shape = weight.shape.map(String.init).joined(separator: ",")
    if !weights.isEmpty { header += "," }
    header += #"\#(jsonText(weight.name)):{"dtype":"F32","shape":[\#(shape)],"#
    header += #""data_offsets":[\#(offset),\#(offset + size)]}"#
    offset += size
    weights.append(weight)
  }
  header += "}"
  // The format allows spaces behind the header.
  let padding = (64 - (8 + header.utf8.count) % 64) % 64
  header += String(repeating: " ", count: padding)

  var bytes: [UInt8] = []
  bytes.reserveCapacity(8 + header.utf8.count + offset)
  var length = UInt64(header.utf8.count)
  for _ in 0..<8 {
    bytes.append(UInt8(truncatingIfNeeded: length))
    length >>= 8
  }
  bytes += header.utf8
  for weight in weights {
    for value in try store.read(weight.name, shape: weight.shape) {
      let bits = value.bitPattern
      bytes.append(UInt8(truncatingIfNeeded: bits))
      bytes.append(UInt8(truncatingIfNeeded: bits >> 8))
      bytes.append(UInt8(truncatingIfNeeded: bits >> 16))
      bytes.append(UInt8(truncatingIfNeeded: bits >> 24))
    }
  }
  return bytes
}

/// A JSON string.
private func jsonText(_ text: String) -> String {
  var result = "\""
  for scalar in text.unicodeScalars {
    switch scalar {
    case "\"": result += "\\\""
    case "\\": result += "\\\\"
    case "\0"..<" ":
      let digits = String(scalar.value, radix: 16)
      result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
    default: result.unicodeScalars.append(scalar)
    }
  }
  return result + "\""
}
