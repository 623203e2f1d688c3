"""UNet in Keras 3.

    python unet.py --weights FILE --predict -o outputs.npz DATA …
    python unet.py [--weights FILE] -o weights.npz DATA …

DATA is an .npz file with an array for each input and output, or NAME=FILE.npy for one of them. Weights are
read and written as .safetensors, .npz or .weights.h5 by the names of layers, which modelc reads:

    modelc run NET.model --weights weights.npz …
"""
import argparse
import json

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
    trainer = keras.Model(list(tensors.values()), results)
    trainer.compile(
        optimizer=keras.optimizers.SGD(momentum=0.99),
        loss="categorical_crossentropy",
        metrics=["accuracy"],
    )
    examples = [arrays[name] for name in inputs]
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
            # A weight without a name of its own is the scale of a layer that only scales.
            role = "gamma" if weight.name == "variable" else weight.name
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
            types = {"F64": "<f8", "F32": "<f4", "F16": "<f2", "I64": "<i8", "I32": "<i4"}
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
        weight.assign(tensors[name])


def save_weights(model, path):
    """Writes the weights of a model to a file that modelc reads."""
    if path.endswith(".weights.h5"):
        model.save_weights(path)
        return
    tensors = {name: np.asarray(weight) for name, weight in named_weights(model)}
    if path.endswith(".npz"):
        np.savez(path, **tensors)
        return
    header, offset = {}, 0
    for name, array in tensors.items():
        end = offset + 4 * array.size
        header[name] = {"dtype": "F32", "shape": array.shape, "data_offsets": [offset, end]}
        offset = end
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
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
        except (OSError, ValueError, EOFError) as error:
            parser.error(f"{path} cannot be read: {error}")
        if isinstance(content, np.ndarray) != bool(name):
            parser.error(f"{source} is neither an .npz file nor NAME=FILE.npy")
        arrays.update({name: content} if name else content)
    for name in names:
        if name not in arrays:
            parser.error(
                f"there is no array called '{name}'; there are {', '.join(arrays) or 'none'}"
            )
    return arrays


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", nargs="*", metavar="DATA", help="an .npz file, or NAME=FILE.npy")
    parser.add_argument("--weights", metavar="FILE", help="the weights to begin with")
    parser.add_argument("--predict", action="store_true", help="write outputs; train nothing")
    parser.add_argument("-o", "--output", metavar="FILE", help="where the result goes")
    parser.add_argument("--epochs", type=int, help="how often all examples are seen")
    parser.add_argument("--batch-size", type=int, help="examples for each step")
    options = parser.parse_args()
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
        results = model.predict(arrays[names[0]])
        results = dict(zip(["mask"], [results]))
        np.savez(options.output or "outputs.npz", **results)
        return
    arrays = read_arrays(parser, options.data, ["image", "mask"])
    train_unet(model, arrays, options.epochs or 10, options.batch_size or 1)
    save_weights(model, options.output or "weights.npz")


if __name__ == "__main__":
    main()
