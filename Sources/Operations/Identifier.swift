/// A typed index into an array of elements: an arena's pointer.
package struct ID<Element>: Hashable, Comparable, Sendable {
  package var index: Int

  package init(_ index: Int) { self.index = index }

  package static func < (left: Self, right: Self) -> Bool { left.index < right.index }
}

extension Array {
  package subscript(id: ID<Element>) -> Element {
    get { self[id.index] }
    _modify { yield &self[id.index] }
  }

  /// Adds an element and says where it is.
  package mutating func add(_ element: Element) -> ID<Element> {
    append(element)
    return ID(count - 1)
  }
}
