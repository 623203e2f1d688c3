"""Writes the Keras models of Tests/InterchangeTests/Fixtures that show one feature each, with what Keras says of them.

usage: .venv/bin/python Tests/Peers/make_fixtures.py

The other folders there hold the networks of the tutorials that this project starts from.
"""
import json
from pathlib import Path

from keras_counts import keras, origin, rows, totals

FOLDER = Path(__file__).resolve().parents[1] / "InterchangeTests" / "Fixtures"
L, ops = keras.layers, keras.ops


def siamese():
    """One layer, two calls; its results meet again."""
    left, right = L.Input((8,), name="left"), L.Input((8,), name="right")
    tower = L.Dense(4, name="tower")
    return keras.Model([left, right], L.Add(name="sum")([tower(left), tower(right)]))


def calls_itself():
    """A layer that takes its own result: calls, not layers, have an order."""
    x = L.Input((8,), name="x")
    turn = L.Dense(8, name="turn")
    return keras.Model(x, turn(L.Activation("relu", name="between")(turn(x))))


def nested():
    """Models within a model: one with two results and two calls, and a Sequential one."""
    inner_input = L.Input((8,), name="inner_input")
    inner = keras.Model(
        inner_input, [L.Dense(3, name="narrow")(inner_input), L.Dense(5, name="wide")(inner_input)], name="inner")
    head = keras.Sequential([L.Input((6,)), L.Dense(4, name="hidden"), L.Dense(2, name="last")], name="head")
    left, right = L.Input((8,), name="left"), L.Input((8,), name="right")
    first, second = inner(left), inner(right)
    wide = L.Concatenate(name="wide")([first[1], second[1]])
    narrow = L.Concatenate(name="narrow")([first[0], second[0]])
    return keras.Model([left, right], [head(narrow), wide])


def nested_outputs():
    """Results of a model within a model are results of the whole; Keras counts its calls from 1 there."""
    inner_input = L.Input((8,), name="inner_input")
    inner = keras.Model(
        inner_input, [L.Dense(3, name="narrow")(inner_input), L.Dense(5, name="wide")(inner_input)], name="inner")
    left, right = L.Input((8,), name="left"), L.Input((8,), name="right")
    first, second = inner(left), inner(right)
    return keras.Model([left, right], [first[1], second[0], first[0], second[1]])


def unused_results():
    """A model within a model whose result, and an input of it, nothing needs: its layers are there all the same. A
    layer's second call comes late, and stands where its first does."""
    left, spare = L.Input((8,), name="left"), L.Input((6,), name="spare")
    inner_input, inner_spare = L.Input((8,), name="inner_input"), L.Input((6,), name="inner_spare")
    narrow = L.Dense(3, name="narrow")
    results = [narrow(inner_input), L.Dense(5, name="wide")(inner_input)]
    inner = keras.Model([inner_input, inner_spare], results, name="inner")
    turn = L.Dense(3, name="turn")
    first = inner([left, L.Dense(6, name="before")(spare)])[0]
    again = L.Activation("tanh", name="again")(turn(first))
    other = L.ELU(name="other")(first)
    return keras.Model([spare, left], L.Add(name="sum")([turn(L.Average(name="mean")([again, other])), other]))


def late_inputs():
    """Inputs that the model lists in another order than they are needed in, and between a fork and its join a model with
    two results."""
    x, late = L.Input((4,), name="x"), L.Input((3,), name="late")
    inner_input = L.Input((4,), name="inner_input")
    same = L.Dense(4, name="same")(inner_input)
    inner = keras.Model(inner_input, [same, L.ReLU(name="other")(same)], name="inner")
    start = L.ReLU(name="start")(L.Dense(4, name="before")(x))
    end = L.Add(name="sum")([L.ELU(name="elu")(inner(start)[0]), start])
    return keras.Model([late, x], [L.Dense(2, name="last")(end), L.Dense(2, name="short")(late)])


def open_sizes():
    """Operations on maps of unknown height and width, and a padding that fits them."""
    x = L.Input((None, None, 3), name="x")
    y = ops.squeeze(L.Conv2D(1, 3, padding="same", name="conv")(x), -1)
    return keras.Model(x, ops.mean(ops.relu(y), axis=(1, 2)))


def operations():
    """Bare operations that a layer stands for."""
    x = L.Input((6, 6, 3), name="x")
    a, b = L.Conv2D(4, 3, name="a")(x), L.Conv2D(4, 3, name="b")(x)
    y = ops.concatenate([ops.relu(a + b), ops.gelu(a), ops.sigmoid(b)], axis=-1)
    return keras.Model(x, ops.softmax(y))


def numbers():
    """Operators on tensors and numbers, functions of elements, reductions, and values under another shape."""
    x = L.Input((6, 8, 4), name="x")
    low = ops.maximum(1 - x * 2, 0.5)
    high = 2.0 / (ops.sqrt(ops.abs(low)) + 1) - x ** 2
    mean = ops.mean(high, axis=(1, 2), keepdims=True)
    row = ops.squeeze(mean, (1, 2))
    parts = [ops.max(high, axis=[1, 2]), ops.min(high, axis=[2, 1]), ops.sum(high, (1, -2)), row]
    again = ops.expand_dims(ops.expand_dims(ops.concatenate(parts, axis=-1), 1), -1)
    turned = ops.transpose(ops.clip(high - mean, -1, 6), (0, 3, 1, 2))
    flat = ops.reshape(ops.log_softmax(ops.hard_tanh(turned)), (-1, 24, 8))
    rest = ops.minimum(-flat, ops.rsqrt(ops.exp(ops.square(flat))))
    return keras.Model(x, [again, rest, ops.celu(ops.log(ops.abs(flat)), 0.5)])


def parts():
    """Tensors taken apart and put together again: slices, splits, stacks, products of matrices."""
    image = L.Input((8, 6, 3), name="image")
    # As preprocess_input, YOLOv5's focus, ShuffleNet's shuffle, a gate, and a head of attention.
    turned = image[..., ::-1]
    focus = ops.concatenate([turned[:, ::2, ::2], turned[:, 1::2, ::2], turned[:, ::2, 1::2], turned[:, 1::2, 1::2]], axis=-1)
    y = L.Conv2D(40, 3, padding="same", activation="relu", name="conv")(focus)
    left, right = ops.split(y, 2, axis=-1)
    shuffled = ops.reshape(ops.stack([left, right], axis=-1), (-1, 4, 3, 40))
    first, _, last = ops.split(shuffled, [8, 24], axis=3)
    gate = first[..., :4] * ops.sigmoid(first[..., 4:])
    standard = (last - ops.mean(last, axis=[1, 2], keepdims=True)) / (ops.std(last, axis=[1, 2], keepdims=True) + 0.5)
    rows = ops.reshape(ops.pad(standard, [[0, 0], [1, 0], [0, 1], [0, 0]]), (-1, 20, 16))
    attention = ops.matmul(ops.softmax(ops.matmul(rows, ops.swapaxes(rows, 1, 2)) * 0.25), rows)
    return keras.Model(image, [gate[:, -1, 1:, None], attention[:, 0], ops.flip(ops.var(rows, axis=-1), axis=1)])


def rearranged():
    """Pixels and channels exchanged, what pools and pads sequences, axes moved and added, and a layer often in a row."""
    image = L.Input((4, 6, 3), name="image")
    y = L.Conv2D(8, 3, padding="same", activation="relu")(image)
    for _ in range(4):
        y = L.Conv2D(8, 3, padding="same", activation="relu")(y)
    large = ops.depth_to_space(y, 2)
    small = ops.space_to_depth(large, 4)
    rows = ops.reshape(ops.moveaxis(small, 3, 1), (-1, 64, 3))
    pooled = ops.max_pool(ops.pad(rows, [[0, 0], [1, 2], [0, 0]]), 3, 2, "same")
    both = ops.stack([pooled, ops.tanh(pooled)], axis=2)
    return keras.Model(image, [large, ops.stack([both, both], axis=-4)])


def image_layers():
    """Every layer of maps that has weights, a shape or an effect of its own in training, with settings."""
    x = L.Input((12, 10, 4), name="x")
    y = L.Rescaling(1 / 127.5, offset=-1, name="rescale")(x)
    y = L.Normalization(name="normalize")(y)
    y = L.DepthwiseConv2D(3, strides=2, padding="same", depth_multiplier=2, activation="relu6", name="depthwise")(y)
    y = L.SeparableConv2D(6, (3, 2), padding="same", depth_multiplier=3, depthwise_regularizer="l2", name="separable")(y)
    y = L.GroupNormalization(3, name="group")(y)
    y = L.PReLU(shared_axes=[1, 2], alpha_initializer="ones", name="slopes")(y)
    y = L.Conv2DTranspose(5, 3, strides=(2, 3), padding="same", output_padding=(1, 2), name="transposed")(y)
    y = L.Cropping2D(((0, 1), (1, 1)), name="crop")(y)
    y = L.UpSampling2D((1, 2), interpolation="bilinear", name="enlarge")(y)
    y = L.LayerNormalization(axis=[1, 3], epsilon=1e-6, name="layers")(y)
    y = L.Permute((3, 1, 2), name="permute")(y)
    y = L.UnitNormalization(axis=1, name="unit")(y)
    y = L.Softmax(axis=(2, 3), name="shares")(y)
    y = L.GaussianNoise(0.1, name="noise")(y)
    y = L.GaussianDropout(0.1, seed=3, name="gaussian")(y)
    y = L.AlphaDropout(0.1, name="alpha")(y)
    y = L.SpatialDropout2D(0.1, data_format="channels_first", name="spatial")(y)
    y = L.ActivityRegularization(l1=0.1, name="penalty")(y)
    y = L.Identity(name="same")(y)
    left = L.GlobalMaxPooling2D(data_format="channels_first", name="greatest")(y)
    right = L.GlobalAveragePooling2D(data_format="channels_first", name="mean")(y)
    joined = [kind(name=kind.__name__.lower())([left, right])
              for kind in (L.Add, L.Subtract, L.Multiply, L.Average, L.Maximum, L.Minimum)]
    gate = L.Multiply(name="gate")([L.Reshape((5, 1, 1), name="places")(left), y])
    cosine = L.Dot(axes=1, normalize=True, name="cosine")([left, right])
    return keras.Model(x, [L.Concatenate(name="all")(joined + [cosine]), gate])


def sequences():
    """Every layer of sequences, the length left open: dilated causal convolutions with gates and sums, and a head."""
    x = L.Input((None, 6), name="x")
    y = L.SpatialDropout1D(0.1, name="spatial")(L.ZeroPadding1D((2, 0), name="pad")(x))
    y = skip = L.Conv1D(8, 3, use_bias=False, name="stem")(y)
    for dilation in (1, 2, 4):
        name = f"dilated{dilation}"
        z = L.Conv1D(8, 3, padding="causal", dilation_rate=dilation, use_bias=False, name=f"{name}_conv")(y)
        z = L.ReLU(name=f"{name}_relu")(L.BatchNormalization(name=f"{name}_norm")(z))
        gate = L.GlobalAveragePooling1D(keepdims=True, name=f"{name}_squeeze")(z)
        gate = L.Conv1D(8, 1, activation="sigmoid", name=f"{name}_gate")(gate)
        z = L.Multiply(name=f"{name}_scale")([z, gate])
        y = L.Add(name=f"{name}_sum")([y, z])
    y = L.Concatenate(name="joined")([skip, y])
    y = L.MaxPooling1D(3, strides=2, padding="same", name="greatest")(y)
    y = L.SeparableConv1D(12, 3, padding="same", depth_multiplier=2, name="separable")(y)
    y = L.LayerNormalization(name="layers")(y)
    y = L.AveragePooling1D(2, name="means")(y)
    y = L.DepthwiseConv1D(3, strides=2, padding="same", depth_multiplier=2, activation="relu", name="depthwise")(y)
    y = L.Conv1D(10, 5, strides=2, padding="same", groups=2, name="grouped")(y)
    y = L.UpSampling1D(3, name="enlarge")(y)
    y = L.Conv1DTranspose(5, 4, strides=3, padding="same", output_padding=1, name="transposed")(y)
    y = L.Dense(7, activation="tanh", name="each")(L.Cropping1D((1, 0), name="crop")(y))
    first = L.Permute((2, 1), name="turned")(y)
    first = L.Conv1D(4, 3, padding="same", data_format="channels_first", name="first")(first)
    first = L.GlobalMaxPooling1D(data_format="channels_first", name="last_greatest")(first)
    mean = L.GlobalAveragePooling1D(name="mean")(y)
    return keras.Model(x, L.Dense(3, activation="softmax", name="classes")(L.Concatenate(name="row")([mean, first])))


def augmented():
    """Layers that change images in training, as tutorials put them in front of a network, and parts and copies."""
    changes = keras.Sequential(
        [L.Input((20, 18, 3)), L.RandomFlip("horizontal", name="flip"), L.RandomRotation(0.1, name="turn"),
         L.RandomZoom(0.2, (0.1, 0.3), fill_mode="constant", fill_value=0.5, name="zoom"),
         L.RandomTranslation(0.1, (-0.1, 0.2), seed=3, name="move"), L.RandomShear((0.0, 0.1), (0.0, 0.2), name="slant"),
         L.RandomContrast(0.2, name="contrast"), L.RandomBrightness(0.2, value_range=(0, 1), name="light"),
         L.RandomSaturation(0.2, name="colour"), L.RandomHue(0.1, name="hue"), L.RandomGrayscale(0.3, name="grey")],
        name="changes")
    x = L.Input((20, 18, 3), name="x")
    y = L.CenterCrop(15, 13, name="middle")(changes(x))
    y = L.Dense(4, name="last")(L.GlobalAveragePooling2D(name="mean")(y))
    return keras.Model(x, L.RepeatVector(3, name="again")(y))


def settings():
    """What layers take beside numbers: initializers, penalties, functions with settings, frozen weights."""
    x = L.Input((9, 9, 3), name="x")
    y = L.Conv2D(
        6, 3, groups=3, kernel_initializer=keras.initializers.HeNormal(seed=3), kernel_regularizer="l2",
        bias_constraint=keras.constraints.MaxNorm(2.0), activation="gelu", trainable=False, name="conv")(x)
    y = L.BatchNormalization(scale=False, gamma_initializer="ones", name="norm")(y)
    y = L.Activation(L.LeakyReLU(negative_slope=0.1), name="leaky")(y)
    y = L.Dropout(0.2, noise_shape=(None, 1, 1, 6), seed=7, name="drop")(y, training=False)
    y = L.Flatten(name="flat")(y)
    initializer = keras.initializers.VarianceScaling(0.3, "fan_out", "uniform")
    return keras.Model(x, L.Dense(2, kernel_initializer=initializer, activation="softmax", name="last")(y))


def any_size():
    """Height and width left open."""
    x = L.Input((None, None, 3), name="x")
    y = L.Conv2D(4, 3, strides=2, padding="same", name="conv")(x)
    return keras.Model(x, L.GlobalAveragePooling2D(name="pool")(y))


def without_input():
    """A Sequential model that was given its sizes after it was written."""
    model = keras.Sequential([L.Dense(4, name="hidden"), L.Dense(2, name="last")], name="late")
    model.build((None, 6))
    return model


def structures():
    """Models that take and give dictionaries and lists within lists; dictionaries are taken apart by their keys."""
    a, b = L.Input((4,), name="a"), L.Input((6,), name="b")
    named = keras.Model({"wide": b, "narrow": a}, {"z": L.Dense(3, name="p")(b), "y": L.Dense(5, name="q")(a)}, name="named")
    c, d, e = L.Input((3,), name="c"), L.Input((5,), name="d"), L.Input((4,), name="e")
    listed = keras.Model([c, [d, e]], L.Concatenate(name="all")([c, d, e]), name="listed")
    x, y = L.Input((4,), name="x"), L.Input((6,), name="y")
    results = named({"wide": y, "narrow": x})
    joined = listed([results["z"], [results["y"], x]])
    return keras.Model({"y": y, "x": x}, {"late": L.Dense(2, name="last")(joined), "early": L.ReLU(name="first")(joined)})


def write(name, model):
    folder = FOLDER / name
    folder.mkdir(exist_ok=True)
    description = json.loads(model.to_json())
    (folder / "model.json").write_text(json.dumps(description, separators=(",", ":")) + "\n")
    expected = {
        "name": model.name,
        "inputs": [{"name": origin(tensor), "shape": list(tensor.shape)} for tensor in model.inputs],
        "outputs": [{"from": origin(tensor), "shape": list(tensor.shape)} for tensor in model.outputs],
        **totals(model),
    }
    head = "".join(f" {json.dumps(key)}: {json.dumps(value)},\n" for key, value in expected.items())
    lines = ",\n".join("  " + json.dumps(row) for row in rows(model))
    (folder / "expected.json").write_text("{\n" + head + ' "layers": [\n' + lines + "\n ]\n}\n")


for make in [siamese, calls_itself, nested, nested_outputs, unused_results, late_inputs, open_sizes, operations, numbers,
             parts, rearranged, image_layers, sequences, augmented, settings, any_size, without_input, structures]:
    keras.backend.clear_session()
    write(make.__name__, make())
