import Foundation
import Interchange
import Syntax
import Testing

func readJSON(_ text: String) -> (tree: Tree, problems: [Diagnostic]) {
  var log = DiagnosticLog()
  let source = Source(name: "a.json", bytes: Array(text.utf8))
  guard let json = JSON.parse(source, into: &log) else { return (Tree(source: source), log.diagnostics) }
  let tree = readModel(json, limits: Limits(), into: &log)
  return (tree, log.diagnostics)
}

/// Descriptions in JSON: the same trees, and exact words for what is wrong with them.
@Suite struct JSONTests {
  /// Tree to JSON and back, and on to text and back.
  private func roundTrip(_ tree: Tree, _ name: String) {
    let json = modelJSON(tree)
    let (again, problems) = readJSON(json)
    guard problems.isEmpty, again.hasSameMeaning(as: tree) else {
      Issue.record("\(name): JSON means something else: \(problems.map { "\($0.message) \($0.node ?? "")" })\n\(json)")
      return
    }
    let text = again.written()
    let (third, newProblems) = read(text)
    #expect(
      newProblems.isEmpty && third.hasSameMeaning(as: tree), "\(name): text of JSON means something else\n\(text)")
    #expect(third.formatted() == text, "\(name): what is written is formatted")
    #expect(modelJSON(third) == json, "\(name)")
  }

  @Test(arguments: 0..<10)
  func randomProgramsComeBack(_ part: UInt64) {
    for seed in part * 1000..<(part + 1) * 1000 {
      let (tree, problems) = read(RandomProgram(seed: seed).text)
      if problems.isEmpty { roundTrip(tree, "seed \(seed)") }
    }
  }

  @Test(arguments: FileTests.files)
  func filesComeBack(_ path: String) throws {
    let (tree, problems) = read(try Repository.text(path))
    if problems.isEmpty { roundTrip(tree, path) }
  }

  @Test func namesInBackquotesMayHoldQuotes() {
    let (tree, problems) = read(
      """
      modelc 1

      model `m"q` {
        input `in"put`: [N, 8]
        output `a"b` = `in"put` |> `"`: Dense(`in"put`) -> [N, `"c`]
      }
      """)
    #expect(problems.isEmpty)
    roundTrip(tree, "names with quotes")
  }

  static let wrong: [(String, String, String)] = [
    (#"{"modelc": 2}"#, "json-value-type", "/modelc"),
    (#"{"modelc": 1}"#, "empty-file", ""),
    (#"{"modelc": 1, "blocks": [], "models": []}"#, "empty-file", ""),
    (#"{"modelc": 1, "modles": []}"#, "json-unknown-key", "/modles"),
    (
      #"{"modelc": 1, "models": [{"name": "M", "body": [{"ouput": "y", "value": "x"}]}]}"#, "json-unknown-key",
      "/models/0/body/0/ouput"
    ),
    (#"{"modelc": 1, "models": {}}"#, "json-value-type", "/models"),
    (
      #"{"modelc": 1, "models": [{"name": "M", "body": [{"return": []}]}]}"#, "json-value-type",
      "/models/0/body/0/return"
    ),
    (
      #"{"modelc": 1, "models": [{"name": "M", "body": [{"assert": []}]}]}"#, "json-value-type",
      "/models/0/body/0/assert"
    ),
    (
      #"{"modelc": 1, "models": [{"name": "M", "body": [{"names": [], "value": "x"}]}]}"#, "json-value-type",
      "/models/0/body/0/names"
    ),
    (
      #"{"modelc": 1, "train": [{"model": "M", "entries": [{"metrics": []}]}]}"#, "json-value-type",
      "/train/0/entries/0/metrics"
    ),
    (#"{"modelc": 1, "models": [{"body": []}]}"#, "json-missing-key", "/models/0"),
    (#"{"modelc": 1, "models": [{"name": "M", "body": [{"input": "x"}]}]}"#, "json-missing-key", "/models/0/body/0"),
    (
      #"{"modelc": 1, "models": [{"name": "M", "body": [{"name": "y", "value": "x |> F()"}]}]}"#, "json-text-form",
      "/models/0/body/0/value"
    ),
    (
      #"{"modelc": 1, "models": [{"name": "M", "body": [{"name": "y", "value": {"F": ["3"]}}]}]}"#, "json-text-form",
      "/models/0/body/0/value/F/0"
    ),
    (
      #"{"modelc": 1, "models": [{"name": "M", "body": [{"name": "y", "value": {"F": [], "G": []}}]}]}"#,
      "json-value-type", "/models/0/body/0/value"
    ),
    (
      #"{"modelc": 1, "models": [{"name": "M", "body": [{"name": "y", "value": {"F": [null]}}]}]}"#, "json-value-type",
      "/models/0/body/0/value/F/0"
    ),
    (#"{"modelc": 1, "models": [{"name": "input", "body": []}]}"#, "missing-name", ""),
  ]

  @Test(arguments: wrong)
  func whatIsWrongIsToldWhereItIs(_ text: String, _ code: String, _ node: String) {
    let problems = readJSON(text).problems
    #expect(problems.map(\.code) == [code], "\(text): \(problems.map(\.message))")
    if !node.isEmpty { #expect(problems.first?.node == node) }
  }

  /// Ranges of what is said in the language lie between the quotes, escapes or not.
  @Test func rangesAreThoseOfTheDocument() throws {
    let text =
      #"{"modelc": 1, "models": [{"name": "M", "body": [{"name": "y", "value": "F(\"a\\n\u00e9\") + nn +"}]}]}"#
    let problem = try #require(readJSON(text).problems.first)
    let range = try #require(problem.range)
    #expect(String(decoding: Array(text.utf8)[..<range.start], as: UTF8.self).hasSuffix("nn "))
  }

  @Test func hostileDocumentsAreRefused() {
    var texts = [
      String(repeating: "[", count: 60_000), "{\"modelc\": 1, \"models\": " + String(repeating: "[", count: 190),
      #"{"modelc": 1, "modelc": 1}"#, #"{"modelc": 1e400}"#, #"{"modelc": 1, "with": [{"F": [9223372036854775808]}]}"#,
      #"{"modelc": 1, "with": [{"F": [-9223372036854775808]}]}"#, #"{"modelc": 1, "with": [{"F": ["\ud83d\ude00"]}]}"#,
      #"{"modelc": 1, "with": [{"": []}]}"#, #"{"modelc": 1, "with": [{"F": ["// a"]}]}"#,
      #"{"modelc": 1, "with": [{"F": ["\u0061b"]}]}"#, #"{"modelc": 1, "with": [{"F": [""]}]}"#,
      #"{"modelc": 1, "blocks": [{"name": "B", "documentation": "\u202e", "body": []}]}"#,
    ]
    let nested = String(repeating: "(", count: 30_000)
    texts.append(#"{"modelc": 1, "with": [{"F": ["\#(nested)"]}]}"#)
    for text in texts { #expect(!readJSON(text).problems.isEmpty, "\(text.prefix(80))") }
    var random = SplitMix(state: 7)
    let model = modelJSON(read(RandomProgram(seed: 3).text).tree)
    for _ in 0..<500 {
      var bytes = Array(model.utf8)
      for _ in 0..<3 {
        let place = Int.random(in: 0..<bytes.count, using: &random)
        bytes[place] = Array("{}[]\",:0123truenul \\".utf8).randomElement(using: &random) ?? 0
      }
      let (tree, problems) = readJSON(String(decoding: bytes, as: UTF8.self))
      for problem in problems where problem.range != nil { #expect((problem.range?.end ?? 0) <= bytes.count) }
      if problems.isEmpty { _ = tree.written() }
    }
  }
}
