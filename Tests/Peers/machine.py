"""What a measurement was made on."""
import os
import platform
import subprocess
from pathlib import Path


def describe(modelc, versions):
    """The processor, memory, system and versions, in a line; `versions` are those of other programs by name."""
    facts = dict(
        (key.strip(), value.strip()) for key, _, value in
        (line.partition(":") for line in Path("/proc/cpuinfo").read_text().splitlines()))
    flags = (facts.get("flags") or facts.get("Features", "")).split()
    vectors = next((name for flag, name in (("avx512f", "AVX-512"), ("avx2", "AVX2"), ("asimd", "NEON")) if flag in flags), None)
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    release = platform.freedesktop_os_release()["PRETTY_NAME"]
    version = subprocess.run([modelc, "--version"], check=True, capture_output=True, text=True).stdout.strip()
    programs = [version] + [f"{name} {number}" for name, number in versions.items()]
    processor = facts.get("model name", platform.machine()) + (f" with {vectors}" if vectors else "")
    return (
        f"{processor}, {len(os.sched_getaffinity(0))} processors, {memory:.0f} GiB, {release}, "
        f"{platform.system()} {platform.release()}; {', '.join(programs)}")
