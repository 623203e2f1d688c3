import Driver
import Testing

@Suite("The command line")
struct UsageTests {
  @Test("Without a command, help goes to standard error")
  func nothing() {
    let run = modelc()
    #expect(run.code == .usage)
    #expect(run.output.isEmpty)
    #expect(run.error.contains("usage: modelc COMMAND"))
  }

  @Test("Standard input is read once", arguments: [["check", "-", "-"], ["diff", "-", "-"], ["fmt", "-", "-"]])
  func standardInputTwice(words: [String]) {
    let run = CommandLineRun(words)
    #expect(run.code == .usage)
    #expect(run.error.hasPrefix("error: '-' is standard input, which can be read once\n"))
  }

  @Test("Help and version", arguments: ["help", "--help", "-h"])
  func help(word: String) {
    let run = modelc(word)
    #expect(run.code == .success)
    for command in ["check", "summary", "run", "compile"] { #expect(run.output.contains("\n  \(command) ")) }
    #expect(modelc("--version").output.hasPrefix("modelc "))
  }

  @Test("Each command has help with options and examples", arguments: ["check", "summary", "run", "compile"])
  func commandHelp(name: String) {
    let run = modelc(name, "--help")
    #expect(run.code == .success)
    #expect(run.output.hasPrefix("usage: modelc \(name) FILE"))
    #expect(run.output.contains("--set NAME=VALUE"))
    #expect(run.output.contains("examples:\n  modelc \(name) "))
    #expect(run.output == modelc("help", name).output)
    #expect(run.output.split(separator: "\n").allSatisfy { $0.count <= 120 })
  }

  @Test(
    "Those that need no settings have help too",
    arguments: ["plot", "domain", "why", "diff", "fmt", "convert", "explain", "schema", "weights", "bench"])
  func otherHelp(name: String) {
    let run = modelc(name, "--help")
    #expect(run.code == .success && run.error.isEmpty)
    #expect(run.output.hasPrefix("usage: modelc \(name)"))
    #expect(run.output.contains("examples:\n  modelc \(name)"))
    #expect(run.output == modelc("help", name).output)
    #expect(run.output.split(separator: "\n").allSatisfy { $0.count <= 120 })
    #expect(modelc("help").output.contains("\n  \(name) "))
  }

  @Test(
    "A wrong command line is exit code 2, with what may have been meant",
    arguments: [
      (["chek", "x"], "did you mean 'check'?"),
      (["frobnicate"], "modelc help lists the commands"),
      (["--verbose"], "a command comes first"),
      (["check"], "needs a file"),
      (["bench", "x", "--serve", "--runs", "3"], "--serve and --runs exclude each other"),
      (["bench", "-", "--serve"], "--serve reads its orders from standard input"),
      (["check", "x", "--fromat", "json"], "did you mean --format"),
      (["check", "x", "--format", "jsn"], "did you mean 'json'?"),
      (["check", "x", "--format"], "--format needs a value"),
      (["check", "x", "--format", "json", "--format", "json"], "given twice"),
      (["check", "x", "--limit", "layer=3"], "did you mean 'layers'?"),
      (["check", "x", "--limit", "layers=none"], "a whole number above 0"),
      (["summary", "a", "b"], "takes one file"),
      (["run", "x"], "--output"),
      (["run", "x", "-o", "y", "--threads", "0"], "--threads"),
      (["compile", "x", "--weights-file"], "needs weights"),
      (["compile", "x", "--weights", "synthetic:many"], "takes a number"),
      (["explain", "a", "b"], "takes one code"),
      (["schema", "x"], "takes nothing but options"),
      (["why", "x"], "takes a file and a name"),
      (["fmt"], "write modelc fmt FILE…"),
      (["fmt", "--chek", "x"], "did you mean --check"),
      (["convert", "x", "--to", "jsn"], "did you mean 'json'?"),
      (["check", "x", "--shape", "image=9x"], "--shape takes sizes"),
      (["help", "chek"], "did you mean 'check'?"),
    ])
  func wrong(arguments: [String], words: String) {
    let run = CommandLineRun(arguments)
    #expect(run.code == .usage)
    #expect(run.output.isEmpty)
    #expect(run.error.hasPrefix("error: "))
    #expect(run.error.contains(words), "\(run.error)")
  }

  @Test("After -- there are files only")
  func dashes() {
    #expect(modelc("check", "--", "--help").output.contains("'--help' does not exist"))
    #expect(modelc("check", "--", Repository.model("dense")).code == .success)
  }
}
