"""Says how much of the parser, the checker, the emitter and the readers the tests run.

usage: python3 Tests/Measures/coverage.py [--skip-build]

Builds and runs all tests with coverage counters in a folder of its own, prints the lines and regions that ran for each
part and the files that are worst, and exits with 1 if a part is below 95 % of lines or 90 % of regions.
Needs Python alone, and llvm-cov, which comes with Swift.
"""
import argparse
import json
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SCRATCH = ROOT / ".build-coverage"
PARTS = {
    "parser": ["Syntax", "Spelling"],
    "checker": ["Semantics", "Layers", "Operations"],
    "emitter": ["Emission"],
    "readers": ["Interchange"],
    "readers of files": ["Runtime/HeaderScanner", "Runtime/NumPy", "Runtime/Safetensors", "Runtime/MappedFile", "Weights"],
    "recovery": ["Recovery", "Translation"],
}
# What each part should reach. Traps that no input reaches count as not run.
LINES, REGIONS = 95, 90


def run(arguments, **options):
    return subprocess.run(arguments, cwd=ROOT, check=True, **options)


def measure(skip_build):
    options = ["-c", "release", "-Xswiftc", "-enable-testing", "--scratch-path", str(SCRATCH)]
    if not skip_build:
        run(["swift", "test", "--enable-code-coverage", *options])
    path = run(["swift", "test", "--show-codecov-path", *options], capture_output=True, text=True).stdout.strip()
    files = json.loads(Path(path).read_text())["data"][0]["files"]
    return {Path(file["filename"]).resolve(): file["summary"] for file in files}


def share(covered, count):
    """0 for a part that no file is of: it has been moved."""
    return 100 * covered / count if count else 0.0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--skip-build", action="store_true", help="read the figures of the last run")
    summaries = measure(parser.parse_args().skip_build)
    sums = defaultdict(lambda: [0, 0, 0, 0])
    worst = []
    for file, summary in summaries.items():
        if ROOT / "Sources" not in file.parents:
            continue
        name = file.relative_to(ROOT / "Sources").as_posix()
        for part, prefixes in PARTS.items():
            if any(name.startswith(prefix) for prefix in prefixes):
                lines, regions = summary["lines"], summary["regions"]
                counts = [lines["covered"], lines["count"], regions["covered"], regions["count"]]
                for total in (sums[part], sums["together"]):
                    total[:] = [a + b for a, b in zip(total, counts)]
                worst.append((counts[1] - counts[0], share(*counts[:2]), name))
    print(f"{'':18} {'lines':>8} {'regions':>8}   of lines")
    short = []
    for part in [*PARTS, "together"]:
        lines, regions = share(*sums[part][:2]), share(*sums[part][2:])
        print(f"{part:18} {lines:7.1f}% {regions:7.1f}%   {sums[part][1]}")
        if lines < LINES or regions < REGIONS:
            short.append(part)
    print("\nmost lines that no test runs:")
    for missing, covered, name in sorted(worst, reverse=True)[:12]:
        print(f"{missing:5} {covered:6.1f}%  {name}")
    if short:
        sys.exit(f"below {LINES} % of lines or {REGIONS} % of regions: {', '.join(short)}")


if __name__ == "__main__":
    main()
