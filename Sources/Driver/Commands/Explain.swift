import ModelCompiler
import Runtime

extension Command {
  static let explain = Command(
    name: "explain", summary: "say more about a problem's code", operands: "[CODE]", takesManyOperands: false,
    mayLackOperands: true,
    discussion: """
      Each problem has a code, in brackets at its head. Says what it means and why it is one, with an example and the
      same example mended. Without a code: all codes, each with a sentence.
      """,
    flags: [],
    examples: [
      ("explain shape-assertion", "what an error[shape-assertion] means"),
      ("explain", "all codes"),
    ]
  ) { (arguments, console) throws(Failure) in
    guard let code = arguments.positionals.first else {
      let all = Explanation.all
      let width = all.reduce(0) { max($0, $1.code.utf8.count) }
      for page in all {
        let gap = String(repeating: " ", count: width - page.code.utf8.count)
        console.print("\(page.code)\(gap)  \(page.summary)\n")
      }
      return .success
    }
    guard let page = Explanation.of(code) else {
      throw .usage(
        "there is no code '\(code)'",
        help: Explanation.code(near: code).map { "did you mean '\($0)'?" } ?? "modelc explain lists all codes")
    }
    console.print(page.text)
    return .success
  }
}
