import Foundation

/// What a text may not hold, whoever reads it.
enum Judges {
  /// Bytes and scalars that act: controls but for line breaks of ours, marks of direction, separators of lines.
  static func actingScalar(in text: String, allowing allowed: Set<Unicode.Scalar> = ["\n"]) -> Unicode.Scalar? {
    text.unicodeScalars.first { scalar in
      switch scalar.value {
      case 0..<0x20, 0x7F..<0xA0: !allowed.contains(scalar)
      case 0x061C, 0x200E, 0x200F, 0x2028...0x202E, 0x2066...0x2069, 0xFEFF: true
      default: false
      }
    }
  }

  /// The first line of a log that a service would take for a command.
  static func command(in log: String) -> String? {
    let breaks: Set<Unicode.Scalar> = ["\n", "\r", "\u{B}", "\u{C}", "\u{85}", "\u{2028}", "\u{2029}"]
    let lines = log.unicodeScalars.split { breaks.contains($0) }.map { String($0) }
    return lines.first { line in
      String(line.unicodeScalars.drop { $0.properties.isWhitespace }).utf8.starts(with: "::".utf8)
        || line.contains("##")
    }
  }

  /// A log of annotations: nothing but commands of ours, one in a line, and the sum of them.
  static func strangeAnnotation(in log: String) -> String? {
    log.split(separator: "\n").map(String.init).first { line in
      if line.wholeMatch(of: /([0-9]+ (error|warning)s?(, [0-9]+ warnings?)?|no problems) in [0-9]+ files?/) != nil {
        return false
      }
      guard let head = ["::error ", "::warning "].first(where: line.hasPrefix) else { return true }
      // Of bytes: searching strings takes long where they are.
      let bytes = Array(line.utf8.dropFirst(head.utf8.count))
      guard let end = bytes.indices.first(where: { bytes[$0...].starts(with: "::".utf8) }) else { return true }
      let names = String(decoding: bytes[..<end], as: UTF8.self).split(separator: ",").map { $0.prefix { $0 != "=" } }
      return !names.allSatisfy { ["file", "line", "endLine", "col", "endColumn", "title"].contains($0) }
    }
  }

  /// A drawing without what its labels and names say; nil if it is none.
  static func frame(ofDrawing text: String) -> String? {
    var result = ""
    var bytes = ArraySlice(text.utf8)
    while let byte = bytes.popFirst() {
      switch byte {
      case UInt8(ascii: "\""):
        var isEscaped = false
        while let next = bytes.popFirst() {
          if isEscaped { isEscaped = false } else if next == 0x5C { isEscaped = true } else if next == byte { break }
          if bytes.isEmpty { return nil }
        }
        result += "“”"
      case UInt8(ascii: "<"):
        // A label with marks: what is written between them is text.
        var depth = 1
        while depth > 0 {
          guard let next = bytes.popFirst() else { return nil }
          if next == UInt8(ascii: "<") { depth += 1 } else if next == UInt8(ascii: ">") { depth -= 1 }
          if depth > 1 { result.unicodeScalars.append(Unicode.Scalar(next)) }
        }
      default: result.unicodeScalars.append(Unicode.Scalar(byte))
      }
    }
    return result
  }

  /// The elements of an SVG or HTML text, in order, without their attributes' values.
  static func elements(of text: String) -> [String] {
    text.split(separator: "<").dropFirst().map { piece in String(piece.prefix { $0 != " " && $0 != ">" && $0 != "\n" })
    }
  }

  /// Markdown without what stands in code spans and blocks.
  static func prose(ofMarkdown text: String) -> String {
    text.split(separator: "`", omittingEmptySubsequences: false).enumerated()
      .filter { $0.offset.isMultiple(of: 2) }.map { String($0.element) }.joined(separator: "`")
  }

  /// JSON with every string but keys made the same; nil if it is none.
  static func frame(ofJSON text: String) -> String? {
    func frame(_ value: Any) -> String {
      switch value {
      case let object as [String: Any]:
        "{" + object.keys.sorted().map { "\($0):\(frame(object[$0] ?? 0))" }.joined(separator: ",") + "}"
      case let list as [Any]: "[" + list.map(frame).joined(separator: ",") + "]"
      case is String: "s"
      default: "\(value)"
      }
    }
    return (try? JSONSerialization.jsonObject(with: Data(text.utf8))).map(frame)
  }
}
