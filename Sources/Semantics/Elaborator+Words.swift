import Layers
import Spelling
import Syntax

/// Words of attributes, such as `same` and `relu`, where parameters hold them.
extension Elaborator {
  /// The words that attributes of a type take; none if it is no such type.
  mutating func words(of type: String) -> [String] {
    if let known = wordsOfTypes[type] { return known }
    // The first kind with such an attribute knows them; most kinds are not so much as built for it.
    var words: [String] = []
    for kind in Catalogue.names.lazy.compactMap(Catalogue.kind) {
      guard let attribute = kind.attributes.first(where: { $0.takesWords && $0.type == type }) else { continue }
      words = attribute.words.sorted()
      break
    }
    wordsOfTypes[type] = words
    return words
  }

  /// Keeps which words a parameter takes, for comparisons with them.
  func rememberWords(of parameter: Syntax.Parameter, _ scope: Scope) {
    guard case .named(let type) = parameter.kind, !["Int", "Float", "Bool"].contains(type.text) else { return }
    scope.wordTypes[parameter.name.text] = type.text
  }

  /// Whether a parameter of this type takes the word; if not, that has been reported.
  mutating func isKnown(_ word: String, of parameter: String, _ type: String, _ range: SourceRange, _ scope: Scope)
    -> Bool
  {
    let words = words(of: type)
    guard word != "none", !words.isEmpty, !words.contains(word) else { return true }
    let near = suggestion(for: word, among: words, favouring: Set(library.uses(in: scope.file).keys))
    report(
      .unknownWord, range, scope, "'\(parameter)' knows no word '\(word)'", expected: words.joined(separator: ", "),
      found: word, help: near.map { "did you mean '\($0)'?" }, replacement: near)
    return false
  }

  /// What stands on one side of `==` or `!=`: beside a parameter that holds a word, a bare name is one of its words.
  mutating func evaluateComparand(
    _ side: NodeID<Expression>, beside other: NodeID<Expression>, _ scope: Scope, _ context: Context
  ) -> Evaluated {
    guard case .name(let parameter) = tree(scope)[other].kind, let type = scope.wordTypes[parameter],
      case .name(let word) = tree(scope)[side].kind, scope.bindings[word] == nil
    else { return evaluate(side, scope, context) }
    return isKnown(word, of: parameter, type, tree(scope)[side].range, scope) ? .word(word, []) : .failed
  }
}
