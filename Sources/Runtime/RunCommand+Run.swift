extension RunCommand {
  /// Reads the inputs, runs the network, writes the outputs.
  ///
  /// - Parameters:
  ///   - embedded: the weights that the network comes with, if any; used where the command line names none.
  ///   - weights: those that the command line names, where the caller has opened them.
  /// - Returns: a line for each output, fit to be printed, after one that says if what is computed is not as precise as was
  ///   asked for, but more.
  /// - Throws: `RunProblem` with all that is wrong, and then nothing is written. Should the disk fail while outputs are
  ///   being written, those before it stay.
  package func run(
    _ network: Network, embedded: PackedWeights? = nil, weights opened: WeightStore? = nil
  ) throws(RunProblem) -> [String] {
    let files = try outputFiles(network.outputs)
    let (tensors, batch) = try readInputs(network.inputs)
    let weights: NetworkWeights = if let opened { .named(opened) } else { try openWeights(embedded) }

    var lines: [String] = []
    let results: [[Float]]
    do throws(ProgramProblem) {
      let program = try Program(network, weights: weights, threads: threads, path: path, precision: precision)
      if program.kernels.precision != precision { lines.append("note: " + Precision.absence) }
      results = try program.run(tensors, batch: batch)
    } catch {
      throw RunProblem(error.messages)
    }

    do throws(FileProblem) {
      try WholeFile.makeFolder(outputFolder)
      for ((port, file), values) in zip(zip(network.outputs, files), results) {
        let array = NumPyArray(shape: [batch] + port.shape, values: values)
        try WholeFile.write(array.encoded(), to: file)
        lines.append("\(quoted(port.name)) \(Self.text(array.shape)) -> \(quoted(file, limit: 4096))")
      }
    } catch {
      throw RunProblem([error.description])
    }
    return lines
  }

  /// Where each output goes.
  private func outputFiles(_ outputs: [Port]) throws(RunProblem) -> [String] {
    var owners: [String: Port] = [:]
    var messages: [String] = []
    var files: [String] = []
    for port in outputs {
      let name = Self.fileName(port.name)
      // Some file systems take names for the same that differ only in case.
      if let other = owners.updateValue(port, forKey: name.lowercased()) {
        messages.append(
          "outputs \(quoted(other.name)) and \(quoted(port.name)) would be written to one file, \(quoted(name))")
      }
      files.append(outputFolder + (outputFolder.utf8.last == UInt8(ascii: "/") ? "" : "/") + name)
    }
    guard messages.isEmpty else { throw RunProblem(messages) }
    return files
  }

  /// Letters, digits and `_.-` of a name stay, every other byte becomes `_`: what comes out is no path.
  static func fileName(_ output: String) -> String {
    let kept = output.utf8.map { byte -> UInt8 in
      byte.isASCIILetterOrDigit || "_.-".utf8.contains(byte) ? byte : UInt8(ascii: "_")
    }
    return String(decoding: kept, as: UTF8.self) + ".npy"
  }

  private func openWeights(_ embedded: PackedWeights?) throws(RunProblem) -> NetworkWeights {
    switch weights {
    case .synthetic(let kernelGain):
      return .named(.synthetic(kernelGain: kernelGain))
    case .file(let path):
      do throws(FileProblem) { return .named(try WeightStore(file: path)) } catch {
        throw RunProblem([error.description])
      }
    case nil:
      if let embedded { return .packed(embedded) }
      throw RunProblem(["--weights FILE is missing; --weights synthetic makes some up"], isUsage: true)
    }
  }
}

// MARK: - Inputs

extension RunCommand {
  /// The shapes of the arrays for inputs of these names, the batch first, by name.
  package func inputShapes(_ names: [String]) throws(RunProblem) -> [String: [Int]] {
    let ports = names.map { Port(name: $0, shape: []) }
    let (paths, usage) = assignInputs(ports)
    guard usage.isEmpty else { throw RunProblem(usage, isUsage: true) }
    var shapes: [String: [Int]] = [:]
    var messages: [String] = []
    for (name, path) in zip(names, paths) {
      do throws(FileProblem) {
        shapes[name] = try NumPyArray.shape(ofFile: path)
      } catch {
        messages.append("input \(quoted(name)): \(error)")
      }
    }
    guard messages.isEmpty else { throw RunProblem(messages) }
    return shapes
  }

  /// The values of each input, in the order of the ports, and the batch that all files agree on.
  private func readInputs(_ ports: [Port]) throws(RunProblem) -> (values: [[Float]], batch: Int) {
    let (paths, usage) = assignInputs(ports)
    guard usage.isEmpty else { throw RunProblem(usage, isUsage: true) }

    var values: [[Float]] = []
    var messages: [String] = []
    var batch: (size: Int, port: Port)?
    for (port, path) in zip(ports, paths) {
      do throws(FileProblem) {
        let array = try NumPyArray(file: path)
        guard let size = array.shape.first, Array(array.shape.dropFirst()) == port.shape else {
          throw FileProblem(path: path, reason: Self.misfit(array.shape, port))
        }
        guard size > 0 else { throw FileProblem(path: path, reason: "holds no example: its first size is 0") }
        if let batch, batch.size != size {
          throw FileProblem(
            path: path, reason: "holds \(size) examples, but input \(quoted(batch.port.name)) has \(batch.size)")
        }
        batch = batch ?? (size, port)
        values.append(array.values)
      } catch {
        messages.append("input \(quoted(port.name)): \(error)")
      }
    }
    guard messages.isEmpty else { throw RunProblem(messages) }
    return (values, batch?.size ?? 1)
  }

  /// The file of each port, or what is wrong with the command line.
  private func assignInputs(_ ports: [Port]) -> (paths: [String], problems: [String]) {
    var paths = [String?](repeating: nil, count: ports.count)
    var problems: [String] = []
    let names = ports.map { quoted($0.name) }.joined(separator: ", ")
    for input in inputs {
      // The name of an imported input may contain `=` itself: the longest that fits is meant.
      let index = ports.indices
        .filter { input.utf8.starts(with: "\(ports[$0].name)=".utf8) }
        .max { ports[$0].name.utf8.count < ports[$1].name.utf8.count }
      if let index {
        if paths[index] != nil { problems.append("input \(quoted(ports[index].name)) is given twice") }
        paths[index] = String(decoding: input.utf8.dropFirst(ports[index].name.utf8.count + 1), as: UTF8.self)
      } else if let equals = input.firstIndex(of: "=") {
        let name = String(input[..<equals])
        let hint = NearestName.find(name, among: ports.map(\.name)).map { "; did you mean \(quoted($0))?" } ?? ""
        problems.append("there is no input \(quoted(name))\(hint.isEmpty ? "; the inputs are \(names)" : hint)")
      } else if ports.count == 1 {
        if paths[0] != nil { problems.append("input \(quoted(ports[0].name)) is given twice") }
        paths[0] = input
      } else {
        problems.append("--input \(quoted(input)) does not say which input it is; the inputs are \(names)")
      }
    }
    // Behind a misspelt name, a missing one is no news.
    if problems.isEmpty {
      for (port, path) in zip(ports, paths) where path == nil {
        problems.append("input \(quoted(port.name)) is missing: --input NAME=FILE")
      }
    }
    return (paths.compactMap { $0 }, problems)
  }

  private static func misfit(_ shape: [Int], _ port: Port) -> String {
    let needed = "needs " + (["batch"] + port.shape.map(String.init)).joined(separator: " x ")
    guard shape == port.shape else { return "has the shape \(text(shape)), but \(needed)" }
    return "has the shape \(text(shape)) of one example, but \(needed): make it \(text([1] + shape))"
  }

  private static func text(_ shape: [Int]) -> String {
    shape.isEmpty ? "()" : shape.map(String.init).joined(separator: " x ")
  }
}
