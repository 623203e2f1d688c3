"""Writes the small files of weights in Tests/WeightsTests/Fixtures, as Keras and NumPy make them.

usage: .venv/bin/python Tests/Peers/make_weight_fixtures.py

Prints the files with their sizes. `tiny.keras` is compressed, as other programs than Keras leave archives; its members
are what Keras wrote.
"""

import json
import os
import pathlib
import tempfile
import zipfile

os.environ["KERAS_BACKEND"] = "jax"
import h5py
import keras
import numpy as np
from keras import layers

FOLDER = pathlib.Path(__file__).resolve().parent.parent / "WeightsTests" / "Fixtures"


def tiny():
    """A nested model that is called twice, a layer that is shared, one that keeps averages, an optimizer."""
    inner_input = keras.Input((2,), name="inner_input")
    inner = keras.Model(inner_input, layers.Dense(2, name="core")(inner_input), name="inner")
    image = keras.Input((3,), name="image")
    x = layers.Dense(2, activation="relu", name="first")(image)
    x = inner(inner(x))
    x = layers.BatchNormalization(name="norm")(x)
    model = keras.Model(image, layers.Dense(2, name="last")(x), name="tiny")
    random = np.random.default_rng(5)
    model.set_weights([random.uniform(0.25, 1.5, w.shape).astype("float32") for w in model.get_weights()])
    model.compile("sgd", "mse")
    return model


def arrays():
    """Every type and order that NumPy has and a reader may meet."""
    types = ["f2", "f4", "f8", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "b1"]
    values = {name: np.arange(6).reshape(2, 3).astype(name) for name in types}
    values["big"] = np.arange(6, dtype=">f4").reshape(2, 3)
    values["column"] = np.asfortranarray(np.arange(6, dtype="f4").reshape(2, 3))
    values["scalar"] = np.float32(3)
    values["none"] = np.zeros((0, 3), "f4")
    values["odd"] = np.array([1, np.nan, np.inf, -np.inf, 3], "f4")
    return values


def legacy(path):
    """A whole model as Keras 2 kept it: the description as a note of the file, weights under the names of layers."""
    def dense(name, units):
        return {"class_name": "Dense", "config": {
            "name": name, "trainable": True, "dtype": "float32", "units": units, "activation": "linear", "use_bias": True}}
    first = {"class_name": "InputLayer", "config": {
        "batch_input_shape": [None, 3], "dtype": "float32", "sparse": False, "ragged": False, "name": "x"}}
    config = {"class_name": "Sequential", "config": {"name": "legacy", "layers": [first, dense("a", 2), dense("b", 1)]}}
    with h5py.File(path, "w") as file:
        file.attrs["keras_version"], file.attrs["backend"] = "2.11.0", "tensorflow"
        # Long enough for a heap of its own, as the descriptions of real models are.
        file.attrs["model_config"] = json.dumps(config, indent=4).encode()
        weights = file.create_group("model_weights")
        weights.attrs["layer_names"] = [b"x", b"a", b"b"]
        for name, shape in (("a", (3, 2)), ("b", (2, 1))):
            group = weights.create_group(name)
            group.attrs["weight_names"] = [f"{name}/kernel:0".encode(), f"{name}/bias:0".encode()]
            group[f"{name}/kernel:0"] = np.arange(np.prod(shape), dtype="f4").reshape(shape)
            group[f"{name}/bias:0"] = np.ones(shape[1], "f4")


def stored(path):
    """An array that other programs than NumPy compress without making it smaller."""
    with zipfile.ZipFile(path, "w") as archive:
        with tempfile.TemporaryFile() as scratch:
            np.save(scratch, np.arange(700, dtype="f4"))
            scratch.seek(0)
            archive.writestr(zipfile.ZipInfo("stored.npy"), scratch.read(), zipfile.ZIP_DEFLATED, 0)


def codes(path):
    """An array whose bytes are so unequally frequent that DEFLATE has codes of all lengths for them."""
    np.savez_compressed(path, geometric=np.random.default_rng(7).geometric(0.5, 8_000).astype("u1"))


def continued(path):
    """An array whose notes have come later, so that its head goes on elsewhere."""
    with h5py.File(path, "w", libver="latest") as file:
        file["first"] = np.arange(4, dtype="f4")
        file["second"] = np.arange(3, dtype="f4")
        for number in range(6):
            file["first"].attrs[f"note{number}"] = "later " * 20


def types(path):
    """Numbers that have names, behind bytes of another program."""
    def named(numbers, kind, names):
        return {"data": np.array(numbers, kind), "dtype": h5py.enum_dtype(names, kind)}
    with h5py.File(path, "w", userblock_size=1024) as file:
        file["booleans"] = np.array([True, False])
        file["text"] = np.array([b"ab"])
        file["void"] = h5py.Empty("f4")
        file.create_dataset("others", **named([0, 1], "u1", {"FALSE": 1, "TRUE": 0}))
        file.create_dataset("small", **named([0, 1, 42], "i1", {"R": 0, "G": 1, "B": 42}))
        file.create_dataset("wide", **named([0, 1, 420], ">i2", {"R": 0, "B": 420}))


def dense(path):
    """A group of so many names, one of them in other letters, that their tree and their heap have two levels."""
    with h5py.File(path, "w", libver="latest") as file:
        for number in range(46):
            file.create_group(f"größe/group{number}")
        for number in range(4):
            file[f"größe/{number}"] = np.float32(number)


def vast(path):
    """No numbers at all, in a shape whose other size hardly fits."""
    with h5py.File(path, "w") as file:
        file.create_dataset("vast", (2**62, 0), "f4", maxshape=(2**62, None), chunks=(1, 1))


def bomb(path):
    """Two arrays of 80 MiB in a few hundred bytes."""
    plan = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    plan.set_chunk((20 << 20,))
    plan.set_deflate(9)
    plan.set_deflate(9)
    with h5py.File(path, "w") as file:
        for name in (b"a", b"b"):
            space = h5py.h5s.create_simple((20 << 20,))
            array = h5py.h5d.create(file.id, name, h5py.h5t.IEEE_F32LE, space, plan)
            array.write(h5py.h5s.ALL, h5py.h5s.ALL, np.zeros(20 << 20, "f4"))


def main():
    FOLDER.mkdir(parents=True, exist_ok=True)
    model = tiny()
    model.save_weights(FOLDER / "tiny.weights.h5")
    # In several files: of 64 bytes of numbers at most.
    model.save_weights(FOLDER / "tiny.weights.json", max_shard_size=64 / 1024**3)
    with tempfile.TemporaryDirectory() as scratch:
        saved = pathlib.Path(scratch) / "tiny.keras"
        model.save(saved)
        with zipfile.ZipFile(saved) as source, zipfile.ZipFile(FOLDER / "tiny.keras", "w", zipfile.ZIP_DEFLATED) as target:
            for member in source.infolist():
                target.writestr(zipfile.ZipInfo(member.filename), source.read(member), zipfile.ZIP_DEFLATED, 9)
    expected = {}
    with h5py.File(FOLDER / "tiny.weights.h5") as file:
        file.visititems(
            lambda name, item: expected.update({name: {"shape": list(item.shape), "values": np.asarray(item).ravel().tolist()}})
            if isinstance(item, h5py.Dataset) else None)
    (FOLDER / "tiny.json").write_text(json.dumps(expected, indent=1) + "\n")
    images = np.random.default_rng(6).uniform(-1, 1, (4, 3)).astype("float32")
    np.save(FOLDER / "image.npy", images)
    np.save(FOLDER / "last.npy", model.predict(images, verbose=0))
    np.savez_compressed(FOLDER / "arrays.npz", **arrays())
    with h5py.File(FOLDER / "new.h5", "w", libver="latest") as file:
        file["layers/dense/vars/0"] = np.arange(6, dtype="f4").reshape(2, 3)
        file["layers/dense/vars/1"] = np.arange(3, dtype="f2")
    with h5py.File(FOLDER / "old.h5", "w") as file:
        file["vars/0"] = np.arange(6, dtype="f4").reshape(2, 3)
        file["vars"].attrs["name"] = "dense"
    with h5py.File(FOLDER / "chunks.h5", "w") as file:
        def numbers(*shape):
            return np.arange(np.prod(shape), dtype="f4").reshape(shape) / 4
        file.create_dataset("plain", data=numbers(6, 4), chunks=(3, 2))
        file.create_dataset("edges", data=numbers(5, 3, 7), chunks=(2, 2, 4), compression="gzip")
        file.create_dataset("compressed", data=numbers(9, 5).astype("f8"), chunks=(4, 5), compression="gzip", shuffle=True)
        # More than a node of the tree holds.
        file.create_dataset("many", data=numbers(140), chunks=(2,), shuffle=True)
    with h5py.File(FOLDER / "filter.h5", "w") as file:
        file.create_dataset("sums", data=np.zeros(8, "f4"), fletcher32=True)
    legacy(FOLDER / "legacy.h5")
    stored(FOLDER / "stored.npz")
    codes(FOLDER / "codes.npz")
    continued(FOLDER / "continued.h5")
    types(FOLDER / "types.h5")
    dense(FOLDER / "dense.h5")
    vast(FOLDER / "vast.h5")
    bomb(FOLDER / "bomb.h5")
    for path in sorted(FOLDER.iterdir()):
        print(f"{path.name:20} {path.stat().st_size:7,} bytes")


if __name__ == "__main__":
    main()
