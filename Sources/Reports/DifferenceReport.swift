package import Comparison
import Syntax

/// What tells two networks from each other, for people and for programs.
package struct DifferenceReport: Sendable {
  private let difference: ModelDifference

  package init(_ difference: ModelDifference) { self.difference = difference }

  /// A line for each layer, weight, input and output that is not as it was; then the totals and the verdict.
  package var text: String {
    var lines = ["\(displayed(difference.oldName)) -> \(displayed(difference.newName))"]
    lines += difference.ports.map { "  \(displayed($0.what)): \(change($0))" }
    lines += difference.wider.map { "  \(displayed($0.what)) takes more sizes: \(change($0))" }
    lines += difference.portNames.map { "  \($0.what) \(change($0))" }
    section("layers", difference.layers.flatMap(text(of:)), &lines)
    section("weights", weightLines, &lines)
    section("totals", difference.totals.map { "  \($0.what): \(total($0))" }, &lines)
    lines += ["", "\(difference.verdict.rawValue): \(meaning)"]
    return lines.joined(separator: "\n") + "\n"
  }

  private func section(_ title: String, _ content: [String], _ lines: inout [String]) {
    if !content.isEmpty { lines += ["", title] + content }
  }

  private func text(of layer: ModelDifference.LayerChange) -> [String] {
    let path = displayed(layer.newPath ?? layer.oldPath ?? "")
    switch layer.kind {
    case .added: return ["  + \(path)  \(layer.layer)  \(facts(layer))"]
    case .removed: return ["  - \(path)  \(layer.layer)  \(facts(layer))"]
    case .renamed: return ["  > \(displayed(layer.oldPath ?? "")) -> \(path)  \(layer.layer)"]
    case .changed:
      let isRenamed = layer.oldPath != layer.newPath
      let name = isRenamed ? "\(displayed(layer.oldPath ?? "")) -> \(path)" : path
      return ["  ~ \(name)  \(layer.layer)"] + layer.changes.map { "      \(displayed($0.what)): \(change($0))" }
    }
  }

  private func facts(_ layer: ModelDifference.LayerChange) -> String {
    layer.changes.compactMap { fact in
      guard let value = fact.new ?? fact.old, value != "0" else { return nil }
      return fact.what == "output shape" ? displayed(value) : "\(grouped(value)) \(fact.what)"
    }.joined(separator: ", ")
  }

  private var weightLines: [String] {
    var lines: [String] = []
    let loaded = difference.weights.count { $0.fate == .loads }
    let renamed = difference.weights.count { $0.fate == .renamed }
    if loaded > 0 { lines.append("  \(loaded) of \(difference.weights.count) load as they are") }
    if renamed > 0 {
      lines.append("  \(renamed) of \(difference.weights.count) load once their layers' names are mapped")
    }
    for weight in difference.weights where weight.fate != .loads && weight.fate != .renamed {
      let name = displayed(weight.newName ?? weight.oldName ?? "")
      let shape = weight.newShape ?? weight.oldShape ?? []
      let reason = weight.reason.map { "; " + displayed($0) } ?? ""
      let place = weight.isTrainOnly ? ", in training only" : ""
      lines.append("  \(word(weight.fate)): \(name) \(shape)\(place)\(reason)")
    }
    return lines
  }

  private func word(_ fate: ModelDifference.WeightChange.Fate) -> String {
    switch fate {
    case .loads, .renamed: "loads"
    case .permuted: "must be permuted"
    case .unclear: "may have to be permuted"
    case .new: "starts anew"
    case .unused: "is not used"
    }
  }

  private func change(_ change: ModelDifference.Change) -> String {
    let isCount = change.what == "parameters" || change.what == "multiply-accumulates"
    let (old, new) = (change.old ?? "none", change.new ?? "none")
    return isCount ? "\(grouped(old)) -> \(grouped(new))" : "\(displayed(old)) -> \(displayed(new))"
  }

  private func total(_ total: ModelDifference.Change) -> String {
    guard total.isChange else { return grouped(total.old ?? "") }
    return "\(grouped(total.old ?? "")) -> \(grouped(total.new ?? ""))"
  }

  private func grouped(_ number: String) -> String { Int(number).map(Figures.grouped) ?? displayed(number) }

  private var meaning: String {
    switch difference.verdict {
    case .same: "the same layers, connections and names"
    case .compatible:
      (difference.wider.isEmpty
        ? "inputs and outputs are the same" : "for all that the first takes, inputs and outputs are the same")
        + ", and each weight is found in a checkpoint of the first"
    case .breaking:
      difference.ports.isEmpty
        ? "a checkpoint of the first does not give all weights of the second" : "inputs or outputs are others"
    }
  }

  // MARK: JSON

  package var json: String {
    var json = JSONWriter()
    json.object { json in
      json.member("verdict", difference.verdict.rawValue)
      json.member("old", difference.oldName)
      json.member("new", difference.newName)
      json.member("ports") { write(difference.ports, to: &$0) }
      json.member("wider") { write(difference.wider, to: &$0) }
      json.member("port_names") { write(difference.portNames, to: &$0) }
      json.member("layers") { member in
        member.array { json in
          for layer in difference.layers {
            json.element {
              $0.object { json in
                json.member("change", layer.kind.rawValue)
                json.member("layer", layer.layer)
                json.member("old", layer.oldPath)
                json.member("new", layer.newPath)
                json.member("changes") { write(layer.changes, to: &$0) }
              }
            }
          }
        }
      }
      json.member("weights") { member in
        member.array { json in
          for weight in difference.weights {
            json.element {
              $0.object { json in
                json.member("fate", weight.fate.rawValue)
                json.member("old", weight.oldName)
                json.member("new", weight.newName)
                if let shape = weight.oldShape { json.member("old_shape") { $0.array(shape) } }
                if let shape = weight.newShape { json.member("new_shape") { $0.array(shape) } }
                json.member("reason", weight.reason)
                if weight.isTrainOnly { json.member("train_only", true) }
              }
            }
          }
        }
      }
      json.member("totals") { write(difference.totals, to: &$0) }
    }
    return json.text + "\n"
  }

  private func write(_ changes: [ModelDifference.Change], to json: inout JSONWriter) {
    json.array { json in
      for change in changes {
        json.element {
          $0.object { json in
            json.member("what", change.what)
            json.member("old", change.old)
            json.member("new", change.new)
          }
        }
      }
    }
  }
}
