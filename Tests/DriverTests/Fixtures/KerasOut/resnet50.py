"""ResNet50 in Keras 3.

    python resnet50.py --weights FILE --predict -o outputs.npz DATA …
    python resnet50.py [--weights FILE] -o weights.npz DATA …

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


def bottleneck(x, filters, stride=1, *, name):
    """Bottleneck: figure 5, right. The shortcut is a projection where the shape changes (section 3.3, option B)."""
    C = x.shape[3]
    if stride == 1 and C == 4 * filters:
        shortcut = x
    else:
        shortcut = layers.Conv2D(4 * filters, 1, strides=stride, name=f"{name}_shortcut_conv")(x)
        shortcut = layers.BatchNormalization(
            epsilon=1.001e-05, name=f"{name}_shortcut_bn"
        )(shortcut)
    residual = layers.Conv2D(filters, 1, strides=stride, name=f"{name}_residual_conv1")(x)
    residual = layers.BatchNormalization(epsilon=1.001e-05, name=f"{name}_residual_bn1")(residual)
    residual = layers.Activation("relu", name=f"{name}_residual_activation")(residual)
    residual = layers.Conv2D(filters, 3, padding="same", name=f"{name}_residual_conv2")(residual)
    residual = layers.BatchNormalization(epsilon=1.001e-05, name=f"{name}_residual_bn2")(residual)
    residual = layers.Activation("relu", name=f"{name}_residual_activation_1")(residual)
    residual = layers.Conv2D(4 * filters, 1, name=f"{name}_residual_conv3")(residual)
    residual = layers.BatchNormalization(epsilon=1.001e-05, name=f"{name}_residual_bn3")(residual)
    y = layers.Add(name=f"{name}_add")([shortcut, residual])
    return layers.Activation("relu", name=f"{name}_activation")(y)


def stage(x, filters, count, stride=2, *, name):
    """Bottlenecks of one width; the first of them takes the stride."""
    y = x
    for i in range(count):
        y = bottleneck(y, filters, stride if i == 0 else 1, name=f"{name}_{i}")
    return y


def build_resnet50(classes=1000):
    """Shares of the classes of ImageNet in a 224 x 224 image; the mean color is subtracted before."""
    image = keras.Input((224, 224, 3), name="image")
    conv1 = layers.ZeroPadding2D(3, name="conv1_pad")(image)
    conv1 = layers.Conv2D(64, 7, strides=2, name="conv1_conv")(conv1)
    conv1 = layers.BatchNormalization(epsilon=1.001e-05, name="conv1_bn")(conv1)
    conv1 = layers.Activation("relu", name="conv1_activation")(conv1)
    pool = layers.ZeroPadding2D(1, name="pool_pad")(conv1)
    pool = layers.MaxPooling2D(3, strides=2, name="pool_max_pooling2d")(pool)
    conv2 = stage(pool, 64, 3, 1, name="conv2")
    conv3 = stage(conv2, 128, 4, name="conv3")
    conv4 = stage(conv3, 256, 6, name="conv4")
    conv5 = stage(conv4, 512, 3, name="conv5")
    probabilities = layers.GlobalAveragePooling2D(
        name="probabilities_global_average_pooling2d"
    )(conv5)
    probabilities = layers.Dense(
        classes, activation="softmax", name="probabilities_dense"
    )(probabilities)
    return keras.Model(image, probabilities, name="ResNet50")


def train_resnet50(model, arrays, epochs=120, batch_size=256):
    """Fits the model to arrays by the names of its inputs and outputs."""
    inputs = ["image"]
    tensors = {x.name: keras.Input(x.shape[1:], name=x.name) for x in model.inputs}
    changed = dict(zip(inputs, tensors.values()))
    changed["image"] = layers.RandomFlip(mode="horizontal")(changed["image"])
    results = model(changed["image"])
    trainer = keras.Model(tensors["image"], results)
    trainer.compile(
        optimizer=keras.optimizers.SGD(learning_rate=0.1, momentum=0.9, weight_decay=0.0001),
        loss="categorical_crossentropy",
        metrics=["accuracy", keras.metrics.TopKCategoricalAccuracy()],
    )
    examples = arrays[inputs[0]]
    labels = arrays["probabilities"]
    callbacks = [
        keras.callbacks.ReduceLROnPlateau(),
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
    model = build_resnet50()
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
    train_resnet50(model, arrays, options.epochs or 120, options.batch_size or 256)
    save_weights(model, options.output or "weights.npz")


if __name__ == "__main__":
    main()
