import ModelCompiler
import Runtime

extension Command {
  static let plot = Command(
    name: "plot", summary: "draw a model: layers with their shapes, blocks as frames", operands: "FILE",
    takesManyOperands: false,
    discussion: """
      Draws the network. What only training has is dashed; --depth folds blocks. The drawing's kind is that of the
      file's ending: .dot is text in the DOT language and needs no other program; .svg, .png and .pdf are laid out by
      Graphviz's 'dot', which has to be installed. Without -o the DOT text goes to standard output.
      --plan draws instead the memory of a run over time, as .svg: a box for each piece of memory, from the step that
      writes it to the last that reads it. `-` for FILE reads standard input.
      """,
    flags: [
      .init("output", letter: "o", value: "FILE", help: "the file: x.svg, x.png, x.pdf or x.dot"), .depth,
      .init("direction", value: "down|right", help: "where the network goes from its inputs; down unless said"),
      .init("plan", help: "the memory of a run over time, as an .svg file"),
    ] + CommandArguments.Flag.reading,
    examples: [
      ("plot models/googlenet.model -o googlenet.svg", "every layer"),
      ("plot models/googlenet.model -o googlenet.png --depth 0", "each block as one box"),
      ("plot models/googlenet.model --plan -o memory.svg", "the memory of a run, step by step"),
      ("plot models/mnist.model | dot -Tx11", "DOT text for another program"),
    ]
  ) { (arguments, console) throws(Failure) in
    let depth = try arguments.depth()
    let direction = try arguments.direction()
    let format = try arguments.value("output").map { path throws(Failure) in try DrawingFormat(path: path) }
    if arguments.has("plan") {
      for flag in ["depth", "direction"] where arguments.has(flag) {
        throw .usage("--plan draws memory, not layers, and takes no --\(flag)")
      }
      if let format, format != .svg { throw .usage("--plan draws .svg files only") }
    }
    let model = try arguments.loadModel(console)
    if arguments.has("plan") { return try drawPlan(of: model, to: arguments.value("output"), console) }
    let text = model.drawing(depth: depth, direction: direction)
    guard let path = arguments.value("output"), let format else {
      console.print(text)
      return .success
    }
    let bytes: [UInt8]
    switch format {
    case .dot: bytes = Array(text.utf8)
    case .svg, .png, .pdf:
      if depth == nil, model.layers.count > slowLayers {
        console.printError("laying out \(model.layers.count) layers; --depth 0 draws each block as one box …\n")
      }
      bytes = try Graphviz.layOut(text, as: format.rawValue)
    }
    do throws(FileProblem) { try WholeFile.write(bytes, to: path) } catch { throw .wrongInput(error.description) }
    console.print("\(path): \(model.name)\n")
    return .success
  }

  private static func drawPlan(of model: Model, to path: String?, _ console: Console) throws(Failure) -> ExitCode {
    let drawing: String
    do throws(BuildProblem) { drawing = try model.memoryDrawing() } catch { throw Failure(error) }
    guard let path else {
      console.print(drawing)
      return .success
    }
    do throws(FileProblem) { try WholeFile.write(Array(drawing.utf8), to: path) } catch {
      throw .wrongInput(error.description)
    }
    console.print("\(path): memory of \(model.name)\n")
    return .success
  }

  /// From here on a layout takes seconds.
  private static let slowLayers = 400
}

/// What a drawing can be.
private enum DrawingFormat: String, CaseIterable {
  case dot, svg, png, pdf

  init(path: String) throws(Failure) {
    let ending = path.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).dropFirst().last
    let name = ending.map { String(Substring($0)) } ?? ""
    if name == "gv" {
      self = .dot
      return
    }
    guard let format = DrawingFormat(rawValue: name) else {
      throw .usage(
        "a drawing is a .svg, .png, .pdf or .dot file, not '\(path)'",
        help: suggestion(for: name, among: Self.allCases.map(\.rawValue)))
    }
    self = format
  }
}

extension CommandArguments {
  fileprivate func direction() throws(Failure) -> Model.DrawingDirection {
    try choice("direction", among: ["down", "right"]) == "right" ? .right : .down
  }
}
