/// Numbers as people read them.
package enum Figures {
  /// `6,998,552`
  package static func grouped(_ number: Int) -> String {
    let digits = Array(String(number.magnitude).utf8)
    var text: [UInt8] = number < 0 ? [UInt8(ascii: "-")] : []
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index) % 3 == 0 { text.append(UInt8(ascii: ",")) }
      text.append(digit)
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// Three digits and a prefix: `1.58 G`, `11.9 M`, `675`.
  package static func short(_ number: Int) -> String {
    guard number.magnitude >= 10_000 else { return grouped(number) }
    return scaled(number, base: 1000, units: ["", "k", "M", "G", "T", "P", "E"], digits: 3)
  }

  /// Memory: `26.70 MiB`, `112 B`.
  package static func bytes(_ number: Int) -> String {
    guard number.magnitude >= 1024 else { return "\(number) B" }
    return scaled(number, base: 1024, units: ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"], digits: 4)
  }

  /// `12.070`: as many decimals as asked for.
  package static func fixed(_ number: Double, decimals: Int) -> String {
    let scale = (0..<decimals).reduce(1) { scale, _ in scale * 10 }
    let whole = Int((number.magnitude * Double(scale)).rounded())
    let fraction = String(whole % scale)
    return (number < 0 ? "-" : "") + "\(whole / scale)."
      + String(repeating: "0", count: decimals - fraction.utf8.count) + fraction
  }

  private static func scaled(_ number: Int, base: Double, units: [String], digits: Int) -> String {
    var value = Double(number.magnitude)
    var unit = 0
    // What rounds up to a whole base belongs to the next unit: 999,999 is 1.00 M.
    while unit + 1 < units.count, rounded(value, digits: digits) >= base {
      value /= base
      unit += 1
    }
    let text = decimal(value, digits: digits)
    return (number < 0 ? "-" : "") + text + (units[unit].isEmpty ? "" : " " + units[unit])
  }

  private static func decimals(_ value: Double, digits: Int) -> Int {
    max(0, digits - (value >= 1000 ? 4 : value >= 100 ? 3 : value >= 10 ? 2 : 1))
  }

  private static func rounded(_ value: Double, digits: Int) -> Double {
    let scale = (0..<decimals(value, digits: digits)).reduce(1.0) { scale, _ in scale * 10 }
    return (value * scale).rounded() / scale
  }

  /// `value` with as many decimals as make up `digits` digits.
  private static func decimal(_ value: Double, digits: Int) -> String {
    let count = decimals(value, digits: digits)
    let scale = (0..<count).reduce(1) { scale, _ in scale * 10 }
    let whole = Int((value * Double(scale)).rounded())
    guard count > 0 else { return String(whole) }
    let fraction = String(whole % scale)
    return "\(whole / scale)." + String(repeating: "0", count: count - fraction.utf8.count) + fraction
  }
}
