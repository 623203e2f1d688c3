#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

extension FilePath {
  /// Whether both lead to one file, however they are spelled; of files that there are not, whether they are spelled alike.
  func leadsToSameFile(as other: FilePath) -> Bool {
    var (own, others) = (stat(), stat())
    guard unsafe stat(text, &own) == 0, unsafe stat(other.text, &others) == 0 else { return self == other }
    return own.st_dev == others.st_dev && own.st_ino == others.st_ino
  }
}
