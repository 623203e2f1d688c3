import ModelCompiler
import Runtime

extension CommandArguments.Flag {
  static let batch = Self(
    "batch", letter: "b", value: "N", help: "plan for so many examples at one time; 1 if not given")
  static let format = Self("format", value: "human|json", help: "what comes out; human unless said")

  /// Where weights come from, and what they are called there.
  static let weights = [
    Self(
      "weights", letter: "w", value: "FILE",
      help: ".safetensors, .npz, .weights.h5, .weights.json or .keras; or synthetic, or synthetic:GAIN"),
    Self("map", value: "FILE", help: "the weights' names in the file, where they differ: JSON, ours to theirs"),
  ]

  /// What every command takes that reads a description.
  static let reading = [
    Self(
      "set", letter: "s", value: "NAME=VALUE", help: "give a parameter of the model a value: --set classes=10",
      mayRepeat: true),
    Self(
      "shape", value: "INPUT=SIZES",
      help: "sizes that an input leaves open: --shape image=224x224",
      mayRepeat: true),
    Self("model", letter: "m", value: "NAME", help: "which model, if the file holds several"),
    Self("root", value: "DIR", help: "the folder to read from; else the current one, or the file's if elsewhere"),
    Self("allow", value: "CODE", help: "do not tell this kind of warning: --allow dead-bias", mayRepeat: true),
    Self("limit", value: "NAME=NUMBER", help: "raise or lower a limit: bytes, depth, layers", mayRepeat: true),
  ]
}

extension CommandArguments {
  /// Whether `--format` asks for JSON.
  func wantsJSON() throws(Failure) -> Bool { try choice("format", among: ["human", "json"]) == "json" }

  /// What `--batch` says; 1 where it is not given.
  func expectedBatch() throws(Failure) -> Int {
    do throws(UsageProblem) { return try count("batch") ?? 1 } catch { throw .usage(error.reason) }
  }

  /// What `--precision` says; full where it is not given.
  func precision() throws(Failure) -> Runtime.Precision {
    do throws(UsageProblem) { return try RunCommand.precision(self) } catch { throw .usage(error.reason) }
  }

  /// The value of a flag that takes one of a few words; the first where the flag is not given.
  func choice(_ flag: String, among words: [String]) throws(Failure) -> String {
    guard let word = value(flag) else { return words[0] }
    if words.contains(word) { return word }
    throw .usage(
      "--\(flag) takes \(words.dropLast().joined(separator: ", ")) or \(words[words.count - 1]), not '\(word)'",
      help: suggestion(for: word, among: words))
  }

  /// What `--weights` and `--map` say; what a `.keras` archive holds if nothing is said.
  ///
  /// - Parameter archive: the description's path, if it is such an archive.
  func givenWeights(orOf archive: String?) throws(Failure) -> Weights? {
    let map = value("map")
    guard let text = value("weights") else {
      guard let archive else {
        if map != nil {
          throw .usage("--map says what weights are called, and there are none", help: "add --weights FILE")
        }
        return nil
      }
      return map.map { Weights.mapped(archive, map: $0) } ?? .file(archive)
    }
    do throws(UsageProblem) {
      switch try RunCommand.weights(text) {
      case .file(let path): return map.map { Weights.mapped(path, map: $0) } ?? .file(path)
      case .synthetic(let kernelGain):
        guard map == nil else { throw UsageProblem("--map is for files; synthetic weights have the model's own names") }
        return .synthetic(kernelGain: kernelGain)
      }
    } catch {
      throw .usage(error.reason)
    }
  }

  /// What the options say to the checker.
  func checkOptions() throws(Failure) -> CheckOptions {
    var limits: [(name: String, value: Int)] = []
    for (name, text) in try pairs("limit") {
      guard CheckOptions.limitNames.contains(name) else {
        throw .usage(
          "there is no limit '\(name)'",
          help: suggestion(for: name, among: CheckOptions.limitNames)
            ?? "there are " + CheckOptions.limitNames.joined(separator: ", "))
      }
      guard let value = Int(text), value > 0 else {
        throw .usage("the limit '\(name)' is a whole number above 0, not '\(text)'")
      }
      limits.append((name, value))
    }
    for code in values("allow") where !CheckOptions.warningCodes.contains(code) {
      throw .usage(
        Explanation.of(code) == nil ? "there is no warning '\(code)'" : "'\(code)' is an error and cannot be allowed",
        help: suggestion(for: code, among: CheckOptions.warningCodes) ?? "modelc explain lists all codes")
    }
    var options = CheckOptions(
      model: value("model"), settings: try pairs("set"), limits: limits, allowed: values("allow"))
    options.sizes = try inputSizes()
    return options
  }

  /// What `--shape image=224x224` gives.
  private func inputSizes() throws(Failure) -> [(name: String, sizes: [Int])] {
    var all: [(name: String, sizes: [Int])] = []
    for text in values("shape") {
      // Names of imported inputs may hold `=` themselves; sizes do not.
      guard let equals = text.lastIndex(of: "="), equals > text.startIndex else {
        throw .usage("--shape takes INPUT=SIZES, not '\(text)'", help: "write --shape image=224x224")
      }
      let name = String(text[..<equals])
      let sizes = text[text.index(after: equals)...].split(separator: "x", omittingEmptySubsequences: false).map {
        Int($0)
      }
      let known = sizes.compactMap { $0 }
      guard known.count == sizes.count, known.allSatisfy({ $0 > 0 }) else {
        throw .usage("--shape takes sizes such as 224x224, not '\(text[equals...].dropFirst())'")
      }
      guard !all.contains(where: { $0.name == name }) else { throw .usage("--shape \(name)=… is given twice") }
      all.append((name, known))
    }
    return all
  }

  /// What a flag that repeats gives as `name=value`, each name once.
  private func pairs(_ flag: String) throws(Failure) -> [(name: String, value: String)] {
    var pairs: [(name: String, value: String)] = []
    for text in values(flag) {
      let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else {
        throw .usage("--\(flag) takes NAME=VALUE, not '\(text)'")
      }
      let name = String(parts[0])
      guard !pairs.contains(where: { $0.name == name }) else { throw .usage("--\(flag) \(name)=… is given twice") }
      pairs.append((name, String(parts[1])))
    }
    return pairs
  }
}

/// `did you mean 'check'?`, if one of the known words is near.
func suggestion(for word: String, among known: [String]) -> String? {
  nearestName(to: word, among: known).map { "did you mean '\($0)'?" }
}
