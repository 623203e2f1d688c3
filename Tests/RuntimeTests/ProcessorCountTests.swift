import Testing

@testable import Runtime

@Suite struct ProcessorCountTests {
  private static func quota(_ files: [String: String]) -> Int? { ControlGroup.quota { files[$0] } }

  @Test func thereIsAtLeastOne() {
    #expect(ProcessorCount.available >= 1)
  }

  @Test func theSmallestQuotaOnTheWayUpCounts() {
    let files = [
      "/proc/self/cgroup": "0::/a/b\n",
      "/sys/fs/cgroup/a/b/cpu.max": "max 100000\n",
      "/sys/fs/cgroup/a/cpu.max": "350000 100000\n",
      "/sys/fs/cgroup/cpu.max": "800000 100000\n",
    ]
    #expect(Self.quota(files) == 3)
  }

  @Test func aSmallQuotaIsOneProcessor() {
    #expect(Self.quota(["/proc/self/cgroup": "0::/", "/sys/fs/cgroup/cpu.max": "20000 100000"]) == 1)
  }

  @Test func versionOneHasTwoFiles() {
    let files = [
      "/proc/self/cgroup": "12:memory:/x\n4:cpu,cpuacct:/x\n0::/",
      "/sys/fs/cgroup/cpu,cpuacct/x/cpu.cfs_quota_us": "200000\n",
      "/sys/fs/cgroup/cpu,cpuacct/x/cpu.cfs_period_us": "100000\n",
      "/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us": "-1\n",
      "/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us": "100000\n",
    ]
    #expect(Self.quota(files) == 2)
  }

  @Test(arguments: ["max 100000", "", "x y", "100000 0", "-1 100000", "99999999999999999999 1", "1 2 3"])
  func whatIsNoQuotaIsIgnored(_ text: String) {
    #expect(Self.quota(["/proc/self/cgroup": "0::/", "/sys/fs/cgroup/cpu.max": text]) == nil)
    #expect(Self.quota([:]) == nil)
  }

  @Test func affinityCountsBits() {
    #expect(Affinity.count { _ in "Name:\tx\nCpus_allowed:\tff,00000003\nCpus_allowed_list:\t0-1\n" } == 10)
    #expect(Affinity.count { _ in "Name:\tx\n" } == nil)
    #expect(Affinity.count { _ in nil } == nil)
  }
}
