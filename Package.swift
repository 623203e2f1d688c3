// swift-tools-version: 6.2
import PackageDescription

/// Every Swift target is held to the same rules: memory safety spelled out, imports that say what leaks, no warnings.
let strict: [SwiftSetting] = [
  .strictMemorySafety(),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .treatAllWarnings(as: .error),
]

/// The toolchain's libFuzzer, given by `Tests/Fuzzing/fuzz.py`, whose target there is only then.
let fuzzer = Context.environment["MODELC_LIBFUZZER"]
/// The stages that say `unsafe`, given with it: AddressSanitizer watches them alone. All that the others do is checked by
/// Swift itself, and without it they are several times as fast.
let watched = Context.environment["MODELC_UNSAFE"]?.split(separator: " ").map(String.init) ?? []

/// What makes a stage tell libFuzzer where it has been. Swift does that with some sanitizer only.
func fuzzing(_ stage: String) -> [SwiftSetting] {
  guard fuzzer != nil else { return [] }
  let sanitizer = watched.contains(stage) ? "address" : "fuzzer"
  return [.unsafeFlags(["-sanitize=\(sanitizer)", "-sanitize-coverage=edge,inline-8bit-counters,pc-table"])]
}

/// With `--static-swift-stdlib` the C++ library is linked in too, and no symbol is given away: what the loader does not
/// look up costs no time at each start. GNU's linker writes the executable, where others map it: so it lies in larger
/// pages of the file cache, and a check takes 0.2 ms less.
let startingFast = [
  "-use-ld=bfd", "-L", "\(Context.packageDirectory)/Sources/modelc/Linking", "-Xclang-linker", "-static-libgcc",
  "-Xlinker", "--no-export-dynamic",
]

func stage(
  _ name: String, _ dependencies: [Target.Dependency] = [], exclude: [String] = [], plugins: [Target.PluginUsage] = []
) -> Target {
  .target(
    name: name, dependencies: dependencies, exclude: exclude, swiftSettings: strict + fuzzing(name),
    plugins: plugins)
}

func tests(_ name: String, _ dependencies: [Target.Dependency], exclude: [String] = []) -> Target {
  .testTarget(
    name: name, dependencies: dependencies, exclude: exclude, swiftSettings: strict)
}

let package = Package(
  name: "modelc",
  products: [
    .executable(name: "modelc", targets: ["modelc"]),
    .library(name: "ModelCompiler", targets: ["ModelCompiler"]),
  ],
  targets: [
    // The arithmetic: what runs in the process and what a generated package carries.
    .target(name: "CKernels"),
    stage("Runtime", ["CKernels"]),
    // What the processor can do at best, which the kernels are measured by.
    .target(name: "CPeak"),

    // The compiler: each stage a function from one value to the next.
    stage("Operations"),
    stage("Spelling"),
    stage("Explanations", exclude: ["Pages"], plugins: ["EmbedPages"]),
    stage("Syntax", ["Spelling"]),
    stage("Layers", ["Operations", "Spelling"], plugins: ["ListLayers"]),
    stage("Semantics", ["Syntax", "Layers", "Operations", "Spelling"]),
    stage("Interchange", ["Syntax", "Layers", "Spelling"]),
    stage("Weights", ["Runtime", "Spelling"]),
    stage("Recovery", ["Syntax", "Spelling", "Layers", "Semantics", "Operations"]),
    stage("Translation", ["Syntax", "Layers", "Semantics", "Operations", "Spelling"]),
    stage("Planning", ["Operations", "Runtime"]),
    stage("Execution", ["Planning", "Runtime"]),
    stage("Emission", ["Planning", "Runtime", "CKernels"], plugins: ["EmbedSources"]),
    stage("Comparison", ["Semantics", "Layers", "Operations", "Spelling"]),
    stage("Reports", ["Syntax", "Semantics", "Comparison", "Layers", "Operations"]),

    // The whole of it, as a library and as a command.
    stage(
      "ModelCompiler",
      [
        "Syntax", "Layers", "Semantics", "Interchange", "Recovery", "Translation", "Planning", "Execution", "Emission",
        "Comparison",
        "Reports", "Runtime", "Spelling", "Explanations", "Weights", "CPeak",
      ]),
    stage("Driver", ["ModelCompiler", "Runtime", "Weights"]),
    .executableTarget(
      name: "modelc", dependencies: ["Driver"], exclude: ["Linking"], swiftSettings: strict,
      linkerSettings: [.unsafeFlags(startingFast, .when(platforms: [.linux]))]),

    // Build tools.
    .executableTarget(name: "SourceTool", path: "Sources/Plugins/SourceTool", swiftSettings: strict),
    .plugin(
      name: "ListLayers", capability: .buildTool(), dependencies: ["SourceTool"], path: "Sources/Plugins/ListLayers"),
    .plugin(
      name: "EmbedPages", capability: .buildTool(), dependencies: ["SourceTool"], path: "Sources/Plugins/EmbedPages"),
    .plugin(
      name: "EmbedSources", capability: .buildTool(), dependencies: ["SourceTool"],
      path: "Sources/Plugins/EmbedSources"),

    // AMX's tiles in plain C, for tests on processors without them.
    .target(name: "SoftwareTiles", dependencies: ["CKernels"], path: "Tests/Emulation/SoftwareTiles"),
    .target(name: "TestSupport", path: "Tests/Support", swiftSettings: strict),
    tests("RuntimeTests", ["Runtime", "CKernels", "SoftwareTiles", "TestSupport"]),
    tests("OperationsTests", ["Operations"]),
    tests("SpellingTests", ["Spelling"]),
    tests("SyntaxTests", ["Syntax", "TestSupport"], exclude: ["Fixtures"]),
    tests("LayersTests", ["Layers", "Operations"], exclude: ["Fixtures"]),
    tests("SemanticsTests", ["Semantics", "Syntax", "Layers", "Operations", "Reports", "TestSupport"]),
    tests("SlipTests", ["Syntax", "Semantics", "Layers", "Operations"], exclude: ["Programs", "Networks"]),
    tests(
      "InterchangeTests", ["Interchange", "Syntax", "Semantics", "Layers", "Operations"], exclude: ["Fixtures"]),
    tests("WeightsTests", ["Weights", "Runtime"], exclude: ["Fixtures"]),
    tests(
      "RecoveryTests", ["Recovery", "Interchange", "Syntax", "Semantics", "Layers", "Operations", "TestSupport"],
      exclude: ["Fixtures", "Golden"]),
    tests("FormattingTests", ["Syntax", "Interchange", "Layers", "ModelCompiler"], exclude: ["Fixtures"]),
    tests("PlanningTests", ["Planning", "Operations", "Runtime", "Execution", "SoftwareTiles", "TestSupport"]),
    tests("EmissionTests", ["Emission", "Planning", "Runtime", "Operations"], exclude: ["Golden"]),
    tests(
      "RobustnessTests", ["ModelCompiler", "Driver", "Emission", "Planning", "Runtime", "TestSupport"],
      exclude: ["Found"]),
    tests("DriverTests", ["Driver", "ModelCompiler", "Runtime"], exclude: ["Fixtures"]),
  ],
  cLanguageStandard: .c2x
)

if let fuzzer {
  package.targets += [
    .systemLibrary(name: "LibFuzzer", path: "Tests/Fuzzing/LibFuzzer"),
    .executableTarget(
      name: "Fuzzing",
      dependencies: [
        "LibFuzzer", "ModelCompiler", "Syntax", "Layers", "Interchange", "Planning", "Emission", "Runtime", "Weights",
      ],
      path: "Tests/Fuzzing/Targets", swiftSettings: strict,
      linkerSettings: [.unsafeFlags(["-sanitize=address", "-use-ld=lld", fuzzer]), .linkedLibrary("stdc++")]),
  ]
}
