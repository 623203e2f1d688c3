/// A layer's path as Keras can call a layer, whose names hold no slash: `i3a_b_reduce` for `i3a/b/reduce`.
///
/// - Parameter path: the path of a layer, block or instance.
package func kerasName(_ path: String) -> String {
  String(decoding: path.utf8.map { $0 == UInt8(ascii: "/") ? UInt8(ascii: "_") : $0 }, as: UTF8.self)
}
