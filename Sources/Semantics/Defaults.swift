import Layers
import Syntax

/// What the `with` lines say that a body's calls see, by the name of the layer or block that they are for.
struct Defaults {
  /// The attributes or parameters of one layer or block, each as its nearest line gives it.
  struct Given {
    fileprivate(set) var arguments: [(name: Name, value: NodeID<Expression>)] = []
    /// Bytes of the values, which each call evaluates anew.
    fileprivate(set) var length = 0
    /// What no line has given yet.
    fileprivate var open: Set<String> = []
  }

  private var given: [String: Given] = [:]

  init() {}

  /// - Parameter lines: the nearest first.
  init(_ lines: [Call], _ tree: SharedTree, _ library: Library) {
    for line in lines {
      let callee = line.name.text
      guard let names = Self.names(of: callee, library) else { continue }
      var all = given[callee] ?? Given(open: Set(names))
      for argument in line.arguments {
        guard let name = argument.name, all.open.remove(name.text) != nil else { continue }
        all.arguments.append((name, argument.value))
        let range = tree[argument.value].range
        all.length += range.end - range.start
      }
      given[callee] = all
    }
  }

  subscript(_ callee: String) -> Given? { given[callee] }

  /// What a line may give to calls of a layer or block; nil if there is none of this name.
  static func names(of callee: String, _ library: Library) -> [String]? {
    if let kind = Catalogue.kind(named: callee) { return kind.attributes.map(\.name) + ["trainable"] }
    return library.block(named: callee)?.block.parameters.map(\.name.text)
  }
}

extension Elaborator {
  /// What `with` lines give to a call of a layer or block; nil if there is no more to be expanded, which has been reported.
  /// The values are part of each call, so long ones are charged like bodies.
  mutating func defaults(of callee: String, _ range: SourceRange, _ scope: Scope) -> Defaults.Given? {
    guard !scope.isInDefault, let given = scope.defaults[callee] else { return Defaults.Given() }
    depth += 1
    defer { depth -= 1 }
    return charge(range, scope, given.length / 256) ? given : nil
  }
}
