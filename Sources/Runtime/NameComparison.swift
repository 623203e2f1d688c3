/// Which of the names that a network wants are there, and which are there that it does not want.
///
/// Names are compared byte by byte: what Unicode takes for the same is not the same name.
package struct NameComparison {
  /// As many suggestions are looked for; who has more problems has another problem.
  private static let maximumSuggestions = 20

  package var wanted: [WeightShape]
  private var missing: [String] = []
  /// There, but not wanted, in the order of the file.
  private var extra: [String] = []

  package init(wanted: [WeightShape], names: [String]) {
    self.wanted = wanted
    let present = Set(names.map { Array($0.utf8) })
    let expected = Set(wanted.map { Array($0.name.utf8) })
    var seen: Set<[UInt8]> = []
    for weight in wanted where !weight.isOptional && !present.contains(Array(weight.name.utf8)) {
      if seen.insert(Array(weight.name.utf8)).inserted { missing.append(weight.name) }
    }
    extra = names.filter { !expected.contains(Array($0.utf8)) }
  }

  /// - Parameter misfit: what is wrong with a weight that is there.
  package func problems(_ misfit: (WeightShape) -> WeightProblem?) -> [WeightProblem] {
    let isMissing = Set(missing.map { Array($0.utf8) })
    var suggestions = Self.maximumSuggestions
    func suggestion(for name: String, among candidates: [String]) -> String {
      guard suggestions > 0 else { return "" }
      suggestions -= 1
      return NearestName.find(name, among: candidates).map { "; did you mean \(quoted($0))?" } ?? ""
    }

    var problems: [WeightProblem] = []
    var reported: Set<[UInt8]> = []
    for weight in wanted where !weight.isOptional {
      if isMissing.contains(Array(weight.name.utf8)) {
        guard reported.insert(Array(weight.name.utf8)).inserted else { continue }
        let hint = suggestion(for: weight.name, among: extra)
        problems.append(
          WeightProblem(name: weight.name, reason: "of shape \(weight.shape) is missing" + hint))
      } else if let problem = misfit(weight) {
        problems.append(problem)
      }
    }
    for name in extra {
      let hint = suggestion(for: name, among: missing)
      problems.append(WeightProblem(name: name, reason: "is none of this network's" + hint))
    }
    return problems
  }
}
