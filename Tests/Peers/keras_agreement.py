"""Compares what modelc and Keras say of the same networks: names, shapes, parameters, multiply-accumulates.

usage: .venv/bin/python Tests/Peers/keras_agreement.py [--modelc .build/release/modelc] [--write]

Keras builds each model.json of Tests/InterchangeTests/Fixtures; modelc summarizes the same file. The files in models/
that describe one of these networks are compared layer by layer, but for the names, which there are the author's own.
`--write` puts the table into RESULTS.md. The exit code is 1 if anything differs.
"""
import argparse
import json
import subprocess
import sys
from pathlib import Path

from keras_counts import keras, origin, rows, totals
from results import write_section

ROOT = Path(__file__).resolve().parents[2]
FIXTURES = ROOT / "Tests" / "InterchangeTests" / "Fixtures"

# Descriptions in models/, the networks that they describe, and what to write otherwise in Keras's file.
DESCRIPTIONS = {
    "cifar10.model": ("cifar10_code_256_channels_first", {}),
    "cifar10.model --set hidden=512": ("cifar10_code_256_channels_first", {'"units":256': '"units":512'}),
    "dense.model": ("dense_only", {}),
    "googlenet.model": ("googlenet", {}),
    "inception_named.model": ("inception_3a_28x28x192", {}),
    "inception_reductions.model": ("inception_v1_block", {}),
    "inception_stem.model": ("stem_inception_3a", {}),
    "mnist.model": ("mnist_cnn", {}),
    "naive_inception.model": ("naive_inception", {}),
    "single_kernel.model": ("one_kernel_conv", {}),
}
# What Keras calls a bare operation, and the layer that it becomes.
OPERATIONS = {
    "Amax": "Max", "Amin": "Min", "AveragePool": "AveragePooling2D", "Elu": "ELU", "LeakyRelu": "LeakyReLU", "Relu": "ReLU",
    "Flip": "GetItem", "MaxPool": "MaxPooling2D", "Moveaxis": "Permute", "Pad": "ZeroPadding2D", "StopGradient": "Identity", "Swapaxes": "Permute",
    "Squeeze": "Reshape", "Transpose": "Permute", "TrueDivide": "Divide",
    **dict.fromkeys(
        ["Celu", "Gelu", "HardShrink", "HardSigmoid", "HardSilu", "HardTanh", "LogSigmoid", "LogSoftmax", "Relu6", "Selu",
         "Sigmoid", "Silu", "SoftShrink", "Softplus", "Softsign", "SparsePlus", "SparseSigmoid", "Squareplus", "Tanh",
         "TanhShrink"], "Activation"),
}


def modelc_class(row):
    """What modelc calls a layer: an operation is called by the layer that it becomes."""
    is_open = row["output_shape"][1:].count(None) > 1
    if row["class"] == "Squeeze" and is_open:
        return "Max"
    name = OPERATIONS.get(row["class"], row["class"])
    # Pools and zeros are for sequences too.
    return name.replace("2D", "1D") if name != row["class"] and len(row["output_shape"]) == 3 else name


def summarize(modelc, path, options=()):
    """modelc's summary; several calls of a layer are one row."""
    report = subprocess.run(
        [modelc, "summary", path, "--format", "json", *options], capture_output=True, text=True)
    if report.returncode != 0:
        return None, report.stderr.strip().splitlines()[:3]
    summary = json.loads(report.stdout)
    layers = {}
    for row in summary["layers"]:
        if row.get("train_only"):
            continue
        known = layers.setdefault(row["name"], {
            "name": row["name"], "class": row["layer"], "output_shape": row["output_shape"], "params": 0,
            "trainable_params": 0, "macs": 0})
        known["params"] += row["params"]
        known["trainable_params"] += row["trainable_params"]
        known["macs"] = None if None in (known["macs"], row["macs"]) else known["macs"] + row["macs"]
    summary["layers"] = list(layers.values())
    return summary, []


def reference(name, edits):
    text = (FIXTURES / name / "model.json").read_text()
    for old, new in edits.items():
        text = text.replace(old, new)
    description = json.loads(text)
    for layer in description["config"]["layers"]:
        # The sizes that the layer was built with may not be those that it has after an edit.
        layer.pop("build_config", None)
    model = keras.models.model_from_json(json.dumps(description))
    layers = rows(model)
    for row in layers:
        row["class"] = modelc_class(row)
        del row["calls"]
    return {
        **totals(model),
        "layers": layers,
        "inputs": [{"name": origin(tensor), "shape": list(tensor.shape)} for tensor in model.inputs],
        "outputs": [list(tensor.shape) for tensor in model.outputs],
    }


def differences(summary, expected, names):
    """What differs, a line each. Without names the layers are compared as a collection."""
    found = []
    for ours, theirs in (("total_params", "total_params"), ("trainable_params", "trainable_params"), ("macs", "total_macs")):
        if summary[ours] != expected[theirs]:
            found.append(f"{ours}: {summary[ours]}, Keras {expected[theirs]}")
    inputs = [{"name": port["name"], "shape": port["shape"]} for port in summary["inputs"]]
    wanted = expected["inputs"]
    if not names:
        inputs, wanted = [port["shape"] for port in inputs], [port["shape"] for port in wanted]
    if inputs != wanted:
        found.append(f"inputs: {inputs}, Keras {wanted}")
    outputs = [port["shape"] for port in summary["outputs"] if not port.get("train_only")]
    if outputs != expected["outputs"]:
        found.append(f"outputs: {outputs}, Keras {expected['outputs']}")
    ours, theirs = ([_row(row, names) for row in layers] for layers in (summary["layers"], expected["layers"]))
    if not names:
        # Where Keras needs a layer that pads, a description has `padding: full`.
        ours, theirs = (sorted(row for row in side if "ZeroPadding2D" not in row) for side in (ours, theirs))
    if ours != theirs:
        pairs = [(a, b) for a, b in zip(ours, theirs) if a != b]
        found.append(f"layers: {len(ours)}, Keras {len(theirs)}; first difference: {pairs[0] if pairs else 'the number'}")
    return found


def _row(row, names):
    """One layer as text, for comparison and for messages."""
    keys = ("name", "class") if names else ("class",)
    return json.dumps([row[key] for key in keys + ("output_shape", "params", "trainable_params", "macs")])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--modelc", type=Path, default=ROOT / ".build" / "release" / "modelc")
    parser.add_argument("--write", action="store_true", help="put the table into RESULTS.md")
    options = parser.parse_args()
    modelc = options.modelc.resolve()

    cases = [(f"{folder.name}/model.json", folder / "model.json", [], folder.name, {}, True)
             for folder in sorted(FIXTURES.iterdir())]
    cases += [(f"models/{text}", ROOT / "models" / text.split()[0], text.split()[1:], name, edits, False)
              for text, (name, edits) in DESCRIPTIONS.items()]
    lines = ["| file | layers | parameters | multiply-accumulates | agrees |", "|---|---|---|---|---|"]
    failures = []
    for title, path, settings, name, edits, names in cases:
        keras.backend.clear_session()
        expected = reference(name, edits)
        summary, problems = summarize(modelc, path, settings)
        problems = problems or differences(summary, expected, names)
        macs = "depends on the size" if expected["total_macs"] is None else f"{expected['total_macs']:,}"
        lines.append(
            f"| {title} | {len(expected['layers'])} | {expected['total_params']:,} | {macs} | {'no' if problems else 'yes'} |")
        failures += [f"{title}: {problem}" for problem in problems]
    table = "\n".join(lines) + "\n"
    print(table + "\n".join(failures))
    if options.write:
        write_section(
            "Keras's own files",
            f"Keras {keras.__version__} built each network; modelc summarized the same file, or the description in `models/`.\n"
            "Compared are, layer by layer, the class, the shape of the result, parameters, trainable parameters and\n"
            "multiply-accumulates, the model's inputs and outputs and its totals; for Keras's own files the names and their\n"
            "order too. Written by `.venv/bin/python Tests/Peers/keras_agreement.py --write`.\n\n" + table
            + "".join(f"\n- {failure}" for failure in failures))
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
