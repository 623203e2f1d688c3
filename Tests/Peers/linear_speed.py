"""Times `modelc check` on descriptions that are flat and long, and looks whether time follows their length.

usage: python3 Tests/Peers/linear_speed.py [--modelc PATH] [--keras PYTHON] [--runs N] [name ...]

Each description is made in four sizes, each twice the one before. A row has its size, processor and elapsed seconds (the
least of the runs), the most resident memory, and how many times the processor time of the size before. Fails where that is
above 2.3 at the two largest sizes, where a million written layers take more than 10 s or 2 GiB, or where a check fails.
With --keras, a Python that has Keras builds the GoogLeNet that models/googlenet.model describes, beside its check.
"""
import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

from measured import ROOT, run, write

HEAD = "modelc 1\n\nmodel Long {\n  input x: [N, 16, 16, 8]\n"


def flat(count):
    """A binding for each layer, each of another kind than the one before."""
    kinds = ["Conv2D(8, 3, padding: same, activation: relu)", "BatchNormalization()", "ReLU()", "Conv2D(16, 1)", "Conv2D(8, 1)"]
    yield HEAD + "  a0 = x\n"
    for i in range(count):
        yield f"  a{i + 1} = a{i} |> {kinds[i % 5]}\n"
    yield f"  output y = a{count - count % 5} |> GlobalAveragePooling2D()\n}}\n"


def alike(count):
    yield HEAD + "  a0 = x\n"
    for i in range(count):
        yield f"  a{i + 1} = a{i} |> Dense(8)\n"
    yield f"  output y = a{count}\n}}\n"


def stages(count):
    """One binding, all stages behind one another."""
    yield HEAD + "  output y = x\n"
    for _ in range(count):
        yield "    |> Conv2D(8, 3, padding: same)\n"
    yield "}\n"


def blocks(count):
    """So many blocks, each called once."""
    yield "modelc 1\n"
    for i in range(count):
        yield f"\nblock B{i}(x: [N, H, W, C]) -> [N, H, W, C] {{\n  return x |> Conv2D(8, 3, padding: same)\n}}\n"
    yield "\nmodel Long {\n  input x: [N, 16, 16, 8]\n  output y = x\n"
    for i in range(count):
        yield f"    |> B{i}()\n"
    yield "}\n"


def models(count):
    """So many models in one file."""
    yield "modelc 1\n"
    for i in range(count):
        yield f"\nmodel M{i} {{\n  input x: [N, 8]\n  output y = x |> Dense(3)\n}}\n"


def concatenation(count):
    """So many tensors joined."""
    yield HEAD
    for i in range(count):
        yield f"  a{i} = x |> ReLU()\n"
    yield "  output y = Concatenate(a0"
    for i in range(1, count):
        yield f", a{i}"
    yield ")\n}\n"


def uses(count):
    """One name, used again and again."""
    yield HEAD + "  k = 1\n  sum = 0"
    for _ in range(count):
        yield " + k"
    yield "\n  output y = x |> Dense(sum)\n}\n"


def claims(count):
    yield HEAD + "  output y = x |> Dense(1)\n"
    for _ in range(count):
        yield "  assert params == 9\n"
    yield "}\n"


CASES = {
    "flat": (flat, 1_000_000), "alike": (alike, 1_000_000), "stages": (stages, 100_000), "blocks": (blocks, 100_000),
    "models": (models, 100_000), "concatenation": (concatenation, 100_000), "uses": (uses, 1_000_000),
    "claims": (claims, 100_000),
}
RATIO = 2.3
SECONDS, MEMORY = 10, 2048


def measure(name, modelc, folder, runs):
    """Prints the rows of one case; what is wrong with them."""
    make, count = CASES[name]
    faults = []
    before = None
    for size in (count // 4, count // 2, count, 2 * count):
        path = Path(folder) / f"{name}.model"
        length = write(path, make(size))
        results = [run([modelc, "check", "--limit", "layers=10000000", path], folder) for _ in range(runs)]
        path.unlink()
        best = min(results, key=lambda result: result.busy)
        elapsed = min(result.seconds for result in results)
        ratio = best.busy / before if before else None
        print(
            f"{name:14} {size:9,} {length / 1e6:7.1f} MB {best.busy:7.2f} s {elapsed:7.2f} s {best.memory:7.0f} MiB"
            + (f"  x {ratio:.2f}" if ratio else ""), flush=True)
        if best.code != 0:
            faults.append(f"{name} {size:,}: exit {best.code}, {best.output[:200].decode(errors='replace')}")
        if ratio and size >= count and ratio > RATIO:
            faults.append(f"{name} {size:,}: {ratio:.2f} times the time of half of it")
        if size == 1_000_000 and (elapsed > SECONDS or best.memory > MEMORY):
            faults.append(f"{name} {size:,}: {elapsed:.2f} s, {best.memory:.0f} MiB")
        before = best.busy
    return faults


KERAS = """
import os, sys, time
os.environ.setdefault("KERAS_BACKEND", "jax")
start = time.perf_counter()
import keras
loaded = time.perf_counter()
text = open(sys.argv[1]).read()
model = keras.models.model_from_json(text)
first = time.perf_counter()
keras.models.model_from_json(text)
print(f"{loaded - start:.2f} s to import, {first - loaded:.2f} s to build, {time.perf_counter() - first:.2f} s to build again; "
      f"{model.count_params():,} parameters")
"""


def compare(python, modelc, folder):
    model = ROOT / "models" / "googlenet.model"
    best = min((run([modelc, "check", model], folder) for _ in range(20)), key=lambda result: result.seconds)
    print(f"\nGoogLeNet, modelc: {1e3 * best.seconds:.1f} ms for the whole process, {best.memory:.0f} MiB at most")
    config = ROOT / "Tests" / "InterchangeTests" / "Fixtures" / "googlenet" / "model.json"
    said = subprocess.run([python, "-c", KERAS, config], capture_output=True, text=True)
    print("GoogLeNet, Keras: ", said.stdout.strip() or said.stderr[-300:])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--modelc", type=Path, default=ROOT / ".build" / "release" / "modelc")
    parser.add_argument("--keras", metavar="PYTHON")
    parser.add_argument("--runs", type=int, default=1)
    parser.add_argument("names", nargs="*", choices=[[], *CASES])
    options = parser.parse_args()
    modelc = options.modelc.resolve()
    faults = []
    with tempfile.TemporaryDirectory() as folder:
        print(f"{'':14} {'size':>9} {'file':>10} {'CPU':>9} {'elapsed':>9} {'memory':>11}")
        for name in options.names or CASES:
            faults += measure(name, modelc, folder, options.runs)
        if options.keras:
            compare(options.keras, modelc, folder)
    for fault in faults:
        print("FAULT", fault)
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
