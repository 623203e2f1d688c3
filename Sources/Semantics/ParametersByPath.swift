/// What `params(stem/conv2d)` counts: the parameters of one layer, or of all layers below a path.
///
/// Paths are sorted, so that those below one stand together and each question takes a search, not a walk.
struct ParametersByPath {
  private let paths: [String]
  /// All paths of layers, and of blocks around them; sorted.
  var names: [String] {
    var names: Set<String> = []
    for path in paths {
      var end = path.endIndex
      // What stands around a path that is known is known too.
      while names.insert(String(path[..<end])).inserted, let slash = path[..<end].lastIndex(of: "/") { end = slash }
    }
    return names.sorted()
  }
  /// The parameters of all paths before each one.
  private let sums: [Int]

  init(_ nodes: [LayerNode]) {
    let sorted = nodes.sorted { $0.path < $1.path }
    var sums = [0]
    for node in sorted {
      let (sum, overflow) = (sums.last ?? 0).addingReportingOverflow(node.parameterCount)
      sums.append(overflow ? .max : sum)
    }
    self.paths = sorted.map(\.path)
    self.sums = sums
  }

  /// nil if no layer stands at the path or below it.
  func count(of path: String) -> Int? {
    let own = first(notBefore: path)..<first(notBefore: path + "\u{1}")
    // `0` follows `/`: everything between begins with the path and a slash.
    let below = first(notBefore: path + "/")..<first(notBefore: path + "0")
    guard !own.isEmpty || !below.isEmpty else { return nil }
    return sums[own.upperBound] - sums[own.lowerBound] + sums[below.upperBound] - sums[below.lowerBound]
  }

  private func first(notBefore path: String) -> Int {
    var low = 0
    var high = paths.count
    while low < high {
      let middle = (low + high) / 2
      if paths[middle] < path { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
