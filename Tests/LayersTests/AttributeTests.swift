import Operations
import Testing

@testable import Layers

@Suite struct AttributeTests {
  private func only(_ kind: String, _ arguments: [Argument]) throws -> LayerProblem {
    let problems = try LayerKind.named(kind).problems(arguments)
    #expect(problems.count == 1)
    return try #require(problems.first)
  }

  private func conv(_ name: String, _ value: Literal) throws -> LayerProblem {
    let base = [Argument("filters", .integer(64)), Argument("kernel_size", .integer(3))]
    return try only("Conv2D", base.filter { $0.name != name } + [Argument(name, value)])
  }

  @Test func aMisspeltWordGetsTheNearest() throws {
    let problem = try conv("padding", .word("smae", []))
    #expect(problem.code == .attributeValue)
    #expect(problem.subject == .attribute("padding"))
    #expect(problem.message == "'padding' knows no word 'smae'")
    #expect(problem.expected == "valid, same, full or [[top, bottom], [left, right]]")
    #expect(problem.found == "smae")
    #expect(problem.help == "write same")
    #expect(problem.replacement == "same")
    #expect(try conv("activation", .word("leaky_rleu", [])).help == "write leaky_relu")
    #expect(try conv("activation", .word("banana", [])).help == nil)
    #expect(try conv("padding", .word("SAME", [])).replacement == "same")
  }

  @Test func aWordOfSequencesIsKnownForOne() throws {
    let help = try #require(try conv("padding", .word("causal", [])).help)
    #expect(help.contains("Conv1D takes causal"))
  }

  @Test func aWordInQuotesLosesThem() throws {
    let problem = try conv("padding", .string("same"))
    #expect(problem.help == "write same without quotes")
    #expect(problem.replacement == "same")
    #expect(try conv("filters", .string("64")).help == "write 64 without quotes")
  }

  @Test func pythonsConstantsAreTranslated() throws {
    #expect(try conv("use_bias", .word("True", [])).replacement == "true")
    #expect(try conv("use_bias", .integer(0)).replacement == "false")
    #expect(try conv("kernel_regularizer", .word("None", [])).help == "write none")
    #expect(try conv("use_bias", .integer(7)).message == "'use_bias' takes true or false, not 7")
  }

  @Test func numbersStayInTheirBounds() throws {
    let problem = try conv("filters", .integer(0))
    #expect(problem.message == "'filters' has to be at least 1, not 0")
    #expect(problem.expected == "at least 1")
    #expect(problem.found == "0")
    #expect(try conv("filters", .real(64)).help == "write 64")
    #expect(try conv("filters", .real(64.5)).message == "'filters' takes an Int, not 64.5")
    #expect(try only("Dropout", [Argument("rate", .real(1.5))]).expected == "from 0.0 to 1.0")
    #expect(try only("Dropout", [Argument("rate", .real(.nan))]).code == .attributeValue)
    #expect(try only("ELU", [Argument("alpha", .real(1e39))]).expected == "a finite 32-bit number")
  }

  @Test func oneElementIsBlamed() throws {
    let problem = try conv("kernel_size", .list([.integer(3), .integer(0)]))
    #expect(problem.subject == .element("kernel_size", 1))
    #expect(problem.message == "element 1 of 'kernel_size' has to be at least 1, not 0")
    #expect(try conv("strides", .list([.integer(2)])).expected == "an Int or [height, width]")
    #expect(try conv("padding", .list([.list([.integer(1), .integer(-1)]), .integer(1)])).code == .attributeValue)
    let nested = Literal.list([.list([.integer(1), .integer(1)]), .list([.integer(1), .integer(-2)])])
    #expect(try conv("padding", nested).subject == .element("padding", 1))
  }

  @Test func torchsPaddingIsSpelledOut() throws {
    #expect(try conv("padding", .integer(1)).replacement == "[[1, 1], [1, 1]]")
    #expect(try conv("padding", .list([.integer(1), .integer(2)])).replacement == "[[1, 1], [2, 2]]")
  }

  @Test func aListOfOneNeedsItsBrackets() throws {
    let problem = try only("Reshape", [Argument("target_shape", .integer(10))])
    #expect(problem.message == "'target_shape' takes a list of Ints, not 10")
    #expect(problem.replacement == "[10]")
  }

  @Test func argumentsOfWordsAreChecked() throws {
    func activation(_ word: String, _ name: String, _ value: Literal) throws -> LayerProblem {
      try conv("activation", .word(word, [Argument(name, value)]))
    }
    let unknown = try activation("leaky_relu", "negative_slop", .real(0.1))
    #expect(unknown.message == "'activation' knows no argument 'negative_slop' of 'leaky_relu'")
    #expect(unknown.help == "write negative_slope")
    #expect(try activation("mish", "x", .integer(1)).replacement == "mish")
    #expect(
      try activation("gelu", "approximate", .integer(1)).message
        == "'activation' is wrong: 'approximate' of 'gelu' takes true or false, not 1")
    #expect(try conv("padding", .word("same", [Argument("x", .integer(1))])).replacement == "same")
    let twice = Literal.word("elu", [Argument("alpha", .real(1)), Argument("alpha", .real(2))])
    #expect(try conv("activation", twice).message == "'activation' gives 'alpha' of 'elu' twice")
  }

  @Test func whatIsMissingIsNamed() throws {
    let problems = try LayerKind.named("Conv2D").problems([])
    #expect(problems.map(\.message) == ["Conv2D needs 'filters'", "Conv2D needs 'kernel_size'"])
    #expect(problems.allSatisfy { $0.subject == .layer })
  }

  @Test func allProblemsAreToldAtOnce() throws {
    let problems = try LayerKind.named("Conv2D").problems([
      Argument("filters", .integer(-1)), Argument("padding", .word("sane", [])), Argument("use_bias", .real(1)),
    ])
    #expect(problems.count == 4)
  }

  @Test func conflictsBetweenAttributes() throws {
    func conv(_ more: Argument...) throws -> LayerProblem {
      try only("Conv2D", [Argument("filters", .integer(64)), Argument("kernel_size", .integer(3))] + more)
    }
    #expect(try conv(Argument("groups", .integer(5))).code == .indivisible)
    let both = try conv(Argument("strides", .integer(2)), Argument("dilation_rate", .list([.integer(1), .integer(2)])))
    #expect(both.subject == .attribute("dilation_rate"))
    let wide = Literal.list([.list([.integer(0), .integer(0)]), .list([.integer(2), .integer(0)])])
    #expect(try only("MaxPooling2D", [Argument("padding", wide)]).subject == .element("padding", 1))
    #expect(
      try only("Reshape", [Argument("target_shape", .list([.integer(-1), .integer(-1)]))]).subject
        == .element("target_shape", 1))
  }

  @Test func valuesReadAsWritten() throws {
    func text(_ kind: String, _ arguments: [Argument], _ name: String) throws -> String? {
      try layer(kind, arguments).arguments.first { $0.name == name }?.value.description
    }
    let leaky = Literal.word("leaky_relu", [Argument("negative_slope", .integer(1))])
    #expect(try text("Activation", [Argument("activation", leaky)], "activation") == "leaky_relu(negative_slope: 1.0)")
    #expect(try text("Activation", [Argument("activation", .none)], "activation") == "linear")
    #expect(try text("ZeroPadding2D", [], "padding") == "1")
    let edges = Literal.list([.list([.integer(0), .integer(1)]), .integer(2)])
    #expect(try text("ZeroPadding2D", [Argument("padding", edges)], "padding") == "[[0, 1], [2, 2]]")
    #expect(
      try text("MaxPooling2D", [Argument("pool_size", .list([.integer(1), .integer(7)]))], "pool_size") == "[1, 7]")
    let noise = [Argument("rate", .integer(0)), Argument("noise_shape", .list([.none, .integer(1)]))]
    #expect(try text("Dropout", noise, "noise_shape") == "[none, 1]")
    #expect(Literal.string("a\"\n\\").description == "\"a\\\"\\n\\\\\"")
  }

  @Test func hostileValuesStayShort() throws {
    let long = String(repeating: "x", count: 100_000)
    #expect(try conv("padding", .word(long, [])).help == nil)
    #expect(try conv("filters", .string(long)).message.utf8.count < 200)
    #expect(try conv("filters", .list(Array(repeating: .integer(1), count: 100_000))).message.utf8.count < 300)
  }
}
