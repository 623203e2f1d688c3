import Semantics
import Syntax

/// Which names of layers are worth a label.
struct Labelling {
  /// Names that lead to paths which mean something else already.
  private let avoided: Set<String>
  /// What calls of blocks are called by themselves, in words.
  private let blocks: [[Substring]]

  init(blockNames: [String], avoiding avoided: Set<String>) {
    self.avoided = avoided
    // A block that has become a part of another is called nowhere, and has no name.
    blocks = blockNames.filter { !$0.isEmpty }.map { Self.words(of: $0) }
  }

  /// A name as a label: `1_conv` as `conv1`; nil if it cannot be one, or says nothing.
  ///
  /// - Parameters:
  ///   - kind: the class of the layer; nil for a call of a block.
  ///   - isInBlock: whether it is for a block, whose bindings are letters.
  func label(_ name: String, of kind: String?, isInBlock: Bool) -> String? {
    var text = name.replacing("/", with: "_")
    let digits = text.prefix { $0.isNumber }
    if !digits.isEmpty {
      let rest = text.dropFirst(digits.count).drop { $0 == "_" }
      text = String(rest) + digits
    }
    guard text.isPlainName, !avoided.contains(text), !isOwn(text, kind), !isInBlock || text.count > 1 else {
      return nil
    }
    return text
  }

  /// Whether a name is made of what layers, blocks and bindings are called by themselves, as `residual_conv2d_1` is: so are
  /// the layers called of a program that was written here and has become a flat one since. Letters alone are somebody's.
  private func isOwn(_ name: String, _ kind: String?) -> Bool {
    let kinds = kind.map { [Self.words(of: $0)] + blocks } ?? blocks
    var words = name.split(separator: "_")[...]
    var endsWithKind = false
    var isTold = false
    while let word = words.first {
      let letters = word.prefix { !$0.isNumber }
      let isBinding = ["shortcut", "residual", "padded"].contains(letters)
      if let kind = kinds.first(where: { words.starts(with: $0) }) {
        words = words.dropFirst(kind.count)
        (endsWithKind, isTold) = (true, true)
      } else if word.allSatisfy(\.isNumber) {
        words = words.dropFirst()
      } else if isBinding || letters.count == 1, word.dropFirst(letters.count).allSatisfy(\.isNumber) {
        words = words.dropFirst()
        (endsWithKind, isTold) = (false, isTold || isBinding)
      } else {
        return false
      }
    }
    return kind == nil ? isTold : endsWithKind
  }

  private static func words(of name: String) -> [Substring] { snakeCase(name).split(separator: "_") }
}
