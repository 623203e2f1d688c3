import ModelCompiler
import Runtime

extension Command {
  static let format = Command(
    name: "fmt", summary: "write .model files in the one style of the language", operands: "FILE…",
    takesManyOperands: true,
    discussion: """
      Rewrites .model files in place, each whole or not at all; in a folder all of them, those of the folders below it
      too. Comments stay where they belong, and every program means what it meant. A file with errors is left as it
      is. `-` reads standard input and writes to standard output.
      """,
    flags: [
      .init("check", help: "write nothing; show what would change, and exit with 1 if anything would"),
      .init("labels", help: "write the automatic names of layers down, as labels of their stages"),
      .init("root", value: "DIR", help: "the folder to work in; else the current one, or the file's if elsewhere"),
      .init("limit", value: "NAME=NUMBER", help: "raise or lower a limit: bytes, depth, layers", mayRepeat: true),
    ],
    examples: [
      ("fmt models", "all .model files in the folder models"),
      ("fmt --check models", "for CI: what is not formatted"),
      ("fmt - < net.model", "from standard input to standard output"),
      ("fmt --labels net.model", "|> Conv2D(64, 3) becomes |> conv2d: Conv2D(64, 3)"),
    ]
  ) { (arguments, console) throws(Failure) in
    var run = FormatRun(
      options: try arguments.checkOptions(), rootName: arguments.value("root"), labels: arguments.has("labels"),
      isCheck: arguments.has("check"))
    for operand in arguments.positionals {
      operand == "-" ? run.formatStandardInput(console) : run.format(operand, console)
    }
    console.printError(run.problems.text)
    if run.isCheck, run.changedCount > 0 {
      console.printError(
        run.fileCount == 1
          ? "the file would change; modelc fmt rewrites it\n"
          : "\(run.changedCount) of \(run.fileCount) files would change; modelc fmt rewrites them\n")
      return .wrongInput
    }
    return run.problems.errorCount > 0 ? .wrongInput : .success
  }
}

/// The files of one `fmt`.
private struct FormatRun {
  let options: CheckOptions
  let rootName: String?
  let labels: Bool
  let isCheck: Bool
  var problems = Problems()
  var fileCount = 0
  var changedCount = 0

  init(options: CheckOptions, rootName: String?, labels: Bool, isCheck: Bool) {
    self.options = options
    self.rootName = rootName
    self.labels = labels
    self.isCheck = isCheck
  }

  mutating func format(_ operand: String, _ console: Console) {
    do throws(AccessProblem) {
      let file = try DescriptionFile.named(operand, rootName: rootName)
      guard try file.root.kind(of: file.path) == .folder else { return format(file, console) }
      let search = FolderSearch(below: file)
      for (name, problem) in search.problems { problems.addUnreadable(name, problem.reason, help: problem.help) }
      let files = search.files.filter { $0.path.hasExtension(".model") }
      if files.isEmpty, search.problems.isEmpty { problems.addUnreadable(operand, "holds no .model files") }
      for file in files { format(file, console) }
    } catch {
      problems.addUnreadable(operand, error.reason, help: error.help)
    }
  }

  private mutating func format(_ file: DescriptionFile, _ console: Console) {
    do throws(AccessProblem) {
      let bytes = try file.read(limit: options.byteLimit)
      guard let text = formatted(Description(name: file.name, bytes: bytes), file.imports(options)) else { return }
      guard text.utf8.elementsEqual(bytes) == false else { return }
      changedCount += 1
      if isCheck {
        console.print(LineDifference(of: bytes, and: Array(text.utf8)).text(file.name))
      } else {
        try file.root.replace(file.path, by: Array(text.utf8))
      }
    } catch {
      problems.addUnreadable(file.name, error.reason, help: error.help)
    }
  }

  mutating func formatStandardInput(_ console: Console) {
    do throws(AccessProblem) {
      let bytes = try StandardInput.read(limit: options.byteLimit)
      guard let text = formatted(Description(name: "standard input", bytes: bytes), nil) else { return }
      guard isCheck else { return console.print(exactly: text) }
      guard !text.utf8.elementsEqual(bytes) else { return }
      changedCount += 1
      console.print(LineDifference(of: bytes, and: Array(text.utf8)).text("standard input"))
    } catch {
      problems.addUnreadable("standard input", error.reason, help: error.help)
    }
  }

  private mutating func formatted(_ description: Description, _ imports: ImportProvider?) -> String? {
    fileCount += 1
    let result = description.formatted(labels: labels, options: options, imports: imports)
    problems.append(result.problems)
    return result.text
  }
}
