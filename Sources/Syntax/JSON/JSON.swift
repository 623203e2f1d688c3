/// A JSON text (RFC 8259) that has been read: nodes in an arena, in the order in which they begin. No node owns
/// another, so neither reading nor freeing recurses, however deep the text. Nor does one own text: strings and keys are
/// made from the source when they are asked for, so that what is kept of a value does not grow with it.
///
/// Keys and strings are compared byte by byte: `é` written in two ways is two keys.
///
/// A class, since readers hand it on for each value that they look at.
package final class JSON: Sendable {
  package typealias ID = NodeID<Node>

  package enum Kind: String, Sendable { case null, boolean, number, string, array, object }

  package struct Node: Sendable {
    enum Value: Sendable {
      case null
      case boolean(Bool)
      case integer(Int)
      case real(Double)
      case string
      case array(Stretch)
      case object(Stretch)
    }

    /// Of `elements` or `entries`.
    struct Stretch: Sendable {
      private let start: UInt32
      private let count: UInt32

      init(_ places: Range<Int>) {
        start = UInt32(places.lowerBound)
        count = UInt32(places.count)
      }

      var places: Range<Int> { Int(start)..<Int(start) + Int(count) }
    }

    var value: Value
    /// All its bytes, quotes and brackets included.
    package internal(set) var range: SourceRange
    /// The array or object that it stands in; nil for the root.
    package internal(set) var parent: ID?
    /// Its place there, from 0.
    let place: UInt32

    init(_ value: Value, _ range: SourceRange, in parent: ID?, at place: Int) {
      self.value = value
      self.range = range
      self.parent = parent
      self.place = UInt32(clamping: place)
    }
  }

  /// One `"key": value` of an object.
  package struct Member: Sendable {
    package let key: String
    package let keyRange: SourceRange
    package let value: ID
  }

  /// A member as it is kept.
  struct Entry: Sendable {
    let keyRange: SourceRange
    let value: ID
  }

  /// The members of an object in the order written.
  package struct Members: RandomAccessCollection, Sendable {
    fileprivate let json: JSON?
    private let places: Range<Int>

    /// Those of no object.
    package static let none = Members(nil, 0..<0)

    fileprivate init(_ json: JSON?, _ places: Range<Int>) {
      self.json = json
      self.places = places
    }

    package var startIndex: Int { places.lowerBound }
    package var endIndex: Int { places.upperBound }

    package subscript(place: Int) -> Member {
      guard let json, places.contains(place) else { preconditionFailure("there is no member \(place)") }
      let entry = json.entries[place]
      return Member(key: json.text(entry.keyRange), keyRange: entry.keyRange, value: entry.value)
    }
  }

  package let source: Source
  private let nodes: [Node]
  /// What arrays hold; each has a stretch of it.
  private let elements: [ID]
  /// What objects hold; each has a stretch of it.
  fileprivate let entries: [Entry]

  init(source: Source, nodes: [Node], elements: [ID], entries: [Entry]) {
    self.source = source
    self.nodes = nodes
    self.elements = elements
    self.entries = entries
  }

  package var root: ID { ID(0) }

  package subscript(id: ID) -> Node { nodes[id.index] }

  package func range(_ id: ID) -> SourceRange { nodes[id.index].range }

  package func kind(_ id: ID) -> Kind {
    switch nodes[id.index].value {
    case .null: .null
    case .boolean: .boolean
    case .integer, .real: .number
    case .string: .string
    case .array: .array
    case .object: .object
    }
  }

  package func isNull(_ id: ID) -> Bool { kind(id) == .null }

  /// nil if the node is no boolean.
  package func bool(_ id: ID) -> Bool? {
    guard case .boolean(let value) = nodes[id.index].value else { return nil }
    return value
  }

  /// The whole number that a node states, be it as `2`, `2.0` or `2e0`; nil if it is something else or does not fit.
  package func int(_ id: ID) -> Int? {
    switch nodes[id.index].value {
    case .integer(let value): value
    case .real(let value): Int(exactly: value)
    default: nil
    }
  }

  /// Whether a number is written with neither fraction nor exponent and fits an `Int`.
  package func isWrittenAsInt(_ id: ID) -> Bool {
    guard case .integer = nodes[id.index].value else { return false }
    return true
  }

  /// The nearest Double to a number; nil if the node is no number. Always finite.
  package func double(_ id: ID) -> Double? {
    switch nodes[id.index].value {
    case .integer(let value): Double(value)
    case .real(let value): value
    default: nil
    }
  }

  /// The text of a string, its escapes resolved; nil if the node is no string.
  package func string(_ id: ID) -> String? {
    guard case .string = nodes[id.index].value else { return nil }
    return text(range(id))
  }

  /// The nodes of an array in order; nil if the node is none.
  package func array(_ id: ID) -> ArraySlice<ID>? {
    guard case .array(let stretch) = nodes[id.index].value else { return nil }
    return elements[stretch.places]
  }

  /// The members of an object in the order written; nil if the node is none.
  package func object(_ id: ID) -> Members? {
    guard case .object(let stretch) = nodes[id.index].value else { return nil }
    return Members(self, stretch.places)
  }

  /// The value of an object's member; nil if there is no such member, or no object. Looks at each member: for
  /// objects with thousands of keys make a table of `object(_:)` first.
  package func value(_ key: String, of id: ID) -> ID? {
    guard case .object(let stretch) = nodes[id.index].value else { return nil }
    for place in stretch.places where says(entries[place].keyRange, key) { return entries[place].value }
    return nil
  }

  /// Whether a string or a key says a text. Most are told by their length and first byte, for escapes are longer than
  /// what they stand for.
  private func says(_ range: SourceRange, _ text: String) -> Bool {
    let first = source.bytes[range.start + 1]
    return range.end - range.start - 2 >= text.utf8.count
      && (first == text.utf8.first || first == UInt8(ascii: "\\") || text.isEmpty)
      && Self.bytes(range, in: source).elementsEqual(text.utf8)
  }

  /// The JSON pointer (RFC 6901) of a node: `/config/layers/3/class_name`; the root's is empty.
  package func pointer(of id: ID) -> String {
    var steps: [String] = []
    var current = nodes[id.index]
    while let parent = current.parent {
      switch nodes[parent.index].value {
      case .object(let stretch):
        let entry = entries[stretch.places.lowerBound + Int(current.place)]
        steps.append(Self.pointerStep(text(entry.keyRange)))
      default: steps.append(String(current.place))
      }
      current = nodes[parent.index]
    }
    return steps.reversed().reduce(into: "") { pointer, step in
      pointer += "/"
      pointer += step
    }
  }

  /// What a string or a key says whose quotes begin and end a range.
  static func bytes(_ range: SourceRange, in source: Source) -> ArraySlice<UInt8> {
    let written = source.bytes[(range.start + 1)..<(range.end - 1)]
    guard written.contains(UInt8(ascii: "\\")) else { return written }
    return JSONParser.unescaped(source, range)[...]
  }

  private func text(_ range: SourceRange) -> String { String(decoding: Self.bytes(range, in: source), as: UTF8.self) }

  /// A key as a pointer spells it: `~` is `~0`, `/` is `~1`.
  private static func pointerStep(_ key: String) -> String {
    var step: [UInt8] = []
    for byte in key.utf8 {
      switch byte {
      case UInt8(ascii: "~"): step += [byte, UInt8(ascii: "0")]
      case UInt8(ascii: "/"): step += [UInt8(ascii: "~"), UInt8(ascii: "1")]
      default: step.append(byte)
      }
    }
    return String(decoding: step, as: UTF8.self)
  }
}
