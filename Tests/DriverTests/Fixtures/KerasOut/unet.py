"""UNet in Keras 3.

    python unet.py --weights FILE --predict -o outputs.npz DATA …
    python unet.py [--weights FILE] -o weights.npz DATA …

DATA is an .npz file with an array for each input and output, or NAME=FILE.npy for one of them. Weights are
read and written as .safetensors, .npz or .weights.h5 by the names of layers, which modelc reads:

    modelc run NET.model --weights weights.npz …
"""
import argparse
import contextlib
import json
import os
import zipfile

import keras
import numpy as np
from keras import layers


def double(x, filters, name):
    """Two convolutions of 3 x 3."""
    y = layers.Conv2D(filters, 3, padding="same", activation="relu", name=f"{name}_conv1")(x)
    return layers.Conv2D(filters, 3, padding="same", activation="relu", name=f"{name}_conv2")(y)


def down(x, filters, name):
    """A step of the contracting path: what the expanding path takes up again, and what goes on down."""
    skip = double(x, filters, name=f"{name}_skip")
    return skip, layers.MaxPooling2D(2, name=f"{name}_max_pooling2d")(skip)


def up(x, skip, filters, name):
    """A step of the expanding path: an "up-convolution" of 2 x 2, beside the map of the same size."""
    up_ = layers.Conv2DTranspose(filters, 2, strides=2, name=f"{name}_up")(x)
    y = layers.Concatenate(name=f"{name}_concatenate")([skip, up_])
    return double(y, filters, name=name)


def build_unet(classes=2):
    """For each pixel of an image in grey, shares of the classes."""
    image = keras.Input((None, None, 1), name="image")
    skip1, down1 = down(image, 64, name="skip1")
    skip2, down2 = down(down1, 128, name="skip2")
    skip3, down3 = down(down2, 256, name="skip3")
    skip4, down4 = down(down3, 512, name="skip4")
    bottom = double(down4, 1024, name="bottom")
    bottom = layers.Dropout(0.5, name="bottom_dropout")(bottom)
    up4 = up(bottom, skip4, 512, name="up4")
    up3 = up(up4, skip3, 256, name="up3")
    up2 = up(up3, skip2, 128, name="up2")
    up1 = up(up2, skip1, 64, name="up1")
    mask = layers.Conv2D(classes, 1, padding="same", activation="softmax", name="mask_conv2d")(up1)
    return keras.Model(image, mask, name="UNet")


def train_unet(model, arrays, epochs=10, batch_size=1):
    """Fits the model to arrays by the names of its inputs and outputs."""
    inputs = ["image"]
    tensors = {x.name: keras.Input(x.shape[1:], name=x.name) for x in model.inputs}
    changed = dict(zip(inputs, tensors.values()))
    changed["image"] = layers.RandomFlip()(changed["image"])
    results = model(changed["image"])
    trainer = keras.Model(tensors["image"], results)
    trainer.compile(
        optimizer=keras.optimizers.SGD(momentum=0.99),
        loss="categorical_crossentropy",
        metrics=["accuracy"],
    )
    examples = arrays[inputs[0]]
    labels = arrays["mask"]
    return trainer.fit(examples, labels, epochs=epochs, batch_size=batch_size)


def leaf_layers(model):
    """The layers of a model, those of models within it in their place."""
    for layer in model.layers:
        if isinstance(layer, keras.Model):
            yield from leaf_layers(layer)
        elif isinstance(layer, keras.Layer):
            yield layer


def named_weights(model):
    """The weights of a model by layer and role, as files name them."""
    for layer in leaf_layers(model):
        for weight in layer.weights:
            # A weight without a name of its own is the scale of a layer that only scales; Keras numbers them.
            role = "gamma" if weight.name.startswith("variable") else weight.name
            yield f"{layer.name}/{role}", weight


def read_tensors(path):
    """The arrays of a .safetensors or .npz file by name."""
    if path.endswith(".npz"):
        with np.load(path) as file:
            return dict(file)
    with open(path, "rb") as file:
        header = json.loads(file.read(int.from_bytes(file.read(8), "little")))
        data = file.read()
    tensors = {}
    for name, entry in header.items():
        if name == "__metadata__":
            continue
        start, end = entry["data_offsets"]
        if entry["dtype"] == "BF16":
            bits = np.frombuffer(data[start:end], "<u2").astype("<u4") << 16
            array = bits.view("<f4")
        else:
            types = {"F64": "<f8", "F32": "<f4", "F16": "<f2", "I64": "<i8", "I32": "<i4", "I16": "<i2",
                     "I8": "i1", "U64": "<u8", "U32": "<u4", "U16": "<u2", "U8": "u1", "BOOL": "?"}
            array = np.frombuffer(data[start:end], types[entry["dtype"]])
        tensors[name] = array.reshape(entry["shape"])
    return tensors


def load_weights(model, path):
    """Sets the weights of a model from a file of modelc or of Keras."""
    if path.endswith(".weights.h5"):
        model.load_weights(path)
        return
    tensors = {}
    for name, array in read_tensors(path).items():
        # Keras's names hold no slash, modelc's paths do.
        layer, _, role = name.rpartition("/")
        tensors[layer.replace("/", "_") + "/" + role] = array
    weights = [(name, weight) for name, weight in named_weights(model) if weight.name != "count"]
    missing = [name for name, _ in weights if name not in tensors]
    if missing:
        raise SystemExit(f"{path} has no {', '.join(missing)}")
    for name, weight in weights:
        found, expected = list(tensors[name].shape), list(weight.shape)
        if found != expected:
            raise SystemExit(f"{path}: {name} has the shape {found}, expected {expected}")
    for name, weight in weights:
        weight.assign(tensors[name])
    for layer in leaf_layers(model):
        if isinstance(layer, layers.Normalization):
            # It computes with what it makes of its weights.
            layer.finalize_state()


@contextlib.contextmanager
def whole(path):
    """A file beside this one to write to, which takes its place once all is written."""
    folder, name = os.path.split(path)
    part = os.path.join(folder, "part." + name)
    try:
        yield part
        os.replace(part, path)
    finally:
        if os.path.exists(part):
            os.remove(part)


def write_arrays(path, arrays):
    """Writes an .npz file, whatever the arrays are called."""
    with whole(path) as part, zipfile.ZipFile(part, "w") as archive:
        for name, array in arrays.items():
            with archive.open(name + ".npy", "w", force_zip64=True) as file:
                np.save(file, array)


def save_weights(model, path):
    """Writes the weights of a model to a file that modelc reads."""
    if path.endswith(".weights.h5"):
        with whole(path) as part:
            model.save_weights(part)
        return
    tensors = {name: np.asarray(weight) for name, weight in named_weights(model)}
    if path.endswith(".npz"):
        write_arrays(path, tensors)
        return
    header, offset = {}, 0
    for name, array in tensors.items():
        end = offset + 4 * array.size
        header[name] = {"dtype": "F32", "shape": array.shape, "data_offsets": [offset, end]}
        offset = end
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with whole(path) as part, open(part, "wb") as file:
        file.write(len(text).to_bytes(8, "little") + text)
        for array in tensors.values():
            file.write(np.ascontiguousarray(array, "<f4").tobytes())


def read_arrays(parser, sources, names):
    """The arrays of these names from .npz files and NAME=FILE.npy."""
    arrays = {}
    for source in sources:
        name, _, path = source.rpartition("=")
        try:
            content = np.load(path)
            is_archive = not isinstance(content, np.ndarray)
            found = dict(content) if is_archive else {name: content}
        # Each sort of damage has an error of its own.
        except Exception as error:
            parser.error(f"{path} cannot be read: {error}")
        if is_archive == bool(name):
            parser.error(f"{source} is neither an .npz file nor NAME=FILE.npy")
        arrays.update(found)
    for name in names:
        if name not in arrays:
            parser.error(
                f"there is no array called '{name}'; there are {', '.join(arrays) or 'none'}"
            )
        if arrays[name].dtype.kind not in "biuf" or arrays[name].ndim == 0:
            parser.error(f"'{name}' holds no examples made of numbers")
    counts = {name: len(arrays[name]) for name in names}
    if len(set(counts.values())) > 1 or 0 in counts.values():
        text = ", ".join(f"{count} in '{name}'" for name, count in counts.items())
        parser.error(f"there are as many examples, at least one, in each array; found {text}")
    return arrays


def check_inputs(parser, model, names, arrays):
    """Refuses what the inputs of the model cannot take."""
    for x, name in zip(model.inputs, names):
        found, expected = arrays[name].shape[1:], x.shape[1:]
        fits = len(found) == len(expected)
        if not fits or any(b not in (a, None) for a, b in zip(found, expected)):
            parser.error(f"'{name}' has examples of the shape {found}, expected {expected}")


def check_paths(parser, weights, output, endings):
    """Refuses what could not be read or written, before anything takes long."""
    for path, known in [(weights, (".safetensors", ".npz", ".weights.h5")), (output, endings)]:
        if path and not path.endswith(known):
            parser.error(f"{path} should end in {' or '.join(known)}")
    folder = os.path.dirname(output or "")
    if folder and not os.path.isdir(folder):
        parser.error(f"there is no folder {folder}")


def count(text):
    """A whole number from 1."""
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{number} is less than 1")
    return number


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", nargs="*", metavar="DATA", help="an .npz file, or NAME=FILE.npy")
    parser.add_argument("--weights", metavar="FILE", help="the weights to begin with")
    parser.add_argument("--predict", action="store_true", help="write outputs; train nothing")
    parser.add_argument("-o", "--output", metavar="FILE", help="where the result goes")
    parser.add_argument("--epochs", type=count, help="how often all examples are seen")
    parser.add_argument("--batch-size", type=count, help="examples for each step")
    options = parser.parse_args()
    writes_arrays = options.predict
    endings = (".npz",) if writes_arrays else (".safetensors", ".npz", ".weights.h5")
    check_paths(parser, options.weights, options.output, endings)
    model = build_unet()
    if options.weights:
        load_weights(model, options.weights)
    if not options.data:
        model.summary()
        if options.output:
            save_weights(model, options.output)
        return
    if options.predict:
        names = ["image"]
        arrays = read_arrays(parser, options.data, names)
        check_inputs(parser, model, names, arrays)
        results = model.predict(arrays[names[0]])
        results = dict(zip(["mask"], [results]))
        write_arrays(options.output or "outputs.npz", results)
        return
    names = ["image"]
    arrays = read_arrays(parser, options.data, names + ["mask"])
    check_inputs(parser, model, names, arrays)
    train_unet(model, arrays, options.epochs or 10, options.batch_size or 1)
    save_weights(model, options.output or "weights.npz")


if __name__ == "__main__":
    main()
