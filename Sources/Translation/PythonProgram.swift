import Layers
package import Semantics
import Spelling
package import Syntax

/// What a program in Python is to be.
package struct PythonOptions: Sendable {
  /// Whether it trains on all devices, each with a part of every batch.
  package var isDistributed: Bool
  /// The name of the file that it is written to, for its usage: `mnist.py`.
  package var fileName: String
  /// Values for the models' parameters, which become their defaults.
  package var settings: [Setting]

  package init(isDistributed: Bool = false, fileName: String, settings: [Setting] = []) {
    (self.isDistributed, self.fileName, self.settings) = (isDistributed, fileName, settings)
  }
}

/// A description as a program of Keras 3: a function for each block, `build_…` for each model, and what its `train` section
/// says. Ends with a line break.
///
/// - Parameters:
///   - trees: the description, read from text, and the files that it imports.
///   - models: what the check of these trees gave.
///   - options: what the program is to be.
/// - Returns: the source, or everything that Keras does not have.
package func kerasProgram(
  _ trees: [Tree], _ models: [CheckedModel], _ options: PythonOptions
) -> Result<String, TranslationProblems> {
  let problems = models.flatMap { $0.kerasProblems(deployedOnly: false) }
  guard problems.isEmpty else { return .failure(TranslationProblems(all: problems)) }
  let program = PythonProgram(trees, models, options)
  let text = program.written()
  return program.problems.isEmpty ? .success(text) : .failure(TranslationProblems(all: program.problems))
}

/// A program while its functions are written: what they are called, and what they need.
final class PythonProgram {
  /// A block and where it stands.
  struct BlockPlace {
    var block: Block
    var tree: Int
    /// The function's name.
    var function: String
    /// Its parameters' names, in order.
    var parameters: [String]
  }

  let trees: [Tree]
  let models: [CheckedModel]
  let options: PythonOptions
  let sites: LayerSites
  private var modelFunctions: [String: String] = [:]
  private(set) var blocks: [String: BlockPlace] = [:]
  /// What no variable of a function may be called.
  private(set) var globals: Set<String>
  private(set) var problems: [TranslationProblem] = []
  private var reported: Set<String> = []
  /// Classes to import, by module.
  private(set) var imports: [String: Set<String>] = [:]
  var needsShared = false
  var needsElement = false
  var needsMath = false

  init(_ trees: [Tree], _ models: [CheckedModel], _ options: PythonOptions) {
    (self.trees, self.models, self.options) = (trees, models, options)
    sites = LayerSites(models)
    globals = PythonText.reserved.union(Catalogue.names)
    var names = PythonNames(reserving: globals.union(MainWriter.functions))
    for (index, tree) in trees.enumerated().reversed() {
      for block in tree.blocks {
        let function = names.take(snakeCase(block.name.text))
        globals.insert(function)
        blocks[block.name.text] = BlockPlace(block: block, tree: index, function: function, parameters: [])
      }
    }
    for model in trees[0].models {
      for verb in ["build", "train", "prepare"] {
        let function = names.take("\(verb)_\(model.name.text.lowercased())")
        globals.insert(function)
        modelFunctions["\(verb) \(model.name.text)"] = function
      }
    }
    for (name, place) in blocks {
      var names = PythonNames(reserving: globals)
      blocks[name]?.parameters = place.block.parameters.map { names.take($0.name.text) }
    }
  }

  /// Notes why there is no program, once for each reason.
  func report(_ problem: TranslationProblem) {
    if reported.insert(problem.message).inserted { problems.append(problem) }
  }

  /// `build_mnist`
  func functionName(_ verb: String, _ model: String) -> String { modelFunctions["\(verb) \(model)"] ?? verb }

  /// How a layer's class is written: `layers.Conv2D`, or by its name where it has to be imported.
  func className(_ kind: String, _ place: KerasPlace) -> String {
    switch place {
    case .layers: return "layers.\(kind)"
    case .operations(let module), .applications(let module):
      imports[module, default: []].insert(kind)
      return kind
    case .none: return kind
    }
  }

  func written() -> String {
    var body = PythonLines()
    for (index, tree) in trees.enumerated().reversed() {
      for block in tree.blocks {
        guard let place = blocks[block.name.text], place.tree == index else { continue }
        body.add(["", ""])
        FunctionWriter(self, tree: index).write(place, into: &body)
      }
    }
    let own = trees[0].models.compactMap { model in
      models.first { $0.name == model.name.text }.map { (model, $0) }
    }
    for (model, checked) in own {
      body.add(["", ""])
      FunctionWriter(self, tree: 0).write(model, checked, into: &body)
    }
    let main = MainWriter(self, own.map(\.1))
    main.write(into: &body)
    var head = PythonLines()
    main.writeHead(into: &head)
    return head.text + body.text
  }
}
