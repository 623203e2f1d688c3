"""Checks descriptions in which a few words and signs stand again and again: what is read twice for each shows as time.

usage: python3 Tests/Peers/repetition.py [--modelc PATH] [--count N] [--seed N] [--kilobytes N] [--parts PART ...]

Tries N (by default 2,000) random sequences of one to four parts, each in a file of 60 KB, alone in a line or all in one,
as statements, as arguments and outside of braces. Prints the parts and the seconds of the processor where a file takes
more than a second, more than 512 MiB, or ends by a signal, and exits with 1 then. --parts tries one sequence in all ways.
"""
import argparse
import random
import sys
import tempfile
from pathlib import Path

from measured import ROOT, run

SECONDS, MEMORY = 1, 512
PARTS = """
modelc 1|model A {|block B(x: [N, C]) {|input x: [N, 2]|output y|output y = x|layer a = Dense(1)|return x|return|assert|when
assert 1 == 2|train A {|with Dense(units: 1)|allow unused-value|import "a"|repeat|repeat 2|as a|if a {|if|else|else {|} else {
and|or|not|true|x|y|a|A|a =|a = x|a, b|a: b|a:|Dense(1)|Dense(|Dense|F(x|F(|[N|[1, 2]|a[0]|a[|1|2.5|0x1|5x5|1e9|"s"|"|"\\"a,
"a,|\\"|\\"a,|\\|`|`a`|`a|'|'a|’|“|«|é|а|§|\u200b|\u00a0|(|)|[|]|{|}|,|:|=|==|:=|=>|!=|!|<|<=|<-|<|>|>=|>>|+|-|--|-->|- >|->|*|**|/|//|//
/* |/*|*/|<!--|-->|\"\"\"|# a|#|%|%>%|; a b|;|% a b|-- a b|/ a b|///d|// a|.|. |.a|a.b|...|..|||>|| >|||||\\&|&&|?|@|$|~|^|for i in a {|while
let a = 1|in a|final a = 1|optimizer: Adam()|loss: a|def|floor(|max(1,|params ==|params(a) == 1|1,000|4 000
""".replace("\n", "|").replace("|||>|| >|||||\\&", "").split("|") + ["|>", "| >", "||", "|", "&", "|> Dense(1)", "|>Dense("]
PARTS = sorted({part for part in PARTS if part})
SEPARATORS = ["", " ", "\n", "\n  "]
PLACES = {
    "statements": ("modelc 1\nmodel A {\n  input x: [N, 2]\n  ", "\n  output y = x |> Dense(1)\n}\n"),
    "arguments": ("modelc 1\nmodel A {\n  input x: [N, 2]\n  output y = x |> Dense(", ")\n}\n"),
    "file": ("modelc 1\n", "\nmodel A {\n  input x: [N, 2]\n  output y = x |> Dense(1)\n}\n"),
}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--modelc", type=Path, default=ROOT / ".build" / "release" / "modelc")
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kilobytes", type=int, default=60)
    parser.add_argument("--parts", nargs="+")
    options = parser.parse_args()
    source = random.Random(options.seed)
    if options.parts:
        cases = [(options.parts, inner, outer, place) for inner in SEPARATORS for outer in SEPARATORS for place in PLACES]
    else:
        cases = [(source.choices(PARTS, k=source.choice([1, 2, 2, 3, 3, 4])), source.choice(SEPARATORS),
                  source.choice(SEPARATORS), source.choice(list(PLACES))) for _ in range(options.count)]
    slow, longest = 0, 0
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.model"
        for parts, inner, outer, place in cases:
            unit = inner.join(parts) + outer
            head, tail = PLACES[place]
            path.write_text(head + unit * (options.kilobytes * 1000 // len(unit.encode())) + tail)
            result = run([options.modelc.resolve(), "check", path], folder, seconds=60)
            longest = max(longest, result.busy)
            if result.busy > SECONDS or result.memory > MEMORY or result.code not in (0, 1):
                slow += 1
                print(f"{result.busy:6.2f} s {result.memory:5.0f} MiB  exit {result.code}  {unit!r} as {place}", flush=True)
    print(f"{len(cases)} files, {slow} slow, the longest took {longest:.2f} s")
    sys.exit(1 if slow else 0)


if __name__ == "__main__":
    main()
