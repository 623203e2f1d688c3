import ModelCompiler
import Runtime

extension Command {
  static let why = Command(
    name: "why", summary: "show how a size of a model came about", operands: "FILE NAME", takesManyOperands: true,
    discussion: """
      NAME is a layer (i3a/b/reduce), a binding (i3a), an input or an output, all but its batch, or one of its sizes
      behind a dot: a number, or N, H, W, C, or batch, height, width, channels, features. Or it is a parameter of the
      model. Each step stands with its file and line: what the layer computes, the attributes that count, and what
      they come from, back to the inputs and the parameters. `-` for FILE reads standard input.
      """,
    flags: [.format] + CommandArguments.Flag.reading,
    examples: [
      ("why models/googlenet.model i3a.C", "why there are so many channels"),
      ("why unet.model up4.height --shape image=200x200", "a size where the model leaves some open"),
      ("why models/googlenet.model classes", "where a parameter has its value from"),
    ]
  ) { (arguments, console) throws(Failure) in
    let wantsJSON = try arguments.wantsJSON()
    guard arguments.positionals.count == 2 else {
      throw .usage(
        "'modelc why' takes a file and a name", help: "modelc why FILE i3a.C; modelc summary lists the names")
    }
    let model = try arguments.loadModel(console, explains: true)
    let explanation: SizeExplanation
    do throws(BuildProblem) { explanation = try model.explanation(of: arguments.positionals[1]) } catch {
      throw Failure(error)
    }
    if wantsJSON {
      console.print(json: explanation.json)
    } else {
      console.print(explanation.text)
    }
    return .success
  }
}
