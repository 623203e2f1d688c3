"""A network in the forms that the engines read, all with the same weights and inputs."""
import json
import subprocess
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnx
from safetensors.numpy import save_file

import weight_rule
from keras_counts import keras
from keras_to_onnx import convert, to_channels_first
from zoo import NETWORKS
from zoo_agreement import keras_graph, modelc_graph, pair


class Unusable(Exception):
    """Why a network cannot be compared."""


@dataclass
class PeerNetwork:
    """What modelc reads, and what the others do."""
    name: str
    path: Path  # the description
    settings: list  # flags that the description needs
    summary: dict
    model: keras.Model
    names: dict  # Keras layer: path
    inputs: dict  # Keras input layer: name
    weights: dict  # path/role: array, in Keras's layout
    folder: Path

    @property
    def weights_file(self):
        return self.folder / "weights.safetensors"

    @property
    def outputs(self):
        return [port["name"] for port in self.summary["outputs"] if not port["train_only"]]

    def write_inputs(self, batch):
        """The ONNX file for this batch, and the files of the inputs, channels first, in the order of the ONNX inputs."""
        shapes = {port["name"]: [batch, *port["shape"][1:]] for port in self.summary["inputs"]}
        inputs = {layer: (name, shapes[name]) for layer, name in self.inputs.items()}
        graph = self.folder / f"{batch}.onnx"
        onnx.save(convert(self.model, self.names, self.weights, inputs), graph)
        files = []
        for tensor in self.model.inputs:
            name, shape = inputs[tensor._keras_history.operation]
            files.append(self.folder / f"{batch}-{len(files)}.npy")
            np.save(files[-1], to_channels_first(weight_rule.model_input(name, shape)))
        return graph, files


def load(path, modelc, folder, gain=None):
    """Reads a description: one of models/, whose Keras twin is known, or Keras's JSON.

    folder: where the weights, graphs and inputs are written.
    gain: scales the made-up kernels; None for what keeps the values of the known ones in range, else 1.
    """
    settings = []
    if path.suffix == ".json":
        try:
            model = keras.models.model_from_json(path.read_text())
        except (ValueError, TypeError, KeyError) as problem:
            raise Unusable(f"Keras cannot read {path.name}: {problem}") from problem
    elif path.stem in NETWORKS:
        build, known, settings = NETWORKS[path.stem]
        model = build()
        gain = known if gain is None else gain
    else:
        raise Unusable(f"{path.name} is no network of models/ that Keras has too; its Keras JSON can be given instead")
    report = subprocess.run([modelc, "summary", path, "--format", "json", *settings], capture_output=True, text=True)
    if report.returncode != 0:
        raise Unusable((report.stderr.strip().splitlines() or [f"modelc summary ended with {report.returncode}"])[0])
    summary = json.loads(report.stdout)
    if any(None in port["shape"][1:] for port in summary["inputs"]):
        raise Unusable(f"{path.name} leaves sizes of its inputs open")
    pairs, _ = pair(modelc_graph(summary), keras_graph(model))
    names = {layer: name for (name, _), (layer, _) in pairs.items()}
    inputs = {layer: name for layer, name in names.items() if isinstance(layer, keras.layers.InputLayer)}
    weights = {
        f"{name}/{weight.name}": weight_rule.weight(name, weight.name, weight.shape, 1.0 if gain is None else gain)
        for layer, name in names.items() if isinstance(layer, keras.Layer) for weight in layer.weights}
    network = PeerNetwork(path.stem, path, settings, summary, model, names, inputs, weights, folder)
    save_file({name: np.ascontiguousarray(value) for name, value in weights.items()}, network.weights_file)
    return network
