import Driver
import Foundation
import ModelCompiler
import Testing

@Suite("modelc check --format")
struct CheckFormatTests {
  /// A file with an error that has a replacement, one whose line holds a character of two bytes, and a warning.
  private func workspace() throws -> (workspace: Workspace, file: String) {
    let workspace = try Workspace()
    let text = """
      modelc 1
      import "ü.model"
      model M {
        input x: [N, 3]
        unused = Dense(x, 2)
        output y = Dense(x, 4, unts: 3)
      }

      """
    return (workspace, try workspace.write("a b/wrong,100%.model", text))
  }

  @Test("SARIF: rules, levels, regions in code points, fixes")
  func sarif() throws {
    let (workspace, file) = try workspace()
    let run = modelc("check", file, "--root", workspace.path("."), "--format", "sarif")
    #expect(run.code == .wrongInput)
    let document = try run.json()
    #expect(document["version"] as? String == "2.1.0")
    let runs = try #require(document["runs"] as? [[String: Any]])
    #expect(runs.count == 1)
    #expect(runs[0]["columnKind"] as? String == "unicodeCodePoints")
    let driver = try #require((runs[0]["tool"] as? [String: Any])?["driver"] as? [String: Any])
    let rules = try #require(driver["rules"] as? [[String: Any]]).map { $0["id"] as? String }
    let summaries = try #require(driver["rules"] as? [[String: Any]]).map { rule in
      (rule["shortDescription"] as? [String: String])?["text"]
    }
    #expect(summaries.last == Explanation.of("unknown-attribute")?.summary)
    let results = try #require(runs[0]["results"] as? [[String: Any]])
    #expect(results.allSatisfy { rules[$0["ruleIndex"] as? Int ?? -1] == $0["ruleId"] as? String })
    #expect(results.map { $0["ruleId"] as? String } == ["unreadable-import", "unknown-attribute"])
    #expect(results.map { $0["level"] as? String } == ["error", "error"])

    func place(_ result: [String: Any]) throws -> (file: String, region: [String: Int]) {
      let locations = try #require(result["locations"] as? [[String: Any]])
      let physical = try #require(locations[0]["physicalLocation"] as? [String: Any])
      let artifact = try #require(physical["artifactLocation"] as? [String: Any])
      return (
        try #require(artifact["uri"] as? String), try #require(physical["region"] as? [String: Int])
      )
    }
    let importing = try place(results[0])
    #expect(importing.file.hasSuffix("/a%20b/wrong%2C100%25.model"))
    #expect(importing.file.hasPrefix("file:///"))
    // The name in quotes: nine characters, ten bytes.
    #expect(importing.region["endColumn"] == (importing.region["startColumn"] ?? 0) + 9)
    #expect(importing.region["byteLength"] == 10)
    let attribute = try place(results[1]).region
    #expect(attribute["startLine"] == 6)
    #expect(attribute["startColumn"] == 26)
    #expect(attribute["endColumn"] == 30)
    let fixes = try #require(results[1]["fixes"] as? [[String: Any]])
    let changes = try #require(fixes[0]["artifactChanges"] as? [[String: Any]])
    let replacement = try #require((changes[0]["replacements"] as? [[String: Any]])?.first)
    #expect(replacement["deletedRegion"] as? [String: Int] == attribute)
    #expect((replacement["insertedContent"] as? [String: String]) == ["text": "units"])
  }

  @Test("SARIF of what is sound holds no results; a relative name stays relative")
  func soundSARIF() throws {
    let sound = try modelc("check", Repository.model("mnist"), "--format", "sarif").json()
    let runs = try #require(sound["runs"] as? [[String: Any]])
    #expect((runs[0]["results"] as? [Any])?.isEmpty == true)
    let absent = modelc("check", "no-such.model", "--format", "sarif")
    #expect(absent.output.contains("\"uri\": \"no-such.model\""))
    #expect(absent.output.contains("\"uriBaseId\": \"%SRCROOT%\""))
    #expect(!absent.output.contains("\"region\""))
  }

  @Test("GitHub: a command for each problem, nothing of the file's own among them")
  func gitHub() throws {
    let (workspace, file) = try workspace()
    let run = modelc("check", file, "--root", workspace.path("."), "--format", "github")
    #expect(run.code == .wrongInput)
    let lines = run.outputLines
    #expect(lines.count == 4)
    #expect(lines[1].hasPrefix("::error file="))
    #expect(lines[1].contains("wrong%2C100%25.model,line=6,endLine=6,col=26,endColumn=30,title=unknown-attribute::"))
    #expect(lines[1].contains("%0Ahelp: did you mean 'units'?"))
    #expect(lines[2] == "2 errors in 1 file")
    let hostile = try workspace.write(
      "hostile.model", "modelc 1\nmodel M {\n  input x: [N, 3]\n  output y = `::stop-commands::x%0A`(x)\n}\n")
    let commands = modelc("check", hostile, "--format", "github").outputLines.filter { $0.contains("::") }
    #expect(commands.count == 1)
    #expect(commands[0].hasPrefix("::error "))
    #expect(commands[0].contains("%250A"))
  }

  @Test("Another format is a matter of usage")
  func unknown() {
    let run = modelc("check", Repository.model("mnist"), "--format", "sarf")
    #expect(run.code == .usage)
    #expect(run.error.contains("did you mean 'sarif'?"))
  }
}
