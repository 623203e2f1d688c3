#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A stack for descriptions that are nested as deep as `Limits` lets them, which need nearly 2 MiB.
package enum DeepStack {
  private static let least = 4 << 20
  private static let size = 8 << 20
  /// What the system limits, for `getrlimit`.
  #if canImport(Glibc)
    static let limited = __rlimit_resource_t(RLIMIT_STACK.rawValue)
  #else
    static let limited = RLIMIT_STACK
  #endif

  /// Runs a program's work here if the system lets the stack grow so far, or else on a thread that has such a stack.
  package static func run(_ work: @escaping () -> ExitCode) -> ExitCode {
    var limit = rlimit()
    guard unsafe getrlimit(limited, &limit) == 0, limit.rlim_cur < least else { return work() }
    return onThread(Work(work))
  }

  private static func onThread(_ work: Work) -> ExitCode {
    var attributes = pthread_attr_t()
    guard unsafe pthread_attr_init(&attributes) == 0 else { return work.body() }
    defer { unsafe _ = pthread_attr_destroy(&attributes) }
    unsafe _ = pthread_attr_setstacksize(&attributes, size)
    #if canImport(Darwin)
      var thread: pthread_t?
      let isMade = unsafe pthread_create(&thread, &attributes, perform, Unmanaged.passUnretained(work).toOpaque()) == 0
      guard isMade, let thread else { return work.body() }
    #else
      var thread = pthread_t()
      let isMade = unsafe pthread_create(&thread, &attributes, perform, Unmanaged.passUnretained(work).toOpaque()) == 0
      // Then only what is nested deep is in danger.
      guard isMade else { return work.body() }
    #endif
    pthread_join(thread, nil)
    return work.code ?? .fault
  }
}

private final class Work {
  let body: () -> ExitCode
  var code: ExitCode?

  init(_ body: @escaping () -> ExitCode) { self.body = body }
}

#if canImport(Darwin)
  private func perform(_ argument: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer? {
    let work = unsafe Unmanaged<Work>.fromOpaque(argument).takeUnretainedValue()
    work.code = work.body()
    return nil
  }
#else
  private func perform(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let argument = unsafe argument else { return nil }
    let work = unsafe Unmanaged<Work>.fromOpaque(argument).takeUnretainedValue()
    work.code = work.body()
    return nil
  }
#endif
