"""Compares every kernel, on every path, with plain sums in double: NEON's under emulation, this machine's as they are.

usage: python3 Tests/Emulation/neon.py [--geometries 2000] [--seed 1]

Compiles the kernels and kernels.c beside this file with clang, for this machine and for 64-bit ARM, twice each: with -O2,
and with -O1 and traps for what C leaves undefined. Each function of the table computes so many random geometries (odd
sizes, maps of one pixel, partial blocks, strides, dilation, gaps between rows, results in place, infinities and NaN) on
each path. Convolutions of split values run on tiles that are computed in plain C and checked for their shapes, and on AMX
if this machine has it. A result may be off by two millionths of the sum of the magnitudes that are added up, or by some
units in the last place or more where kernels.c and its headers say so; what is not a function's must stay as it is, and
memory behind inputs and results cannot be touched. Prints the largest error of each as a share of what is allowed. Besides, bits must agree:
the portable kernels' everywhere, and those of NEON with those of AVX2, whose operations are the same.

The exit code is 1 if anything differs, 2 if a program is missing. A minute or two. Needs Python alone; on other processors
than ARM's, qemu and a C library for ARM, which Debian has as qemu-user, gcc-aarch64-linux-gnu and libc6-dev-arm64-cross.
"""
import argparse
import collections
import dataclasses
import platform
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
KERNELS = HERE.parents[1] / "Sources" / "CKernels"
SOFTWARE_TILES = HERE / "SoftwareTiles"
OPTIONS = ["-std=gnu2x", "-Wall", "-Wextra", "-Werror", "-I", KERNELS / "include", "-I", SOFTWARE_TILES / "include"]
IS_ARM = platform.machine() in ("aarch64", "arm64")
EMULATOR = "qemu-aarch64"
CROSS_COMPILER = "aarch64-linux-gnu-gcc"
CROSS_LIBRARY = Path("/usr/aarch64-linux-gnu/lib/libc.a")
# Paths whose bits are the same, on any machine and however they are compiled.
SAME_BITS = [{"portable"}, {"avx2", "neon"}, {"avx512"}, {"software"}]


@dataclasses.dataclass
class Build:
    name: str
    options: list
    runner: list


def builds():
    machines = [("native", [], [])]
    if not IS_ARM:
        machines.append(("emulated", ["--target=aarch64-linux-gnu", "-static"], [EMULATOR]))
    for machine, options, runner in machines:
        yield Build(machine, ["-O2", *options], runner)
        traps = ["-O1", "-fsanitize=undefined", "-fsanitize-trap=undefined"]
        yield Build(f"{machine}, trapping", [*traps, *options], runner)


def find_clang():
    """The system's, or else the one beside Swift."""
    swift = shutil.which("swift")
    return shutil.which("clang") or (swift and shutil.which("clang", path=Path(swift).resolve().parent))


def missing():
    """What has to be installed, with Debian's name of it."""
    if not find_clang():
        yield "clang, which comes with Swift or as Debian's clang"
    if IS_ARM:
        return
    if not shutil.which(EMULATOR):
        yield f"{EMULATOR}, Debian's qemu-user"
    if not shutil.which(CROSS_COMPILER):
        yield f"{CROSS_COMPILER}, Debian's gcc-aarch64-linux-gnu"
    if not CROSS_LIBRARY.exists():
        yield f"{CROSS_LIBRARY}, Debian's libc6-dev-arm64-cross"


def run(build, folder, options):
    """The table of a build: what each function on each path came to; and the lines that say what is wrong."""
    program = Path(folder) / "kernels"
    sources = [HERE / "kernels.c", *sorted(KERNELS.glob("*.c")), *SOFTWARE_TILES.glob("*.c")]
    subprocess.run([find_clang(), *OPTIONS, *build.options, "-o", program, *sources, "-lm"], check=True)
    words = [*build.runner, program, str(options.geometries), str(options.seed)]
    process = subprocess.run(words, stdout=subprocess.PIPE, text=True)
    rows, wrong = {}, []
    for line in process.stdout.splitlines():
        first, *rest = line.split("\t")
        if first == "wrong":
            wrong.append(f"{build.name}: {rest[0]}")
        else:
            function, _, error, bits = rest
            rows[first, function] = float(error), bits
    if process.returncode != (1 if wrong else 0):
        wrong.append(f"{build.name}: {program.name} ended with {process.returncode}")
    return rows, wrong


def differing_bits(results):
    """A line for each function whose bits are not those of the same function elsewhere."""
    for paths in SAME_BITS:
        found = collections.defaultdict(lambda: collections.defaultdict(list))
        for name, rows in results.items():
            for (path, function), (_, bits) in rows.items():
                if path in paths:
                    found[function][bits].append(f"{path} ({name})")
        for function, places in found.items():
            if len(places) > 1:
                yield f"{function}: other bits: " + " than ".join(", ".join(there) for there in places.values())


def write_table(results):
    """Functions down, paths across; of two builds for a machine the first, which has the product's options."""
    columns = [
        (name, path) for name, rows in results.items() if "trapping" not in name
        for path in dict.fromkeys(path for path, _ in rows)]
    functions = dict.fromkeys(function for rows in results.values() for _, function in rows)
    for line in (0, 1):
        print(f"{'':20}" + "".join(f"{column[line]:>10}" for column in columns))
    for function in functions:
        errors = (results[name].get((path, function)) for name, path in columns)
        print(f"{function:20}" + "".join(f"{error[0]:10.3f}" if error else f"{'-':>10}" for error in errors))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--geometries", type=int, default=2000, help="how many for each function and path; 2000 if not given")
    parser.add_argument("--seed", type=int, default=1, help="others than those of seed 1")
    options = parser.parse_args()
    if options.geometries < 1:
        parser.error("--geometries must be 1 or more")
    if lacking := list(missing()):
        print("\n".join(f"missing: {program}" for program in lacking), file=sys.stderr)
        return 2
    results, wrong = {}, []
    with tempfile.TemporaryDirectory() as folder:
        for build in builds():
            results[build.name], lines = run(build, folder, options)
            wrong += lines
    write_table(results)
    wrong += differing_bits(results)
    paths = dict.fromkeys(path for rows in results.values() for path, _ in rows)
    print("\n".join(wrong) or f"{', '.join(paths)}: {options.geometries} geometries of each function are as they should be")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
