import Layers
import Syntax

/// The JSON Schema (draft 2020-12) of descriptions in JSON: their grammar, and all layers with their attributes, types,
/// defaults and words. Text of the language is no further described: modelc checks it. Ends with a line break.
package func modelJSONSchema() -> String {
  var json = JSONLayout()
  json.object(isTall: true) { json in
    json.member("$schema", "https://json-schema.org/draft/2020-12/schema")
    json.member("title", "modelc description, edition 1")
    json.member("description", "A neural network as modelc reads it; Grammar.md says what it means.")
    declaration(
      [
        ("modelc", { $0.object { $0.member("const") { $0.literal("1") } } }), ("import", list { type("string", &$0) }),
        ("with", list { ref("call", &$0) }), ("allow", { ref("allow", &$0) }), ("blocks", list { ref("block", &$0) }),
        ("models", list { ref("model", &$0) }), ("train", list { ref("training", &$0) }),
      ], required: ["modelc"], &json)
    // The edition alone describes nothing.
    json.member("minProperties") { $0.literal("2") }
    json.member("$defs") { json in
      json.object(isTall: true) { json in
        words(&json)
        statements(&json)
        declarations(&json)
        calls(&json)
        for kind in Catalogue.kinds { layer(kind, &json) }
      }
    }
  }
  return json.text
}

private typealias Part = (inout JSONLayout) -> Void

// MARK: Parts

private func ref(_ name: String, _ json: inout JSONLayout) { json.object { $0.member("$ref", "#/$defs/\(name)") } }

private func type(_ name: String, _ json: inout JSONLayout) { json.object { $0.member("type", name) } }

private func list(_ item: @escaping Part, atLeast count: Int = 0) -> Part {
  { json in
    json.object { json in
      json.member("type", "array")
      json.member("items", item)
      if count > 0 { json.member("minItems") { $0.literal(String(count)) } }
    }
  }
}

private func anyOf(_ parts: [Part], _ json: inout JSONLayout) {
  json.member("anyOf") { json in json.array { json in for part in parts { json.element(part) } } }
}

/// The members of a schema for an object with these keys and no others.
private func declaration(_ members: [(String, Part)], required: [String], _ json: inout JSONLayout) {
  json.member("type", "object")
  json.member("properties") { json in
    json.object { json in for (key, part) in members { json.member(key, part) } }
  }
  json.member("required", required)
  json.member("additionalProperties") { $0.literal("false") }
}

private func definition(
  _ name: String, _ members: [(String, Part)], required: [String], _ json: inout JSONLayout
) {
  json.member(name) { json in json.object { json in declaration(members, required: required, &json) } }
}

// MARK: Definitions

private func words(_ json: inout JSONLayout) {
  json.member("name") { json in
    json.object { json in
      json.member("description", "An identifier, or other printable ASCII in backquotes.")
      json.member("type", "string")
      json.member("pattern", "^([A-Za-z_][A-Za-z0-9_]*|`[ -\\[\\]-_a-~]+`)$")
    }
  }
  json.member("text") { json in
    json.object { json in
      json.member("description", "A value as the language writes it: n1 + n3, floor(C / 4), relu, he_normal(seed: 1).")
      json.member("type", "string")
      json.member("minLength") { $0.literal("1") }
    }
  }
  json.member("argument") { json in
    json.object { json in
      anyOf(
        [
          { type("number", &$0) }, { type("boolean", &$0) }, { ref("text", &$0) }, list { ref("argument", &$0) },
        ], &json)
    }
  }
  json.member(
    "shape",
    list { json in
      json.object { anyOf([{ type("integer", &$0) }, { ref("text", &$0) }, list { ref("argument", &$0) }], &$0) }
    })
  json.member(
    "allow",
    list { json in
      json.object { json in
        json.member("type", "string")
        json.member("pattern", "^[A-Za-z_][A-Za-z_0-9]*(-[A-Za-z_][A-Za-z_0-9]*)*$")
      }
    })
}

private func statements(_ json: inout JSONLayout) {
  let name: Part = { ref("name", &$0) }
  let value: Part = { ref("value", &$0) }
  let allow = ("allow", { ref("allow", &$0) } as Part)
  json.member("statement") { json in
    json.object { json in
      json.member("oneOf") { json in
        json.array { json in
          func form(_ members: [(String, Part)], _ required: [String]) {
            json.element { json in
              json.object { json in declaration(members + [allow], required: required, &json) }
            }
          }
          form([("input", name), ("shape", { ref("shape", &$0) })], ["input", "shape"])
          form([("output", name), ("value", value)], ["output"])
          form([("train output", name), ("value", value)], ["train output"])
          form([("layer", name), ("value", { ref("call", &$0) })], ["layer", "value"])
          form([("return", list(value, atLeast: 1))], ["return"])
          form([("assert", list({ ref("text", &$0) }, atLeast: 1))], ["assert"])
          form([("name", name), ("value", value)], ["name", "value"])
          form([("names", list(name, atLeast: 1)), ("value", value)], ["names", "value"])
        }
      }
    }
  }
  json.member("value") { json in
    json.object { json in
      anyOf(
        [
          { type("number", &$0) }, { type("boolean", &$0) }, { ref("text", &$0) }, { ref("pipeline", &$0) },
          { ref("choice", &$0) }, { ref("call", &$0) },
        ], &json)
    }
  }
  json.member("pipeline") { json in
    json.object { json in
      json.member("description", "A value and the stages that it goes through.")
      json.member("type", "array")
      json.member("prefixItems") { json in json.array { json in json.element { ref("value", &$0) } } }
      json.member("items") { json in
        json.object { json in anyOf([{ ref("assertion", &$0) }, { ref("stage", &$0) }], &json) }
      }
      json.member("minItems") { $0.literal("2") }
    }
  }
  definition("assertion", [("->", { ref("shape", &$0) })], required: ["->"], &json)
  definition(
    "choice",
    [
      ("if", { json in json.object { anyOf([{ type("boolean", &$0) }, { ref("text", &$0) }], &$0) } }), ("then", value),
      ("else", value),
    ],
    required: ["if", "then", "else"], &json)
}

private func declarations(_ json: inout JSONLayout) {
  let name = ("name", { ref("name", &$0) } as Part)
  let documentation = ("documentation", { type("string", &$0) } as Part)
  let parameters = ("parameters", list { ref("parameter", &$0) })
  let body: [(String, Part)] = [
    ("with", list { ref("call", &$0) }), ("allow", { ref("allow", &$0) }), ("body", list { ref("statement", &$0) }),
  ]
  definition(
    "block", [name, documentation, parameters, ("results", list { ref("shape", &$0) })] + body,
    required: ["name", "body"], &json)
  definition("model", [name, documentation, parameters] + body, required: ["name", "body"], &json)
  definition(
    "parameter",
    [
      name, ("type", { json in json.object { anyOf([{ ref("name", &$0) }, { ref("shape", &$0) }], &$0) } }),
      ("default", { ref("argument", &$0) }),
    ], required: ["name", "type"], &json)
  definition(
    "training",
    [("model", { ref("name", &$0) }), ("allow", { ref("allow", &$0) }), ("entries", list { ref("entry", &$0) })],
    required: ["model", "entries"], &json)
  json.member("entry") { json in
    json.object { json in
      json.member("type", "object")
      json.member("properties") { json in
        json.object { json in
          json.member("outputs", list { ref("name", &$0) })
          json.member("allow") { ref("allow", &$0) }
        }
      }
      json.member("additionalProperties", list({ ref("value", &$0) }, atLeast: 1))
      json.member("minProperties") { $0.literal("1") }
      json.member("maxProperties") { $0.literal("3") }
    }
  }
}

private func calls(_ json: inout JSONLayout) {
  json.member("arguments") { json in
    json.object { json in
      anyOf(
        [
          list { json in json.object { anyOf([{ ref("argument", &$0) }, { ref("named", &$0) }], &$0) } },
          { ref("named", &$0) },
        ], &json)
    }
  }
  json.member("named") { json in
    json.object { json in
      json.member("type", "object")
      json.member("propertyNames") { ref("name", &$0) }
      json.member("additionalProperties") { ref("argument", &$0) }
    }
  }
  callee("call", besides: [], least: 1, most: 1, &json)
  callee(
    "stage",
    besides: [
      ("label", { ref("name", &$0) }),
      ("repeat", { json in json.object { anyOf([{ type("integer", &$0) }, { ref("text", &$0) }], &$0) } }),
      ("as", { ref("name", &$0) }),
    ], least: 1, most: 4, &json)
}

/// An object with the name of a layer, block or shared layer as a key.
private func callee(
  _ name: String, besides members: [(String, Part)], least: Int, most: Int, _ json: inout JSONLayout
) {
  json.member(name) { json in
    json.object { json in
      json.member("type", "object")
      json.member("properties") { json in
        json.object(isTall: true) { json in
          for (key, part) in members { json.member(key, part) }
          for kind in Catalogue.kinds { json.member(kind.name) { ref("layers.\(kind.name)", &$0) } }
        }
      }
      json.member("propertyNames") { ref("name", &$0) }
      json.member("additionalProperties") { ref("arguments", &$0) }
      json.member("minProperties") { $0.literal(String(least)) }
      json.member("maxProperties") { $0.literal(String(most)) }
    }
  }
}

// MARK: Layers

private func layer(_ kind: LayerKind, _ json: inout JSONLayout) {
  json.member("layers.\(kind.name)") { json in
    json.object { json in
      json.member("description", kind.summary)
      anyOf(
        [
          list { json in
            json.object { anyOf([{ ref("argument", &$0) }, { ref("attributes.\(kind.name)", &$0) }], &$0) }
          }, { ref("attributes.\(kind.name)", &$0) },
        ], &json)
    }
  }
  json.member("attributes.\(kind.name)") { json in
    json.object { json in
      json.member("type", "object")
      json.member("properties") { json in
        json.object { json in
          for attribute in kind.attributes { json.member(attribute.name) { write(attribute, &$0) } }
          json.member("trainable") { ref("argument", &$0) }
        }
      }
      json.member("additionalProperties") { $0.literal("false") }
    }
  }
}

private func write(_ attribute: AttributeDescription, _ json: inout JSONLayout) {
  json.object { json in
    json.member("description", attribute.summary)
    var parts: [Part] = []
    if !attribute.words.isEmpty {
      parts.append { json in json.object { $0.member("enum", attribute.words) } }
    }
    switch attribute.type {
    case "Int": parts.append { type("integer", &$0) }
    case "Float": parts.append { type("number", &$0) }
    case "Bool": parts.append { type("boolean", &$0) }
    case let name where name.utf8.first == UInt8(ascii: "["):
      parts += [{ type("number", &$0) }, list { ref("argument", &$0) }]
    default: parts.append(list { ref("argument", &$0) })
    }
    parts.append { ref("text", &$0) }
    anyOf(parts, &json)
    if !attribute.isRequired { json.member("default") { writeDefault(attribute.defaultText, &$0) } }
  }
}

/// Numbers, truths and lists of numbers are JSON's own; the rest is text.
private func writeDefault(_ text: String, _ json: inout JSONLayout) {
  let isNumber = Double(text) != nil && text.utf8.last.map { (0x30...0x39).contains($0) } ?? false
  let isList =
    text.utf8.first == UInt8(ascii: "[")
    && text.utf8.allSatisfy { (0x30...0x39).contains($0) || "[], -".utf8.contains($0) }
  if isNumber || isList || text == "true" || text == "false" { json.literal(text) } else { json.string(text) }
}
