"""Compares what modelc and Keras compute in random layers of every class, and what they say of them.

usage: .venv/bin/python Tests/Peers/layer_agreement.py [--modelc .build/release/modelc] [--each 24] [--seed 1]
                                                       [--write] [class ...]

For each class Keras builds one model of many layers side by side (see layer_samples.py), each with inputs of its own,
and writes it as JSON. modelc runs that file on made-up weights and random inputs, a batch of 3, and summarizes it;
Keras computes the same in 64 bits. Compared are names, shapes, parameters and multiply-accumulates, and each result:
`error` is the largest difference as a share of the result's largest value, or of 1 if that is less. `--write` puts the table into RESULTS.md.
The exit code is 1 if anything differs.
"""
import argparse
import json
import math
import os
import random
import subprocess
import sys
import tempfile
from pathlib import Path

os.environ["JAX_ENABLE_X64"] = "1"

import numpy as np

import layer_samples
import weight_rule
from keras_agreement import OPERATIONS, summarize
from keras_counts import TRANSPOSED, keras, rows
from results import write_section

ROOT = Path(__file__).resolve().parents[2]
BATCH = 3
# What float32 may differ by: sums of a few hundred products, and functions of them.
TOLERANCE = 2e-5
# Functions that are not defined below zero, or grow beyond bounds near it.
POSITIVE = {"Log", "Sqrt", "Rsqrt", "Power", "Reciprocal", "Divide"}


def build(name, each, seed):
    """Samples that Keras accepts, side by side in one model."""
    rng = random.Random(f"{seed} {name} outputs")
    inputs, outputs, refused = [], [], 0
    while len(outputs) < each:
        sample = layer_samples.sample(rng, name)
        taken = [keras.Input(shape, name=f"x{len(outputs)}_{place}") for place, shape in enumerate(sample.shapes)]
        try:
            result = sample.call(taken)
        except (ValueError, TypeError, IndexError):
            refused += 1
            continue
        # Keras makes maps without a pixel, and modelc refuses them.
        if 0 in result.shape:
            continue
        inputs += taken
        # A result that is an input, unchanged, would have the input's name.
        outputs.append(keras.layers.Activation("linear", name=f"y{len(outputs)}")(result))
    return keras.Model(inputs, outputs, name="samples")


def reference(model, text, values):
    """The outputs in 64 bits, with the weights of the rule."""
    from keras.src.applications.convnext import LayerScale, StochasticDepth
    from keras.src.applications.inception_resnet_v2 import CustomScaleLayer
    wide = keras.models.model_from_json(
        text.replace('"float32"', '"float64"'),
        custom_objects={cls.__name__: cls for cls in (LayerScale, StochasticDepth, CustomScaleLayer)})
    for layer in wide.layers:
        for weight in layer.weights:
            role = weight.name if weight.name in weight_rule.ROLES or "kernel" in weight.name else "gamma"
            if "seed" in weight.path:
                continue
            shape = tuple(weight.shape)
            transposed = isinstance(layer, TRANSPOSED) and role == "kernel"
            fan_in = math.prod(shape) // shape[-2] if transposed else None
            weight.assign(weight_rule.weight(layer.name, role, shape, fan_in=fan_in).astype(weight.dtype))
        if isinstance(layer, keras.layers.Normalization):
            layer.finalize_state()
    results = wide([values[tensor.name].astype(np.float64) for tensor in wide.inputs], training=False)
    return [np.asarray(result) for result in results]


def compare(modelc, name, each, seed):
    """The largest error, the number of layers, and what differs."""
    keras.backend.clear_session()
    model = build(name, each, seed)
    text = model.to_json()
    values = {}
    for tensor in model.inputs:
        value = weight_rule.model_input(tensor.name, (BATCH,) + tuple(tensor.shape[1:])) * np.float32(2.5)
        values[tensor.name] = np.abs(value) + np.float32(0.2) if name in POSITIVE else value
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "samples.json"
        file.write_text(text)
        arguments = [modelc, "run", file, "--weights", "synthetic", "--output", folder]
        for key, value in values.items():
            np.save(Path(folder) / f"{key}.npy", value)
            arguments += ["--input", f"{key}={folder}/{key}.npy"]
        run = subprocess.run(arguments, capture_output=True, text=True)
        if run.returncode != 0:
            lines = [line for line in run.stderr.splitlines() if line.startswith(("error", "modelc"))]
            return None, each, [(lines or ["modelc does not run it yet"])[0][:300]]
        found = {output.name: np.load(Path(folder) / f"{_layer(output)}.npy") for output in model.outputs}
        summary, problems = summarize(modelc, file)
    problems += counts(model, summary) if summary else []
    worst = 0.0
    for output, wanted in zip(model.outputs, reference(model, text, values)):
        value = found[output.name]
        layer = _describe(model, output)
        if value.shape != wanted.shape:
            problems.append(f"{layer}: shape {value.shape}, Keras {wanted.shape}")
            continue
        scale = max(1.0, float(np.nanmax(np.abs(wanted), initial=0.0)))
        difference = np.abs(value - wanted) / scale
        if not np.array_equal(np.isnan(value), np.isnan(wanted)):
            difference = np.array([np.inf])
        error = float(np.nanmax(difference, initial=0.0))
        worst = max(worst, error)
        if error > TOLERANCE:
            problems.append(f"{layer}: differs by {error:.2g}")
    return worst, each, problems


def counts(model, summary):
    found = []
    for ours, theirs in zip(summary["layers"], rows(model)):
        theirs["class"] = OPERATIONS.get(theirs["class"], theirs["class"])
        keys = ("name", "class", "output_shape", "params", "trainable_params", "macs")
        if any(ours[key] != theirs[key] for key in keys):
            found.append(f"{[ours[key] for key in keys]}, Keras {[theirs[key] for key in keys]}")
    if len(summary["layers"]) != len(rows(model)):
        found.append(f"{len(summary['layers'])} layers, Keras {len(rows(model))}")
    return found


def _layer(output):
    return output._keras_history.operation.name


def _describe(model, output):
    """The layer before an output, with its settings and inputs."""
    operation = output._keras_history.operation._inbound_nodes[0].input_tensors[0]._keras_history.operation
    config = operation.get_config()
    keep = {k: v for k, v in config.items() if not isinstance(v, dict) and v is not None and k not in ("name", "trainable")}
    shapes = [tensor.shape for tensor in operation._inbound_nodes[0].input_tensors] if operation._inbound_nodes else []
    return f"{operation.name} {keep} of {shapes}"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--modelc", type=Path, default=ROOT / ".build" / "release" / "modelc")
    parser.add_argument("--each", type=int, default=24, help="layers of each class")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--write", action="store_true", help="put the table into RESULTS.md")
    parser.add_argument("classes", nargs="*")
    options = parser.parse_args()
    lines = ["| class | layers | error | agrees |", "|---|---|---|---|"]
    failures = []
    for name in options.classes or sorted(layer_samples.SAMPLERS):
        error, count, problems = compare(options.modelc.resolve(), name, options.each, options.seed)
        shown = "" if error is None else f"{error:.1e}"
        lines.append(f"| {name} | {count} | {shown} | {'no' if problems else 'yes'} |")
        print(lines[-1], flush=True)
        for problem in problems[:3]:
            print("   ", problem, flush=True)
        failures += [f"{name}: {problem}" for problem in problems]
    if options.write and not options.classes:
        write_section(
            "Layers of every class",
            f"Random layers of each class, with random settings in both data formats, a batch of {BATCH}. modelc ran what Keras\n"
            f"{keras.__version__} wrote as JSON, on made-up weights; Keras computed the same in 64 bits. `error` is the largest\n"
            "difference as a share of a result's largest value, or of 1 if that is less. Names, shapes, parameters and\n"
            "multiply-accumulates agree too. Written by `.venv/bin/python Tests/Peers/layer_agreement.py --write`.\n\n"
            + "\n".join(lines) + "".join(f"\n\n- {failure}" for failure in failures[:20]))
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
