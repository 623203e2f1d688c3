package import Syntax

/// Diagnostics as SARIF 2.1.0, the format in which code-scanning services take the results of static analysis.
///
/// Columns count Unicode code points, as `columnKind` states. Names of files are relative to the folder in which modelc
/// ran, which the base `%SRCROOT%` stands for.
package struct SARIF {
  /// What is said of a code besides its name.
  package struct Rule: Sendable {
    /// One sentence.
    package var summary: String
    /// Markdown.
    package var page: String

    package init(summary: String, page: String) {
      self.summary = summary
      self.page = page
    }
  }

  private let version: String
  private let rule: (String) -> Rule?
  private let source: (String) -> Source?

  /// - Parameter source: a file by the name under which diagnostics speak of it.
  package static func of(
    _ log: DiagnosticLog, version: String, rule: (String) -> Rule?, source: (String) -> Source?
  ) -> String {
    withoutActuallyEscaping(rule) { rule in
      withoutActuallyEscaping(source) { source in
        SARIF(version: version, rule: rule, source: source).text(log.diagnostics.inOrder())
      }
    }
  }

  private func text(_ diagnostics: [Diagnostic]) -> String {
    var codes: [String] = []
    var places: [String: Int] = [:]
    for diagnostic in diagnostics where places[diagnostic.code] == nil {
      places[diagnostic.code] = codes.count
      codes.append(diagnostic.code)
    }
    var json = JSONWriter()
    json.object { json in
      json.member("$schema", "https://json.schemastore.org/sarif-2.1.0.json")
      json.member("version", "2.1.0")
      json.member("runs") { json in
        json.array { json in
          json.element { json in
            json.object { json in
              json.member("tool") { json in
                json.object { json in json.member("driver") { json in write(codes, to: &json) } }
              }
              json.member("columnKind", "unicodeCodePoints")
              json.member("results") { json in
                json.array { json in
                  for diagnostic in diagnostics {
                    json.element { write(diagnostic, rule: places[diagnostic.code] ?? 0, to: &$0) }
                  }
                }
              }
            }
          }
        }
      }
    }
    return json.text + "\n"
  }

  private func write(_ codes: [String], to json: inout JSONWriter) {
    json.object { json in
      json.member("name", "modelc")
      json.member("semanticVersion", version)
      json.member("rules") { json in
        json.array { json in
          for code in codes {
            json.element { json in
              json.object { json in
                json.member("id", code)
                if let rule = rule(code) {
                  json.member("shortDescription") { Self.write(message: rule.summary, to: &$0) }
                  json.member("help") { json in
                    json.object { json in
                      json.member("text", rule.page)
                      json.member("markdown", rule.page)
                    }
                  }
                }
              }
            }
          }
        }
      }
    }
  }

  private func write(_ diagnostic: Diagnostic, rule: Int, to json: inout JSONWriter) {
    let source = source(diagnostic.file)
    let region = diagnostic.range.flatMap { range in source.map { Region(range, in: $0) } }
    json.object { json in
      json.member("ruleId", diagnostic.code)
      json.member("ruleIndex", rule)
      json.member("level", diagnostic.severity.rawValue)
      json.member("message") { Self.write(message: Self.text(of: diagnostic), to: &$0) }
      json.member("locations") { json in
        json.array { json in
          json.element { json in
            json.object { json in
              json.member("physicalLocation") { json in
                json.object { json in
                  json.member("artifactLocation") { Self.write(file: diagnostic.file, to: &$0) }
                  if let region { json.member("region") { region.write(to: &$0) } }
                }
              }
              if let node = diagnostic.node {
                json.member("logicalLocations") { json in
                  json.array { json in
                    json.element { $0.object { $0.member("fullyQualifiedName", node.isEmpty ? "/" : node) } }
                  }
                }
              }
            }
          }
        }
      }
      if let region, let replacement = diagnostic.replacement {
        json.member("fixes") { Self.write(replacement, at: region, diagnostic, to: &$0) }
      }
    }
  }

  private static func write(
    _ replacement: String, at region: Region, _ diagnostic: Diagnostic, to json: inout JSONWriter
  ) {
    json.array { json in
      json.element { json in
        json.object { json in
          if let help = diagnostic.help { json.member("description") { write(message: help, to: &$0) } }
          json.member("artifactChanges") { json in
            json.array { json in
              json.element { json in
                json.object { json in
                  json.member("artifactLocation") { write(file: diagnostic.file, to: &$0) }
                  json.member("replacements") { json in
                    json.array { json in
                      json.element { json in
                        json.object { json in
                          json.member("deletedRegion") { region.write(to: &$0) }
                          json.member("insertedContent") { write(message: replacement, to: &$0) }
                        }
                      }
                    }
                  }
                }
              }
            }
          }
        }
      }
    }
  }

  /// The message with why and what to do, a line each.
  private static func text(of diagnostic: Diagnostic) -> String {
    ([diagnostic.message] + diagnostic.notes + (diagnostic.help.map { ["help: \($0)"] } ?? [])).joined(separator: "\n")
  }

  private static func write(message: String, to json: inout JSONWriter) { json.object { $0.member("text", message) } }

  /// A file as a URI: relative to the folder in which modelc ran, unless its name begins at the root.
  private static func write(file: String, to json: inout JSONWriter) {
    let path = percentEncoded(file)
    json.object { json in
      if file.utf8.first == UInt8(ascii: "/") {
        json.member("uri", "file://" + path)
      } else {
        json.member("uri", path)
        json.member("uriBaseId", "%SRCROOT%")
      }
    }
  }

  private static func percentEncoded(_ path: String) -> String {
    let digits = Array("0123456789ABCDEF".utf8)
    var bytes: [UInt8] = []
    for byte in path.utf8 {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
        UInt8(ascii: "~"), UInt8(ascii: "/"):
        bytes.append(byte)
      default: bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
