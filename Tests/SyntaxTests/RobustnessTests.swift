import Foundation
import TestSupport
import Testing

@testable import Syntax

/// Long, deep, broken and random inputs: read in linear time, never a trap, never a flood of reports.
@Suite struct RobustnessTests {
  private func model(_ body: String) -> String { "modelc 1\nmodel A {\n\(body)\n}\n" }

  private func time(_ text: String) -> Duration {
    let bytes = Array(text.utf8)
    return processorTime { _ = read(bytes) }
  }

  // MARK: Long

  static let long: [(String, String, String)] = [
    ("y = x", " |> Dense(1)", ""), ("y = 1", " + 1", ""), ("y = 1", " * n - 1", ""), ("y = a", " and not b or c", ""),
    ("y = [1", ", 1", "]"), ("y = F(1", ", a: 1", ")"), ("y = x", " -> [N, 1]", ""), ("y = x", "\nz = x", ""),
    ("y", ", y", " = x"), ("assert a", ", b == c when d", ""), ("return a", ", a", ""), ("y = x", "\n// comment", ""),
    ("y = \"", "\\n", "\""), ("y = a", "b", ""), ("y = 1", "0", ""), ("y = F(1", "\n, 1", ")"), ("y = [a", ",\na", "]"),
    // With slips: at most a thousand are kept, the rest is counted.
    ("y = F(1", " 1", ")"), ("y = F(1", ",,", ")"), ("y = x", ")", ""), ("y = x", "\nz = F(", ""),
    ("y = x", "\nz = F(a =", ""), ("y = F(", "a = (\n", ")"), ("y = x", " > F()", ""), ("y = x", "\n}", ""),
    ("y = x", "\nblock B", ""), ("y = x", ";", ""), ("y = x", " [)", ""), ("y = [", "(]", ""), ("y = x", "\n\"", ""),
    ("y = x", " |>", ""), ("y = x", "\n`", ""), ("y = x", "\n’a", ""), ("y = if a ", "{ if a ", ""),
    ("y = x", "\n}\n  model B {\n    model C {", ""), ("y = x", " 5x5", ""), ("y = x", "\nfoo bar", ""),
    // What ends a comment or string is looked for in vain once.
    ("y = x", "\n<!--", ""), ("y = x", "\n/*", ""), ("y = ", "\\\"a, ", ""), ("y = x", "<-", ""),
  ]

  @Test(arguments: long) func timeIsLinear(_ head: String, _ part: String, _ tail: String) {
    func text(_ count: Int) -> String { model(head + String(repeating: part, count: count) + tail) }
    let short = (0..<3).map { _ in time(text(2_000)) }.min() ?? .zero
    // Ten times the text: a square would be a hundred times. What shares a processor's caches may slow one attempt.
    let isLinear = (0..<5).contains { _ in time(text(20_000)) < short * 30 + .milliseconds(10) }
    #expect(isLinear, "\(short) for a tenth")
  }

  @Test func aHundredThousandStagesAreOnePipeline() {
    let (tree, diagnostics) = read(model("y = x" + String(repeating: " |> Dense(1)", count: 100_000)))
    #expect(diagnostics == [])
    let pipelines = tree.expressions.compactMap { expression -> Int? in
      guard case .pipeline(_, let stages) = expression.kind else { return nil }
      return stages.count
    }
    #expect(pipelines == [100_000])
  }

  @Test func aMegabyteIsQuick() throws {
    let program = String(decoding: try Fixtures.source("Programs", "googlenet.model").bytes, as: UTF8.self)
    let body = program.split(separator: "\n", maxSplits: 1)[1]
    let text = "modelc 1\n" + String(repeating: body + "\n", count: 1_000_000 / body.utf8.count)
    #expect(read(text).diagnostics == [])
    // A debug build takes some 30 times as long as a release build.
    #expect(time(text) < .seconds(10))
  }

  // MARK: Deep

  @Test(arguments: ["(", "[", "F(", "a[", "-", "not ", "if a { ", "F(x |> G(", "[(", "if (a) { x } else "])
  func nestingIsLimited(_ part: String) {
    let (_, diagnostics) = read(model("y = " + String(repeating: part, count: 100_000) + "\n  z = ("))
    #expect(diagnostics.map(\.code) == ["nesting-too-deep", "unclosed-bracket"])
  }

  @Test(arguments: [("(", ")"), ("[", "]"), ("F(", ")"), ("-", ""), ("if a { ", " } else { 1 }")])
  func nestingUpToTheLimitIsFine(_ open: String, _ close: String) {
    func nested(_ depth: Int) -> String {
      model("y = " + String(repeating: open, count: depth) + "1" + String(repeating: close, count: depth))
    }
    #expect(read(nested(190)).diagnostics == [])
    #expect(read(nested(2000)).diagnostics.map(\.code) == ["nesting-too-deep"])
  }

  // MARK: Broken

  @Test(
    arguments: [
      ([0xEF, 0xBB, 0xBF] + Array("modelc 1 model A { }".utf8), ["byte-order-mark"]),
      (Array("modelc 1 model A { ".utf8) + [0xFF, 0xFE] + Array(" }".utf8), ["invalid-utf8"]),
      (Array("modelc 1 // ".utf8) + [0xFF] + Array("\nmodel A { }".utf8), ["invalid-utf8"]),
      (Array("modelc 1 model A { }".utf8) + [0], ["hidden-character"]),
      (Array("modelc 1\rmodel A { }".utf8), ["hidden-character"]),
      (Array("modelc\u{A0}1 model A { }".utf8), ["foreign-blank"]),
      (Array("\r\n\tmodelc 1\r\n\tmodel A {\r\n}\r\n".utf8), []),
      ([], ["empty-file"]), ([0x20, 0x0A], ["empty-file"]), (Array("// nothing".utf8), ["empty-file"]),
      ([0xEF, 0xBB, 0xBF], ["byte-order-mark"]),
    ] as [([UInt8], [String])])
  func brokenBytesAreToldOnce(_ bytes: [UInt8], _ codes: [String]) {
    #expect(read(bytes).diagnostics.map(\.code) == codes)
  }

  @Test func largeFilesAreRefused() {
    var limits = Limits()
    limits.bytes = 10
    let source = Source(name: "a.model", bytes: Array("modelc 1 model A { }".utf8))
    #expect(read(source, limits: limits).diagnostics.map(\.code) == ["file-too-large"])
  }

  @Test func manyTokensAreRefused() {
    var limits = Limits()
    limits.bytes = 1 << 20
    let words = String(repeating: ",", count: limits.tokens + 1)
    let source = Source(name: "a.model", bytes: Array(words.utf8))
    #expect(read(source, limits: limits).diagnostics.map(\.code) == ["file-too-large"])
    let fewer = Source(name: "a.model", bytes: source.bytes.dropLast())
    #expect(!read(fewer, limits: limits).diagnostics.map(\.code).contains("file-too-large"))
  }

  @Test func manyValuesAreRefused() {
    var limits = Limits()
    limits.bytes = 1 << 21
    func codes(_ values: Int) -> [String] {
      let text = "[" + String(repeating: "1,", count: values - 2) + "1]"
      var log = DiagnosticLog()
      _ = JSON.parse(Source(name: "a.json", bytes: Array(text.utf8)), limits: limits, into: &log)
      return log.diagnostics.map(\.code)
    }
    #expect(codes(limits.values) == [])
    #expect(codes(limits.values + 1) == ["file-too-large"])
  }

  /// A file of the most tokens or values, and its bytes, fit into 512 MiB.
  @Test func whatIsKeptIsSmall() {
    let limits = Limits()
    #expect(MemoryLayout<Token>.stride * limits.tokens <= 384 << 20)
    #expect(MemoryLayout<JSON.Node>.stride * limits.values <= 320 << 20)
  }

  @Test func onlySomeSignsMayBeginProse() {
    func mayHoldProse(_ text: String) -> Bool {
      var log = DiagnosticLog()
      return Lexer.read(Source(name: "a.model", bytes: Array(text.utf8)), into: &log).mayHoldProse
    }
    #expect(!mayHoldProse("y = a/2 - b // and so on\n"))
    for sign in ["/", "%", ";", "--"] { #expect(mayHoldProse("y = x \(sign) and so on\n")) }
  }

  /// A file is read anew behind each change; how often depends on its size.
  @Test(arguments: [(10, false), (1000, true)]) func mendingHasABound(_ tokens: Int, _ isMended: Bool) {
    let source = Source(name: "a.model", bytes: Array(model("  y = x |> Dense(1\n  z = y").utf8))
    var log = DiagnosticLog()
    let list = Lexer.read(source, into: &log)
    var parser = Parser(source, list, limits: Limits(), log: log)
    parser.parseFile()
    var mender = Mender(source, list, lexical: [], callees: [], limits: Limits(), rereading: tokens)
    let hasChanged = mender.mend(parser.reports, parser.units)
    #expect(hasChanged == isMended)
  }

  // MARK: Random

  static let words =
    Array(
      "modelc import block model train input output layer with repeat as if else return assert when and or not true"
        .split(separator: " ").map(String.init))
    + [
      "1", "2.5", "x", "Conv2D", "`5x5`", "\"s\"", "(", ")", "[", "]", "{", "}", ",", ":", "=", "==", "|>", "->", "<",
      ">",
    ]
    + [
      "+", "-", "*", "/", "%", "\n", "\n  y = ", "\n}", "///d\n", "//c\n", "'", "’", "é", ";", "|", "5x5", "\"", "`",
      "\0",
    ]

  @Test func randomWordsAreRead() {
    var generator = SplitMix(state: 1)
    for _ in 0..<20_000 {
      var text = Bool.random(using: &generator) ? "modelc 1\nmodel A {\n" : ""
      var words = 0
      for _ in 0..<Int.random(in: 0..<40, using: &generator) {
        text += Self.words[Int.random(in: 0..<Self.words.count, using: &generator)] + " "
        words += 1
      }
      check(Array(text.utf8), reports: 2 * words + 3)
    }
  }

  @Test func mutatedProgramsAreRead() throws {
    var generator = SplitMix(state: 2)
    for name in Fixtures.names(in: "Programs") {
      let program = try Fixtures.source("Programs", name).bytes
      for _ in 0..<100 {
        var bytes = program
        for _ in 0..<Int.random(in: 1..<6, using: &generator) {
          let place = Int.random(in: 0..<bytes.count, using: &generator)
          switch Int.random(in: 0..<3, using: &generator) {
          case 0: bytes.remove(at: place)
          case 1: bytes[place] = UInt8.random(in: 0...255, using: &generator)
          default: bytes.insert(Array("()[]{},:=|>-\"`'\n".utf8).randomElement(using: &generator) ?? 0, at: place)
          }
        }
        check(bytes, reports: 30)
      }
    }
  }

  /// Ranges stay within the file, and rendering works for whatever is reported.
  private func check(_ bytes: [UInt8], reports: Int) {
    let source = Source(name: "a.model", bytes: bytes)
    let (tree, diagnostics) = read(source)
    #expect(diagnostics.count <= reports, "\(String(decoding: bytes, as: UTF8.self))")
    for diagnostic in diagnostics {
      guard let range = diagnostic.range else { continue }
      #expect(0 <= range.start && range.start <= range.end && range.end <= bytes.count)
      #expect(DiagnosticText.of(diagnostic, in: source).hasSuffix("\n"))
    }
    for expression in tree.expressions {
      #expect(0 <= expression.range.start && expression.range.start <= expression.range.end)
      #expect(expression.range.end <= bytes.count)
    }
  }
}
