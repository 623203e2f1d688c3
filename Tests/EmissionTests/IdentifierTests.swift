import Testing

@testable import Emission

@Suite struct IdentifierTests {
  private static func isIdentifier(_ text: String) -> Bool {
    text.wholeMatch(of: /[A-Za-z_][A-Za-z0-9_]*/) != nil && !Identifiers.keywords.contains(text)
  }

  @Test(arguments: [
    ("image", "image"), ("i3a/b/reduce", "i3aBReduce"), ("max_pooling2d", "maxPooling2d"), ("RGBImage", "rgbImage"),
    ("RGB", "rgb"), ("conv_1_2", "conv1_2"), ("5x5", "input5x5"), ("日本", "input"), ("in", "inInput"), ("left", "left"),
    ("self", "selfInput"), ("", "input"), ("`x`; exit(1)", "xExit1"), ("\u{202E}evil", "evil"),
  ]) func values(name: String, expected: String) {
    var identifiers = Identifiers()
    #expect(identifiers.value(for: name, noun: "input") == expected)
  }

  @Test(arguments: [
    ("GoogLeNet", "GoogLeNet"), ("my inception-net", "MyInceptionNet"), ("mnist", "Mnist"), ("3d", "Model3d"),
    ("Float", "FloatModel"), ("Runtime", "RuntimeModel"), ("Convolution", "ConvolutionModel"), ("Type", "TypeModel"),
    ("NetRuntime", "NetRuntimeModel"), ("Plan", "PlanModel"), ("", "Model"), ("../../etc/passwd", "EtcPasswd"),
    ("Testing", "TestingModel"), ("Program", "ProgramModel"),
  ]) func packages(name: String, expected: String) {
    #expect(PackageNames(name).model == expected)
  }

  @Test(arguments: SwiftTextTests.hostile) func anyTextGivesAnIdentifier(_ text: String) {
    var identifiers = Identifiers()
    #expect(Self.isIdentifier(identifiers.value(for: text, noun: "tensor")))
    #expect(Self.isIdentifier(PackageNames(text).model))
    #expect(PackageNames(text).tests.utf8.count < 100)
  }

  @Test func noTwoAreAlike() {
    var identifiers = Identifiers()
    let names = ["a b", "a_b", "aB", "a1", "a_1", "aB2"].map { identifiers.value(for: $0, noun: "input") }
    #expect(names == ["aB", "aB2", "aB3", "a1", "a1_2", "aB2_2"])
  }

  /// Both have modules whose names are theirs with something behind; a program may hold both.
  @Test func modulesOfTwoPackagesDiffer() {
    func modules(_ name: String) -> Set<String> {
      let names = PackageNames(name)
      return [names.model, names.runtime, names.kernels, names.weights, names.command, names.tests]
    }
    for suffix in ["Runtime", "Kernels", "Weights", "Command", "Tests"] {
      #expect(modules("Net").isDisjoint(with: modules("Net" + suffix)))
    }
  }
}
