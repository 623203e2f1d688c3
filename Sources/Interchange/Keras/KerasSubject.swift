package import Syntax

/// A layer for messages: `layer 'conv2d_1' (Conv2D)`.
func kerasSubject(_ name: String, _ className: String) -> String { "layer '\(excerpt(name))' (\(excerpt(className)))" }

/// A text cut to what fits a message.
func excerpt(_ text: String) -> String {
  let limit = 60
  return text.unicodeScalars.count <= limit ? text : String(text.unicodeScalars.prefix(limit)) + "…"
}

/// The layer of a Keras model that a range lies in, for messages, behind the models around it; nil if it lies in none.
package func kerasSubject(at range: SourceRange, in document: JSON) -> String? {
  guard document.value("modelc", of: document.root) == nil else { return nil }
  var (path, className): ([String], String?) = ([], nil)
  var next = document.innermost(around: range)
  while let node = next {
    let parent = document[node].parent
    // Layers are elements of lists; initializers and the like, which have a class too, are not.
    if parent.flatMap(document.array) != nil,
      let found = document.value("class_name", of: node).flatMap(document.string),
      let name = document.value("config", of: node).flatMap({ document.value("name", of: $0) }).flatMap(document.string)
    {
      path.append(name)
      className = className ?? found
    }
    next = parent
  }
  return className.map { kerasSubject(path.reversed().joined(separator: "/"), $0) }
}
