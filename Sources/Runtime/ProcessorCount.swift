#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// How many processors this process may keep busy.
package enum ProcessorCount {
  /// The processors that it may run on, or as many as its quota pays for if they are fewer; at least 1.
  ///
  /// In a container the machine's processors are the wrong number: threads that wait for each other in a loop burn the
  /// quota, and then all of them stand still until the next period.
  package static var available: Int {
    var count = Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))
    #if os(Linux)
      if let allowed = Affinity.count(read: readSystemFile) { count = allowed }
      if let quota = ControlGroup.quota(read: readSystemFile) { count = min(count, quota) }
    #endif
    return max(count, 1)
  }

  /// The text of a small file of the system; nil where there is none.
  private static func readSystemFile(_ path: String) -> String? {
    let file = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return nil }
    defer { close(file) }
    var bytes = [UInt8](repeating: 0, count: 16_384)
    let count = unsafe bytes.withUnsafeMutableBytes { unsafe read(file, $0.baseAddress, $0.count) }
    guard count > 0 else { return nil }
    return String(decoding: bytes[..<count], as: UTF8.self)
  }
}

/// The processors that Linux may put a process on.
enum Affinity {
  /// - Parameter read: the text of the file at a path, nil if there is none.
  /// - Returns: nil where the system does not say.
  static func count(read: (String) -> String?) -> Int? {
    // `sched_getaffinity` would say the same, but Swift does not see it.
    let label = "Cpus_allowed:"
    guard let line = read("/proc/self/status")?.split(separator: "\n").first(where: { $0.hasPrefix(label) }) else {
      return nil
    }
    // Words of 32 processors, in hexadecimal: `ffffffff,00000003`.
    let count = line.dropFirst(label.count).reduce(0) { $0 + ($1.hexDigitValue?.nonzeroBitCount ?? 0) }
    return count > 0 ? count : nil
  }
}

/// The share of the processors that Linux grants a group of processes.
enum ControlGroup {
  /// Whole processors that the quota of this process's group and of the groups around it pays for, at least 1; nil if
  /// there is no quota.
  ///
  /// - Parameter read: the text of the file at a path, nil if there is none.
  static func quota(read: (String) -> String?) -> Int? {
    guard let groups = read("/proc/self/cgroup") else { return nil }
    var quotas: [Int] = []
    for line in groups.split(separator: "\n") {
      // `4:cpu,cpuacct:/a/b` of version 1, `0::/a/b` of version 2.
      let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
      guard fields.count == 3 else { continue }
      let isUnified = fields[0] == "0" && fields[1].isEmpty
      guard isUnified || fields[1].split(separator: ",").contains("cpu") else { continue }
      let root = isUnified ? "/sys/fs/cgroup" : "/sys/fs/cgroup/\(fields[1])"
      // A container may see itself as the root of the tree while the line names its place outside: the walk up ends
      // at the root in any case.
      var names = fields[2].split(separator: "/").prefix(64)
      while true {
        let folder = names.reduce(root) { "\($0)/\($1)" }
        let quota =
          isUnified
          ? unifiedQuota(read("\(folder)/cpu.max"))
          : quota(microseconds: read("\(folder)/cpu.cfs_quota_us"), of: read("\(folder)/cpu.cfs_period_us"))
        if let quota { quotas.append(quota) }
        if names.popLast() == nil { break }
      }
    }
    return quotas.min()
  }

  /// From `200000 100000` or `max 100000`.
  private static func unifiedQuota(_ text: String?) -> Int? {
    guard let text else { return nil }
    let fields = text.split(whereSeparator: \.isWhitespace)
    guard fields.count == 2 else { return nil }
    return quota(microseconds: String(fields[0]), of: String(fields[1]))
  }

  private static func quota(microseconds: String?, of period: String?) -> Int? {
    guard let quota = microseconds.flatMap(number), let period = period.flatMap(number), quota > 0, period > 0 else {
      return nil
    }
    return max(quota / period, 1)
  }

  private static func number(_ text: String) -> Int? {
    text.split(whereSeparator: \.isWhitespace).first.flatMap { Int($0) }
  }
}
