/// The arithmetic that a package carries: modelc's own files, byte for byte but for the name of the module of kernels
/// and the prefix of its symbols.
struct RuntimeFiles {
  let names: PackageNames
  /// The types of step that the plan has: `Convolution`.
  let steps: Set<String>

  func add(to files: inout PackageFiles) {
    for source in EmbeddedSource.ofRuntime where isUsed(source) {
      let text = source.text.description.split(separator: "\n", omittingEmptySubsequences: false).map(renamed)
      files.add("Sources/\(names.runtime)/\(source.path)", text.joined(separator: "\n"))
    }
    for source in EmbeddedSource.ofCKernels {
      var text = source.text.description
      if source.path.description == "include/KernelPrefix.h" {
        text = text.split(separator: "\n", omittingEmptySubsequences: false)
          .map { $0.hasPrefix("#define KERNEL_PREFIX ") ? "#define KERNEL_PREFIX \(names.model)" : String($0) }
          .joined(separator: "\n")
      }
      files.add("Sources/\(names.kernels)/\(source.path)", text)
    }
  }

  /// Steps that others are made of.
  static let parts: [String: Set<String>] = ["BandedConvolution": ["Convolution", "Normalization", "Pooling"]]

  /// Whether a file belongs to a step that the plan has, or to a part of one, or to none.
  private func isUsed(_ source: EmbeddedSource) -> Bool {
    guard let stem = Self.stem(source) else { return true }
    // `TransposedConvolution+Phases.swift` belongs to `TransposedConvolution`; of several steps the longest name decides.
    let owner = Self.allSteps.filter(stem.hasPrefix).max { $0.utf8.count < $1.utf8.count }
    guard let owner else { return true }
    return steps.contains { $0 == owner || Self.parts[$0]?.contains(owner) == true }
  }

  /// The steps that there are: `Convolution` for `Steps/Convolution.swift`, which says that it is one.
  static let allSteps: Set<String> = {
    var steps: Set<String> = []
    for source in EmbeddedSource.ofRuntime {
      guard let stem = stem(source) else { continue }
      let declaration = "extension \(stem): Step {"
      let lines = source.text.description.utf8.split(separator: UInt8(ascii: "\n"))
      if lines.contains(where: { $0.elementsEqual(declaration.utf8) }) { steps.insert(stem) }
    }
    return steps
  }()

  /// `Convolution` for `Steps/Convolution.swift`; nil for files of other folders.
  private static func stem(_ source: EmbeddedSource) -> String? {
    let path = source.path.description
    guard path.hasPrefix("Steps/") else { return nil }
    return String(path.dropFirst("Steps/".count).prefix { $0 != "." })
  }

  private func renamed(_ line: Substring) -> String {
    for word in ["import", "package import", "internal import", "private import"] where line == "\(word) CKernels" {
      return "\(word) \(names.kernels)"
    }
    return String(line)
  }
}
