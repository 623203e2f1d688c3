import ModelCompiler
import Runtime
import Weights

extension DescriptionFile {
  /// Reads the file and checks it, with the files that it imports.
  func check(_ options: CheckOptions) throws(AccessProblem) -> CheckResult {
    let description = Description(name: name, bytes: try read(limit: options.byteLimit))
    return description.check(options, imports: imports(options))
  }
}

extension DescriptionFile {
  /// The files that it imports, read where it lies.
  func imports(_ options: CheckOptions) -> ImportProvider {
    var files = [name: self]
    return { (path, importer) throws(ImportProblem) in
      do throws(AccessProblem) {
        let file = try (files[importer] ?? self).neighbor(path)
        files[file.name] = file
        return Description(name: file.name, bytes: try file.read(limit: options.byteLimit))
      } catch {
        throw ImportProblem(error.reason)
      }
    }
  }
}

extension CommandArguments {
  /// The one model of the one file that a command names.
  func loadModel(
    _ console: Console, explains: Bool = false, sizes: [(name: String, sizes: [Int])] = []
  ) throws(Failure) -> Model {
    try loadModel(positionals[0], console, explains: explains, sizes: sizes)
  }

  /// The same of another file.
  func loadModel(
    _ name: String, _ console: Console, explains: Bool = false, sizes: [(name: String, sizes: [Int])] = []
  ) throws(Failure) -> Model {
    var options = try checkOptions()
    options.explains = explains
    var result: CheckResult
    do throws(AccessProblem) {
      let file = try DescriptionFile.named(name, rootName: value("root"))
      let description = Description(name: file.name, bytes: try file.read(limit: options.byteLimit))
      result = description.check(options, imports: file.imports(options))
      if result.problems.errorCount > 0, options.sizes.isEmpty, !sizes.isEmpty {
        options.sizes = sizes
        let sized = description.check(options, imports: file.imports(options))
        if sized.problems.errorCount == 0 { result = sized }
      }
    } catch {
      throw .wrongInput(name == "-" ? "standard input \(error.reason)" : "'\(name)' \(error.reason)", help: error.help)
    }
    console.printError(result.problems.text)
    if result.problems.errorCount > 0 { throw .explained(result.hasWrongSettings ? .usage : .wrongInput) }
    guard let model = result.models.first else { throw .wrongInput("'\(name)' holds no model") }
    guard result.models.count == 1 else {
      throw .usage(
        "'\(name)' holds several models: \(result.models.map(\.name).joined(separator: ", "))",
        help: "say which one: --model \(model.name)")
    }
    return model
  }
}

extension CommandArguments {
  /// The path of the description that the command names, if it is a file of Keras that has weights too.
  func archive() -> String? {
    let name = positionals[0]
    guard name != "-" else { return nil }
    do throws(AccessProblem) {
      let file = try DescriptionFile.named(name, rootName: value("root"))
      return KerasArchive.isLike(try file.root.readBeginning(file.path, count: 8)) ? name : nil
    } catch {
      // Said once the description is read.
      return nil
    }
  }
}
