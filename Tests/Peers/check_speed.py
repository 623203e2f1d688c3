"""Times `modelc check` as a whole process, for each description of models/.

usage: python3 Tests/Peers/check_speed.py [--modelc PATH] [--runs 30] [file ...]

Without --modelc the release build with the Swift library linked in is made first, which users install. Prints the
medians of elapsed and of processor time, the latter with its quartiles, in milliseconds, and beside them those of
`modelc --version`, which does nothing but start. Needs Python alone.
"""
import argparse
import os
import statistics
import subprocess
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def build():
    options = ["-c", "release", "--static-swift-stdlib", "--product", "modelc", "--scratch-path", ".build-static"]
    subprocess.run(["swift", "build", *options], cwd=ROOT, check=True)
    return ROOT / ".build-static" / "release" / "modelc"


def run(arguments):
    """Elapsed and processor seconds of one process."""
    silence = [(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)]
    start = time.perf_counter()
    process = os.posix_spawn(arguments[0], arguments, os.environ, file_actions=silence)
    _, status, usage = os.wait4(process, 0)
    if status != 0:
        raise SystemExit(f"{' '.join(arguments)}: status {status}")
    return time.perf_counter() - start, usage.ru_utime + usage.ru_stime


def measure(arguments, runs):
    elapsed, busy = zip(*(run(arguments) for _ in range(runs)))
    low, middle, high = (1e3 * value for value in statistics.quantiles(busy, n=4))
    return f"{1e3 * statistics.median(elapsed):6.2f} {middle:6.2f}   {low:.2f} to {high:.2f}"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--modelc", type=Path)
    parser.add_argument("--runs", type=int, default=30)
    parser.add_argument("files", nargs="*", type=Path)
    options = parser.parse_args()
    modelc = str((options.modelc or build()).resolve())
    files = options.files or sorted((ROOT / "models").glob("*.model"))
    print(f"{'milliseconds':28} {'wall':>6} {'CPU':>6}   quartiles of CPU")
    print(f"{'--version':28} {measure([modelc, '--version'], options.runs)}")
    for file in files:
        print(f"{file.name:28} {measure([modelc, 'check', str(file)], options.runs)}")


if __name__ == "__main__":
    main()
