import ModelCompiler
import Runtime

extension Command {
  static let diff = Command(
    name: "diff", summary: "compare two models, and say what a checkpoint of the first is worth to the second",
    operands: "OLD NEW", takesManyOperands: true,
    discussion: """
      Layers that were added (+), removed (-), renamed (>) or changed (~), by path; shapes, parameters and
      multiply-accumulates; and for each weight whether a checkpoint of OLD can be loaded by NEW, must be permuted, or
      starts anew. The files may be of any format that modelc reads; options count for both.

      The verdict is also the exit status: 0 for `same`; 4 for `compatible`, where NEW takes and gives what OLD does and
      each weight is found in the checkpoint, if need be under another name; 5 for `breaking`. An input that takes more
      sizes than before is compatible, and shapes are compared for the sizes of OLD; one that takes fewer is breaking.
      `--accept compatible` lets compatible models pass with 0. `-` for one of the files reads standard input.
      """,
    flags: [
      .format,
      .init("accept", value: "same|compatible|breaking", help: "the verdict up to which the exit status is 0"),
    ] + CommandArguments.Flag.reading,
    examples: [
      ("diff main.model branch.model", "what a change does"),
      ("diff old.json new.model --accept compatible", "in CI: fails where checkpoints would no longer load"),
      ("diff a.model b.model --format json", "for a program, with what becomes of every weight"),
    ]
  ) { (arguments, console) throws(Failure) in
    let wantsJSON = try arguments.wantsJSON()
    let verdicts = ModelComparison.Verdict.allCases
    let accepted = ModelComparison.Verdict(
      rawValue: try arguments.choice("accept", among: verdicts.map(\.rawValue)))
    guard arguments.positionals.count == 2 else {
      throw .usage("'modelc diff' takes two files", help: "write modelc diff OLD NEW")
    }
    let old = try arguments.loadModel(arguments.positionals[0], console)
    let new = try arguments.loadModel(arguments.positionals[1], console)
    let comparison = old.compared(with: new)
    if wantsJSON {
      console.print(json: comparison.json)
    } else {
      console.print(comparison.text)
    }
    if verdicts.prefix(through: accepted ?? .same).contains(comparison.verdict) { return .success }
    return comparison.verdict == .compatible ? .compatible : .breaking
  }
}

extension [ModelComparison.Verdict] {
  /// The verdicts from the mildest to one of them.
  fileprivate func prefix(through last: ModelComparison.Verdict) -> ArraySlice<ModelComparison.Verdict> {
    firstIndex(of: last).map { self[...$0] } ?? []
  }
}
