"""Compares what modelc reads in Keras's files of weights with h5py, and what models compute with Keras.

usage: .venv/bin/python Tests/Peers/weights_agreement.py [--modelc .build/release/modelc] [--write] [model ...]

Models are those listed by --help, and any of keras.applications.

Keras builds each model with random weights and saves it as .keras and .weights.h5. Prints for each how many arrays the
archive holds and how many of them are bit for bit those of h5py, how far the outputs of `modelc run` are from
Keras's (largest difference over the largest output) for the archive, for its JSON with the .weights.h5, and for the
.model file that `modelc convert` makes with the same and its map, and how long `modelc weights --no-stats` takes.
`--write` puts the table into RESULTS.md. The exit code is 1 if an array differs or an output is off by more than 1e-4.
"""
import argparse
import io
import os
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path

os.environ["KERAS_BACKEND"] = "jax"
import h5py
import keras
import numpy as np
from keras import layers

from results import write_section

ROOT = Path(__file__).resolve().parents[2]
TOLERANCE = 1e-4


def mixed():
    """Nested models, one of them called twice, a shared layer, and most layers that have weights."""
    inner_input = keras.Input((16, 16, 8))
    x = layers.Conv2D(8, 3, padding="same")(inner_input)
    inner = keras.Model(inner_input, layers.BatchNormalization()(x), name="inner")
    middle_input = keras.Input((16, 16, 8))
    middle = keras.Model(middle_input, layers.PReLU()(inner(middle_input)), name="middle")
    tail = keras.Sequential([keras.Input((16, 16, 8)), layers.SeparableConv2D(6, 3), layers.Conv2D(4, 1)], name="tail")
    image = keras.Input((32, 32, 3), name="image")
    x = layers.Conv2D(8, 3, strides=2, padding="same", use_bias=False)(image)
    x = layers.GroupNormalization(4)(x)
    x = middle(middle(x))
    x = layers.DepthwiseConv2D(3, padding="same")(x)
    x = layers.LayerNormalization()(x)
    x = layers.Conv2DTranspose(8, 3, strides=1, padding="same")(x)
    x = layers.GlobalAveragePooling2D()(tail(x))
    shared = layers.Dense(4)
    return keras.Model(image, layers.Dense(3)(layers.Add()([shared(x), shared(shared(x))])), name="mixed")


def many():
    """More layers in a group, and more variables of an optimizer, than one node of HDF5's trees holds."""
    image = keras.Input((4,), name="image")
    x = image
    for _ in range(300):
        x = layers.Add()([x, layers.Dense(4)(x)])
    return keras.Model(image, x, name="many")


def application(name, size, **options):
    return lambda: getattr(keras.applications, name)(weights=None, input_shape=(size, size, 3), **options)


MODELS = {
    "mixed": mixed,
    "many": many,
    "MobileNetV2": application("MobileNetV2", 96, alpha=0.35),
    "DenseNet121": application("DenseNet121", 64, classes=10),
    "ResNet50": application("ResNet50", 224),
}


def randomize(model):
    """Weights that leave no layer without effect, whose signal neither grows nor fades much."""
    random = np.random.default_rng(7)
    values = []
    for variable in model.weights:
        role = variable.path.rsplit("/", 1)[-1]
        if role in ("gamma", "moving_variance", "variance"):
            values.append(random.uniform(0.75, 1.25, variable.shape))
        elif len(variable.shape) > 1:
            fan_in = np.prod(variable.shape[:-1])
            scale = np.sqrt((0.01 if model.name == "many" else 3) / fan_in)
            values.append(random.uniform(-scale, scale, variable.shape))
        else:
            values.append(random.uniform(-0.1, 0.1, variable.shape))
    model.set_weights([np.asarray(value, "float32") for value in values])


def modelc(executable, *arguments):
    result = subprocess.run([executable, *map(str, arguments)], capture_output=True, text=True)
    if result.returncode != 0:
        raise SystemExit(f"modelc {' '.join(map(str, arguments))}\n{result.stdout}{result.stderr}")
    return result.stdout


def arrays(archive):
    """What h5py reads in an archive."""
    found = {}
    file = h5py.File(io.BytesIO(zipfile.ZipFile(archive).read("model.weights.h5")))
    file.visititems(lambda name, item: found.update({name: np.asarray(item)}) if isinstance(item, h5py.Dataset) else None)
    return found


def same(expected, found):
    """How many arrays are the same to the last bit."""
    return sum(name in found and found[name].dtype == value.dtype and found[name].shape == value.shape
               and found[name].tobytes() == value.tobytes() for name, value in expected.items())


def compare(name, executable, folder):
    """A row of the table, and whether all of it holds."""
    model = MODELS.get(name, application(name, 128))()
    randomize(model)
    model.compile("adam", "mse")
    model.optimizer.build(model.trainable_variables)
    archive, weights = folder / f"{name}.keras", folder / f"{name}.weights.h5"
    model.save(archive)
    model.save_weights(weights)
    (folder / f"{name}.json").write_text(model.to_json())

    began = time.perf_counter()
    modelc(executable, "weights", archive, "--no-stats")
    seconds = time.perf_counter() - began
    expected = arrays(archive)
    modelc(executable, "weights", archive, "-o", folder / "read.npz")
    with np.load(folder / "read.npz") as found:
        equal = same(expected, dict(found))
        complete = set(found) == set(expected)

    batch = np.random.default_rng(8).uniform(-1, 1, (2, *model.inputs[0].shape[1:])).astype("float32")
    np.save(folder / "x.npy", batch)
    wanted = np.asarray(model(batch, training=False))
    described, names = folder / f"{name}.model", folder / f"{name}.map.json"
    modelc(executable, "convert", archive, "-o", described, "--map", names)
    offsets = []
    for options in ([archive], [folder / f"{name}.json", "-w", weights], [described, "-w", weights, "--map", names]):
        for old in (folder / "out").glob("*.npy"):
            old.unlink()
        modelc(executable, "run", *options, "-i", folder / "x.npy", "-o", folder / "out")
        result = np.load(next((folder / "out").glob("*.npy")))
        offsets.append(float(np.abs(result - wanted).max() / np.abs(wanted).max()))
    holds = equal == len(expected) and complete and max(offsets) <= TOLERANCE
    row = [name, f"{archive.stat().st_size / 1e6:.1f} MB", f"{len(expected)}", f"{equal}",
           *(f"{offset:.1e}" for offset in offsets), f"{1000 * seconds:.0f} ms"]
    return row, holds


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--modelc", default=ROOT / ".build" / "release" / "modelc")
    parser.add_argument("--write", action="store_true")
    parser.add_argument("models", nargs="*", metavar="model", help=", ".join(MODELS))
    options = parser.parse_args()
    lines = ["| model | archive | arrays | as h5py | .keras | .json + .h5 | .model + .h5 | listed in |",
             "|---|---:|---:|---:|---:|---:|---:|---:|"]
    print("\n".join(lines), flush=True)
    good = True
    with tempfile.TemporaryDirectory() as scratch:
        for name in options.models or MODELS:
            row, holds = compare(name, options.modelc, Path(scratch))
            good = good and holds
            lines.append("| " + " | ".join(row) + " |")
            print(lines[-1] + ("" if holds else "  <- differs"), flush=True)
    if options.write:
        lines += ["", "Arrays are those of the archive, the optimizer's among them; the three columns behind them say how far outputs are",
                  "from Keras's, by the largest output."]
        write_section("Weights of Keras", "\n".join(lines))
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
