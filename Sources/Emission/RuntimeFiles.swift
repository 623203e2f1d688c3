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

  /// Whether a file stands for a step that the plan has, or for none.
  ///
  /// `Steps/Convolution.swift` and `Steps/Convolution+Packing.swift` do for one; what declares no step in that folder is
  /// there for all of them.
  private func isUsed(_ source: EmbeddedSource) -> Bool {
    let path = source.path.description
    guard path.hasPrefix("Steps/"), source.text.description.contains("func prepare(_ weights:") else { return true }
    let step = path.dropFirst("Steps/".count).prefix { $0 != "." && $0 != "+" }
    return steps.contains(String(step))
  }

  private func renamed(_ line: Substring) -> String {
    for word in ["import", "package import", "internal import", "private import"] where line == "\(word) CKernels" {
      return "\(word) \(names.kernels)"
    }
    return String(line)
  }
}
