import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Threads that share loops of independent units, made for loops that take microseconds.
///
/// A network has some sixty such loops in a few milliseconds, so waking a thread for each would cost more than it gives.
/// Idle threads therefore look for work for a while before they sleep. The caller takes part; it waits only for threads
/// that have really begun, so a thread that the system does not let run delays nobody.
package final class ThreadPool: Sendable {
  /// More than any machine has processors.
  package static let maximumThreads = 4096

  /// What a thread does of a loop.
  package typealias Body = @Sendable (_ units: Range<Int>, Turn) -> Void

  /// Who does it.
  package struct Turn: Sendable {
    /// The number of the thread among those that share the loop; the caller's is 0.
    package var worker = 0
    /// The unit of this loop that the thread did last; nil if it just begins.
    package var last: Int?

    package init(worker: Int = 0, last: Int? = nil) {
      self.worker = worker
      self.last = last
    }
  }

  /// How many threads share a loop, the caller among them.
  package let threads: Int
  private let crew: Crew

  /// - Parameter threads: with the caller's, at most `maximumThreads`. Where the system refuses to make that many, there
  ///   are fewer.
  package init(threads: Int) {
    let crew = Crew(threads: threads)
    var count = 1
    while count < threads, addThread(to: crew) { count += 1 }
    self.crew = crew
    self.threads = count
  }

  /// Calls `body` for ranges that together are `0..<count`; returns when all is done. Each thread begins with a share of
  /// its own, the same part of the count in each loop, and then takes from the others'.
  ///
  /// While another loop runs in this pool (another caller's, or the one that this call is part of) the loop runs on the
  /// caller's thread alone.
  ///
  /// - Parameter chunk: the most units in one range; nil for large ranges first and ever smaller ones.
  package func forEach(_ count: Int, chunk: Int? = nil, _ body: @escaping Body) {
    guard count > 0 else { return }
    let bite = Shares.Bite(least: max(chunk ?? count / (threads * 32), 1), most: chunk ?? count)
    guard threads > 1, count > bite.least, crew.share(count, bite, body) else {
      body(0..<count, Turn())
      return
    }
  }

  deinit {
    crew.dismiss()
  }
}

/// Enough for any kernel; some systems give threads as little as 128 KB.
private let stackSize = 1 << 20

/// Gives the crew one more thread; false where the system has none to give.
///
/// The thread keeps the crew alive and ends when that is dismissed. Nobody waits for its end: the last to let go of a
/// pool may be one of the pool's threads.
private func addThread(to crew: Crew) -> Bool {
  var attributes = pthread_attr_t()
  guard unsafe pthread_attr_init(&attributes) == 0 else { return false }
  defer { unsafe _ = pthread_attr_destroy(&attributes) }
  unsafe _ = pthread_attr_setstacksize(&attributes, stackSize)
  unsafe _ = pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))

  #if canImport(Darwin)
    var thread: pthread_t?
  #else
    var thread = pthread_t()
  #endif
  let argument = unsafe Unmanaged.passRetained(crew)
  guard unsafe pthread_create(&thread, &attributes, serve, argument.toOpaque()) == 0 else {
    unsafe argument.release()
    return false
  }
  return true
}

#if canImport(Darwin)
  private func serve(_ argument: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer? {
    unsafe Unmanaged<Crew>.fromOpaque(argument).takeRetainedValue().serve()
    return nil
  }
#else
  private func serve(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let argument = unsafe argument else { return nil }
    unsafe Unmanaged<Crew>.fromOpaque(argument).takeRetainedValue().serve()
    return nil
  }
#endif
