"""Converts Keras models to .model files and shows that they are the same networks.

usage: .venv/bin/python Tests/Peers/recovery_agreement.py [--modelc .build/release/modelc] [--write] [--counts] [name ...]

Names are those of keras.applications, or files that model.to_json() has written; without any, the applications in
APPLICATIONS below are taken. Each is written as JSON and converted by `modelc convert`. Of the JSON and of the .model file,
the summaries have to agree: inputs, outputs, counts, and each layer by class, shape, parameters and
multiply-accumulates, those with weights by the names that `convert` writes beside it. Then both run, the JSON with
weights made by the rule (see Grammar.md, "Synthetic weights"), the .model with the same numbers under their new names,
from a file; every output has to have the same bytes. `--counts` leaves the runs out. Prints a table: lines of the .model
file, seconds that the conversion took, and what differs. `--write` puts the table into RESULTS.md. The exit code is 1
if anything differs.
"""
import argparse
import collections
import json
import math
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

import weight_rule
from keras_counts import TRANSPOSED, keras
from results import write_section

ROOT = Path(__file__).resolve().parents[2]
APPLICATIONS = [
    "ConvNeXtBase", "ConvNeXtLarge", "ConvNeXtSmall", "ConvNeXtTiny", "DenseNet121", "DenseNet169", "DenseNet201",
    "EfficientNetB0", "EfficientNetB1", "EfficientNetB2", "EfficientNetB3", "EfficientNetB4", "EfficientNetB5",
    "EfficientNetB6", "EfficientNetB7", "EfficientNetV2B0", "EfficientNetV2B1", "EfficientNetV2B2", "EfficientNetV2B3",
    "EfficientNetV2L", "EfficientNetV2M", "EfficientNetV2S", "InceptionResNetV2", "InceptionV3", "MobileNet",
    "MobileNetV2", "MobileNetV3Large", "MobileNetV3Small", "NASNetLarge", "NASNetMobile", "ResNet50", "ResNet50V2",
    "ResNet101", "ResNet101V2", "ResNet152", "ResNet152V2", "VGG16", "VGG19", "Xception",
]


def run(*arguments):
    """What a command says; raises ValueError with what it complains of."""
    result = subprocess.run([str(argument) for argument in arguments], capture_output=True, text=True)
    if result.returncode != 0:
        raise ValueError((result.stderr.strip().splitlines() or [f"exit code {result.returncode}"])[0])
    return result


def description(name):
    """The JSON of an application, or of a file."""
    path = Path(name)
    if path.suffix == ".json":
        return path.read_text()
    keras.backend.clear_session()
    return getattr(keras.applications, name)(weights=None).to_json()


def row(layer):
    return (layer["layer"], json.dumps(layer["output_shape"]), layer["params"], layer["trainable_params"], layer["macs"])


def old_names(path):
    """What weights were called, by their new names; where Keras keeps layers is left out."""
    names = json.loads(path.read_text()) if path.exists() else {}
    return {new: old for new, old in names.items() if not new.endswith("/")}


def summary_differences(before, after, former):
    """What differs between two summaries, a line each; `former` gives a layer's name before by that after."""
    found = []
    for key in ("total_params", "trainable_params", "macs", "inputs", "outputs"):
        if before[key] != after[key]:
            found.append(f"{key}: {before[key]} and {after[key]}")
    if collections.Counter(map(row, before["layers"])) != collections.Counter(map(row, after["layers"])):
        found.append("layers differ in classes, shapes or counts")
    known = {layer["name"]: row(layer) for layer in before["layers"] if layer["params"] > 0}
    for layer in after["layers"]:
        if layer["params"] == 0:
            continue
        name = former.get(layer["name"], layer["name"])
        if known.pop(name, None) != row(layer):
            found.append(f"{layer['name']} is not {name}")
    return found + [f"{name} is missing" for name in known]


def weights_of(text):
    """Each weight as (its layer's path, role, shape), as Keras has them."""
    def layers(model, path):
        for layer in model.layers:
            inner = f"{path}{layer.name}"
            if isinstance(layer, keras.Model):
                yield from layers(layer, inner + "/")
            else:
                yield inner, layer

    seen = set()
    for path, layer in layers(keras.models.model_from_json(text), ""):
        for weight in layer.weights:
            if id(weight) in seen:
                continue
            seen.add(id(weight))
            role = weight.name
            yield path, role if role in weight_rule.ROLES or "kernel" in role else "gamma", tuple(weight.shape), layer


def write_weights(path, text, new_names):
    """The weights of the rule under their new names, as safetensors."""
    header, parts, offset = {}, [], 0
    for layer, role, shape, owner in weights_of(text):
        transposed = isinstance(owner, TRANSPOSED) and role == "kernel"
        fan_in = math.prod(shape) // shape[-2] if transposed else None
        data = weight_rule.weight(layer, role, shape, fan_in=fan_in).astype("<f4").tobytes()
        name = f"{layer}/{role}"
        header[new_names.get(name, name)] = {
            "dtype": "F32", "shape": list(shape), "data_offsets": [offset, offset + len(data)]}
        offset += len(data)
        parts.append(data)
    head = json.dumps(header).encode()
    head += b" " * (-len(head) % 8)
    with open(path, "wb") as file:
        file.write(len(head).to_bytes(8, "little") + head)
        for part in parts:
            file.write(part)


def output_differences(modelc, folder, text, summary, new_names):
    """Names of outputs whose bytes differ."""
    write_weights(folder / "net.safetensors", text, new_names)
    inputs = []
    for port in summary["inputs"]:
        shape = [1] + [64 if size is None else size for size in port["shape"][1:]]
        np.save(folder / f"{port['name']}.npy", weight_rule.model_input(port["name"], shape))
        inputs += ["--input", f"{port['name']}={folder / (port['name'] + '.npy')}"]
    run(modelc, "run", folder / "net.json", *inputs, "--weights", "synthetic", "--output", folder / "before")
    run(modelc, "run", folder / "net.model", *inputs, "--weights", folder / "net.safetensors", "--output", folder / "after")
    files = sorted(path.name for path in (folder / "before").iterdir())
    return [
        f"output {name}" for name in files
        if (folder / "before" / name).read_bytes() != (folder / "after" / name).read_bytes()]


def compare(modelc, name, runs):
    """Lines of the .model file, blocks in it, seconds of its making, and what differs."""
    with tempfile.TemporaryDirectory() as directory:
        folder = Path(directory)
        text = description(name)
        (folder / "net.json").write_text(text)
        start = time.perf_counter()
        made = run(modelc, "convert", folder / "net.json", "-o", folder / "net.model")
        seconds = time.perf_counter() - start
        lines = (folder / "net.model").read_text().splitlines()
        differences = ["written without blocks"] if "layer by layer" in made.stderr else []
        old = old_names(folder / "net.names.json")
        layers = {new.rpartition("/")[0]: before.rpartition("/")[0] for new, before in old.items()}
        before, after = (
            json.loads(run(modelc, "summary", folder / file, "--format", "json").stdout)
            for file in ("net.json", "net.model"))
        differences += summary_differences(before, after, layers)
        if runs:
            new_names = {before: new for new, before in old.items()}
            differences += output_differences(modelc, folder, text, before, new_names)
        blocks = sum(line.startswith("block ") for line in lines)
        return len(before["layers"]), len(lines), blocks, seconds, differences


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--modelc", type=Path, default=ROOT / ".build" / "release" / "modelc")
    parser.add_argument("--write", action="store_true", help="put the table into RESULTS.md")
    parser.add_argument("--counts", action="store_true", help="do not run the networks")
    parser.add_argument("names", nargs="*")
    options = parser.parse_args()
    table = ["| model | layers | lines | blocks | seconds | agrees |", "|---|---|---|---|---|---|"]
    failures = 0
    for name in options.names or APPLICATIONS:
        try:
            layers, lines, blocks, seconds, found = compare(options.modelc.resolve(), name, not options.counts)
        except ValueError as error:
            layers, lines, blocks, seconds, found = "", "", "", 0.0, [str(error)]
        failures += bool(found)
        verdict = "; ".join(found[:3]) if found else "yes"
        table.append(f"| {Path(name).stem} | {layers} | {lines} | {blocks} | {seconds:.3f} | {verdict} |")
        print(table[-1], flush=True)
    if options.write:
        about = ("Keras models as JSON, converted to the language: summaries compared, outputs compared byte by byte."
                 if not options.counts else "Keras models as JSON, converted to the language: summaries compared.")
        write_section("Keras models as .model files",
                      about + " Written by\n`.venv/bin/python Tests/Peers/recovery_agreement.py --write`.\n\n" + "\n".join(table))
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
