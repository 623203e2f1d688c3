// usage: Fuzzing TARGET [option of libFuzzer]...   feeds the target
//        Fuzzing show TARGET FILE                  prints the program that an input stands for
//        Fuzzing emit FOLDER FILE...               writes the Swift files that come of inputs of the target `emitter`
//        Fuzzing convert FOLDER FILE...            writes descriptions as JSON

import Foundation

let words = CommandLine.arguments.dropFirst()
switch (words.first, words.count) {
case ("show", 3): print(target(words[2]).text(contents(of: words[3])))
case ("emit", 3...): emitFiles(of: words.dropFirst(2), into: words[2])
case ("convert", 3...): convert(words.dropFirst(2), into: words[2])
case (let name?, _): exit(feed(target(name)))
case (nil, _): fatalError("which target? \(FuzzTarget.all.map(\.name))")
}

func target(_ name: String) -> FuzzTarget {
  guard let target = FuzzTarget.all.first(where: { $0.name == name }) else { fatalError("no target \(name)") }
  return target
}
