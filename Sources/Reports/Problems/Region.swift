import Syntax

/// A stretch of a file as tools count it: lines and columns from 1, columns in Unicode code points, the end behind the
/// last character.
struct Region {
  let start: (line: Int, column: Int)
  let end: (line: Int, column: Int)
  private let range: SourceRange

  init(_ range: SourceRange, in source: Source) {
    self.range = range
    start = Self.place(of: range.start, in: source)
    end = Self.place(of: max(range.start, range.end), in: source)
  }

  func write(to json: inout JSONWriter) {
    json.object { json in
      json.member("startLine", start.line)
      json.member("startColumn", start.column)
      json.member("endLine", end.line)
      json.member("endColumn", end.column)
      json.member("byteOffset", range.start)
      json.member("byteLength", max(0, range.end - range.start))
    }
  }

  private static func place(of offset: Int, in source: Source) -> (line: Int, column: Int) {
    let (line, column) = source.position(of: offset)
    let before = source.bytes[(offset - column + 1)..<min(offset, source.bytes.count)]
    return (line, String(decoding: before, as: UTF8.self).unicodeScalars.count + 1)
  }
}
