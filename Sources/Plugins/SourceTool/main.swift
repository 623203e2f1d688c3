// What the build plugins run: `SourceTool <mode> <output file> <inputs…>` writes one Swift file. Each mode is a
// function in a file of its own, from the inputs to the text.

let modes: [String: ([String]) throws(ToolFailure) -> String] = [
  "catalogue": catalogueSource,
  "embed": embeddedSources,
  "pages": embeddedPages,
]

let arguments = Array(CommandLine.arguments.dropFirst())
guard arguments.count >= 2, let mode = modes[arguments[0]] else {
  fail("usage: SourceTool \(modes.keys.sorted().joined(separator: "|")) OUTPUT INPUT…")
}
do throws(ToolFailure) {
  try writeFile(arguments[1], try mode(Array(arguments.dropFirst(2))))
} catch {
  fail("error: \(error.reason)")
}
