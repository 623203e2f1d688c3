import ModelCompiler
import Runtime

extension Command {
  static let check = Command(
    name: "check", summary: "find all problems of descriptions", operands: "FILE…", takesManyOperands: true,
    discussion: """
      Checks .model files and Keras JSON: every shape, every count, every assertion. Says all problems of all files at
      once. In a folder all descriptions are checked, those of the folders below it too. Writes no file. Warnings that are
      meant are silenced in the description, `allow CODE`, or with --allow where it cannot be changed. `-` for FILE reads
      standard input.
      """,
    flags: [
      .init(
        "format", value: "human|json|sarif|github",
        help: "what comes out; sarif is for code scanning, github for the log of an action"),
      .init("strict", help: "take warnings for errors: exit code 1"),
    ] + CommandArguments.Flag.reading,
    examples: [
      ("check models", "all descriptions in the folder models"),
      ("check net.model --set classes=10", "with another value for a parameter"),
      ("check net.model --format json", "the problems for a program"),
      ("check models --format github", "in a workflow: problems beside the lines of a pull request"),
    ]
  ) { (arguments, console) throws(Failure) in
    let options = try arguments.checkOptions()
    let format = try arguments.choice("format", among: ["human", "json", "sarif", "github"])
    var run = CheckRun(options: options, rootName: arguments.value("root"))
    for operand in arguments.positionals { run.check(operand) }
    run.leaveLastResult()
    switch format {
    case "json": console.print(json: run.problems.json)
    case "sarif": console.print(json: run.problems.sarif)
    case "github":
      console.print(commands: run.problems.gitHubAnnotations)
      console.print(run.summary)
    default: console.print(run.text)
    }
    if run.hasWrongSettings { return .usage }
    let isWrong = arguments.has("strict") ? !run.problems.isEmpty : run.problems.errorCount > 0
    return isWrong ? .wrongInput : .success
  }
}

/// The files of one `check`, and what was found in them.
private struct CheckRun {
  let options: CheckOptions
  let rootName: String?
  var problems = Problems()
  var hasWrongSettings = false
  /// A line for each model that holds.
  private var soundModels: [String] = []
  private var fileCount = 0
  private var lastResult: CheckResult?

  init(options: CheckOptions, rootName: String?) {
    self.options = options
    self.rootName = rootName
  }

  /// Checks a file, or the descriptions in a folder.
  mutating func check(_ operand: String) {
    do throws(AccessProblem) {
      let file = try DescriptionFile.named(operand, rootName: rootName)
      let isFolder = file.isStandardInput ? false : try file.root.kind(of: file.path) == .folder
      guard isFolder else {
        check(file)
        return
      }
      let search = FolderSearch(below: file)
      for (name, problem) in search.problems { add(problem, name) }
      if search.files.isEmpty && search.problems.isEmpty {
        add(
          AccessProblem("holds no descriptions", help: "descriptions are .model files and the JSON of Keras models"),
          operand)
      }
      for file in search.files { check(file) }
    } catch {
      add(error, operand)
    }
  }

  private mutating func check(_ file: DescriptionFile) {
    let result: CheckResult
    do throws(AccessProblem) {
      result = try file.check(options)
    } catch {
      add(error, file.name)
      return
    }
    fileCount += 1
    lastResult = result
    problems.append(result.problems)
    hasWrongSettings = hasWrongSettings || result.hasWrongSettings
    soundModels += result.models.map { "\(file.name): \($0.oneLine)\n" }
    if result.problems.errorCount == 0 && result.models.isEmpty { soundModels.append("\(file.name): blocks only\n") }
  }

  /// Leaves the last result to the end of the process, which is near: to give its many pieces back one by one takes as
  /// long as reading the file did.
  func leaveLastResult() {
    final class Keeper {
      let result: CheckResult?
      var itself: Keeper?
      init(_ result: CheckResult?) { self.result = result }
    }
    let keeper = Keeper(lastResult)
    keeper.itself = keeper
  }

  private mutating func add(_ problem: AccessProblem, _ name: String) {
    fileCount += 1
    problems.addUnreadable(name, problem.reason, help: problem.help)
  }

  /// The problems, or what holds if there are none.
  var text: String {
    let advice = problems.isEmpty ? "" : "modelc explain CODE says more\n"
    guard problems.errorCount > 0 else { return problems.text + soundModels.joined() + advice }
    return problems.text + "\n" + summary + advice
  }

  /// `2 errors in 11 files`
  var summary: String { problems.summary(files: fileCount) + "\n" }
}
