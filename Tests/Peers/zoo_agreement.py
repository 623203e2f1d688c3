"""Compares the networks of models/ with the same networks in Keras: layer by layer, and by what they compute.

usage: .venv/bin/python Tests/Peers/zoo_agreement.py [--modelc .build/release/modelc] [--write] [name ...]

Keras's graph and modelc's are walked together from the outputs to the inputs. Each layer has to meet a layer of its
class with the same shape, parameters, trainable parameters and multiply-accumulates, whose inputs meet in the same
order; none may be left over on either side. Then both compute the same made-up weights and image (see Grammar.md,
"Synthetic weights"), Keras in 64 bits, and the outputs are compared. `--write` puts the table into RESULTS.md, and
some values of small networks into Tests/DriverTests/Fixtures/ZooOutputs, for tests that run without Python.
The exit code is 1 if anything differs.
"""
import argparse
import json
import math
import os
import subprocess
import sys
import tempfile
from pathlib import Path

os.environ["JAX_ENABLE_X64"] = "1"

import numpy as np

import weight_rule
from keras_counts import TRANSPOSED, keras, calls_of, describe, totals
from results import write_section
from zoo import DIFFERENCES, NETWORKS

ROOT = Path(__file__).resolve().parents[2]
FIXTURES = ROOT / "Tests" / "DriverTests" / "Fixtures" / "ZooOutputs"
# Layers that hand every value on: one side may do without them.
PASSING = {"ZeroPadding2D", "Reshape", "Dropout"}
# Networks whose values are recorded for tests.
RECORDED = {"lenet5", "mobilenetv2", "squeezenet"}


class Difference(Exception):
    """Where the two graphs part."""


class Graph:
    """modelc's deployed calls, or Keras's, behind one face. A call is a layer and its number, for calls share layers."""

    def __init__(self, rows, inputs):
        self.rows, self.inputs = rows, inputs
        read = {call for calls in inputs.values() for call in calls}
        self.outputs = [call for call in rows if call not in read]


def modelc_graph(summary):
    rows, inputs, count = {}, {}, {}
    for row in summary["layers"]:
        if row["train_only"]:
            continue
        name = row["name"]
        # Calls stand in order, so a name means its latest call, or its latest ones where it is read several times.
        sources = []
        for place, source in enumerate(row["inputs"]):
            reads, earlier = row["inputs"].count(source), row["inputs"][:place].count(source)
            sources.append((source, max(count[source] - reads + earlier, 0)))
        call = (name, count.get(name, 0))
        rows[call], inputs[call] = {**row, "class": row["layer"]}, sources
        count[name] = call[1] + 1
    return Graph(rows, inputs)


def keras_graph(model):
    rows, inputs, number = {}, {}, {}
    for operation, calls in calls_of(model):
        for index, node in enumerate(calls):
            number[id(node)] = (operation, index)
            row = describe(operation, [node])
            if index > 0:
                row["params"] = row["trainable_params"] = 0
            rows[operation, index] = row
            inputs[operation, index] = [
                tensor._keras_history.operation._inbound_nodes[tensor._keras_history.node_index]
                for tensor in node.input_tensors]
    return Graph(rows, {call: [number[id(node)] for node in nodes] for call, nodes in inputs.items()})


def pair(ours, theirs):
    """Which layer of ours is which of Keras's, and the classes that were stepped over on each side."""
    pairs, skipped = {}, (set(), set())
    pending = list(zip(ours.outputs, theirs.outputs, strict=True))
    while pending:
        a, b = pending.pop()
        while (x := ours.rows[a]["class"]) != (y := theirs.rows[b]["class"]):
            # The side that has a layer that passes steps over it.
            if y in PASSING:
                skipped[1].add(b)
                b = theirs.inputs[b][0]
            elif x in PASSING:
                skipped[0].add(a)
                a = ours.inputs[a][0]
            else:
                raise Difference(f"{a[0]} is {x}, Keras's {b[0].name} is {y}")
        if a in pairs:
            if pairs[a] != b:
                raise Difference(f"{a[0]} is both {pairs[a][0].name} and {b[0].name}")
            continue
        pairs[a] = b
        for key in ("output_shape", "params", "trainable_params", "macs"):
            if _plain(ours.rows[a], key) != _plain(theirs.rows[b], key):
                raise Difference(f"{a[0]} has {key} {ours.rows[a][key]}, Keras's {b[0].name} {theirs.rows[b][key]}")
        if len(ours.inputs[a]) != len(theirs.inputs[b]):
            raise Difference(f"{a[0]} has {len(ours.inputs[a])} inputs, Keras's {b[0].name} {len(theirs.inputs[b])}")
        pending += zip(ours.inputs[a], theirs.inputs[b])
    met = set(pairs.values())
    left = [call[0] for call in ours.rows if call not in pairs and call not in skipped[0]]
    left += [f"Keras's {call[0].name}" for call in theirs.rows if call not in met and call not in skipped[1]]
    if left:
        raise Difference(f"without a partner: {', '.join(left[:3])}")
    return pairs, [[ours.rows[x]["class"] for x in skipped[0]], [theirs.rows[x]["class"] for x in skipped[1]]]


def _plain(row, key):
    """What has to be equal: of a global pool's shape only what is not 1, for Keras may keep height and width apart."""
    value = row[key]
    return [size for size in value if size != 1] if row["class"] == "GlobalAveragePooling2D" and key == "output_shape" else value


def compute(model, pairs, gain):
    """Keras's outputs in 64 bits, with the weights and inputs that modelc makes up."""
    images = {}
    for (name, _), (layer, _) in pairs.items():
        if isinstance(layer, keras.layers.InputLayer):
            images[layer] = weight_rule.model_input(name, [1, *layer.batch_shape[1:]]).astype(np.float64)
            continue
        is_transposed = isinstance(layer, TRANSPOSED)
        if not isinstance(layer, keras.Layer):
            continue
        layer.set_weights([
            weight_rule.weight(
                name, weight.name, weight.shape, gain,
                math.prod(weight.shape) // weight.shape[-2] if is_transposed and weight.name == "kernel" else None)
            for weight in layer.weights])
        if isinstance(layer, keras.layers.Normalization):
            layer.finalize_state()
    arrays = [images[tensor._keras_history.operation] for tensor in model.inputs]
    outputs = model(arrays if len(arrays) > 1 else arrays[0], training=False)
    return [np.asarray(output) for output in (outputs if isinstance(outputs, list) else [outputs])]


def run(modelc, path, summary, gain):
    """modelc's outputs with made-up weights and inputs."""
    with tempfile.TemporaryDirectory() as folder:
        command = [modelc, "run", path, "--weights", f"synthetic:{gain}", "--output", f"{folder}/out"]
        for port in summary["inputs"]:
            np.save(f"{folder}/{port['name']}.npy", weight_rule.model_input(port["name"], [1, *port["shape"][1:]]))
            command += ["--input", f"{port['name']}={folder}/{port['name']}.npy"]
        report = subprocess.run(command, capture_output=True, text=True)
        if report.returncode != 0:
            raise Difference((report.stderr.strip().splitlines() or [f"ended with {report.returncode}"])[0])
        return [np.load(f"{folder}/out/{port['name']}.npy")
                for port in summary["outputs"] if not port["train_only"]]


def record(name, gain, summary, outputs):
    """Some values of each output, for tests that have no Keras."""
    ports = [port for port in summary["outputs"] if not port["train_only"]]
    rows = []
    for port, output in zip(ports, outputs):
        flat, count = output.reshape(-1), output.size
        indices = sorted({(j * count // 16 + 13 * j) % count for j in range(16)})
        rows.append({
            "name": port["name"], "shape": list(output.shape), "standard_deviation": float(flat.std()),
            "indices": indices, "values": [float(flat[i]) for i in indices]})
    inputs = [{"name": port["name"], "shape": [1, *port["shape"][1:]]} for port in summary["inputs"]]
    FIXTURES.mkdir(exist_ok=True)
    text = json.dumps({"kernel_gain": gain, "inputs": inputs, "outputs": rows}, indent=1)
    (FIXTURES / f"{name}.json").write_text(text + "\n")


def compare(name, modelc, write):
    """One line of the table, and what is wrong."""
    keras.backend.clear_session()
    keras.config.set_floatx("float64")
    build, gain, settings = NETWORKS[name]
    path = ROOT / "models" / f"{name}.model"
    report = subprocess.run([modelc, "summary", path, "--format", "json", *settings], capture_output=True, text=True)
    if report.returncode != 0:
        return None, report.stderr.splitlines()[0]
    summary = json.loads(report.stdout)
    model = build()
    expected = totals(model)
    try:
        for key, theirs in (("total_params", "total_params"), ("trainable_params", "trainable_params"), ("macs", "total_macs")):
            if summary[key] != expected[theirs]:
                raise Difference(f"{key}: {summary[key]}, Keras {expected[theirs]}")
        pairs, skipped = pair(modelc_graph(summary), keras_graph(model))
        outputs = compute(model, pairs, gain)
        worst = 0.0
        for ours, theirs in zip(run(modelc, path, summary, gain), outputs, strict=True):
            # As a share of what is tolerated: a thousandth of the spread and a ten-thousandth of the value.
            tolerance = 1e-3 * theirs.std() + 1e-4 * np.abs(theirs)
            worst = max(worst, float((np.abs(ours - theirs) / tolerance).max()))
        if not worst <= 1:
            raise Difference(f"outputs differ by {worst:.2g} of what is tolerated")
    except Difference as problem:
        return None, str(problem)
    if write and name in RECORDED:
        record(name, gain, summary, outputs)
    counts = [f"{len(pairs)}", f"{expected['total_params']:,}", f"{expected['total_macs']:,}", f"{worst:.4f}"]
    skips = [f"{side.count(kind)} {kind} {where}" for side, where in zip(skipped, ("here only", "in Keras only"))
             for kind in sorted(set(side))]
    note = DIFFERENCES.get(name, "")
    return [f"models/{name}.model", *counts, note + (f" ({', '.join(skips)})" if skips else "")], None


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", help="files of models/ without `.model`; all where none is given")
    parser.add_argument("--modelc", type=Path, default=ROOT / ".build" / "release" / "modelc")
    parser.add_argument("--write", action="store_true", help="put the table into RESULTS.md, and values into Fixtures")
    options = parser.parse_args()
    lines = ["| file | layers | parameters | multiply-accumulates | largest difference | told apart from Keras by |",
             "|---|---|---|---|---|---|"]
    failures = []
    for name in options.names or sorted(NETWORKS):
        row, problem = compare(name, options.modelc.resolve(), options.write)
        lines.append("| " + " | ".join(row or [f"models/{name}.model", "", "", "", "", f"**{problem}**"]) + " |")
        print(lines[-1], flush=True)
        failures += [f"{name}: {problem}"] if problem else []
    if options.write and not options.names:
        write_section(
            "The networks of models/",
            "Both graphs were walked together, layer by layer and input by input, and then computed the same made-up weights\n"
            "and image, Keras in 64 bits. The largest difference of an output is given as a share of what is tolerated, which\n"
            "is a thousandth of the output's standard deviation and a ten-thousandth of the value. Written by\n"
            "`.venv/bin/python Tests/Peers/zoo_agreement.py --write`.\n\n" + "\n".join(lines) + "\n")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
