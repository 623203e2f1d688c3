"""Checks descriptions that are made to exhaust time, memory or stack, each in a process of its own.

usage: python3 Tests/Peers/exhaustion.py [--modelc PATH] [--slack FACTOR] [name-part ...]

A row has the size of the file, seconds of the processor, the most resident memory, the exit code and the codes that were told, with
their numbers. Fails where a process ends by a signal, tells other codes than it should, has more than 512 MiB, or takes more
than a second and 60 ms for each megabyte (half a second where it is full of statements) of the processor; --slack
multiplies the time on a machine that is slow. The files, of a gigabyte at most, are made in a temporary folder.
"""
import argparse
import re
import sys
import tempfile
from collections import Counter
from pathlib import Path

from measured import ROOT, run, write

MEMORY = 512
SECONDS, SECONDS_PER_MEGABYTE, OF_STATEMENTS = 1, 0.06, 0.5
MANY = 100_000
MOST = 2**63 - 1


def model(*body, output="out = x |> Dense(1)"):
    """A model with some lines; each piece of it may be an iterator of pieces."""
    yield "modelc 1\nmodel A {\n  input x: [N, 16, 16, 8]\n  "
    for piece in body:
        if isinstance(piece, str):
            yield piece
        else:
            yield from piece
    yield f"\n  output {output}\n}}\n"


def times(text, size):
    """A text again and again, up to so many bytes."""
    count = max(1, (1 << 20) // len(text))
    full, rest = divmod(size // len(text), count)
    for _ in range(full):
        yield text * count
    yield text * rest


def lines(line, count=MANY):
    return (line.replace("#", str(i)) + "\n" for i in range(count))


def joined(*parts):
    for part in parts:
        yield from [part] if isinstance(part, str) else part


def chain(count, body, last):
    """Blocks of which each calls the next one."""
    yield "modelc 1\n"
    for i in range(count):
        yield f"block B{i}(x: [N, C]) {{ return x |> {body.replace('#', f'B{i + 1}()')} }}\n"
    yield f"block B{count}(x: [N, C]) {{ return {last} }}\nmodel A {{\n input x: [N, 2]\n output y = x |> B0()\n}}\n"


def words():
    yield "modelc 1\n"
    for i in range(60):
        yield f"block B{i}(x: [N, C], a: Activation) {{ return x |> B{i + 1}(leaky_relu(negative_slope: a, alpha: a)) }}\n"
    yield "block B60(x: [N, C], a: Activation) { return x |> Dense(3, activation: a) }\n"
    yield "model A {\n input x: [N, 2]\n output y = x |> B0(relu)\n}\n"


DEEP, JSON_DEEP = {"nesting-too-deep"}, {"json-nesting-too-deep"}
MB = 10**6


def deep():
    """Nesting of 100,000 levels, open and closed."""
    for name, opening, closing in [
        ("parentheses", "(", ")"), ("brackets", "[", "]"), ("calls", "F(", ")"), ("elements", "a[", "]"),
        ("minus", "- ", ""), ("not", "not ", ""), ("if", "if a { ", " } else { 1 }"), ("pipelines", "F(x |> G(", "))"),
        ("else if", "if (a) { x } else ", ""),
    ]:
        yield f"deep {name}", ".model", model("y = " + opening * MANY), DEEP
        yield f"deep {name}, closed", ".model", model("y = " + opening * MANY + "1" + closing * MANY), DEEP
    yield "deep repeat", ".model", model("y = " + "repeat " * MANY), None
    yield "deep braces", ".model", model("y = " + "{" * MANY), None
    yield "deep blocks", ".model", times("block B(x: [N]) {\n", 18 * MANY), None
    yield "deep models", ".model", times("model B {\n", 10 * MANY), None
    yield "deep shape", ".model", model("y = x -> [" + "(" * MANY), DEEP
    yield "deep claim", ".model", model("assert " + "(" * MANY + "1" + ")" * MANY), DEEP
    yield "long sum", ".model", model("k = 1" + " + 1" * MANY), {"unused-value"}
    yield "long product", ".model", model("k = 1" + " * 1" * MANY), {"unused-value"}
    yield "long condition", ".model", model("k = true" + " and true" * MANY), {"unused-value"}
    yield "deep JSON arrays", ".json", ["[" * MANY], JSON_DEEP
    yield "deep JSON arrays, closed", ".json", ["[" * MANY + "]" * MANY], JSON_DEEP
    yield "deep JSON objects", ".json", ['{"a":' * MANY], JSON_DEEP
    yield "deep Keras", ".json", ['{"class_name": "Functional", "config": ' * MANY], JSON_DEEP
    yield "deep text in JSON", ".json", [
        '{"modelc": 1, "models": [{"name": "A", "body": [{"name": "a", "value": "' + "(" * MANY + '"}]}]}'], None
    yield "deep lists of names", ".model", model("k0 = [1]\n", (f"k{i + 1} = [k{i}]\n" for i in range(MANY))), {
        "expansion-too-deep"}


def expanding():
    many = {"too-many-layers"}
    yield "repeat 1000000000", ".model", model("y = x |> repeat 1000000000 ReLU()"), many
    yield f"repeat {MOST}", ".model", model(f"y = x |> repeat {MOST} ReLU()"), many
    yield "blocks in a ring", ".model", [
        "modelc 1\nblock A(x: [N, C]) { return x |> B() }\nblock B(x: [N, C]) { return x |> A() }\n"
        "model M {\n input x: [N, 2]\n output y = x |> A()\n}\n"], None
    yield "repeat nothing", ".model", chain(3, "repeat 1000000000 #", "x"), many
    yield "repeat -1", ".model", model("y = x |> repeat -1 ReLU()"), {"type-mismatch"}
    yield "repeat 1.5", ".model", model("y = x |> repeat 1.5 ReLU()"), {"type-mismatch"}
    yield "60 doublings", ".model", chain(60, "# |> #", "x |> ReLU()"), many
    yield "60 doublings of nothing", ".model", chain(60, "# |> #", "x"), many
    yield "100,000 blocks deep", ".model", chain(MANY, "#", "x"), {"expansion-too-deep"}
    yield "doubling numbers", ".model", model(
        "k0 = 1\n", *(f"k{i + 1} = k{i} + k{i}\n" for i in range(70))), {"number-overflow"}
    yield "doubling lists", ".model", model(
        "k0 = [1]\n", *(f"k{i + 1} = [k{i}, k{i}]\n" for i in range(60)), output="y = x |> Dense(k60)"), {"expansion-too-deep"}
    yield "doubling words", ".model", words(), {"expansion-too-deep"}
    yield "doubling channels", ".model", model(
        "y0 = x\n", *(f"y{i + 1} = Concatenate(y{i}, y{i})\n" for i in range(70)), output="y = y70"), {"size-overflow"}
    for name, statement in [
        ("unknown layers", "y# = Cnov#(x)"), ("activations", "y# = gelu(x)"), ("unknown names", "abc# = abd# + 1"),
        ("unknown words", "y# = Activation(x, relu#)"), ("unknown attributes", "y# = Conv2D(x, 8, 3, pading: same)"),
        ("misfits", "y# = MaxPooling2D(x, 9#)"),
    ]:
        yield f"repeat {name}", ".model", [
            "modelc 1\nblock B(x: [N, H, W, C]) {\n", *lines(statement, 90), "return ReLU(x)\n}\n"
            "model M {\n input x: [N, 8, 8, 3]\n output y = x |> repeat 1000000000 B()\n}\n"], None
    product = " * ".join(f"(a{i} + b{i})" for i in range(40))
    yield "product of sums", ".model", [
        f"modelc 1\nmodel M {{\n input x: [N, {product}]\n output y = x |> ReLU()\n}}\n"], {"number-overflow"}


def sizes():
    """Numbers at the ends of what there is; each is an error, told once."""
    for size in [0, -1, 1.5, "1e400", MOST + 1, f"{MOST}, 2", f"{MOST}, {MOST}, {MOST}"]:
        yield f"size {size}"[:40], ".model", [
            f"modelc 1\nmodel A {{\n input x: [N, {size}]\n output y = x |> Flatten() |> Dense(3)\n}}\n"], 1
    for call in [
        f"Conv2D({MOST}, 1)", f"Conv2D(1, {MOST})", "Conv2D(0, 3)", "Conv2D(-1, 3)", "Conv2D(1.5, 3)", "Conv2D(3, 0)",
        "Conv2D(3, -1)", "Conv2D(3, 1.5)", "Conv2D(8, 3, strides: 0)", "Conv2D(8, 3, strides: -1)",
        "Conv2D(8, 3, strides: 1.5)", "Conv2D(8, 3, dilation_rate: 0)", f"Conv2D(8, 3, dilation_rate: {MOST})",
        f"Conv2D(8, 3, groups: {MOST})", f"Conv2D(8, 3, padding: [[{MOST}, {MOST}], [0, 0]])", "MaxPooling2D(0)",
        "MaxPooling2D(3, strides: 0)", f"MaxPooling2D({MOST})", f"ZeroPadding2D({MOST})", f"Cropping2D({MOST})",
        f"UpSampling2D({MOST})", f"Reshape([{MOST}, {MOST}])", "Reshape([-1, -1])", "Reshape([0])",
        f"Conv2DTranspose(8, {MOST}, strides: {MOST})", f"Dense({MOST})", "Dense(0)", "Dense(-1)", "Dense(1.5)",
        f"DepthwiseConv2D(3, depth_multiplier: {MOST})", "Dropout(-1)", f"GroupNormalization({MOST})",
        f"LayerNormalization(axis: {MOST})",
    ]:
        yield call.replace(str(MOST), "2^63-1"), ".model", model(output=f"y = x |> {call}"), 1
    yield "a slip among large sizes", ".model", [
        "modelc 1\nmodel A {\n input x: [N, H * W, 2]\n"
        " output y = x |> repeat 7 DepthwiseConv1D(9, strides: 10) -> [N, 2, 2, 2]\n}\n"], 1


def floods():
    """100,000 mistakes in one file: all are counted."""
    for name, line in [
        ("strange signs", "  §"), ("missing values", "  y# = = x"), ("unknown names", "  y# = ReLU(zz#)"),
        ("unknown layers", "  y# = x |> Cnov2D#(3)"), ("misfits", "  y# = x |> Conv2D(8, 99)"),
        ("false claims", "  assert # == #1"), ("false counts", "  assert params == 1#"), ("equal names", "  y = x"),
        ("unknown attributes", "  y# = x |> Conv2D(8, 3, paddin: same)"), ("missing commas", "  y# = x |> Conv2D(8 3)"),
        ("open brackets", "  y# = x |> Conv2D(8, 3"), ("open strings", '  y# = "abc'),
    ]:
        yield f"100,000 {name}", ".model", model(lines(line)), "flood"
    yield "100,000 unused names", ".model", model(lines("  y# = x |> ReLU()")), {"unused-value"}
    yield "100,000 equal keys", ".json", joined("{", ('"a": 1, ' for _ in range(MANY)), '"a": 1}'), "flood"
    yield "100,000 unknown keys", ".json", joined('{"modelc": 1', (f', "a{i}": 1' for i in range(MANY)), "}"), "flood"


def sheer():
    """Size and nothing else."""
    unused = {"unused-value"}
    yield "1 GB of blanks", ".model", times(" ", 1000 * MB), {"unreadable-file"}
    yield "1 GB of blanks, JSON", ".json", times(" ", 1000 * MB), {"unreadable-file"}
    yield "130 MB of blanks", ".model", times(" ", 130 * MB), {"empty-file"}
    yield "130 MB of line breaks", ".model", times("\n", 130 * MB), {"empty-file"}
    yield "100 MB string", ".model", model('k = "', times("a", 100 * MB), '"'), unused
    yield "100 MB string, open", ".model", model('k = "', times("a", 100 * MB)), None
    yield "100 MB string of escapes", ".model", model('k = "', times("\\u{41}", 100 * MB), '"'), unused
    yield "100 MB string as a word", ".model", model('y = x |> Conv2D(8, 3, padding: "', times("a", 100 * MB), '")'), None
    yield "100 MB comment", ".model", model("// ", times("a", 100 * MB)), set()
    yield "100 MB of comments", ".model", model(times("// a\n", 100 * MB)), set()
    yield "100 MB documentation", ".model", joined(
        "modelc 1\n/// ", times("a", 100 * MB), "\nmodel A {\n input x: [N, 2]\n output y = x |> ReLU()\n}\n"), set()
    yield "100 MB name", ".model", model(times("a", 100 * MB), " = x"), unused
    yield "100 MB unknown name", ".model", model("y = ReLU(", times("a", 100 * MB), ")"), {"unknown-name"}
    yield "100 MB number", ".model", model("k = ", times("1", 100 * MB)), {"number-too-large"}
    yield "100 MB JSON string", ".json", joined('{"modelc": 1, "models": "', times("a", 100 * MB), '"}'), {"json-value-type"}
    yield "100 MB JSON key", ".json", joined('{"modelc": 1, "', times("a", 100 * MB), '": 1}'), {"json-unknown-key"}
    yield "100 MB JSON number", ".json", joined('{"modelc": ', times("1", 100 * MB), "}"), None
    yield "100 MB of documentation lines", ".model", joined("modelc 1\n", times("/// a\n", 100 * MB)), None
    yield "100 MB that are not UTF-8", ".model", model("// ", times("\udcff", 100 * MB)), {"invalid-utf8"}


def nonsense():
    """A mistake or a value in every other byte: more than a file may have, or not quite."""
    yield "100 MB of quotes", ".model", model(times('"', 100 * MB)), None
    yield "100 MB of commas", ".model", model("y = ReLU(x", times(",", 100 * MB), ")"), {"file-too-large"}
    yield "30 MB of commas", ".model", model("y = ReLU(x", times(",", 30 * MB), ")"), {"extra-comma"}
    yield "100 MB of signs", ".model", model(times("§", 100 * MB)), None
    yield "16 MB JSON array", ".json", joined('{"modelc": 1, "models": [', times("1,", 16 * MB), "1]}"), {"json-value-type"}
    yield "130 MB of short strings", ".json", joined("[", times('"abcdefghijklmnop",', 130 * MB), "1]"), {"keras-format"}
    yield "4 million keys", ".json", joined("{", (f'"{i:016d}":1,' for i in range(4 * MB)), '"":1}'), {"keras-format"}
    yield "100 MB JSON array", ".json", joined('{"modelc": 1, "models": [', times("[],", 100 * MB), "[]]}"), {"file-too-large"}


def written():
    """A million of each."""
    unused = {"unused-value"}
    yield "1,000,000 statements", ".model", model((f"k{i}=1\n" for i in range(10**6))), unused
    yield "1,000,000 stages", ".model", model("y=x", times("|>ReLU()", 8 * MB)), unused
    yield "1,000,000 claims", ".model", model(times("assert 1==1\n", 12 * MB)), set()


def imports(folder, count):
    """Files that import each other in a ring, and in diamonds: each imports the next two."""
    for i in range(count):
        text = "modelc 1\n" + "".join(f'import "d{(i + k) % count}.model"\n' for k in (1, 2))
        text += f"block D{i}(x: [N, C]) {{ return x |> D{(i + 1) % count}() }}\n" if i else ""
        text += "model A {\n input x: [N, 2]\n output y = x |> D1()\n}\n" if i == 0 else ""
        (Path(folder) / f"d{i}.model").write_text(text.replace("|> D0()", "|> ReLU()"))
    return Path(folder) / "d0.model"


def codes(output):
    return Counter(re.findall(rb"^(?:error|warning)\[([a-z0-9-]+)\]", output, re.MULTILINE))


class Table:
    def __init__(self, options, folder):
        self.options, self.folder, self.faults, self.rows = options, Path(folder), [], 0

    def check(self, name, path, expected, rate=SECONDS_PER_MEGABYTE):
        size = path.stat().st_size / MB
        result = run([self.options.modelc, "check", path], self.folder)
        told = codes(result.output)
        text = ", ".join(f"{code.decode()} {count}" for code, count in sorted(told.items()))
        print(
            f"{name[:40]:40} {size:8.2f} MB {result.busy:6.2f} s {result.memory:6.0f} MiB  exit {result.code}  {text}",
            flush=True)
        self.rows += 1
        faults = []
        if result.code not in (0, 1):
            faults.append(f"exit {result.code}")
        if result.code == 1 and not told:
            faults.append("nothing is told")
        if result.memory > MEMORY:
            faults.append(f"{result.memory:.0f} MiB")
        if result.busy > (SECONDS + rate * size) * self.options.slack:
            faults.append(f"{result.busy:.2f} s")
        if isinstance(expected, set) and not {code.encode() for code in expected} == set(told):
            faults.append(f"told {text or 'nothing'}, not {', '.join(sorted(expected)) or 'nothing'}")
        if expected == 1 and (result.code != 1 or sum(told.values()) != 1):
            faults.append(f"{sum(told.values())} problems")
        if expected == "flood":
            if sum(told.values()) != 100 or not re.search(rb"^[0-9]{5,} errors", result.output, re.MULTILINE):
                faults.append(f"{sum(told.values())} shown")
        self.faults += [f"{name}: {fault}" for fault in faults]

    def add(self, cases, rate=SECONDS_PER_MEGABYTE):
        for name, ending, pieces, expected in cases:
            if self.options.names and not any(part in name for part in self.options.names):
                continue
            path = self.folder / ("case" + ending)
            write(path, pieces)
            self.check(name, path, expected, rate)
            path.unlink()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--modelc", type=Path, default=ROOT / ".build" / "release" / "modelc")
    parser.add_argument("--slack", type=float, default=1)
    parser.add_argument("names", nargs="*")
    options = parser.parse_args()
    options.modelc = options.modelc.resolve()
    with tempfile.TemporaryDirectory() as folder:
        table = Table(options, folder)
        for cases in (deep, expanding, sizes, floods, sheer):
            table.add(cases())
        table.add(written(), OF_STATEMENTS)
        table.add(nonsense(), OF_STATEMENTS)
        if not options.names or any(part in "imports in rings and diamonds" for part in options.names):
            table.check("imports in rings and diamonds", imports(folder, 60), None)
            table.check("imports of 2,000 files", imports(folder, 2000), None)
    for fault in table.faults:
        print("FAULT", fault)
    print(f"{table.rows} cases, {len(table.faults)} faults")
    sys.exit(1 if table.faults else 0)


if __name__ == "__main__":
    main()
