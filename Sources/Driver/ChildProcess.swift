#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Another program, run to its end.
enum ChildProcess {
  enum Problem: Error {
    case notFound
    case notStarted
    /// Nothing is known of its end.
    case lost
  }

  /// Runs a program; a name without a slash is looked up on the PATH.
  ///
  /// - Parameters:
  ///   - words: the program and its arguments.
  ///   - files: what it has as its first descriptors, from standard input on; those left out are this process's own.
  /// - Returns: what it ended with, or 128 and the signal that ended it.
  static func run(_ words: [String], files: [Int32] = []) throws(Problem) -> Int32 {
    #if canImport(Darwin)
      var actions: posix_spawn_file_actions_t?
    #else
      var actions = unsafe posix_spawn_file_actions_t()
    #endif
    unsafe posix_spawn_file_actions_init(&actions)
    defer { unsafe _ = posix_spawn_file_actions_destroy(&actions) }
    for (place, file) in files.enumerated() {
      unsafe posix_spawn_file_actions_adddup2(&actions, file, Int32(place))
    }
    var arguments: [UnsafeMutablePointer<CChar>?] = unsafe words.map { unsafe strdup($0) } + [nil]
    defer { for index in unsafe arguments.indices { unsafe free(arguments[index]) } }
    var process: pid_t = 0
    var code = unsafe posix_spawnp(&process, words[0], &actions, nil, &arguments, environ)
    var patience = 100
    // A file that has just been written is still open in children that others started meanwhile, for some milliseconds.
    while code == ETXTBSY, patience > 0 {
      usleep(5_000)
      patience -= 1
      code = unsafe posix_spawnp(&process, words[0], &actions, nil, &arguments, environ)
    }
    guard code == 0 else { throw code == ENOENT ? .notFound : .notStarted }
    var status: Int32 = 0
    while unsafe waitpid(process, &status, 0) == -1 {
      if errno != EINTR { throw .lost }
    }
    let signal = status & 0x7F
    // 127 is what a child says that found no program, where the call itself did not notice.
    if signal == 0, status >> 8 & 0xFF == 127 { throw .notFound }
    return signal == 0 ? status >> 8 & 0xFF : 128 + signal
  }
}
