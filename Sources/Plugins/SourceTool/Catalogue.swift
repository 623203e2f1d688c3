/// The source of `enum Catalogue`, from the names of the layers' types, which are those of their files.
func catalogueSource(_ names: [String]) throws(ToolFailure) -> String {
  let names = names.sorted()
  for name in names where !name.isTypeName {
    throw ToolFailure(reason: "Catalogue/\(name).swift: a layer's file has the name of its type")
  }
  let kinds = names.map { "  fileprivate static let \($0)Kind = LayerKind(\($0).self)" }
  let list = names.map { "    \($0)Kind," }
  let table = names.map { "    \"\($0)\": { \($0)Kind }," }
  return """
    // Made from the files of the folder Catalogue by the plugin ListLayers.

    /// Every kind of layer that there is. A kind is built when it is first asked for.
    package enum Catalogue {
      /// All kinds, sorted by name.
      package static var kinds: [LayerKind] {
        [
    \(list.map { "  " + $0 }.joined(separator: "\n"))
        ]
      }

      /// The names of all kinds, sorted.
      package static let names: [String] = [
    \(names.map { "    \"\($0)\"," }.joined(separator: "\n"))
      ]

      /// The kind of that name: `Conv2D`.
      package static func kind(named name: String) -> LayerKind? { table[name]?() }

      private static let table: [String: @Sendable () -> LayerKind] = [
    \(table.isEmpty ? "    :" : table.joined(separator: "\n"))
      ]

    \(kinds.joined(separator: "\n"))
    }

    """
}

extension String {
  /// Letters and digits of ASCII, an upper-case letter first.
  fileprivate var isTypeName: Bool {
    guard let first = utf8.first, (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(first) else { return false }
    return utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"):
        true
      default: false
      }
    }
  }
}
