import Operations
package import Semantics
import Syntax

/// The sizes that a model accepts, for people and for programs.
package struct DomainReport: Sendable {
  private let model: CheckedModel

  package init(_ model: CheckedModel) { self.model = model }

  private var openInputs: [CheckedPort] {
    model.inputs.filter { model.values[$0.value].shape.example == nil }
  }

  /// `UNet`, its inputs, a condition in each line, and the smallest inputs.
  package var text: String {
    guard !openInputs.isEmpty else { return "\(displayed(model.name)): all sizes are known\n" }
    var lines = [displayed(model.name)]
    lines += openInputs.map { "  input \(displayed($0.name))  \(displayed(model.values[$0.value].shape.description))" }
    lines.append("accepts")
    lines += model.domain.symbols.map { "  " + displayed($0.sizes.text($0.name)) }
    lines += model.domain.conditions.map { "  " + displayed($0.description) }
    lines.append(model.smallestInputs.map { "smallest: \(displayed($0))" } ?? "no smallest size was found")
    return lines.joined(separator: "\n") + "\n"
  }

  package var json: String {
    var json = JSONWriter()
    json.object { json in
      json.member("model", model.name)
      json.member("inputs") { inputs in
        inputs.array { json in
          for input in openInputs {
            json.element {
              $0.object { json in
                json.member("name", input.name)
                json.member("shape") { $0.array(model.values[input.value].shape.dims.map(\.description)) }
              }
            }
          }
        }
      }
      model.domain.write(to: &json)
    }
    return json.text + "\n"
  }
}

extension SizeDomain {
  /// Members of an object: `symbols`, `conditions`, `smallest`.
  func write(to json: inout JSONWriter) {
    json.member("symbols") { member in
      member.array { json in
        for symbol in symbols { json.element { symbol.write(to: &$0) } }
      }
    }
    json.member("conditions") { $0.array(conditions.map(\.description)) }
    guard let smallest else { return json.member("smallest", Int?.none) }
    json.member("smallest") { member in
      member.object { json in
        for symbol in symbols { json.member(symbol.name, smallest[symbol.name]) }
      }
    }
  }
}

extension SizeDomain.Symbol {
  /// Members are `early`, and from `start` on the numbers whose remainders by `period` are `residues`.
  fileprivate func write(to json: inout JSONWriter) {
    json.object { json in
      json.member("name", name)
      json.member("accepts", sizes.text(name))
      json.member("least", sizes.least)
      json.member("early") { $0.array(sizes.early) }
      json.member("start", sizes.start)
      json.member("period", sizes.period)
      json.member("residues") { $0.array(sizes.residues) }
    }
  }
}
