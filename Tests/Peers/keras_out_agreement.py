"""Compares what `modelc convert` writes for Keras with the networks of models/ that it was written from.

usage: .venv/bin/python Tests/Peers/keras_out_agreement.py [--modelc .build/release/modelc] [--write] [name ...]

Each description is written as a program (`-o x.py`) and as JSON (`-o x.json`). The program is imported and builds the
network, `model_from_json` reads the JSON; of both, each layer's name, class, shape, parameters and trainable parameters
have to be those of `modelc summary`, but for the slash, which names in Keras do not hold. Then all compute the same
made-up weights and inputs (see Grammar.md, "Synthetic weights") in 32 bits: modelc reads the weights from a .npz file,
and the program with its own `load_weights`. The program writes the weights again, as .safetensors and .weights.h5, and
`modelc run` has to give the same numbers with those, bit for bit. `modelc diff` has to say that description and JSON are
one network.

Prints a line for each network, or what Keras does not have; `--write` puts them into RESULTS.md. The exit code is 1 if
anything differs.
"""
import argparse
import importlib.util
import json
import math
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

import weight_rule
from keras_counts import TRANSPOSED, keras, rows
from results import write_section

ROOT = Path(__file__).resolve().parents[2]
# Sizes for inputs that the description leaves open, and the gain of kernels that keeps values in a sensible range.
SIZES = {"unet": {"image": [64, 64, 1]}, "unet_valid": {"image": [220, 220, 1]}}
GAINS = {"resnet50": 0.7, "xception": 0.7}
# Weights in more than one file are tried of networks with no more parameters.
SMALL = 40_000_000


class Difference(Exception):
    """What is not as it should be."""


def run(modelc, *words):
    report = subprocess.run([modelc, *map(str, words)], capture_output=True, text=True)
    if report.returncode != 0:
        lines = report.stderr.strip().splitlines() or report.stdout.strip().splitlines()[-1:]
        raise Difference(lines[0] if lines else f"modelc {words[0]} ended with {report.returncode}")
    return report.stdout


def keras_name(path):
    return path.replace("/", "_")


def imported(path):
    """The program as a module."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def check_summary(summary, model, what):
    """Compares the layers of a model of Keras with the deployed ones of a summary."""
    theirs = {}
    for row in rows(model):
        name = row["name"].rsplit("/", 1)[-1]
        if theirs.setdefault(name, row) is not row:
            raise Difference(f"{what}: two layers are called {name}")
    ours = {}
    for row in summary["layers"]:
        if not row["train_only"]:
            first = ours.setdefault(keras_name(row["name"]), row)
            # Where calls of one instance differ in a size, a program leaves it open.
            sizes = zip(first["output_shape"], row["output_shape"])
            first["open_shape"] = [one if one == other else None for one, other in sizes]
    if set(ours) != set(theirs):
        raise Difference(f"{what}: layers of one side only: {', '.join(sorted(set(ours) ^ set(theirs))[:4])}")
    for name, row in ours.items():
        found = theirs[name]
        pairs = [("class", row["layer"], found["class"])]
        pairs += [(key, row[key], found[key]) for key in ("output_shape", "params", "trainable_params")]
        for key, mine, other in pairs:
            if isinstance(mine, list):
                # Open sizes are formulas here and None in Keras.
                mine = [size if isinstance(size, int) else None for size in mine]
            if mine != other and not (key == "output_shape" and row["open_shape"] == other):
                raise Difference(f"{what}: {key} of {name} is {mine}, in Keras {other}")
    return len(ours)


def leaves(model):
    for layer in model.layers:
        if isinstance(layer, keras.Model):
            yield from leaves(layer)
        elif isinstance(layer, keras.Layer):
            yield layer


def made_up(summary, model, gain):
    """Weights by our names, and as each layer of Keras takes them."""
    paths = {keras_name(row["name"]): row["name"] for row in summary["layers"]}
    tensors, by_layer = {}, {}
    for layer in leaves(model):
        values = []
        for weight in layer.weights:
            role = "gamma" if weight.name.startswith("variable") else weight.name
            is_transposed = isinstance(layer, TRANSPOSED) and role == "kernel"
            fan_in = math.prod(weight.shape) // weight.shape[-2] if is_transposed else None
            path = paths[layer.name]
            values.append(weight_rule.weight(path, role, weight.shape, gain, fan_in))
            tensors[f"{path}/{role}"] = values[-1]
        by_layer[layer.name] = values
    return tensors, by_layer


def outputs_of(model, arrays):
    outputs = model(arrays if len(arrays) > 1 else arrays[0], training=False)
    return [np.asarray(output) for output in (outputs if isinstance(outputs, list) else [outputs])]


def worst_difference(ours, theirs):
    """As a share of what is tolerated: a thousandth of the spread and a ten-thousandth of the value."""
    worst = 0.0
    for a, b in zip(ours, theirs, strict=True):
        worst = max(worst, float((np.abs(a - b) / (1e-3 * b.std() + 1e-4 * np.abs(b) + 1e-12)).max()))
    return worst


def compare(name, modelc):
    """A row of the table; what Keras does not have is one too."""
    keras.backend.clear_session()
    path = ROOT / "models" / f"{name}.model"
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        program, document = folder / f"{name}.py", folder / f"{name}.json"
        report = subprocess.run([modelc, "convert", path, "-o", program], capture_output=True, text=True)
        if report.returncode != 0 and "error[not-in-keras]" in report.stderr:
            count = report.stderr.count("error[not-in-keras]")
            first = report.stderr.split("]: ", 1)[1].split("\n", 1)[0]
            return ["", "", "", "", "", first + (f", and {count - 1} more" if count > 1 else "")]
        if report.returncode != 0:
            raise Difference(report.stderr.splitlines()[0])
        run(modelc, "convert", path, "-o", document)
        summary = json.loads(run(modelc, "summary", path, "--format", "json"))
        module = imported(program)
        build = next(value for key, value in vars(module).items() if key.startswith("build_"))
        model = build()
        count = check_summary(summary, model, "program")
        if model.count_params() != summary["total_params"]:
            raise Difference(f"{model.count_params()} parameters, {summary['total_params']} in the summary")
        read = keras.models.model_from_json(document.read_text())
        check_summary(summary, read, "JSON")

        tensors, by_layer = made_up(summary, model, GAINS.get(name, 1.0))
        weights = folder / "weights.npz"
        np.savez(weights, **tensors)
        module.load_weights(model, str(weights))
        for layer in leaves(read):
            layer.set_weights(by_layer[layer.name])
            # A program's `load_weights` has to do so itself.
            if isinstance(layer, keras.layers.Normalization):
                layer.finalize_state()
        arrays, inputs = [], []
        for port in summary["inputs"]:
            sizes = SIZES.get(name, {}).get(port["name"]) or port["shape"][1:]
            arrays.append(weight_rule.model_input(port["name"], [1, *sizes]))
            np.save(folder / f"{port['name']}.npy", arrays[-1])
            inputs += ["--input", f"{port['name']}={folder / port['name']}.npy"]
        ports = [port["name"] for port in summary["outputs"] if not port["train_only"]]

        def computed(file):
            run(modelc, "run", path, *inputs, "--weights", file, "--output", folder / "out")
            return [np.load(folder / "out" / f"{port}.npy") for port in ports]

        ours = computed(weights)
        shares = [worst_difference(ours, outputs_of(network, arrays)) for network in (model, read)]
        if not max(shares) <= 1:
            raise Difference(f"outputs differ by {shares[0]:.2g} and {shares[1]:.2g} of what is tolerated")
        files = [".safetensors", ".weights.h5"] if model.count_params() <= SMALL else [".safetensors"]
        for ending in files:
            file = folder / f"again{ending}"
            module.save_weights(model, str(file))
            if not all(np.array_equal(a, b) for a, b in zip(ours, computed(file), strict=True)):
                raise Difference(f"other outputs with weights that came back as {ending}")
        difference = subprocess.run([modelc, "diff", path, document, "--format", "json"], capture_output=True, text=True)
        verdict = json.loads(difference.stdout)["verdict"]
        lines = sum(1 for line in program.read_text().split("def train_")[0].split("def leaf_layers")[0].splitlines() if line)
        return [f"{count}", f"{model.count_params():,}", f"{lines}", *(f"{share:.4f}" for share in shares),
                f"weights back as {', '.join(files)}; diff: {verdict}"]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", help="files of models/ without `.model`; all where none is given")
    parser.add_argument("--modelc", type=Path, default=ROOT / ".build" / "release" / "modelc")
    parser.add_argument("--write", action="store_true", help="put the table into RESULTS.md")
    options = parser.parse_args()
    lines = ["| file | layers | parameters | lines of Python | program | JSON | |", "|---|---:|---:|---:|---:|---:|---|"]
    failures = 0
    for name in options.names or sorted(path.stem for path in (ROOT / "models").glob("*.model")):
        try:
            row = compare(name, options.modelc.resolve())
        except Difference as problem:
            row = ["", "", "", "", "", f"**{problem}**"]
            failures += 1
        lines.append("| " + " | ".join([f"models/{name}.model", *row]) + " |")
        print(lines[-1], flush=True)
    if options.write and not options.names:
        write_section(
            "Descriptions as Keras",
            "Programs and JSON that `modelc convert` wrote, built and read by Keras: each layer has the name, class, shape\n"
            "and parameters of `modelc summary`. All computed the same made-up weights and inputs in 32 bits; the largest\n"
            "difference of an output is given as a share of what is tolerated, a thousandth of the output's standard\n"
            "deviation and a ten-thousandth of the value. Lines are those that build the network, not empty. Written by\n"
            "`.venv/bin/python Tests/Peers/keras_out_agreement.py --write`.\n\n" + "\n".join(lines) + "\n")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
