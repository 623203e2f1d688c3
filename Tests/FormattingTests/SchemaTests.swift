import Foundation
import Interchange
import Syntax
import Testing

/// The published schema: up to date, and it tells descriptions from what is none.
@Suite struct SchemaTests {
  private static let file = Repository.root.appending(path: "models/model.schema.json")

  @Test func theSchemaIsAsTheLayersHaveIt() throws {
    if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] == "1" {
      try modelJSONSchema().write(to: Self.file, atomically: true, encoding: .utf8)
    }
    #expect(
      try String(contentsOf: Self.file, encoding: .utf8) == modelJSONSchema(),
      "models/model.schema.json is stale; run: UPDATE_GOLDEN=1 swift test --filter SchemaTests")
  }

  @Test(arguments: FileTests.files)
  func filesAreValid(_ path: String) throws {
    let (tree, problems) = read(try Repository.text(path))
    guard problems.isEmpty else { return }
    #expect(try SchemaValidator().accepts(modelJSON(tree)))
  }

  @Test(
    arguments: JSONTests.wrong.map(\.0).filter {
      !$0.contains("x |> F()") && !$0.contains("\"3\"") && !$0.contains("\"input\", \"body\"")
        && !$0.contains("[], \"models\": []")
    } + [
      #"{"modelc": 1, "models": [{"name": "M", "body": [{"name": "y", "value": {"Conv2D": {"fliters": 3}}}]}]}"#,
      #"{"modelc": 1, "models": [{"name": "M", "body": [{"name": "y", "value": {"Conv2D": {"use_bias": 3}}}]}]}"#,
      #"{"modelc": 1, "models": [{"name": "5x5", "body": []}]}"#,
    ])
  func otherDocumentsAreNot(_ text: String) throws {
    #expect(try !SchemaValidator().accepts(text))
  }
}

/// The keywords of JSON Schema that the published schema uses.
private struct SchemaValidator {
  let root: [String: Any]

  init() throws {
    root = try JSONSerialization.jsonObject(with: Data(modelJSONSchema().utf8)) as? [String: Any] ?? [:]
  }

  func accepts(_ text: String) throws -> Bool {
    holds(root, try JSONSerialization.jsonObject(with: Data(text.utf8), options: .fragmentsAllowed))
  }

  private func holds(_ schema: Any, _ value: Any) -> Bool {
    if let truth = schema as? Bool { return truth }
    guard let schema = schema as? [String: Any] else { return false }
    return schema.allSatisfy { key, rule in holds(key, rule, schema, value) }
  }

  private func holds(_ key: String, _ rule: Any, _ schema: [String: Any], _ value: Any) -> Bool {
    let object = value as? [String: Any]
    let array = value as? [Any]
    switch key {
    case "$ref":
      let name = String((rule as? String ?? "").dropFirst("#/$defs/".count))
      return holds((root["$defs"] as? [String: Any])?[name] ?? false, value)
    case "type":
      return kind(of: value) == rule as? String || rule as? String == "number" && kind(of: value) == "integer"
    case "const": return (value as? NSNumber) == (rule as? NSNumber)
    case "enum": return (rule as? [String])?.contains(value as? String ?? "") ?? false
    case "pattern":
      guard let text = value as? String, let regex = try? Regex(rule as? String ?? "") else { return true }
      return text.contains(regex)
    case "minLength": return (value as? String)?.isEmpty != true
    case "anyOf": return (rule as? [Any])?.contains { holds($0, value) } ?? false
    case "oneOf": return (rule as? [Any])?.count { holds($0, value) } == 1
    case "required": return object.map { object in (rule as? [String] ?? []).allSatisfy { object[$0] != nil } } ?? true
    case "minProperties": return object.map { $0.count >= rule as? Int ?? 0 } ?? true
    case "maxProperties": return object.map { $0.count <= rule as? Int ?? 0 } ?? true
    case "minItems": return array.map { $0.count >= rule as? Int ?? 0 } ?? true
    case "propertyNames": return object.map { $0.keys.allSatisfy { holds(rule, $0) } } ?? true
    case "properties":
      let rules = rule as? [String: Any] ?? [:]
      return object.map { $0.allSatisfy { key, value in rules[key].map { holds($0, value) } ?? true } } ?? true
    case "additionalProperties":
      let known = schema["properties"] as? [String: Any] ?? [:]
      return object.map { $0.allSatisfy { key, value in known[key] != nil || holds(rule, value) } } ?? true
    case "prefixItems":
      return array.map { zip(rule as? [Any] ?? [], $0).allSatisfy { holds($0, $1) } } ?? true
    case "items":
      let skipped = (schema["prefixItems"] as? [Any])?.count ?? 0
      return array.map { $0.dropFirst(skipped).allSatisfy { holds(rule, $0) } } ?? true
    default: return ["$schema", "$defs", "title", "description", "default"].contains(key)
    }
  }

  private func kind(of value: Any) -> String {
    switch value {
    case is [String: Any]: return "object"
    case is [Any]: return "array"
    case is String: return "string"
    case let number as NSNumber:
      if unsafe String(cString: number.objCType) == "c" { return "boolean" }
      return number.doubleValue == number.doubleValue.rounded() ? "integer" : "number"
    default: return "null"
    }
  }
}
