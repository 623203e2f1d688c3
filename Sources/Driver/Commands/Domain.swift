import ModelCompiler
import Runtime

extension Command {
  static let domain = Command(
    name: "domain", summary: "show the sizes that a model accepts", operands: "FILE", takesManyOperands: false,
    discussion: """
      Where inputs leave sizes open ([N, H, W, 3]), a model accepts some sizes and not others: windows have to fit, and
      what is joined has to agree. This says which, exactly: for each symbol the least size and, where only some
      remainders fit, which ones; then what ties symbols together; then the smallest inputs. `-` for FILE reads
      standard input.
      """,
    flags: [.format] + CommandArguments.Flag.reading,
    examples: [
      ("domain unet.model", "the sizes, a condition in each line"),
      ("domain unet.json --format json", "for a program: early members, start, period and residues of each size"),
      ("domain pair.model --shape left=64x64", "what is left once one input is known"),
    ]
  ) { (arguments, console) throws(Failure) in
    let wantsJSON = try arguments.wantsJSON()
    let model = try arguments.loadModel(console)
    if wantsJSON {
      console.print(json: model.acceptedSizesJSON)
    } else {
      console.print(model.acceptedSizesText)
    }
    return .success
  }
}
