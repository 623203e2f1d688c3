"""Compares what modelc computes with reference results in 64 bits, on each path of kernels.

usage: .venv/bin/python Tests/Peers/oracle_accuracy.py ORACLE [case ...] [--modelc .build/release/modelc] [--threads N]
         [--precision fast]

ORACLE is a folder of reference cases: in `outputs/CASE` and `keras-json-outputs/CASE` an `output.json`, which names a model
in Keras's JSON and the gain of its made-up kernels (see Grammar.md, "Synthetic weights"), beside the outputs of another
engine in 32 and in 64 bits as .npy files. Every output has to be within a thousandth of the reference's standard deviation
and a ten-thousandth of the value. Of an output that softmax made, the logarithms count too: the root of their mean squared
error as a share of their standard deviation is at most the larger of 1.5e-6, 2e-5 with --precision fast, and
twice what the other engine has in 32 bits.

Prints for each case and path: the largest error as a share of the tolerance, the two figures of the logarithms, and which
algorithms the convolutions took. Paths that the processor lacks are left out; fast is for AVX-512 with AMX alone. The exit code is 1 if a bound is missed.
"""
import argparse
import collections
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

import weight_rule

ROOT = Path(__file__).resolve().parents[2]
PATHS = ["portable", "avx2", "avx512", "neon"]
# The least bound of the logarithms' error.
LEAST_BOUND = {"full": 1.5e-6, "fast": 2e-5}


def run(modelc, *words):
    return subprocess.run([modelc, *map(str, words)], capture_output=True, text=True)


def algorithms(modelc, model, precision):
    """How many steps take each algorithm, those that convolve alone."""
    report = run(modelc, "summary", model, "--plan", "--precision", precision, "--format", "json")
    if report.returncode != 0:
        return report.stderr.strip().split("\n")[0]
    steps = json.loads(report.stdout)["steps"]
    counts = collections.Counter(step["method"] for step in steps)
    return ", ".join(f"{count} {method}" for method, count in counts.items()
                     if method.startswith("Winograd") or "convolution" in method or "matrix product" in method)


def logarithm_error(values, reference):
    """The root of the mean squared error of the logarithms, as a share of their standard deviation."""
    with np.errstate(divide="ignore", invalid="ignore"):
        ours, theirs = np.log(values.astype(np.float64)), np.log(reference)
    return float(np.sqrt(np.mean((ours - theirs) ** 2)) / theirs.std())


def is_softmax(reference):
    sums = reference.reshape(-1, reference.shape[-1]).sum(axis=1)
    return reference.shape[-1] > 1 and (reference > 0).all() and np.allclose(sums, 1, rtol=1e-9)


class Case:
    def __init__(self, oracle, folder):
        self.name, self.folder = folder.name, folder
        self.facts = json.loads((folder / "output.json").read_text())
        self.model = oracle / self.facts["model"]

    def outputs(self):
        """The references in 32 and 64 bits; None where the case has too many values to keep them."""
        return [
            [np.load(self.folder / output[key]) for key in ("npy_f32", "npy_f64")] if output.get("npy_f64") else None
            for output in self.facts["outputs"]]

    def compute(self, path, options):
        summary = json.loads(run(options.modelc, "summary", self.model, "--format", "json").stdout)
        with tempfile.TemporaryDirectory() as folder:
            words = ["--weights", f"synthetic:{self.facts.get('kernel_gain', 1.0)}", "--path", path, "--output", folder]
            words += ["--precision", options.precision]
            words += ["--threads", options.threads] if options.threads else []
            for index, port in enumerate(summary["inputs"]):
                file = Path(folder) / f"input-{index}.npy"
                np.save(file, weight_rule.model_input(port["name"], [self.facts["batch"], *port["shape"][1:]]))
                words += ["--input", f"{port['name']}={file}"]
            report = run(options.modelc, "run", self.model, *words)
            if report.returncode != 0:
                lines = report.stderr.strip().split("\n")
                raise RuntimeError(next((line for line in lines if line.startswith("error")), lines[0]))
            if report.stdout.startswith("note: "):
                raise RuntimeError(report.stdout.split("\n")[0])
            names = [port["name"] for port in summary["outputs"] if not port["train_only"]]
            return [np.load(Path(folder) / f"{name}.npy") for name in names]


def judge(case, path, options):
    """The lines of a case on a path, and whether all bounds hold."""
    lines, holds = [], True
    for values, references in zip(case.compute(path, options), case.outputs(), strict=True):
        if references is None:
            lines.append(f"{case.name:32} {path:9} is too large to have its reference kept")
            continue
        single, reference = references
        tolerance = 1e-3 * reference.std() + 1e-4 * np.abs(reference)
        share = float((np.abs(values - reference) / np.maximum(tolerance, 1e-300)).max())
        holds &= values.shape == reference.shape and share <= 1
        words = f"{case.name:32} {path:9} {share:8.2%} of the tolerance"
        if is_softmax(reference):
            found, theirs = logarithm_error(values, reference), logarithm_error(single, reference)
            bound = max(LEAST_BOUND[options.precision], 2 * theirs)
            holds &= found <= bound
            words += f"; logarithms {found:.2e}, the other engine {theirs:.2e}, bound {bound:.2e}"
            words += "" if found <= bound else " MISSED"
        lines.append(words)
    return lines, holds


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("oracle", type=Path)
    parser.add_argument("cases", nargs="*", help="names; else all")
    parser.add_argument("--modelc", type=Path, default=ROOT / ".build" / "release" / "modelc")
    parser.add_argument("--threads", type=int)
    parser.add_argument("--precision", choices=list(LEAST_BOUND), default="full", help="fast needs AMX")
    options = parser.parse_args()
    folders = [folder for group in ("outputs", "keras-json-outputs") for folder in sorted((options.oracle / group).glob("*/"))
               if not options.cases or folder.name in options.cases]
    if not folders:
        parser.error(f"there is no such case in {options.oracle}")
    wrong = set()
    for case in (Case(options.oracle, folder) for folder in folders):
        print(f"{case.name}: {algorithms(options.modelc, case.model, options.precision)}")
        for path in PATHS if options.precision == "full" else ["avx512"]:
            try:
                lines, holds = judge(case, path, options)
            except RuntimeError as problem:
                is_missing = "processor" in str(problem) and path in str(problem) or "computed as full" in str(problem)
                lines, holds = [f"{case.name:32} {path:9} {problem}"], is_missing
            if not holds:
                wrong.add(case.name)
            print("\n".join(lines), flush=True)
    print(f"{len(wrong)} of {len(folders)} cases, on some path, are beyond a bound" if wrong else "all within their bounds")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
