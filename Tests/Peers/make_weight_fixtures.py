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


def main():
    FOLDER.mkdir(parents=True, exist_ok=True)
    model = tiny()
    model.save_weights(FOLDER / "tiny.weights.h5")
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
        file.create_dataset("group/compressed", data=np.zeros(64, "f4"), compression="gzip")
    for path in sorted(FOLDER.iterdir()):
        print(f"{path.name:20} {path.stat().st_size:7,} bytes")


if __name__ == "__main__":
    main()
