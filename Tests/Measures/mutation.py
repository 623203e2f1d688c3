"""Breaks the shape rules and the bounds checks in small ways, one at a time, and sees whether a test notices.

usage: python3 Tests/Measures/mutation.py [--sample N] [--seed N] [--only TEXT] [--jobs N]

A comparison is turned (`<` to `<=`, `==` to `!=`), a `+ 1` left out, a guard dropped. All of it is built once, into a copy
of the checkout where every such place asks which of them is broken in this run; then the tests run once for each: those
of the same part, and where they see nothing the others. Prints what no test noticed, with file and line, and the share
that was noticed; exits with 1 if that is below 90 %. By default 150 places are tried, which another --seed chooses anew;
`--sample 0` tries all. Needs Python alone.
"""
import argparse
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
COPY = ROOT / ".build-mutation" / "checkout"
# Lines that do not compile when they ask, by file and number, as far as is known from earlier runs.
REFUSED = COPY.parent / "refused.json"
# The parts to break, and the tests that are to notice.
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
TESTS = ["Operations", "Layers", "Semantics", "Interchange", "Runtime", "Planning", "Slip", "Driver"]
# What breaks nothing, by file, a part of the line and the change, with the reason; such places are not tried.
SAME = [
    ("Dim+Arithmetic.swift", "4 * formulaLimit", "", "bounds the work ahead of what is refused behind it"),
    ("Dim+Growth.swift", "terms.contains(where: { $0.factors.count > 1 })", "", "the short way where nothing is multiplied"),
    ("Elaborator+Sizes.swift", "guard !symbols.isEmpty", "", "the short way to the sizes of none"),
    ("Elaborator+Statements.swift", "if depth > 0, isSound { declaredBodies", "", "no model's own body is asked for again"),
]
LEAST = 90

COMPARISON = re.compile(r" (<|<=|>|>=|==|!=) (?!nil\b)")
TURNED = {"<": "<=", "<=": "<", ">": ">=", ">=": ">", "==": "!=", "!=": "=="}
STEP = re.compile(r" ([+-]) 1\b(?![.\d])")
GUARD = re.compile(r"^(\s*guard )(?!.*\b(?:let|var|case)\b)(.*\S)( else \{.*)$")
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
        "func isBroken(_ place: Int) -> Bool { place == broken }",
        "func brokenStep<T: ExpressibleByIntegerLiteral>(_ place: Int) -> T { place == broken ? 0 : 1 }",
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


def kill_session(session):
    """Kills all processes of a session: what runs the tests is a child of `swift test`, in a group of its own."""
    listed = subprocess.run(["ps", "-A", "-o", "pid=,sess="], capture_output=True, text=True, check=True).stdout
    for line in listed.splitlines():
        process, of = map(int, line.split())
        if of == session:
            try:
                os.kill(process, signal.SIGKILL)
            except ProcessLookupError:
                pass


def fails(number, targets, limit):
    """Whether the tests of some targets notice that a place is broken; a run that does not end is noticed too."""
    test = subprocess.Popen(
        ["swift", "test", "-c", "release", "-Xswiftc", "-enable-testing", "--skip-build", "--filter",
         f"^({'|'.join(targets)})Tests\\."],
        cwd=COPY, env=dict(os.environ, BROKEN_PLACE=str(number)), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        start_new_session=True)
    try:
        return test.wait(limit) != 0
    except subprocess.TimeoutExpired:
        kill_session(test.pid)
        test.wait()
        return True


def notices(place, limit):
    own = place.file.split("/")[1]
    return fails(place.number, [own], limit) or fails(place.number, [name for name in TESTS if name != own], limit)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sample", type=int, default=150, metavar="N", help="places to try; 0: all")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="which ones")
    parser.add_argument("--only", default="", metavar="TEXT", help="only places whose file has this in its name")
    parser.add_argument("--jobs", type=int, default=1, metavar="N", help="runs at the same time")
    options = parser.parse_args()
    places = [place for place in prepare() if options.only in place.file]
    print(f"{len(places)} places", flush=True)
    if 0 < options.sample < len(places):
        places = sorted(random.Random(options.seed).sample(places, options.sample), key=lambda place: place.number)
    start = time.monotonic()
    if fails(-1, TESTS, 600):
        sys.exit("the tests fail with nothing broken")
    limit = 10 + 6 * (time.monotonic() - start)
    survivors, done = [], 0
    with ThreadPoolExecutor(options.jobs) as pool:
        for place, isNoticed in zip(places, pool.map(lambda place: notices(place, limit), places)):
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
