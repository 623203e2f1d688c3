import Operations
package import Semantics
import Syntax

/// How a size came about, for people and for programs.
extension Explanation {
  /// The tensor and its sizes, then each step with what it is made of.
  package var text: String {
    guard let shape else {
      var lines: [String] = []
      if let parameter { parameter.write(to: &lines, indent: 0) }
      return lines.joined(separator: "\n") + "\n"
    }
    var lines = ["\(displayed(subject)): \(displayed(shape.description))"]
    for step in steps {
      lines.append("")
      lines.append("\(displayed(step.path))  \(step.kind)  \(displayed(step.place))")
      let sum = step.derivation.map { "\(displayed($0)) = " } ?? ""
      lines.append("  \(step.axisName): \(sum)\(displayed(step.size.description))")
      if let promise = step.promise { promise.write(to: &lines, indent: 1) }
      for attribute in step.attributes { attribute.write(to: &lines, indent: 1) }
      if !step.sources.isEmpty {
        lines.append(
          "  from " + step.sources.map { "\(displayed(steps[$0].path)) \(steps[$0].axisName)" }.joined(separator: ", "))
      }
      if !step.through.isEmpty {
        lines.append("  handed on by " + step.through.reversed().map(displayed).joined(separator: ", "))
      }
    }
    if isShortened { lines += ["", "… and more steps than can be shown"] }
    return lines.joined(separator: "\n") + "\n"
  }

  package var json: String {
    var json = JSONWriter()
    json.object { json in
      json.member("subject", subject)
      if let parameter { json.member("parameter") { parameter.write(to: &$0, depth: 0) } }
      if let shape {
        json.member("shape") { $0.array(shape.dims.map(\.description)) }
        json.member("sizes") { member in
          member.array { json in
            for (axis, step) in sizes {
              json.element {
                $0.object { json in
                  json.member("axis", axis)
                  json.member("step", step)
                }
              }
            }
          }
        }
        json.member("steps") { member in
          member.array { json in for step in steps { json.element { step.write(to: &$0) } } }
        }
        json.member("shortened", isShortened)
      }
    }
    return json.text + "\n"
  }
}

extension Explanation.Step {
  fileprivate func write(to json: inout JSONWriter) {
    json.object { json in
      json.member("name", path)
      json.member("layer", kind)
      json.member("place", place)
      json.member("axis", axis)
      json.member("axis_name", axisName)
      json.member("size", size.description)
      json.member("derivation", derivation)
      if let promise { json.member("promise") { promise.write(to: &$0, depth: 0) } }
      json.member("attributes") { member in
        member.array { json in for attribute in attributes { json.element { attribute.write(to: &$0, depth: 0) } } }
      }
      json.member("sources") { $0.array(sources) }
      json.member("handed_on_by") { $0.array(through) }
    }
  }
}

extension Provenance {
  private static let depthLimit = 8
  private static let lineLimit = 2000

  fileprivate func write(to lines: inout [String], indent: Int) {
    guard indent < Self.depthLimit, lines.count < Self.lineLimit else { return }
    let blanks = String(repeating: "  ", count: indent)
    lines.append(blanks + displayed(text) + (place.isEmpty ? "" : " (\(displayed(place)))"))
    for source in sources { source.write(to: &lines, indent: indent + 1) }
  }

  fileprivate func write(to json: inout JSONWriter, depth: Int) {
    json.object { json in
      json.member("text", text)
      json.member("place", place.isEmpty ? nil : place)
      guard depth < Self.depthLimit, json.text.utf8.count < 1 << 20 else { return }
      json.member("sources") { member in
        member.array { json in for source in sources { json.element { source.write(to: &$0, depth: depth + 1) } } }
      }
    }
  }
}
