"""Runs all tests under AddressSanitizer and under ThreadSanitizer.

usage: python3 Tests/Measures/sanitized.py [address] [thread] [--filter TESTS]

Builds the tests for each in a folder of its own, .build-address and .build-thread, and runs them; both if none is named.
--filter takes a part of them, as `swift test` does: --filter 'RuntimeTests|PlanningTests' is what computes.
Takes about a quarter of an hour each on two cores. What a sanitizer finds ends the run; the exit code is 1 then, or if a
test fails. Leaks are not looked for: the runtime of Swift keeps what it makes of types. Needs Python alone.
"""
import argparse
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SANITIZERS = ["address", "thread"]
# What the second one cannot see, and why.
SUPPRESSIONS = Path(__file__).with_name("thread-suppressions.txt")


def passes(sanitizer, filter):
    options = ["-c", "release", "-Xswiftc", "-enable-testing", f"--sanitize={sanitizer}"]
    options += ["--scratch-path", f".build-{sanitizer}"]
    options += ["--filter", filter] if filter else []
    settings = {"ASAN_OPTIONS": "detect_leaks=0", "TSAN_OPTIONS": f"halt_on_error=1 suppressions={SUPPRESSIONS}"}
    return subprocess.run(["swift", "test", *options], cwd=ROOT, env=os.environ | settings).returncode == 0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sanitizer", nargs="*", help="address, thread")
    parser.add_argument("--filter", metavar="TESTS", help="a regular expression; else all")
    options = parser.parse_args()
    wanted = options.sanitizer or SANITIZERS
    if unknown := set(wanted) - set(SANITIZERS):
        parser.error(f"no sanitizer is called {', '.join(sorted(unknown))}")
    failed = [sanitizer for sanitizer in wanted if not passes(sanitizer, options.filter)]
    if failed:
        sys.exit("not clean: " + ", ".join(failed))
    print("clean: " + ", ".join(wanted))


if __name__ == "__main__":
    main()
