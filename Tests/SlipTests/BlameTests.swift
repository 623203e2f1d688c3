import Foundation
import Syntax
import Testing

/// Slips made by machine: the first error has to lie on the culprit's bytes, nothing may follow from it, and where the
/// slip is one of spelling its replacement has to bring the program back.
///
/// A sample is judged, the same one each time, in which every kind meets every second program. `SLIPS=all swift test
/// --filter BlameTests` judges three of each kind in every program, ten thousand in all, and shows the share of each
/// kind; `SLIPS=verbose` shows every slip that was told badly too; `SLIPS="comma lost"` those of one kind.
@Suite struct BlameTests {
  static let folder = URL(filePath: #filePath).deletingLastPathComponent()

  static func programs(in folder: URL) throws -> [Program] {
    try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
      .filter { $0.pathExtension == "model" }.sorted { $0.lastPathComponent < $1.lastPathComponent }
      .map { file in
        let bytes = Array(try Data(contentsOf: file))
        return Program(name: file.lastPathComponent, bytes: bytes, imports: try imports(of: bytes, in: folder))
      }
  }

  /// The files that a program imports, as far as they are there.
  private static func imports(of bytes: [UInt8], in folder: URL) throws -> [Tree] {
    var log = DiagnosticLog()
    let tree = parse(Source(name: "", bytes: bytes), limits: Limits(), into: &log)
    return try tree.imports.compactMap { line in
      let file = folder.appending(path: line.path)
      guard FileManager.default.fileExists(atPath: file.path) else { return nil }
      return parse(
        Source(name: line.path, bytes: Array(try Data(contentsOf: file))), limits: Limits(), into: &log)
    }
  }

  /// The models of the zoo, and programs that use what those do not.
  @Test func slipsInModels() throws {
    let models = Self.folder.deletingLastPathComponent().deletingLastPathComponent().appending(path: "models")
    try judge(Self.programs(in: models) + Self.programs(in: Self.folder.appending(path: "Programs")), seed: 1)
  }

  /// Networks in the styles of other authors.
  @Test func slipsInNetworks() throws {
    try judge(
      Self.programs(in: Self.folder.appending(path: "Networks")), seed: 77, every: 4, wanted: (0.98, 0.975, 0.96))
  }

  /// `wanted` are shares of all slips; kinds are judged one by one only where there is no other wish. A sample meets
  /// one of `divisor` programs with each kind.
  private func judge(
    _ programs: [Program], seed: UInt64, every divisor: Int = 2,
    wanted: (blamed: Double, single: Double, cured: Double)? = nil
  ) throws {
    var shares: [String: Share] = [:]
    var total = Share()
    let wish = ProcessInfo.processInfo.environment["SLIPS"]
    for (number, program) in programs.enumerated() {
      let original = Outcome(program.bytes, of: program)
      #expect(original.errors.isEmpty, "\(program.name): \(original.errors.first?.message ?? "")")
      guard original.errors.isEmpty else { continue }
      let slips = SlipMachine.slips(
        in: program, of: wish == nil ? 1 : 3, seed: seed &+ UInt64(number) &* 1000,
        sample: wish == nil ? (number, divisor) : (0, 1))
      for slip in slips {
        guard let verdict = Verdict(slip, original: original) else { continue }
        shares[slip.category, default: Share()].count(verdict)
        total.count(verdict)
        if let wish, !verdict.isGood, wish == "verbose" || wish == slip.category { print(verdict.text) }
      }
    }
    let table = shares.sorted { $0.key < $1.key }.map { "\($0.value.text)  \($0.key)" }
    if wish != nil { print((table + ["\(total.text)  all"]).joined(separator: "\n")) }
    for (category, share) in shares.sorted(by: { $0.key < $1.key }) where wanted == nil {
      // Of few, one may be missed.
      let isEnough = share.blamed >= Self.wanted(category) || share.count <= 20 && share.missed <= 1
      #expect(isEnough, "\(share.text)  \(category)")
    }
    let (blamed, single, cured) = wanted ?? (0.975, 0.97, 0.94)
    #expect(total.blamed >= blamed && total.single >= single && total.cured >= cured, "\(total.text)")
    #expect(total.count > 500)
  }

  /// Kinds that are told less well; what is not listed has to reach 93 %.
  private static let weak: [String: Double] = [
    "one backquote lost": 0.5, "type misspelt": 0.8, "number": 0.8,
    "word doubled": 0.85, "|> lost": 0.9, "( lost": 0.9, ") lost": 0.9, "[ lost": 0.9, ") before a pipe": 0.9,
    "lines run together": 0.4, "another tensor": 0.6, "attribute lost": 0.6, "value inverted": 0.7,
    "axes in another order": 0.7, "head of a binding lost": 0.9, "other bracket for (": 0.9,
    "other sign for ==": 0.9,
  ]

  private static func wanted(_ category: String) -> Double { weak[category] ?? 0.93 }
}

/// How many of some slips were told well.
struct Share {
  private(set) var count = 0
  private var blamedCount = 0
  private var singleCount = 0
  private var curableCount = 0
  private var curedCount = 0

  mutating func count(_ verdict: Verdict) {
    count += 1
    if verdict.isBlamed { blamedCount += 1 }
    if verdict.isSingle { singleCount += 1 }
    guard let isCured = verdict.isCured else { return }
    curableCount += 1
    if isCured { curedCount += 1 }
  }

  var missed: Int { count - blamedCount }
  var blamed: Double { Double(blamedCount) / Double(max(1, count)) }
  var single: Double { Double(singleCount) / Double(max(1, count)) }
  var cured: Double { curableCount == 0 ? 1 : Double(curedCount) / Double(curableCount) }

  var text: String {
    func percent(_ share: Double) -> String {
      let text = String(format: "%5.1f", share * 100)
      return text
    }
    return String(format: "%5d", count) + " blamed \(percent(blamed)) single \(percent(single)) cured \(percent(cured))"
  }
}
