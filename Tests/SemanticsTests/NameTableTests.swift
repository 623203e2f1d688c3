import Testing

@testable import Semantics

@Suite struct NameTableTests {
  /// Around the length at which the list becomes a table, and far beyond.
  @Test(arguments: [0, 1, 11, 12, 13, 14, 15, 500]) func itIsADictionaryThatKeepsItsOrder(count: Int) {
    var table = NameTable<Int>()
    var dictionary: [String: Int] = [:]
    let names = (0..<count).map { "name\($0 * 7919 % 1000)" }
    for (number, name) in names.enumerated() {
      #expect(table[name] == nil)
      table[name] = number
      dictionary[name] = number
      #expect(table[name] == number)
    }
    for (number, name) in names.enumerated() where number % 3 == 0 {
      table[name] = number % 2 == 0 ? nil : -number
      dictionary[name] = number % 2 == 0 ? nil : -number
    }
    table["nobody"] = nil
    for name in names + ["nobody", ""] { #expect(table[name] == dictionary[name]) }
    #expect(table.keys == names.filter { dictionary[$0] != nil })
    #expect(table.count == count)
    // What has lost its value keeps its place.
    for name in names { table[name] = 1 }
    #expect(table.keys == names)
  }
}
