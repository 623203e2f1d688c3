import ModelCompiler
import Runtime

extension Command {
  static let convert = Command(
    name: "convert", summary: "write a description as text, JSON, Keras JSON or a Keras program", operands: "FILE",
    takesManyOperands: false,
    discussion: """
      What is written the name behind -o says, or --to: .model and .model.json are the language and the same tree as
      JSON, .json is the JSON that Keras's model_from_json reads, .py a program of Keras 3. Without either a text becomes
      JSON and JSON a text, on standard output; `-` for FILE reads standard input. Comments other than `///` and the layout
      are not kept. What our JSON may say is in Grammar.md and in the schema that modelc schema prints.
      A Keras model becomes a .model file as a person would write it: what is repeated as blocks, chains as pipelines.
      What cannot be checked is written too, so that it can be mended there; the exit code is 1 then.
      It is checked to be the same network. Weights whose names change are listed in NAME.names.json beside NAME.model,
      or where --map says: each new name with the one in the Keras model, and for each layer where Keras keeps its
      weights. It is the --map with which other commands find the weights in Keras's own files.
      A program has a function for each block, builds each model, and trains it as its train section says; it reads and
      writes weights in files of ours. In Keras layers have the names that summary shows, with _ for /.
      """,
    flags: [
      .init(
        "output", letter: "o", value: "FILE", help: "a .model, .model.json, .json or .py file, or - for standard output"
      ),
      .init("to", value: "model|json|keras|python", help: "what to write, if the file's name does not say it"),
      .init("distributed", help: "a program that trains on all devices, each with a part of every batch"),
      .init("model", value: "NAME", help: "the model of the file that Keras's JSON describes, if there are several"),
      .init("map", value: "FILE", help: "where to write which weights have new names: JSON, our names to Keras's"),
    ] + CommandArguments.Flag.reading.filter { ["set", "root", "allow", "limit"].contains($0.name) },
    examples: [
      ("convert net.model -o net.py", "the network as a program of Keras 3"),
      ("convert net.model -o net.json", "and as JSON that Keras loads"),
      ("convert net.model --to json", "the description itself as JSON, whole"),
      ("convert keras.json --to model", "what a Keras model is in the language"),
    ]
  ) { (arguments, console) throws(Failure) in
    let options = try arguments.checkOptions()
    let wanted = try arguments.wantedForm()
    let (description, imports) = try arguments.description(options)
    let form = wanted ?? (description.isJSON ? .model : .json)
    guard form == .python || !arguments.has("distributed") else {
      throw .usage("--distributed is for programs", help: "say -o NAME.py, or --to python")
    }
    guard form == .python || form == .keras || !arguments.has("set") else {
      throw .usage("--set is for what Keras gets; our own forms keep parameters open")
    }
    let output = arguments.value("output").flatMap { $0 == "-" ? nil : $0 }
    let result: Rewriting
    switch form {
    case .model: result = description.converted(to: .model, options: options)
    case .json: result = description.converted(to: .json, options: options)
    case .keras: result = description.kerasJSON(options: options, imports: imports)
    case .python:
      let fileName = output ?? (arguments.positionals[0] == "-" ? "net.py" : stem(of: arguments.positionals[0]) + ".py")
      result = description.kerasProgram(
        fileName: FilePath(fileName).name, distributed: arguments.has("distributed"), options: options,
        imports: imports)
    }
    console.printError(result.problems.text)
    guard let text = result.text else { throw .explained(.wrongInput) }
    let hasMap = !result.renamed.isEmpty || !result.groups.isEmpty
    let map = arguments.value("map") ?? (hasMap ? output.map { stem(of: $0) + ".names.json" } : nil)
    if let map {
      let taken = [arguments.positionals[0], output].compactMap { $0.map(FilePath.init) }
      guard !taken.contains(where: FilePath(map).leadsToSameFile(as:)) else {
        throw .usage("the names of weights would go to '\(map)', which holds something else", help: "say --map FILE")
      }
    }
    if let output {
      try write(text, to: output)
    } else {
      form == .json || form == .keras ? console.print(json: text) : console.print(exactly: text)
    }
    // Behind what it speaks of: where that cannot be written, the names of the last conversion stay.
    if let map { try write(result.nameMap, to: map) }
    return result.problems.errorCount == 0 ? .success : .wrongInput
  }

  /// `net` for `net.model`.
  private static func stem(of path: String) -> String {
    let ending = [".model.json", ".model", ".json", ".py", ".keras"].first { path.hasSuffix($0) }
    return String(path.dropLast(ending?.count ?? 0))
  }

  private static func write(_ text: String, to path: String) throws(Failure) {
    do throws(FileProblem) {
      try WholeFile.write(Array(text.utf8), to: path)
    } catch {
      throw .wrongInput(error.description)
    }
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

/// What convert writes.
private enum Form: String, CaseIterable {
  case model, json, keras, python

  /// How the names of such files end, those that end like others first.
  static let endings: [(ending: String, form: Form)] = [
    (".model.json", .json), (".model", .model), (".json", .keras), (".py", .python),
  ]
}

extension CommandArguments {
  /// The one file of the command line, or what `-` reads, and where its imports come from.
  fileprivate func description(
    _ options: CheckOptions
  ) throws(Failure) -> (description: Description, imports: ImportProvider) {
    let name = positionals[0]
    do throws(AccessProblem) {
      let file = try DescriptionFile.named(name, rootName: value("root"))
      return (Description(name: file.name, bytes: try file.read(limit: options.byteLimit)), file.imports(options))
    } catch {
      throw .wrongInput(name == "-" ? "standard input \(error.reason)" : "'\(name)' \(error.reason)", help: error.help)
    }
  }

  /// What to write, as `--to` or the file's name says; nil if neither does.
  fileprivate func wantedForm() throws(Failure) -> Form? {
    let names = Form.allCases.map(\.rawValue)
    let wanted = has("to") ? Form(rawValue: try choice("to", among: names)) : nil
    guard let output = value("output"), output != "-" else { return wanted }
    let path = FilePath(output)
    let named = Form.endings.first { path.hasExtension($0.ending) }?.form
    guard named != nil || wanted != nil else {
      throw .usage("'\(output)' is no .model, .model.json, .json or .py file", help: "say what to write: --to model")
    }
    // Our own JSON may lie in any .json file.
    let agrees = named == wanted || (named == .keras && wanted == .json)
    if let named, let wanted, !agrees {
      throw .usage("--to \(wanted.rawValue) and '\(output)', a file for --to \(named.rawValue), do not agree")
    }
    return wanted ?? named
  }
}
