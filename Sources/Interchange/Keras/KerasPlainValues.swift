import Layers
import Syntax

/// What Keras writes at length and a person would have written short.
extension KerasReader {
  /// The initializers that Keras has a name for, as the variance scalings that its versions 2.0 to 2.3, and TensorFlow.js
  /// in all versions, write for them.
  private static let variances = [
    Variance(scale: 1, mode: "fan_avg", distribution: "uniform"): "glorot_uniform",
    Variance(scale: 1, mode: "fan_avg", distribution: "truncated_normal"): "glorot_normal",
    Variance(scale: 2, mode: "fan_in", distribution: "uniform"): "he_uniform",
    Variance(scale: 2, mode: "fan_in", distribution: "truncated_normal"): "he_normal",
    Variance(scale: 1, mode: "fan_in", distribution: "uniform"): "lecun_uniform",
    Variance(scale: 1, mode: "fan_in", distribution: "truncated_normal"): "lecun_normal",
  ]

  private struct Variance: Hashable {
    var scale: Double
    var mode: String
    var distribution: String
  }

  /// An initializer or regularizer by the name that says most: `variance_scaling(scale: 2)` is `he_normal`, and `l1_l2`
  /// with one of the two is that one. Gives the name and the arguments that it does not say already.
  func plainly(_ word: String, _ arguments: [CallArgument], among words: [String]) -> (String, [CallArgument]) {
    func argument(_ name: String) -> Expression.Kind? {
      arguments.first { $0.name?.text == name }.map { tree[$0.value].kind }
    }
    func number(_ name: String, else standard: Double) -> Double? {
      switch argument(name) {
      case .integer(let value)?: Double(value)
      case .real(let value)?: value
      case nil: standard
      default: nil
      }
    }
    func text(_ name: String, else standard: String) -> String? {
      switch argument(name) {
      case .name(let word)?: word
      case nil: standard
      default: nil
      }
    }
    switch word {
    case "variance_scaling":
      guard let scale = number("scale", else: 1), let mode = text("mode", else: "fan_in"),
        let distribution = text("distribution", else: "truncated_normal"),
        let name = Self.variances[Variance(scale: scale, mode: mode, distribution: distribution)], words.contains(name)
      else { return (word, arguments) }
      return (name, arguments.filter { !["scale", "mode", "distribution"].contains($0.name?.text ?? "") })
    case "l1_l2":
      guard words.contains("l1"), words.contains("l2"), arguments.allSatisfy({ ["l1", "l2"].contains($0.name?.text) }),
        let l1 = number("l1", else: 0), let l2 = number("l2", else: 0)
      else { return (word, arguments) }
      if l1 == 0, l2 == 0 { return ("none", []) }
      if l1 == 0 { return ("l2", arguments.filter { $0.name?.text == "l2" }) }
      if l2 == 0 { return ("l1", arguments.filter { $0.name?.text == "l1" }) }
      return (word, arguments)
    default: return (word, arguments)
    }
  }

  /// A number with as few digits as it had before it became a 32-bit float, which Keras's may have been for a while:
  /// 0.0001 for 9.999999747378752e-05, which is the same float.
  static func plainly(_ number: Double) -> Double {
    let float = Float(number)
    guard Double(float) == number, number != number.rounded() else { return number }
    return Double(float.description) ?? number
  }
}
