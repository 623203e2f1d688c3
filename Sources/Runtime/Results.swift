import Synchronization

/// One place for each of several results that come from several threads, in any order.
final class Results<Value: Sendable>: Sendable {
  private let values: Mutex<[Value?]>

  init(count: Int) {
    values = Mutex(Array(repeating: nil, count: count))
  }

  func set(_ index: Int, _ value: Value) {
    values.withLock { $0[index] = value }
  }

  /// Those that have been set, in the order of their places.
  func all() -> [Value] {
    values.withLock { $0.compactMap { $0 } }
  }
}
