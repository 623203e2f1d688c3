/// What the targets, modules and C symbols of a generated package are called.
///
/// All of them begin with the name of the model: SwiftPM wants the names of targets, and the linker those of C symbols,
/// to differ among all packages of one program.
package struct PackageNames: Hashable, Sendable {
  /// The type, its module, the product and the package.
  package let model: String

  var runtime: String { model + "Runtime" }
  var kernels: String { model + "Kernels" }
  var weights: String { model + "Weights" }
  var command: String { model + "Command" }
  var tests: String { model + "Tests" }

  private static let suffixes = ["Runtime", "Kernels", "Weights", "Command", "Tests"]

  /// - Parameter name: any text; what cannot be part of a Swift type's name is left out.
  package init(_ name: String) {
    var identifiers = Identifiers(reserved: Self.reserved)
    let type = identifiers.type(for: name, noun: "Model")
    // `Net` has a module `NetRuntime`: another model of this name must not.
    model = Self.suffixes.contains(where: type.hasSuffix) ? type + "Model" : type
  }

  /// What the generated code, the language or modelc calls something else.
  static let reserved: Set<String> = declaredByRuntime.union(ofTheLanguage).union(ofModelc).union(ofTheAPI)

  /// The types of the runtime, which the module of the model imports.
  private static let declaredByRuntime: Set<String> = {
    let kinds: Set<Substring> = ["actor", "class", "enum", "protocol", "struct", "typealias"]
    var names: Set<String> = []
    for source in EmbeddedSource.ofRuntime {
      for line in source.text.description.split(separator: "\n") where line.first?.isLetter == true {
        let words = line.split { !($0.isLetter || $0.isNumber) }
        guard let kind = words.firstIndex(where: kinds.contains), words.indices.contains(kind + 1) else { continue }
        names.insert(String(words[kind + 1]))
      }
    }
    return names
  }()

  /// Modules, and types of the standard library that generated code speaks of.
  private static let ofTheLanguage: Set<String> = [
    "Array", "Bool", "Character", "CustomStringConvertible", "Dictionary", "Double", "Equatable", "Error", "Float",
    "Foundation", "Glibc", "Darwin", "Hashable", "Int", "Musl", "Never", "Optional", "Range", "Result", "Sendable",
    "Set", "String", "Swift", "Synchronization", "Testing", "UInt32", "UInt64", "UInt8", "Void", "XCTest", "Main",
    "Package", "PackageDescription", "Builtin", "Dispatch", "Observation", "Distributed", "RegexBuilder", "Cxx",
  ]

  /// Targets of modelc, which may be a library of the same program.
  private static let ofModelc: Set<String> = [
    "CKernels", "Runtime", "Operations", "Syntax", "Layers", "Semantics", "Interchange", "Planning", "Execution",
    "Emission", "Reports", "ModelCompiler", "Driver", "Modelc", "SourceTool", "ListLayers", "EmbedSources",
    "TestSupport",
  ]

  /// What the module of a model declares besides the model.
  private static let ofTheAPI: Set<String> = ["Plan", "Weights", "Output", "Failure", "EmbeddedWeights"]
}
