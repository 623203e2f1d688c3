import ModelCompiler
import Runtime

extension Command {
  static let convert = Command(
    name: "convert", summary: "write a description as JSON, or JSON as a .model file", operands: "FILE",
    takesManyOperands: false,
    discussion: """
      A description is the same tree in the language and as JSON; Keras JSON can be written as either. Comments other
      than `///` and the layout are not kept. Without -o it goes to standard output; `-` for FILE reads standard input.
      What JSON may say is in Grammar.md and in the schema that modelc schema prints.
      A Keras model becomes a .model file as a person would write it: what is repeated as blocks, chains as pipelines.
      It is checked to be the same network. Weights whose names change are listed in NAME.names.json beside NAME.model:
      each new name with the one in the Keras model. --map lists instead where Keras's own files keep each weight.
      """,
    flags: [
      .init("output", letter: "o", value: "FILE", help: "a .model or .json file, or - for standard output"),
      .init("to", value: "model|json", help: "what to write, where no file name says it; else the other one"),
      .init("map", value: "FILE", help: "write where Keras keeps each weight, for --map: JSON, our names to its"),
      .init("root", value: "DIR", help: "the folder to read from; else the current one, or the file's if elsewhere"),
      .init("limit", value: "NAME=NUMBER", help: "raise or lower a limit: bytes, depth, layers", mayRepeat: true),
    ],
    examples: [
      ("convert net.model -o net.json", "the same network as JSON"),
      ("convert net.json -o net.model", "and back, formatted"),
      ("convert keras.json --to model", "what a Keras model is in the language"),
      ("convert net.keras -o net.model --map net.map.json", "and the names that its weights have in Keras's files"),
    ]
  ) { (arguments, console) throws(Failure) in
    let options = try arguments.checkOptions()
    let wanted = try arguments.wantedFormat()
    let description = try arguments.description(options)
    let format = wanted ?? (description.isJSON ? .model : .json)
    let result = description.converted(to: format, options: options)
    console.printError(result.problems.text)
    guard let text = result.text else { throw .explained(.wrongInput) }
    let output = arguments.value("output").flatMap { $0 == "-" ? nil : $0 }
    if let path = arguments.value("map") {
      try writeMap(of: description, options, result.renamed, to: path)
    } else if let output, !result.renamed.isEmpty {
      try write(result.nameMap, to: namesFile(for: output))
    }
    guard let output else {
      format == .json ? console.print(json: text) : console.print(exactly: text)
      return .success
    }
    try write(text, to: output)
    return .success
  }

  /// `net.names.json` for `net.model`.
  private static func namesFile(for output: String) -> String {
    let ending = ".model"
    return (output.hasSuffix(ending) ? String(output.dropLast(ending.count)) : output) + ".names.json"
  }

  private static func write(_ text: String, to path: String) throws(Failure) {
    do throws(FileProblem) {
      try WholeFile.write(Array(text.utf8), to: path)
    } catch {
      throw .wrongInput(error.description)
    }
  }

  /// Writes where Keras keeps the weights of a model that it described, by the names that they have now.
  private static func writeMap(
    of description: Description, _ options: CheckOptions, _ renamed: [(new: String, old: String)], to path: String
  ) throws(Failure) {
    guard let map = description.check(options).models.first?.kerasMapJSON(renamed: renamed) else {
      throw .usage("--map is for models that Keras described; others have names of their own")
    }
    try write(map, to: path)
  }

  static let schema = Command(
    name: "schema", summary: "print the JSON Schema of descriptions written as JSON", operands: "",
    takesManyOperands: false,
    discussion: """
      A JSON Schema (draft 2020-12) made from the grammar and from all layers: names, attributes, types, defaults and
      words. Editors complete and check descriptions with it; what only modelc knows, shapes above all, modelc check
      says.
      """,
    flags: [],
    examples: [("schema > model.schema.json", "for an editor")]
  ) { (arguments, console) throws(Failure) in
    console.print(json: descriptionSchema)
    return .success
  }
}

extension CommandArguments {
  /// The one file of the command line, or what `-` reads.
  fileprivate func description(_ options: CheckOptions) throws(Failure) -> Description {
    let name = positionals[0]
    do throws(AccessProblem) {
      let file = try DescriptionFile.named(name, rootName: value("root"))
      return Description(name: file.name, bytes: try file.read(limit: options.byteLimit))
    } catch {
      throw .wrongInput(name == "-" ? "standard input \(error.reason)" : "'\(name)' \(error.reason)", help: error.help)
    }
  }

  /// What to write, as `--to` or the file's name says; nil if neither does.
  fileprivate func wantedFormat() throws(Failure) -> DescriptionFormat? {
    let names = DescriptionFormat.allCases.map(\.rawValue)
    let wanted = has("to") ? DescriptionFormat(rawValue: try choice("to", among: names)) : nil
    guard let output = value("output"), output != "-" else { return wanted }
    let path = FilePath(output)
    let named = DescriptionFormat.allCases.first { path.hasExtension(".\($0.rawValue)") }
    guard named != nil || wanted != nil else {
      throw .usage("'\(output)' is neither a .model nor a .json file", help: "say what to write: --to model")
    }
    if let named, let wanted, named != wanted {
      throw .usage("--to \(wanted.rawValue) and a .\(named.rawValue) file do not agree")
    }
    return wanted ?? named
  }
}
