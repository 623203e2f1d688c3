"""Compares what modelc and Keras say of random networks, and what they compute with them.

usage: .venv/bin/python Tests/Peers/network_agreement.py [--modelc .build/release/modelc] [--count 1000] [--seed 1]
                                                         [--keep FOLDER] [--write] [--convert]

Keras builds each network (see random_networks.py) and writes it as JSON, as an archive with weights, or as JSON and a
file of weights. Compared are each layer's name, class, shape, parameters, trainable ones and multiply-accumulates, the
totals, the inputs and the outputs; then modelc runs the file on a batch of 2 and Keras computes the same in 64 bits.
`error` is the largest difference as a share of an output's largest value, or of 1 if that is less. More than TOLERANCE
is a disagreement, unless Keras itself is off by a tenth of it in 32 bits. Prints what disagrees by seed, `--keep`
keeps its files, and at the end a line with the figures, which `--write` puts into RESULTS.md. `--convert` does another
thing with the same networks: each is converted to a .model file, and has to be the same network, see
recovery_agreement.py. The exit code is 1 if anything differs.
"""
import argparse
import collections
import json
import math
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

os.environ["JAX_ENABLE_X64"] = "1"

import jax
import numpy as np

import random_networks
import weight_rule
from keras_agreement import differences, modelc_class, summarize
from keras_counts import TRANSPOSED, keras, origin, rows, totals
from recovery_agreement import old_names, summary_differences
from results import write_section

ROOT = Path(__file__).resolve().parents[2]
TOLERANCE = 2e-5
BATCH = 2
# What unknown sizes are when a network runs.
SIZE = random_networks.UNKNOWN
FORMS = ("json", "keras", "h5")

# Compiling takes longer than computing, and what variables begin with is never used.
jax.config.update("jax_disable_most_optimizations", True)
keras.src.backend.Variable._initialize_with_initializer = (
    lambda self, initializer: self._initialize(np.zeros(self._shape, self._dtype)))
# What is given in 64 bits stays so: by itself, Keras normalizes in 32.
narrower = keras.src.backend.result_type
keras.src.backend.result_type = lambda *types: "float64" if "float64" in types else narrower(*types)


def weighted(model, path=""):
    """Each layer that may have weights, with its path; those of models within models too."""
    for layer in model.layers:
        if isinstance(layer, keras.Model):
            yield from weighted(layer, f"{path}{layer.name}/")
        else:
            yield f"{path}{layer.name}", layer


def fill(model):
    """The weights of the rule."""
    for path, layer in weighted(model):
        for weight in layer.weights:
            if "seed" in weight.path:
                continue
            role = weight.name if weight.name in weight_rule.ROLES or "kernel" in weight.name else "gamma"
            shape = tuple(weight.shape)
            transposed = isinstance(layer, TRANSPOSED) and role == "kernel"
            fan_in = math.prod(shape) // shape[-2] if transposed else None
            weight.assign(weight_rule.weight(path, role, shape, fan_in=fan_in).astype(weight.dtype))
        if isinstance(layer, keras.layers.Normalization) and layer.built and layer.input_mean is None:
            layer.finalize_state()


def read(text):
    model = random_networks.read(text)
    fill(model)
    return model


def compute(model, values):
    """All outputs, compiled as one function."""
    def outputs(trainable, others, inputs):
        return model.stateless_call(trainable, others, inputs, training=False)[0]
    inputs = [np.asarray(value, model.compute_dtype) for value in values]
    trainable, others = ([v.value for v in part] for part in (model.trainable_variables, model.non_trainable_variables))
    results = jax.jit(outputs)(trainable, others, inputs if len(inputs) > 1 else inputs[0])
    return [np.asarray(result) for result in (results if isinstance(results, (list, tuple)) else [results])]


def expectation(model):
    layers = rows(model)
    for row in layers:
        row["class"] = modelc_class(row)
        del row["calls"]
    return {
        **totals(model), "layers": layers,
        "inputs": [{"name": origin(tensor), "shape": list(tensor.shape)} for tensor in model.inputs],
        "outputs": [list(tensor.shape) for tensor in model.outputs],
    }


def run(modelc, folder, form, names, values):
    """The outputs that modelc writes, by their layers; or what it complains of."""
    file = folder / ("net.keras" if form == "keras" else "net.json")
    arguments = [modelc, "run", file, "--output", folder / "out"]
    arguments += {"json": ["--weights", "synthetic"], "h5": ["--weights", folder / "net.weights.h5"], "keras": []}[form]
    for name, value in zip(names, values):
        np.save(folder / f"{name}.npy", value)
        arguments += ["--input", f"{name}={folder / name}.npy"]
    result = subprocess.run(arguments, capture_output=True, text=True)
    if result.returncode != 0:
        lines = [line for line in result.stderr.splitlines() if line.startswith(("error", "modelc", "Fatal"))]
        return None, f"exit code {result.returncode}: {(lines or result.stderr.splitlines() or ['nothing'])[0]}"
    return {path.stem: np.load(path) for path in (folder / "out").iterdir()}, None


def off(found, wanted):
    """The largest difference as a share of the largest value, or of 1 if that is less."""
    if found.shape != wanted.shape:
        return float("inf")
    if not np.array_equal(np.isfinite(found), np.isfinite(wanted)):
        return float("inf")
    finite = np.isfinite(wanted)
    scale = max(1.0, float(np.max(np.abs(wanted[finite]), initial=0.0)))
    return float(np.max(np.abs(found[finite] - wanted[finite]), initial=0.0)) / scale


def compare(modelc, seed, folder, classes):
    """The largest error, the number of layers, and what differs."""
    model = random_networks.network(seed)
    text = model.to_json()
    if seed % 5 == 0:
        # Types by their names alone, as Keras 3 wrote them at first.
        policy = json.dumps(keras.dtype_policies.serialize(keras.DTypePolicy("float32")))
        text = text.replace(policy, '"float32"')
    (folder / "net.json").write_text(text)
    form = FORMS[seed % 3]
    fill(model)
    if form == "keras":
        model.save(folder / "net.keras")
    elif form == "h5":
        model.save_weights(folder / "net.weights.h5")
    expected = expectation(model)
    classes.update(row["class"] for row in expected["layers"])
    summary, problems = summarize(modelc, folder / ("net.keras" if form == "keras" else "net.json"))
    if summary is None:
        return None, 0, problems[:1]
    problems += differences(summary, expected, names=True)
    values = [
        weight_rule.model_input(origin(tensor), (BATCH, *(SIZE if size is None else size for size in tensor.shape[1:])))
        for tensor in model.inputs]
    found, complaint = run(modelc, folder, form, [origin(tensor) for tensor in model.inputs], values)
    if complaint:
        return None, len(expected["layers"]), problems + [complaint]
    wanted = compute(read(text.replace('"float32"', '"float64"')), values)
    names = [origin(tensor) for tensor in model.outputs]
    worst = 0.0
    for place, name in enumerate(names):
        error = off(found[name], wanted[place]) if name in found else float("inf")
        if error > TOLERANCE:
            kept = compute(read(text), values)[place]
            narrow = off(kept, wanted[place])
            # Where 32 bits hold no number, those of Keras are what is expected.
            if not (error < 10 * narrow if narrow < float("inf") else off(found[name], kept) <= TOLERANCE):
                problems.append(f"output {name}: differs by {error:.2g}, Keras in 32 bits by {narrow:.2g}")
                continue
        worst = max(worst, error if error <= TOLERANCE else 0)
    return worst, len(expected["layers"]), problems


def converted(modelc, seed, folder, classes):
    """The number of layers, and what differs between a network and the .model file that is made of it."""
    model = random_networks.network(seed)
    before, after = folder / "net.json", folder / "net.model"
    before.write_text(model.to_json())
    made = subprocess.run([modelc, "convert", before, "-o", after], capture_output=True, text=True)
    if made.returncode != 0 or "fault" in made.stderr:
        return None, 0, made.stderr.splitlines()[:2]
    old = old_names(folder / "net.names.json")
    layers = {new.rpartition("/")[0]: name.rpartition("/")[0] for new, name in old.items()}
    summaries = []
    for file in (before, after):
        made_of = subprocess.run([modelc, "summary", file, "--format", "json"], capture_output=True, text=True)
        if made_of.returncode != 0:
            return None, 0, [file.name] + made_of.stderr.splitlines()[:2]
        summaries.append(json.loads(made_of.stdout))
    count = len(summaries[0]["layers"])
    classes.update(layer["layer"] for layer in summaries[0]["layers"])
    # What no output needs is left out, and said to be; the rest has to be the same then too.
    if "no output needs" in made.stderr:
        return None, count, []
    # Sizes that are not known have names of their own.
    if any(None in port["shape"][1:] for port in summaries[0]["inputs"]):
        for summary in summaries:
            for layer in summary["layers"]:
                layer["macs"] = layer["macs"] if isinstance(layer["macs"], int) else None
    return None, count, summary_differences(*summaries, layers)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--modelc", type=Path, default=ROOT / ".build" / "release" / "modelc")
    parser.add_argument("--count", type=int, default=1000, help="how many networks")
    parser.add_argument("--seed", type=int, default=1, help="the first of their seeds")
    parser.add_argument("--keep", type=Path, help="a folder for the files of networks that disagree")
    parser.add_argument("--convert", action="store_true", help="convert the networks to .model files instead")
    parser.add_argument("--write", action="store_true", help="put the figures into RESULTS.md")
    options = parser.parse_args()
    modelc = options.modelc.resolve()
    began = time.perf_counter()
    worst, layers, failures, classes = 0.0, [], [], collections.Counter()
    for seed in range(options.seed, options.seed + options.count):
        with tempfile.TemporaryDirectory() as directory:
            error, count, problems = (converted if options.convert else compare)(modelc, seed, Path(directory), classes)
            if problems and options.keep:
                shutil.copytree(directory, options.keep / str(seed), dirs_exist_ok=True)
        layers.append(count)
        worst = max(worst, error or 0.0)
        if problems:
            failures.append(seed)
            print(f"{seed}:", "; ".join(problems[:3])[:600], flush=True)
        if seed % 100 == 0:
            jax.clear_caches()
    seconds = time.perf_counter() - began
    figures = (
        f"{options.count - len(failures)} of {options.count} networks agree; {sum(layers)} layers of {len(classes)} kinds, "
        f"{max(layers)} in the largest; largest error {worst:.1e}; {seconds:.0f} s")
    print(figures)
    if options.write and not options.convert:
        write_section(
            "Random networks",
            f"Keras {keras.__version__} built networks from the seeds {options.seed} to {options.seed + options.count - 1}: "
            "branches, shared layers, models within\nmodels, several inputs and outputs, odd and unknown sizes, both data "
            "formats, operations. Names, shapes, counts and\noutputs compared, a third of the networks with weights by the "
            "rule, a third as archives, a third with a file of weights.\n`error` is the largest difference as a share of "
            f"an output's largest value, or of 1 if that is less. More than {TOLERANCE:.0e} is a\ndisagreement, unless Keras "
            "in 32 bits is off from its own 64 by a tenth of it. Written by\n`.venv/bin/python Tests/Peers/network_agreement.py "
            f"--write`.\n\n{figures}." + ("" if not failures else f" Seeds that disagree: {failures[:50]}."))
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
