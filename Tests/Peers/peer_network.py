"""A network in the forms that the engines read, all with the same weights and inputs."""
import json
import math
import subprocess
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnx
from safetensors.numpy import load_file, save_file

import weight_rule
from keras_counts import TRANSPOSED, keras
from keras_to_onnx import convert


class Unusable(Exception):
    """Why a network cannot be compared."""


@dataclass
class PeerNetwork:
    """What modelc reads, and what the others do."""
    path: Path  # the description
    settings: list  # flags that the description needs
    summary: dict
    document: Path  # Keras's JSON, its inputs of fixed sizes
    model: keras.Model
    names: dict  # Keras layer: path
    weights: dict  # path/role: array, in Keras's layout
    folder: Path

    @property
    def weights_file(self):
        return self.folder / "weights.safetensors"

    @property
    def outputs(self):
        return [port["name"] for port in self.summary["outputs"] if not port["train_only"]]

    @property
    def inputs(self):
        """Their names, in the order in which Keras's model has them."""
        return [self.names[tensor._keras_history.operation] for tensor in self.model.inputs]

    def input_values(self, batch):
        """Made-up inputs by name, laid out as the description has them."""
        return {
            port["name"]: weight_rule.model_input(port["name"], [batch, *port["shape"][1:]])
            for port in self.summary["inputs"]}

    def write_inputs(self, batch, arrange):
        """Writes an .npy file for each input, as `arrange` lays it out; the files, in the order of Keras's inputs."""
        files, values = [], self.input_values(batch)
        for index, name in enumerate(self.inputs):
            files.append(self.folder / f"{batch}-{arrange.__name__}-{index}.npy")
            np.save(files[-1], arrange(values[name]))
        return files

    def write_onnx(self, batch):
        """Writes the network as ONNX for this batch; raises `Unsupported` if it has what that writer lacks."""
        shapes = {name: values.shape for name, values in self.input_values(batch).items()}
        layers = [tensor._keras_history.operation for tensor in self.model.inputs]
        inputs = {layer: (self.names[layer], shapes[self.names[layer]]) for layer in layers}
        graph = self.folder / f"{batch}.onnx"
        onnx.save(convert(self.model, self.names, self.weights, inputs), graph)
        return graph

    def write_keras(self):
        """Writes the weights as Keras's layers take them: .npz, each weight as layer/role. The file, and the JSON."""
        file = self.folder / "keras.npz"
        if not file.exists():
            np.savez(file, **{
                f"{layer.name}/{weight.name}": self.weights[f"{self.names[layer]}/{role(weight)}"]
                for layer in layers_of(self.model) for weight in layer.weights})
        return self.document, file


def role(weight):
    """What modelc calls a weight of Keras."""
    return "gamma" if weight.name.startswith("variable") else weight.name


def layers_of(model):
    return [layer for layer in model.layers if isinstance(layer, keras.Layer)]


def load(path, modelc, folder, settings=(), weights="synthetic", name_map=None):
    """Reads a description, whatever its format: modelc writes it as Keras's JSON, where each layer keeps its name.

    folder: where the weights, graphs and inputs are written.
    settings: flags that the description needs, such as `--shape=image=64x64`.
    weights: `synthetic`, `synthetic:GAIN`, or a file that modelc reads; name_map: the weights' names in that file.
    """
    settings = list(settings)
    summary = json.loads(_modelc(modelc, "summary", path, "--format", "json", *settings))
    for port in summary["inputs"]:
        if not all(isinstance(size, int) for size in port["shape"][1:]):
            raise Unusable(f"{port['name']} leaves sizes open: say which, such as --shape {port['name']}=64x64")
    document = folder / "network.json"
    kept = [word for word in settings if not word.startswith("--shape")]
    _modelc(modelc, "convert", path, "-o", document, "--to", "keras", *kept)
    model = _keras_model(document, summary)
    paths = {row["name"].replace("/", "_"): row["name"] for row in summary["layers"]}
    paths |= {port["name"].replace("/", "_"): port["name"] for port in summary["inputs"]}
    names = {operation: paths.get(operation.name, operation.name) for operation in model.operations}
    file = folder / "weights.safetensors"
    if weights.partition(":")[0] == "synthetic":
        gain = float(weights.partition(":")[2] or 1)
        values = {f"{names[layer]}/{role(weight)}": _made_up(names[layer], layer, weight, gain)
                  for layer in layers_of(model) for weight in layer.weights}
        save_file({name: np.ascontiguousarray(value) for name, value in values.items()}, file)
    else:
        mapping = ["--map", name_map] if name_map else []
        _modelc(modelc, "weights", weights, "--for", path, "-o", file, *mapping, *settings)
        values = load_file(file)
    return PeerNetwork(path, settings, summary, document, model, names, values, folder)


def _modelc(modelc, *words):
    report = subprocess.run([modelc, *map(str, words)], capture_output=True, text=True)
    if report.returncode != 0:
        lines = [line for line in report.stderr.splitlines() if "error" in line]
        raise Unusable(lines[0] if lines else f"modelc {words[0]} ended with {report.returncode}")
    return report.stdout


def _keras_model(document, summary):
    """The model of Keras's JSON, whose inputs get the sizes that they were given."""
    config = json.loads(document.read_text())
    shapes = {port["name"].replace("/", "_"): port["shape"] for port in summary["inputs"]}
    for layer in config["config"]["layers"]:
        if layer["class_name"] == "InputLayer" and layer["config"]["name"] in shapes:
            layer["config"]["batch_shape"] = [None, *shapes[layer["config"]["name"]][1:]]
    document.write_text(json.dumps(config))
    try:
        return keras.models.model_from_json(document.read_text())
    except (ValueError, TypeError, KeyError) as problem:
        raise Unusable(f"Keras cannot read what modelc wrote for it: {problem}") from problem


def _made_up(path, layer, weight, gain):
    is_transposed = isinstance(layer, TRANSPOSED) and weight.name == "kernel"
    fan_in = math.prod(weight.shape) // weight.shape[-2] if is_transposed else None
    return weight_rule.weight(path, role(weight), weight.shape, gain, fan_in)
