import Syntax

/// The keys of descriptions in JSON.
enum ModelJSONKeys {
  static let file = ["modelc", "import", "with", "allow", "blocks", "models", "train"]
  static let block = ["name", "documentation", "parameters", "results", "with", "allow", "body"]
  static let model = ["name", "documentation", "parameters", "with", "allow", "body"]
  static let parameter = ["name", "type", "default"]
  static let training = ["model", "allow", "entries"]
  /// Beside the name of an entry.
  static let entry = ["outputs", "allow"]
  /// What says which statement an object is, and what else it holds.
  static let statements: [(key: String, others: [String])] = [
    ("input", ["shape"]), ("output", ["value"]), ("train output", ["value"]), ("layer", ["value"]), ("return", []),
    ("assert", []), ("name", ["value"]), ("names", ["value"]),
  ]
  static let choice = ["if", "then", "else"]
  /// Keys beside the name of what is called; a callee of such a name stands in backquotes.
  static let reserved = ["label", "then", "outputs"]
  static let stage = ["label", "repeat", "as"]
}

/// Why a JSON document is no description.
package enum ModelJSONCode: String, DiagnosticCode {
  /// A key that means nothing here.
  case unknownKey = "json-unknown-key"
  /// A key that has to be there is not.
  case missingKey = "json-missing-key"
  /// A value of another type than belongs there.
  case valueType = "json-value-type"
  /// Text for what JSON, or this format, has a form of its own.
  case textForm = "json-text-form"
  /// A character that text in the language cannot hold.
  case hiddenText = "json-hidden-text"
}
