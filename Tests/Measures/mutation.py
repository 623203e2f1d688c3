"""Breaks the shape rules and the bounds checks in small ways, one at a time, and sees whether a test notices.

usage: python3 Tests/Measures/mutation.py [--sample N] [--seed N] [--only TEXT] [--jobs N]

A comparison is turned (`<` to `<=`, `==` to `!=`), a `+ 1` left out, a guard dropped. All of it is built once, into a copy
of the checkout where every such place asks which of them is broken in this run. Each suite of tests runs once with nothing
broken, which shows what places it comes by; then, for each place, the suites that come by it run with it broken, the
quick ones first. Prints what no test noticed, with file and line, and the share that was noticed; exits with 1 if that is
below 90 %. By default 150 places are tried, which another --seed chooses anew; `--sample 0` tries all. Needs Python alone.
"""
import argparse
import json
import os
import random
import re
import resource
import shutil
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
COPY = ROOT / ".build-mutation" / "checkout"
# Lines that do not compile when they ask, by file and number, as far as is known from earlier runs.
REFUSED = COPY.parent / "refused.json"
# A byte for each place that a run comes by.
PASSED = COPY.parent / "passed"
# The parts to break.
PARTS = [
    "Sources/Layers/Rules/*.swift",
    "Sources/Layers/Catalogue/*.swift",
    "Sources/Layers/Attributes/*.swift",
    "Sources/Operations/*.swift",
    "Sources/Semantics/Elaborator+S*.swift",
    "Sources/Semantics/Elaborator+Demands.swift",
    "Sources/Semantics/Elaborator+Nodes.swift",
    "Sources/Runtime/*afetensors*.swift",
    "Sources/Runtime/NumPy*.swift",
]
# Seconds of the suites that run first, together; most breaks are noticed by then.
QUICK = 3
# What breaks nothing, by file, a part of the line and the change, with the reason; such places are not tried.
SAME = [
    ("Broadcast.swift", "guard rank < wanted", "< becomes <=", "no sizes of 1 are added where none are missing"),
    ("Shape+Axes.swift", "$0 < 0 ? $0 + rank", "", "axis 0 is the batch, which no layer takes"),
    ("BatchNormalization.swift", "axis < 0 ? axis + rank", "", "axis 0 is the batch, which no layer takes"),
    ("Concatenate.swift", "axis < 0 ? axis + rank", "", "axis 0 is the batch, which no layer takes"),
    ("Dot.swift", "axis < 0 ? axis + shape.rank", "", "axis 0 is the batch, which no layer takes"),
    ("ActivationFunction.swift", "axis < 0 ? axis + shape.rank", "", "axis 0 is the batch, which no layer takes"),
    ("GroupNormalization.swift", "axis < 0 ? axis + call", "", "axis 0 is the batch, which no layer takes"),
    ("Dim+Arithmetic.swift", "4 * formulaLimit", "", "bounds the work ahead of what is refused behind it"),
    ("Dim+Description.swift", "term.coefficient < 0", "", "no term's coefficient is 0"),
    ("Dim+Division.swift", "if d < 0", "", "a divisor of 0 is refused ahead of it"),
    ("Dim+Division.swift", "last.coefficient < 0", "", "no term's coefficient is 0"),
    ("Dim+Growth.swift", "$0.coefficient > 0", "> becomes >=", "no term's coefficient is 0"),
    ("Dim+Growth.swift", "terms.contains(where: { $0.factors.count > 1 })", "", "the short way where nothing is multiplied"),
    ("SizeCondition+Solution.swift", "high / 2 + 1", "", "half is known not to be enough, and sizes begin with 1"),
    ("SizeCondition+Solution.swift", "steps.rise > 0 ? ~value", "", "what does not rise is left before"),
    ("SizeSet.swift", "start >= other.start", ">= becomes >", "either is the late one of two that begin alike"),
    ("SizeSet.swift", "while start > 1", "> becomes >=", "no size is 0, so a set may as well begin there"),
    ("SizeSet.swift", "while prime <= period", "", "sets that repeat with 1 are dealt with ahead of it"),
    ("Elaborator+Shapes.swift", "slope.constant ?? 0 > 0", "> becomes >=", "nothing is divided by 0"),
    ("Safetensors.swift", "1.littleEndian == 1", "", "the short way where bytes stand in this order"),
    ("Elaborator+Sizes.swift", "guard !symbols.isEmpty", "", "the short way to the sizes of none"),
    ("Elaborator+Statements.swift", "all.count > names.count", "> becomes >=", "as many are dealt with ahead of it"),
    ("Elaborator+Statements.swift", "if depth > 0, isSound { declaredBodies", "", "no model's own body is asked for again"),
]
LEAST = 90

COMPARISON = re.compile(r" (<|<=|>|>=|==|!=) (?!nil\b)")
TURNED = {"<": "<=", "<=": "<", ">": ">=", ">=": ">", "==": "!=", "!=": "=="}
STEP = re.compile(r" ([+-]) 1\b(?![.\d])")
GUARD = re.compile(r"^(\s*guard )(?!.*\b(?:let|var|case)\b)(.*\S)( else \{.*)$")
# What a line begins with that tells of a failure.
FAILURE = "✘".encode()
# Letters that operators may have: the number of a place, in digits of eight.
DIGITS = "∘∙√∛∜∝∞∟"


def letters(number):
    return "".join(DIGITS[int(digit)] for digit in f"{number:o}")


class Place:
    def __init__(self, number, file, line, text, change):
        self.number, self.file, self.line, self.text, self.change = number, file, line, text.strip(), change

    def is_same(self):
        return any(self.file.endswith(file) and part in self.text and change in self.change
                   for file, part, change, _ in SAME)

    def __str__(self):
        return f"{self.file}:{self.line}: {self.change}: {self.text[:90]}"


def instrument(file, places, refused):
    """The file's text with every place made to ask; `places` grows, `refused` are those that do not compile."""
    relative = file.relative_to(ROOT).as_posix()
    lines, operators = [], []
    for index, line in enumerate(file.read_text().split("\n")):
        code, mark, comment = line.partition(" //")
        if code.strip().startswith("//") or '"' in code or "where " in code or "static func" in code:
            lines.append(line)
            continue

        def place(change):
            found = Place(len(places), relative, index + 1, line, change)
            places.append(found)
            return found, (relative, index + 1) not in refused

        def comparison(match):
            sign = match[1]
            found, isOn = place(f"{sign} becomes {TURNED[sign]}")
            if not isOn:
                return match[0]
            operators.append((found.number, sign))
            return f" {sign}{letters(found.number)} "

        def step(match):
            found, isOn = place(f"{match[1]} 1 is left out")
            return f" {match[1]} brokenStep({found.number})" if isOn else match[0]

        guard = GUARD.match(code)
        if guard and "," not in guard[2]:
            found, isOn = place("guard is dropped")
            if isOn:
                code = f"{guard[1]}isBroken({found.number}) || ({guard[2]}){guard[3]}"
        code = STEP.sub(step, COMPARISON.sub(comparison, code))
        lines.append(code + mark + comment)
    return "\n".join(lines), operators


def support(operators):
    kinds = {"==": "Equatable", "!=": "Equatable"}
    text = [
        "#if canImport(Glibc)", "  import Glibc", "#else", "  import Darwin", "#endif", "",
        "private let broken = unsafe getenv(\"BROKEN_PLACE\").flatMap { unsafe Int(String(cString: $0)) } ?? -1",
        "/// A byte for each place in a file that outlives the process, if it is to be known which are come by.",
        "nonisolated(unsafe) private let passed: UnsafeMutableRawPointer? = {",
        "  guard let path = unsafe getenv(\"PASSED_PLACES\") else { return nil }",
        "  let file = unsafe open(path, O_RDWR)",
        "  let size = Int(lseek(file, 0, SEEK_END))",
        "  return unsafe mmap(nil, size, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0)",
        "}()",
        "func isBroken(_ place: Int) -> Bool {",
        "  if let passed = unsafe passed { unsafe passed.storeBytes(of: 1, toByteOffset: place, as: UInt8.self) }",
        "  return place == broken",
        "}",
        "func brokenStep<T: ExpressibleByIntegerLiteral>(_ place: Int) -> T { isBroken(place) ? 0 : 1 }",
    ]
    for number, sign in operators:
        name = sign + letters(number)
        text.append(f"infix operator {name}: ComparisonPrecedence")
        text.append(
            f"func {name} <T: {kinds.get(sign, 'Comparable')}>(a: T, b: T) -> Bool"
            f" {{ isBroken({number}) ? a {TURNED[sign]} b : a {sign} b }}")
    return "\n".join(text) + "\n"


def write(file, text):
    """Leaves a file alone that is as it should be: what is not touched is not built again."""
    if not file.exists() or file.read_text() != text:
        file.write_text(text)


def replace(source, target):
    """Copies what is no place's file; those are written by `write`."""
    if not any(Path(source).match(pattern) for pattern in PARTS):
        shutil.copy2(source, target)


def prepare():
    """Copies the checkout and builds it with all places in it; those that do not compile are left alone."""
    keep = shutil.ignore_patterns(".build*", ".git", ".venv")
    refused = {tuple(line) for line in json.loads(REFUSED.read_text())} if REFUSED.exists() else set()
    for _ in range(12):
        places, modules = [], {}
        shutil.copytree(ROOT, COPY, ignore=keep, dirs_exist_ok=True, copy_function=replace)
        for pattern in PARTS:
            for file in sorted(ROOT.glob(pattern)):
                text, operators = instrument(file, places, refused)
                relative = file.relative_to(ROOT)
                write(COPY / relative, text)
                modules.setdefault(relative.parts[1], []).extend(operators)
        for module, operators in modules.items():
            write(COPY / "Sources" / module / "BrokenPlaces.swift", support(operators))
        build = subprocess.run(
            ["swift", "build", "-c", "release", "--build-tests", "-Xswiftc", "-enable-testing"], cwd=COPY, text=True,
            capture_output=True)
        if build.returncode == 0:
            return [place for place in places if (place.file, place.line) not in refused and not place.is_same()]
        found = set(re.findall(re.escape(str(COPY)) + r"/(\S+?):(\d+):\d+: error", build.stdout + build.stderr))
        found = {(file, int(line)) for file, line in found} - refused
        if not found:
            sys.exit(build.stdout + build.stderr)
        refused |= found
        REFUSED.write_text(json.dumps(sorted(refused)))
        print(f"{len(found)} lines are left alone: they do not compile when they ask")
    sys.exit("it never compiled")


def suites():
    """The suites of tests, each with the name of its target in front."""
    listed = subprocess.run(
        ["swift", "test", "list", "-c", "release", "-Xswiftc", "-enable-testing", "--skip-build"], cwd=COPY, text=True,
        capture_output=True, check=True).stdout
    return sorted({line.split("/")[0] for line in listed.splitlines() if "/" in line})


def fails(names, limit, **environment):
    """Whether suites notice that something is broken, at the first word of it; a run that takes more than so many seconds
    of each processor, or hangs, is noticed too."""
    wanted = "|".join(re.escape(name) for name in names)
    test = subprocess.Popen(
        [COPY / ".build/release/modelcPackageTests.xctest", "--testing-library", "swift-testing", "--filter",
         f"^({wanted})/"],
        cwd=COPY, env=os.environ | {"SWIFT_BACKTRACE": "enable=no"} | environment, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, start_new_session=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CPU, 2 * (limit * os.cpu_count(),)))

    def end():
        """With all that the tests have started."""
        os.killpg(test.pid, signal.SIGKILL)

    # What hangs takes no time of a processor; what other work holds up does not either.
    alarm = threading.Timer(20 * limit, end)
    alarm.start()
    if any(FAILURE in line for line in test.stdout):
        end()
    alarm.cancel()
    return test.wait() != 0


class Suite:
    """A suite with the seconds that it takes, and the places that it comes by."""

    def __init__(self, name, count):
        self.name = name
        PASSED.write_bytes(bytes(count))
        start = time.monotonic()
        if fails([name], 600, PASSED_PLACES=str(PASSED)):
            sys.exit(f"{name} fails with nothing broken")
        self.seconds = time.monotonic() - start
        self.places = {place for place, byte in enumerate(PASSED.read_bytes()) if byte}


def notices(place, all_suites):
    those = sorted((suite for suite in all_suites if place.number in suite.places), key=lambda suite: suite.seconds)
    quick, total = [], 0
    for suite in those:
        total += suite.seconds
        if total < QUICK:
            quick.append(suite)
    for some in (quick, those[len(quick):]):
        limit = 20 + 10 * int(max([suite.seconds for suite in some], default=0))
        if some and fails([suite.name for suite in some], limit, BROKEN_PLACE=str(place.number)):
            return True
    return False


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sample", type=int, default=150, metavar="N", help="places to try; 0: all")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="which ones")
    parser.add_argument("--only", default="", metavar="TEXT", help="only places whose file has this in its name")
    parser.add_argument("--jobs", type=int, default=1, metavar="N", help="runs at the same time")
    options = parser.parse_args()
    every = prepare()
    places = [place for place in every if options.only in place.file]
    print(f"{len(places)} places", flush=True)
    if 0 < options.sample < len(places):
        places = sorted(random.Random(options.seed).sample(places, options.sample), key=lambda place: place.number)
    all_suites = [Suite(name, every[-1].number + 1) for name in suites()]
    print(f"{len(all_suites)} suites take {sum(suite.seconds for suite in all_suites):.0f} s", flush=True)
    survivors, done = [], 0
    with ThreadPoolExecutor(options.jobs) as pool:
        for place, isNoticed in zip(places, pool.map(lambda place: notices(place, all_suites), places)):
            done += 1
            if not isNoticed:
                survivors.append(place)
                print(f"not noticed: {place}", flush=True)
            if done % 20 == 0:
                print(f"{done} of {len(places)}, {len(survivors)} not noticed", flush=True)
    noticed = 100 * (len(places) - len(survivors)) / max(1, len(places))
    print(f"{noticed:.1f} % of {len(places)} were noticed")
    if noticed < LEAST:
        sys.exit(1)


if __name__ == "__main__":
    main()
