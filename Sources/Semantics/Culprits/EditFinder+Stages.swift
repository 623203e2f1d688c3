import Syntax

/// Stages that are missing, and those of which one stands where several were meant.
extension EditFinder {
  /// Stages of which one was to be several, those that are repeated elsewhere first.
  mutating func addRepetitions() {
    for site in calls where site.isStage {
      let start = site.call.range.start
      for count in 2...4 {
        let likelihood: Edit.Likelihood = repeated.contains(site.call.name.text) ? .formula : .repetition
        add(SourceRange(start, start), "repeat \(count) ", likelihood)
      }
    }
  }

  mutating func addStages() {
    var counts: [String: Int] = [:]
    for stage in stages { counts[stage.text, default: 0] += 1 }
    var neighbours: [String: (before: Set<String>, behind: Set<String>, both: Set<[String]>)] = [:]
    for stage in stages {
      var known = neighbours[stage.text] ?? ([], [], [])
      known.before.insert(stage.previous)
      known.behind.insert(stage.next)
      known.both.insert([stage.previous, stage.next])
      neighbours[stage.text] = known
    }
    let own = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map(\.key).prefix(24)
    let usualStages = counts.keys.contains { $0.contains("1D(") } ? Self.usualStagesOfSequences : Self.usualStages
    for gap in gaps {
      for text in own + usualStages.filter({ counts[$0] == nil }) {
        var likelihood = Edit.Likelihood.stage
        if gap.isBare || gap.next == "Dense" && usualStages.prefix(2).contains(text) {
          likelihood = .expectedStage
        }
        if let known = neighbours[text] {
          if known.both.contains([gap.previous, gap.next]) { likelihood = .expectedStage }
          let isPlausible = known.before.contains(gap.previous) || known.behind.contains(gap.next)
          if isPlausible, likelihood == .stage { likelihood = .plausibleStage }
        }
        add(SourceRange(gap.offset, gap.offset), " |> " + text, likelihood)
      }
    }
  }

  /// What networks have that may stand in a file once only; the first two make rows of maps.
  private static let usualStages = [
    "Flatten()", "GlobalAveragePooling2D()", "BatchNormalization()", "MaxPooling2D(2)",
  ]

  private static let usualStagesOfSequences = [
    "Flatten()", "GlobalAveragePooling1D()", "BatchNormalization()", "MaxPooling1D(2)",
  ]
}
