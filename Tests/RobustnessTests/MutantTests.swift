import Foundation
import ModelCompiler
import TestSupport
import Testing

/// Descriptions with every small damage: whatever becomes of them, nothing traps, nothing takes long, and what is said
/// is well formed and speaks of places that there are.
///
/// By default a sample is tried, the same one each time. `MUTANTS=all swift test -c release --filter MutantTests` tries
/// all of them, some twelve million, which takes hours; `MUTANTS=50000` that many of each file; and the name of a file
/// behind a blank tries only that: `MUTANTS="all lenet5"`.
@Suite struct MutantTests {
  private static let wish =
    ProcessInfo.processInfo.environment["MUTANTS"]?.split(separator: " ").map(String.init) ?? ["40"]

  private static let root = URL(filePath: #filePath).appending(path: "../../..").standardized

  struct File: CustomTestStringConvertible, Sendable {
    var name: String
    var bytes: [UInt8]
    var testDescription: String { name }
  }

  /// The models, the same as JSON, and files of Keras.
  static let files: [File] = {
    let keras = root.appending(path: "Tests/InterchangeTests/Fixtures")
    let models = contents(of: root.appending(path: "models")).filter { $0.pathExtension == "model" }
      .map { File(name: $0.lastPathComponent, bytes: bytes(of: $0)) }
    let converted = models.compactMap { file in
      Description(name: file.name, bytes: file.bytes).converted(to: .json).text.map {
        File(name: file.name.replacing(".model", with: ".json"), bytes: Array($0.utf8))
      }
    }
    let foreign = contents(of: keras).map {
      File(name: $0.lastPathComponent + "/model.json", bytes: bytes(of: $0.appending(path: "model.json")))
    }
    return (models + converted + foreign).filter { file in wish.count < 2 || file.name.contains(wish[1]) }
  }()

  private static func contents(of folder: URL) -> [URL] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return names.sorted().map { folder.appending(path: $0) }
  }

  private static func bytes(of file: URL) -> [UInt8] { (try? Data(contentsOf: file)).map(Array.init) ?? [] }

  @Test func thereAreFiles() { #expect(Self.files.count > 60 || Self.wish.count > 1) }

  @Test(arguments: files) func damageIsTold(file: File) throws {
    let mutants = Mutants(of: file.bytes)
    for index in Self.sample(mutants.count) { try judge(mutants[index], "\(file.name), mutant \(index)", file.name) }
  }

  /// All places, or so many of them spread over the whole by a step that shares no factor with it.
  private static func sample(_ count: Int) -> [Int] {
    guard wish[0] != "all", let wanted = Int(wish[0]), wanted < count else { return Array(0..<count) }
    var step = max(count * 618 / 1000, 1)
    func commonDivisor(_ a: Int, _ b: Int) -> Int { b == 0 ? a : commonDivisor(b, a % b) }
    while commonDivisor(step, count) != 1 { step += 1 }
    return (0..<wanted).map { ($0 * step + count / 7) % count }
  }

  private func judge(_ bytes: [UInt8], _ place: String, _ name: String) throws {
    let description = Description(name: (name as NSString).lastPathComponent, bytes: bytes)
    var problems = Problems()
    let time = processorTime {
      let result = description.check()
      problems = result.problems
      if result.problems.errorCount == 0 {
        problems.append(description.converted(to: .json).problems)
        if !description.isJSON { problems.append(description.formatted().problems) }
        for model in result.models { _ = model.summary() }
      }
    }
    // Not a figure but a bound, far above what is needed: a hang is an error.
    #expect(time < .seconds(10), "\(place) takes \(time)")
    try judge(problems, of: bytes, place)
  }

  private func judge(_ problems: Problems, of bytes: [UInt8], _ place: String) throws {
    let json = try #require(
      try JSONSerialization.jsonObject(with: Data(problems.json.utf8)) as? [String: Any], "\(place)")
    let listed = try #require(json["diagnostics"] as? [[String: Any]], "\(place)")
    #expect(json["errors"] as? Int == problems.errorCount, "\(place)")
    #expect(!listed.isEmpty || problems.isEmpty, "\(place)")
    let lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false).map(\.count)
    for problem in listed {
      #expect((problem["message"] as? String)?.isEmpty == false, "\(place): \(problem)")
      for (line, column) in [("line", "column"), ("end_line", "end_column")] {
        guard let line = problem[line] as? Int, let column = problem[column] as? Int else { continue }
        let isThere = lines.indices.contains(line - 1) && (1...lines[line - 1] + 1).contains(column)
        #expect(isThere, "\(place): \(line):\(column) in \(problem)")
      }
    }
    // Nothing that a terminal would obey.
    let isPlain = problems.text.unicodeScalars.allSatisfy {
      $0 == "\n" || $0.value >= 0x20 && !(0x7F...0x9F ~= $0.value)
    }
    #expect(isPlain, "\(place): a control character in \(problems.text.debugDescription)")
  }
}
