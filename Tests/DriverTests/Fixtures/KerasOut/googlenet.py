"""GoogLeNet in Keras 3.

    python googlenet.py --weights FILE --predict -o outputs.npz DATA …
    python googlenet.py [--weights FILE] -o weights.npz DATA …

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


def inception(x, n1, n3r, n3, n5r, n5, np_, name):
    """Inception module with dimension reduction: figure 2(b)."""
    a = layers.Conv2D(n1, 1, padding="same", activation="relu", name=f"{name}_a_conv2d")(x)
    b = layers.Conv2D(n3r, 1, padding="same", activation="relu", name=f"{name}_b_reduce")(x)
    b = layers.Conv2D(n3, 3, padding="same", activation="relu", name=f"{name}_b_conv2d")(b)
    c = layers.Conv2D(n5r, 1, padding="same", activation="relu", name=f"{name}_c_reduce")(x)
    c = layers.Conv2D(n5, 5, padding="same", activation="relu", name=f"{name}_c_conv2d")(c)
    d = layers.MaxPooling2D(3, strides=1, padding="same", name=f"{name}_d_max_pooling2d")(x)
    d = layers.Conv2D(np_, 1, padding="same", activation="relu", name=f"{name}_d_conv2d")(d)
    return layers.Concatenate(name=f"{name}_concatenate")([a, b, c, d])


def auxiliary_head(x, classes, name):
    """Auxiliary classifier."""
    y = layers.AveragePooling2D(5, strides=3, name=f"{name}_average_pooling2d")(x)
    y = layers.Conv2D(128, 1, activation="relu", name=f"{name}_conv2d")(y)
    y = layers.Flatten(name=f"{name}_flatten")(y)
    y = layers.Dense(1024, activation="relu", name=f"{name}_dense")(y)
    y = layers.Dropout(0.7, name=f"{name}_dropout")(y)
    return layers.Dense(classes, activation="softmax", name=f"{name}_dense_1")(y)


def build_googlenet(classes=1000, training=False):
    image = keras.Input((224, 224, 3), name="image")
    stem = layers.Conv2D(
        64, 7, strides=2, padding="same", activation="relu", name="stem_conv2d"
    )(image)
    stem = layers.MaxPooling2D(3, strides=2, padding="same", name="stem_max_pooling2d")(stem)
    stem = layers.Conv2D(64, 1, padding="same", activation="relu", name="stem_conv2d_1")(stem)
    stem = layers.Conv2D(192, 3, padding="same", activation="relu", name="stem_conv2d_2")(stem)
    stem = layers.MaxPooling2D(3, strides=2, padding="same", name="stem_max_pooling2d_1")(stem)
    i3a = inception(stem, 64, 96, 128, 16, 32, 32, name="i3a")
    i3b = inception(i3a, 128, 128, 192, 32, 96, 64, name="i3b")
    i4a = layers.MaxPooling2D(3, strides=2, padding="same", name="i4a_max_pooling2d")(i3b)
    i4a = inception(i4a, 192, 96, 208, 16, 48, 64, name="i4a")
    i4b = inception(i4a, 160, 112, 224, 24, 64, 64, name="i4b")
    i4c = inception(i4b, 128, 128, 256, 24, 64, 64, name="i4c")
    i4d = inception(i4c, 112, 144, 288, 32, 64, 64, name="i4d")
    i4e = inception(i4d, 256, 160, 320, 32, 128, 128, name="i4e")
    i5a = layers.MaxPooling2D(3, strides=2, padding="same", name="i5a_max_pooling2d")(i4e)
    i5a = inception(i5a, 256, 160, 320, 32, 128, 128, name="i5a")
    i5b = inception(i5a, 384, 192, 384, 48, 128, 128, name="i5b")
    probabilities = layers.AveragePooling2D(
        7, strides=1, name="probabilities_average_pooling2d"
    )(i5b)
    probabilities = layers.Dropout(0.4, name="probabilities_dropout")(probabilities)
    probabilities = layers.Flatten(name="probabilities_flatten")(probabilities)
    probabilities = layers.Dense(
        classes, activation="softmax", name="probabilities_dense"
    )(probabilities)
    aux1 = auxiliary_head(i4a, classes, name="aux1")
    aux2 = auxiliary_head(i4d, classes, name="aux2")
    outputs = probabilities
    if training:
        outputs = [probabilities, aux1, aux2]
    return keras.Model(image, outputs, name="GoogLeNet")


def train_googlenet(model, arrays, epochs=30, batch_size=200):
    """Fits the model to arrays by the names of its inputs and outputs."""
    inputs = ["image"]
    tensors = {x.name: keras.Input(x.shape[1:], name=x.name) for x in model.inputs}
    changed = dict(zip(inputs, tensors.values()))
    results = model(changed["image"])
    trainer = keras.Model(
        tensors["image"], {"probabilities": results[0], "aux1": results[1], "aux2": results[2]}
    )
    trainer.compile(
        optimizer=keras.optimizers.SGD(
            learning_rate=keras.optimizers.schedules.InverseTimeDecay(0.01, 1, 1e-06),
            momentum=0.9, nesterov=True
        ),
        loss={
            "probabilities": "categorical_crossentropy", "aux1": "categorical_crossentropy",
            "aux2": "categorical_crossentropy"
        },
        loss_weights={"probabilities": 1.0, "aux1": 0.3, "aux2": 0.3},
        metrics={"probabilities": ["accuracy", keras.metrics.TopKCategoricalAccuracy()]},
    )
    examples = arrays[inputs[0]]
    labels = {
        "probabilities": arrays["probabilities"],
        "aux1": arrays.get("aux1", arrays["probabilities"]),
        "aux2": arrays.get("aux2", arrays["probabilities"])
    }
    callbacks = [
        keras.callbacks.EarlyStopping(patience=10),
        keras.callbacks.ModelCheckpoint(
            "best.weights.h5", save_weights_only=True, save_best_only=True
        ),
    ]
    return trainer.fit(examples, labels, epochs=epochs, batch_size=batch_size, callbacks=callbacks)


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
    model = build_googlenet(training=not options.predict)
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
        results = dict(zip(["probabilities"], [results]))
        write_arrays(options.output or "outputs.npz", results)
        return
    names = ["image"]
    arrays = read_arrays(parser, options.data, names + ["probabilities"])
    check_inputs(parser, model, names, arrays)
    train_googlenet(model, arrays, options.epochs or 30, options.batch_size or 200)
    save_weights(model, options.output or "weights.npz")


if __name__ == "__main__":
    main()
