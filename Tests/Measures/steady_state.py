"""Shows that runs allocate nothing and take no lock once a network has been run: counts what the process asks for.

usage: python3 Tests/Measures/steady_state.py [--modelc .build/release/modelc] [--threads N] [--batch N] [FILE ...]

Starts `modelc bench FILE --serve` under a small library that counts calls of malloc and its like, free, mmap,
pthread_mutex_lock, pthread_cond_wait and pthread_cond_broadcast, lets it run the network 10 times, and prints what 90
more runs add. The order itself costs the same for any number of runs; that is measured and taken off. Without FILEs the
networks of models/ whose sizes are fixed. With several threads, one that has found no work for 50 microseconds sleeps, and
the next loop wakes it: those are the locks, waits and wakings, which are printed and judged with one thread only.
One or two allocations are the order's own, whose text is longer or shorter. The exit code is 1 if a tenth of the runs or
more allocate, free or map anything, or with one thread lock. Needs Linux with glibc and clang or
cc; modelc must not be linked statically.
"""
import argparse
import mmap
import os
import shutil
import struct
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
NAMES = ["allocations", "releases", "mappings", "locks", "waits", "wakings"]
FEW, MANY = 10, 100


class Counted:
    """A process whose calls are counted."""

    def __init__(self, library, command, folder):
        self.file = Path(folder) / "counts"
        self.file.write_bytes(bytes(mmap.PAGESIZE))
        environment = os.environ | {"LD_PRELOAD": str(library), "COUNTED_CALLS": str(self.file)}
        self.process = subprocess.Popen(
            [str(word) for word in command], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            env=environment)

    def say(self, line):
        """Sends a line; the answer, and the calls made meanwhile."""
        before = self._counts()
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline().strip()
        if not answer:
            self.process.wait()
            raise RuntimeError(self.process.stderr.read().strip().split("\n")[0] or "it went away")
        return answer, [now - then for now, then in zip(self._counts(), before)]

    def _counts(self):
        return struct.unpack(f"{len(NAMES)}q", self.file.read_bytes()[:8 * len(NAMES)])


def measure(library, command):
    """What so many more runs ask for."""
    with tempfile.TemporaryDirectory() as folder:
        counted = Counted(library, command, folder)
        if counted.process.stdout.readline().strip() != "started":
            raise RuntimeError(counted.process.stderr.read().strip().split("\n")[0])
        if counted.say("load")[0] != "ready":
            raise RuntimeError("it is not ready")
        counted.say(f"{FEW} total")
        _, few = counted.say(f"{FEW} total")
        _, many = counted.say(f"{MANY} total")
        counted.process.stdin.close()
        counted.process.wait()
    return [more - less for more, less in zip(many, few)]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--modelc", type=Path, default=ROOT / ".build" / "release" / "modelc")
    parser.add_argument("--threads", type=int, action="append", help="1 and 2 if not given")
    parser.add_argument("--batch", type=int, default=1, help="examples of a run")
    options = parser.parse_args()
    files = options.files or [
        file for file in sorted((ROOT / "models").glob("*.model"))
        if "unet" not in file.stem]
    compiler = shutil.which("clang") or shutil.which("cc")
    if not compiler:
        sys.exit("there is no C compiler")
    wrong = 0
    print(f"{'':24} threads " + " ".join(f"{name:>11}" for name in NAMES) + f"   in {MANY - FEW} runs")
    with tempfile.TemporaryDirectory() as folder:
        library = Path(folder) / "counted_calls.so"
        subprocess.run(
            [compiler, "-O2", "-shared", "-fPIC", "-o", library, HERE / "counted_calls.c", "-ldl", "-lpthread"], check=True)
        for file in files:
            for threads in options.threads or [1, 2]:
                command = [options.modelc.resolve(), "bench", file, "--serve", "--threads", threads, "--batch",
                           options.batch]
                try:
                    counts = measure(library, command)
                except RuntimeError as problem:
                    print(f"{file.stem:24} {problem}")
                    wrong += 1
                    break
                judged = counts if threads == 1 else counts[:3]
                wrong += any(10 * abs(count) >= MANY - FEW for count in judged)
                print(f"{file.stem:24} {threads:7} " + " ".join(f"{count:11}" for count in counts), flush=True)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
