#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// One process at a time that writes into a folder, as far as all of them ask.
package enum FolderLock {
  /// How often it is asked again, 10 ms apart.
  private static let attempts = 3000

  /// Waits until no other process has the lock of an open folder.
  ///
  /// - Returns: false if it cannot be had: the file system has no locks, or somebody has kept this one for 30 s. Then
  ///   it is safe to write still, for names of staged files are never used twice, but not to take away what others may
  ///   be at.
  package static func take(_ folder: Int32) -> Bool {
    for _ in 0..<attempts {
      if tryToTake(folder) { return true }
      guard errno == EWOULDBLOCK else { return false }
      usleep(10_000)
    }
    return false
  }

  package static func tryToTake(_ folder: Int32) -> Bool {
    SystemCall.retrying { flock(folder, LOCK_EX | LOCK_NB) } == 0
  }

  package static func giveBack(_ folder: Int32) { _ = SystemCall.retrying { flock(folder, LOCK_UN) } }
}
