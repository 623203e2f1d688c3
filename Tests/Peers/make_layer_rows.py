"""Writes Tests/LayersTests/Fixtures/keras-samples.jsonl: random layers of every class, and what Keras says of each.

usage: .venv/bin/python Tests/Peers/make_layer_rows.py [--each 24] [--seed 1]

A row holds the layer's class and settings, the shapes of its inputs (the batch null), the shape of its result, its
weights with their shapes, trainable and frozen parameters, and multiply-accumulates; `output` is null where Keras
refuses the call, or makes a tensor without a value of it, which modelc refuses.
"""
import argparse
import json
import random
from pathlib import Path

import keras_counts
import layer_samples
from keras_counts import keras

FILE = Path(__file__).resolve().parents[1] / "LayersTests" / "Fixtures" / "keras-samples.jsonl"


def row(sample):
    inputs = [keras.Input(shape) for shape in sample.shapes]
    attributes = {key: value for key, value in sample.attributes.items()}
    line = {"layer": sample.name, "attributes": attributes, "inputs": [[None] + shape for shape in sample.shapes]}
    try:
        result = sample.call(inputs)
        if 0 in result.shape:
            raise ValueError("a tensor without a value")
    except (ValueError, TypeError, IndexError) as error:
        return line | {"output": None, "trainable": 0, "frozen": 0, "macs": 0, "weights": []}
    operation = result._keras_history.operation
    weights = getattr(operation, "weights", [])
    trainable = sum(keras_counts.math.prod(w.shape) for w in getattr(operation, "trainable_weights", []))
    # Keras leaves the name of a layer's only weight to chance where its author did.
    roles = [w.name if w.name in ROLES else "gamma" for w in weights if "seed" not in w.name]
    shapes = [list(w.shape) for w in weights if "seed" not in w.name]
    total = sum(keras_counts.math.prod(shape) for shape in shapes)
    return line | {
        "output": list(result.shape), "trainable": trainable, "frozen": total - trainable,
        "macs": keras_counts._macs(operation, operation._inbound_nodes[0]), "weights": list(map(list, zip(roles, shapes))),
    }


ROLES = {"kernel", "bias", "gamma", "beta", "alpha", "mean", "variance", "count", "depthwise_kernel",
         "pointwise_kernel", "moving_mean", "moving_variance", "scale"}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--each", type=int, default=24, help="rows for each class")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    lines = []
    for name in sorted(layer_samples.SAMPLERS):
        rng = random.Random(f"{options.seed} {name}")
        for _ in range(options.each):
            lines.append(json.dumps(row(layer_samples.sample(rng, name)), separators=(",", ":")))
        keras.backend.clear_session()
    FILE.write_text("\n".join(lines) + "\n")
    refused = sum('"output":null' in line for line in lines)
    print(f"{len(lines)} rows, {refused} of them refused by Keras")


if __name__ == "__main__":
    main()
