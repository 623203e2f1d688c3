import ModelCompiler
import Runtime

extension Command {
  static let summary = Command(
    name: "summary", summary: "show the layers of a model, their shapes and costs", operands: "FILE",
    takesManyOperands: false,
    discussion: """
      A row for each layer: name, class, output shape, parameters, multiply-accumulates for one example, and where its
      input comes from; then the totals. The table is as wide as the terminal; COLUMNS=200 makes it wider.
      """,
    flags: [.format] + CommandArguments.Flag.reading,
    examples: [
      ("summary models/googlenet.model", "the table"),
      ("summary models/cifar10.model --set hidden=512", "with another value for a parameter"),
      ("summary models/googlenet.model --format json", "for a program"),
    ]
  ) { (arguments, console) throws(Failure) in
    let wantsJSON = try arguments.wantsJSON()
    let model = try arguments.loadModel(console)
    if wantsJSON {
      console.print(json: model.summaryJSON)
    } else {
      console.print(model.summary(width: console.width))
    }
    return .success
  }
}
