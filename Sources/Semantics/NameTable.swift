/// What a few names stand for: a list, looked through from the front, that becomes a table once it is long.
///
/// The scopes and levels of blocks hold a handful of names each and come by the hundred: making dictionaries for them
/// would take longer than looking through lists.
struct NameTable<Value> {
  private var names: [String] = []
  private var values: [Value?] = []
  /// The places of the names in the list, once there are too many to look through.
  private var places: [String: Int] = [:]

  private static var limit: Int { 12 }

  private func place(of name: String) -> Int? {
    if names.count > Self.limit { return places[name] }
    for index in names.indices where names[index] == name { return index }
    return nil
  }

  subscript(_ name: String) -> Value? {
    get { place(of: name).flatMap { values[$0] } }
    set {
      if let place = place(of: name) {
        values[place] = newValue
        return
      }
      guard let newValue else { return }
      names.append(name)
      values.append(newValue)
      if names.count > Self.limit + 1 {
        places[name] = names.count - 1
      } else if names.count > Self.limit {
        for (place, name) in names.enumerated() { places[name] = place }
      }
    }
  }

  mutating func reserveCapacity(_ count: Int) {
    names.reserveCapacity(count)
    values.reserveCapacity(count)
    if count > Self.limit { places.reserveCapacity(count) }
  }

  /// How many names have been given a value, those that lost it again included.
  var count: Int { names.count }

  /// The names that have a value, in the order in which they first got one.
  var keys: [String] { names.indices.lazy.filter { values[$0] != nil }.map { names[$0] } }
}
