import Driver
import Foundation
import Testing

@Suite("modelc plot")
struct PlotTests {
  @Test("The drawing of a network with blocks is the one in Fixtures; UPDATE_GOLDEN=1 swift test writes it anew")
  func golden() throws {
    let run = modelc("plot", Repository.model("googlenet"), "--depth", "0")
    #expect(run.code == .success)
    let file = Repository.fixture("googlenet-folded.dot")
    if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] == "1" { try Data(run.output.utf8).write(to: file) }
    #expect(run.output == String(decoding: try Data(contentsOf: file), as: UTF8.self))
  }

  /// The lines of the frame whose label begins so, up to its closing brace.
  private func frame(_ label: String, in lines: [Substring]) -> [Substring] {
    guard let start = lines.firstIndex(where: { $0.contains("label=<<b>\(label)</b>") && $0.contains("labeljust") })
    else { return [] }
    let indent = lines[start].prefix { $0 == " " }.count - 2
    return Array(lines[start...].prefix { !($0.hasSuffix("}") && $0.prefix { $0 == " " }.count == indent) })
  }

  @Test("Layers stand in the frames of their blocks, and a pool before a block outside of it")
  func frames() throws {
    let lines = modelc("plot", Repository.model("googlenet")).outputLines
    let block = frame("i4a", in: lines)
    #expect(block.contains { $0.contains("b/reduce") })
    #expect(block.contains { $0.contains("Concatenate") })
    #expect(!block.contains { $0.contains("i4a/max_pooling2d") })
    #expect(lines.contains { $0.contains("i4a/max_pooling2d") })
    #expect(lines.count { $0.contains("subgraph") } == 11)
  }

  @Test("Sizes that are sums stand in parentheses")
  func sums() throws {
    let workspace = try Workspace()
    let file = try workspace.write(
      "sums.model", "modelc 1\n\nmodel M {\n  input x: [N, T, 6]\n  output y = x |> Conv1D(5, 6)\n}\n")
    #expect(modelc("plot", file).output.contains(">(T - 5) × 5<"))
  }

  @Test("Shapes are shown, and what only training has is dashed, frame and edges too")
  func trainOnly() throws {
    let lines = modelc("plot", Repository.model("googlenet")).outputLines
    #expect(lines.contains { $0.contains("28 × 28 × 256") })
    let head = frame("aux1", in: lines)
    #expect(head.first?.contains("dashed") == true)
    #expect(head.dropFirst().allSatisfy { $0.contains("dashed") })
    #expect(frame("i3a", in: lines).allSatisfy { !$0.contains("dashed") })
    #expect(lines.contains { $0.hasSuffix("[style=dashed]") })
  }

  @Test("Every layer is a box, and every connection an edge, whatever is folded")
  func completeness() throws {
    let json = try modelc("summary", Repository.model("googlenet"), "--format", "json").json()
    let layers = try #require(json["layers"] as? [[String: Any]])
    let connections = layers.map { ($0["inputs"] as? [String] ?? []).count }.reduce(0, +)
    let lines = modelc("plot", Repository.model("googlenet")).outputLines
    #expect(lines.count { $0.contains("tooltip=") } == layers.count)
    // Three outputs have an edge each.
    #expect(lines.count { $0.contains("->") } == connections + 3)
    let folded = modelc("plot", Repository.model("googlenet"), "--depth", "0").outputLines
    #expect(folded.count { $0.contains("subgraph") } == 0)
    #expect(folded.count { $0.contains("<b>Inception</b>") } == 9)
  }

  @Test("Nested blocks are nested frames, and fold level by level")
  func nesting() throws {
    let workspace = try Workspace()
    let file = try workspace.write(
      "nested.model",
      """
      modelc 1
      block Inner(x: [N, C]) -> [N, C] { return x |> Dense(C) |> Dense(C) }
      block Outer(x: [N, C]) -> [N, C] { return x |> inner: Inner() |> twice: repeat 2 Inner() }
      model M {
        input x: [N, 3]
        output y = x |> outer: Outer()
      }

      """)
    func counts(_ depth: String...) -> [Int] {
      let lines = CommandLineRun(["plot", file] + depth.flatMap { ["--depth", $0] }).outputLines
      return [lines.count { $0.contains("subgraph") }, lines.count { $0.contains("tooltip=") }]
    }
    #expect(counts("0") == [0, 2])
    #expect(counts("1") == [1, 4])
    #expect(counts("2") == [4, 7])
    #expect(counts() == [4, 7])
  }

  @Test("Names cannot break out of the drawing")
  func hostileNames() throws {
    let workspace = try Workspace()
    let file = try workspace.write(
      "hostile.model",
      #"""
      modelc 1
      model `a"];b->c[label="</b>&` {
        input `x<img src="/etc/passwd"/>`: [N, 3]
        output `"];`  = Dense(`x<img src="/etc/passwd"/>`, 4)
        output `&lt;` = Dense(`x<img src="/etc/passwd"/>`, 5)
      }

      """#)
    let run = modelc("plot", file)
    #expect(run.code == .success)
    for line in run.outputLines {
      // A label is marked up; all else is a string, in which nothing is.
      let label = line.prefix(upTo: line.range(of: "tooltip=")?.lowerBound ?? line.endIndex)
      #expect(!label.contains("<img"))
    }
    #expect(run.output.hasPrefix(#"digraph "a\"];b->c[label=\"</b>&amp;" {"#))
    // Graphviz takes no label of brackets alone that are written as such.
    #expect(run.output.contains("<b>&quot;&#93;;</b>"))
    // What looks like a sign of a web page is a name like any other, in labels and in strings.
    #expect(run.output.contains("tooltip=\"&amp;lt;: "))
    // What is left between quotes holds no quote of its own.
    for line in run.outputLines where line.contains("tooltip=") { #expect(line.hasSuffix("\"]")) }
  }

  @Test("A .dot file needs no program; other endings are refused before anything is written")
  func files() throws {
    let workspace = try Workspace()
    let file = try workspace.write("small.model", smallModel)
    let drawing = workspace.path("small.dot")
    #expect(modelc("plot", file, "-o", drawing).code == .success)
    #expect(String(decoding: try workspace.read("small.dot"), as: UTF8.self) == modelc("plot", file).output)
    let wrong = modelc("plot", file, "-o", workspace.path("small.sgv"))
    #expect(wrong.code == .usage)
    #expect(wrong.error.contains("did you mean 'svg'?"))
    #expect(modelc("plot", file, "-o", workspace.path("none/small.dot")).code == .wrongInput)
    #expect(modelc("plot", file, "--depth", "-1").code == .usage)
    #expect(modelc("plot", file, "--direction", "up").code == .usage)
    #expect(modelc("plot", file, "--direction", "right").output.contains("rankdir=LR"))
    #expect(try workspace.files(below: ".").count == 2)
  }
}
