/// A typed index into one of a tree's arenas.
package struct NodeID<Node>: Hashable, Sendable {
  private let place: UInt32

  package init(_ index: Int) { place = UInt32(index) }

  package var index: Int { Int(place) }
}

/// A description as written: declarations in order, expressions in an arena. No node owns another, so neither
/// building nor freeing it recurses. Text and JSON come to the same tree.
package struct Tree: Sendable {
  package var source: Source
  /// The language edition on the first line; nil if it is missing.
  package var edition: Int?
  package var imports: [Import] = []
  /// `with` lines that hold for the whole file.
  package var defaults: [Call] = []
  /// Warnings that the whole file means to live with.
  package var allowances: [Allowance] = []
  package var blocks: [Block] = []
  package var models: [Model] = []
  package var trainings: [Training] = []
  package var expressions: [Expression] = []
  /// Where one place could not be read: the ways to read it, the likeliest first. Whoever knows what the names mean
  /// can tell which of them makes sense.
  package var remedies: [Diagnostic] = []
  /// Whether it was read from another format, whose authors have no way to say which sizes they mean.
  package var isForeign = false
  /// What layers with several calls are called in paths, by their names here, where those differ: in other formats they
  /// may have the name of a kind of layer.
  package var instancePaths: [String: String] = [:]
  /// Whether a block that is called is there as a whole, those of its layers too that no output needs.
  package var keepsBlocksWhole = false

  package init(source: Source) { self.source = source }

  /// Whether nothing is declared.
  package var isEmpty: Bool {
    imports.isEmpty && defaults.isEmpty && allowances.isEmpty && blocks.isEmpty && models.isEmpty && trainings.isEmpty
  }

  package subscript(id: NodeID<Expression>) -> Expression { expressions[id.index] }

  package mutating func add(_ kind: Expression.Kind, _ range: SourceRange) -> NodeID<Expression> {
    expressions.append(Expression(kind: kind, range: range))
    return NodeID(expressions.count - 1)
  }
}

/// A name as written, without the backquotes it may have had.
package struct Name: Hashable, Sendable {
  package var text: String
  package var range: SourceRange

  package init(_ text: String, _ range: SourceRange) {
    self.text = text
    self.range = range
  }
}

package struct Import: Sendable {
  package var path: String
  /// The name of the file that it stands for, once that has been found.
  package var file: String?
  package var range: SourceRange

  package init(path: String, range: SourceRange) {
    self.path = path
    self.range = range
  }
}

/// `block Inception(x: [N, H, W, C], n1: Int) -> [N, H, W, n1] { … }`
package struct Block: Sendable {
  package var name: Name
  package var parameters: [Parameter]
  /// The shapes that its results promise to have; empty if it promises none.
  package var promises: [NodeID<Expression>]
  package var body: Body
  package var documentation: String?

  package init(
    name: Name, parameters: [Parameter], promises: [NodeID<Expression>], body: Body, documentation: String?
  ) {
    self.name = name
    self.parameters = parameters
    self.promises = promises
    self.body = body
    self.documentation = documentation
  }
}

/// `model GoogLeNet(classes: Int = 1000) { … }`
package struct Model: Sendable {
  package var name: Name
  package var parameters: [Parameter]
  package var body: Body
  package var documentation: String?
  /// The names of the inputs in the order in which the model takes them, where a file of another format says it apart
  /// from the inputs themselves; empty: in the order of their statements.
  package var inputOrder: [String]

  package init(
    name: Name, parameters: [Parameter], body: Body, documentation: String?, inputOrder: [String] = []
  ) {
    self.name = name
    self.parameters = parameters
    self.body = body
    self.documentation = documentation
    self.inputOrder = inputOrder
  }
}

package struct Parameter: Sendable {
  package enum Kind: Sendable {
    /// `Int`, `Padding`
    case named(Name)
    /// A tensor's shape, or `[Int]`: a list expression; the checker tells them apart.
    case shape(NodeID<Expression>)
  }

  package var name: Name
  package var kind: Kind
  package var defaultValue: NodeID<Expression>?

  package init(name: Name, kind: Kind, defaultValue: NodeID<Expression>?) {
    self.name = name
    self.kind = kind
    self.defaultValue = defaultValue
  }
}

/// `allow dead-bias`: the code of a warning that the author means to live with.
package struct Allowance: Hashable, Sendable {
  package var code: String
  package var range: SourceRange

  package init(code: String, range: SourceRange) {
    self.code = code
    self.range = range
  }

  /// Whether a text says a code, be there such a warning or not: names with `-` between them. Only the first may be no
  /// keyword.
  package static func isCode(_ text: String) -> Bool {
    let words = Array(text.utf8).split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
    return Keyword(words[0]) == nil
      && words.allSatisfy { $0.first.map(isNameStart) ?? false && $0.allSatisfy(isNameByte) }
  }
}

/// What stands between braces: `with` and `allow` lines, then statements.
package struct Body: Sendable {
  package var defaults: [Call] = []
  /// Warnings that what stands between the braces means to live with.
  package var allowances: [Allowance] = []
  package var statements: [Statement] = []
  /// From `{` to `}`.
  package var range: SourceRange

  package init(range: SourceRange) { self.range = range }
}

package struct Statement: Sendable {
  package enum Kind: Sendable {
    /// The shape is a list expression.
    case input(Name, shape: NodeID<Expression>)
    /// `[train] output name [= expression]`; without an expression it names a tensor bound before.
    case output(Name, NodeID<Expression>?, isTrainOnly: Bool)
    case layer(Name, Call)
    case result([NodeID<Expression>])
    case assertion([Claim])
    case binding([Name], NodeID<Expression>)
  }

  package var kind: Kind
  package var range: SourceRange
  /// `a = x |> Conv2D(8, 3) allow dead-bias`
  package var allowances: [Allowance] = []

  package init(_ kind: Kind, _ range: SourceRange) {
    self.kind = kind
    self.range = range
  }
}

/// `params == 6_998_552 when classes == 1000`
package struct Claim: Sendable {
  package var condition: NodeID<Expression>
  package var guardCondition: NodeID<Expression>?

  package init(condition: NodeID<Expression>, guardCondition: NodeID<Expression>?) {
    self.condition = condition
    self.guardCondition = guardCondition
  }
}

/// `train GoogLeNet { loss aux1, aux2: categorical_crossentropy * 0.3 }`
package struct Training: Sendable {
  package struct Entry: Sendable {
    package var name: Name
    package var outputs: [Name]
    package var values: [NodeID<Expression>]
    /// Behind its values: warnings that the author means to live with here.
    package var allowances: [Allowance] = []

    package init(name: Name, outputs: [Name], values: [NodeID<Expression>]) {
      self.name = name
      self.outputs = outputs
      self.values = values
    }
  }

  package var model: Name
  package var entries: [Entry]
  /// At the head of the section.
  package var allowances: [Allowance] = []

  package init(model: Name, entries: [Entry]) {
    self.model = model
    self.entries = entries
  }
}

package struct Expression: Sendable {
  package enum Kind: Sendable {
    case integer(Int)
    case real(Double)
    case string(String)
    case boolean(Bool)
    case name(String)
    case list([NodeID<Expression>])
    /// `Conv2D(64, 3)`, `floor(a / b)`, `leaky_relu(negative_slope: 0.2)`
    case call(Call)
    case element(of: NodeID<Expression>, at: NodeID<Expression>)
    case negation(NodeID<Expression>)
    case not(NodeID<Expression>)
    /// Operators of one precedence, from left to right: `a + b - c`.
    case operation(NodeID<Expression>, [Operand])
    case pipeline(NodeID<Expression>, [Stage])
    case conditional(NodeID<Expression>, then: NodeID<Expression>, otherwise: NodeID<Expression>)
    /// Where something should be and is not; it has been reported.
    case missing
  }

  package var kind: Kind
  package var range: SourceRange

  package init(kind: Kind, range: SourceRange) {
    self.kind = kind
    self.range = range
  }
}

package enum BinaryOperator: String, Hashable, Sendable, CaseIterable {
  case add = "+"
  case subtract = "-"
  case multiply = "*"
  case divide = "/"
  case remainder = "%"
  case equal = "=="
  case notEqual = "!="
  case less = "<"
  case lessOrEqual = "<="
  case greater = ">"
  case greaterOrEqual = ">="
  case and
  case or
}

/// An operator and what stands to its right.
package struct Operand: Sendable {
  package var operation: BinaryOperator
  package var operatorRange: SourceRange
  package var value: NodeID<Expression>

  package init(_ operation: BinaryOperator, _ operatorRange: SourceRange, _ value: NodeID<Expression>) {
    self.operation = operation
    self.operatorRange = operatorRange
    self.value = value
  }
}

package struct Call: Sendable {
  package var name: Name
  package var arguments: [CallArgument]
  /// From the name to `)`.
  package var range: SourceRange
  /// What the format that it was read from demands of its tensors.
  package var demand: CallDemand?

  package init(name: Name, arguments: [CallArgument], range: SourceRange, demand: CallDemand? = nil) {
    self.name = name
    self.arguments = arguments
    self.range = range
    self.demand = demand
  }
}

/// What another format's operation demands of its tensors for a layer to be the same, where only their shapes tell.
package enum CallDemand: Sendable {
  /// They have equally many axes: layers lay shapes against each other behind the batch, operations do not.
  case equalRanks
  /// Each of these axes has the size 1; below zero they count from the end.
  case ones(axes: [Int])
}

package struct CallArgument: Sendable {
  package var name: Name?
  package var value: NodeID<Expression>

  package init(name: Name?, value: NodeID<Expression>) {
    self.name = name
    self.value = value
  }
}

/// What a tensor goes through after `|>`, or an assertion of its shape after `->`.
package enum Stage: Sendable {
  /// `[label:] [repeat count [as index]] Call(…)`
  case call(label: Name?, repetition: Repetition?, Call)
  /// `-> [N, 28, 28, 256]`: a list expression.
  case shape(NodeID<Expression>)
}

package struct Repetition: Sendable {
  package var count: NodeID<Expression>
  package var index: Name?

  package init(count: NodeID<Expression>, index: Name?) {
    self.count = count
    self.index = index
  }
}
