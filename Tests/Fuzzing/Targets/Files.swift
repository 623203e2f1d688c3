import Emission
import Foundation
import ModelCompiler

func contents(of path: String) -> [UInt8] {
  guard let data = FileManager.default.contents(atPath: path) else { fatalError("\(path) cannot be read") }
  return Array(data)
}

/// Writes descriptions as JSON into a folder, each under its name.
func convert(_ paths: some Sequence<String>, into folder: String) {
  for path in paths {
    let name = URL(filePath: path).lastPathComponent
    let text = Description(name: name, bytes: contents(of: path)).converted(to: .json).text
    if let text { write(text, to: "\(folder)/\(name)") }
  }
}

/// Writes the Swift files that come of the inputs in some files into a folder.
func emitFiles(of paths: some Sequence<String>, into folder: String) {
  for path in paths {
    let bytes = contents(of: path)
    let input = URL(filePath: path).lastPathComponent
    for (place, files) in packages(of: ProgramWriter(bytes, isTame: true).program, bytes: bytes).enumerated() {
      for file in files.paths where file.hasSuffix(".swift") {
        let flat = file.split(separator: "/").joined(separator: ".")
        write(String(decoding: files[file] ?? [], as: UTF8.self), to: "\(folder)/\(input).\(place).\(flat)")
      }
    }
  }
}

private func write(_ text: String, to path: String) {
  guard FileManager.default.createFile(atPath: path, contents: Data(text.utf8)) else {
    fatalError("\(path) cannot be written")
  }
}
