"""Random layers of every class that modelc has, with random settings, and inputs that they may or may not accept."""
import random

import keras_counts
from keras_counts import keras

L, ops = keras.layers, keras.ops
numpy_ops, math_ops, nn_ops = keras.src.ops.numpy, keras.src.ops.math, keras.src.ops.nn

ACTIVATIONS = [
    "linear", "relu", "relu6", "leaky_relu", "elu", "selu", "celu", "sigmoid", "hard_sigmoid", "sparse_sigmoid",
    "log_sigmoid", "tanh", "hard_tanh", "tanh_shrink", "silu", "swish", "hard_silu", "hard_swish", "gelu", "mish",
    "softplus", "sparse_plus", "squareplus", "softsign", "soft_shrink", "hard_shrink", "exponential", "softmax",
    "log_softmax",
]
FORMATS = ["channels_last", "channels_last", "channels_first"]
INTERPOLATIONS = ["nearest", "bilinear", "bicubic", "lanczos3", "lanczos5"]
JOINS = {"Add": L.Add, "Subtract": L.Subtract, "Multiply": L.Multiply, "Average": L.Average, "Maximum": L.Maximum,
         "Minimum": L.Minimum}
BINARY = {"Add": numpy_ops.Add, "Subtract": numpy_ops.Subtract, "Multiply": numpy_ops.Multiply,
          "Divide": numpy_ops.TrueDivide, "Maximum": numpy_ops.Maximum, "Minimum": numpy_ops.Minimum,
          "Power": numpy_ops.Power}
ELEMENTS = {"Absolute": numpy_ops.Absolute, "Exp": numpy_ops.Exp, "Log": numpy_ops.Log, "Sqrt": numpy_ops.Sqrt,
            "Rsqrt": math_ops.Rsqrt, "Square": numpy_ops.Square, "Negative": numpy_ops.Negative,
            "Reciprocal": numpy_ops.Reciprocal}
REDUCTIONS = {"Std": numpy_ops.Std, "Var": numpy_ops.Var, "Mean": numpy_ops.Mean, "Sum": numpy_ops.Sum, "Max": numpy_ops.Max, "Min": numpy_ops.Min}


class ShapedRandom(random.Random):
    """Chance whose samples are made for a shape that is there already, if one is set."""

    shape = None


class Sample:
    """One layer with its settings, a way to call it, and the shapes of its inputs, the batch left out."""

    def __init__(self, name, attributes, call, shapes):
        self.name, self.attributes, self.call, self.shapes = name, attributes, call, shapes


def sample(rng, name):
    """A random layer of a class. Calling it may raise what Keras has against it."""
    return SAMPLERS[name](rng, name)


def _layer(cls, attributes, shapes):
    def call(inputs):
        layer = cls(**attributes)
        return layer(inputs if cls in JOINS.values() or cls in (L.Concatenate, L.Dot) else inputs[0])
    return Sample(cls.__name__, attributes, call, shapes)


def _map(rng, data_format, channels=None, largest=13):
    if getattr(rng, "shape", None):
        return list(rng.shape)
    sizes = [rng.randint(1, largest), rng.randint(1, largest)]
    channels = channels or rng.choice([1, 2, 3, 4, 6, 8, 17])
    return sizes + [channels] if data_format == "channels_last" else [channels] + sizes


def _some(rng, **choices):
    """A random part of the settings: those left out have their defaults."""
    return {key: rng.choice(values) for key, values in choices.items() if rng.random() < 0.6}


def _size(rng, largest=4):
    return rng.choice([rng.randint(1, largest), [rng.randint(1, largest), rng.randint(1, largest)]])


def _convolution(rng, **more):
    data_format = rng.choice(FORMATS)
    attributes = {"kernel_size": _size(rng), "data_format": data_format}
    attributes |= _some(rng, padding=["valid", "same"], activation=ACTIVATIONS, use_bias=[True, False], **more)
    return attributes, data_format


def _stretch(rng, attributes):
    """Strides, dilation, or now and then both."""
    kind = rng.random()
    if kind < 0.45 or kind > 0.95:
        attributes["strides"] = _size(rng, 3)
    if kind > 0.7:
        attributes["dilation_rate"] = _size(rng, 3)


def _conv2d(rng, name):
    attributes, data_format = _convolution(rng)
    groups = rng.choice([1, 1, 1, 2, 3])
    attributes |= {"filters": groups * rng.randint(1, 7), "groups": groups}
    _stretch(rng, attributes)
    return _layer(L.Conv2D, attributes, [_map(rng, data_format, groups * rng.randint(1, 7))])


def _depthwise(rng, name):
    attributes, data_format = _convolution(rng, depth_multiplier=[1, 2, 3])
    if rng.random() < 0.6:
        stride = rng.randint(1, 3)
        attributes["strides"] = [stride, stride]
    elif rng.random() < 0.5:
        attributes["dilation_rate"] = _size(rng, 3)
    return _layer(L.DepthwiseConv2D, attributes, [_map(rng, data_format)])


def _separable(rng, name):
    attributes, data_format = _convolution(rng, depth_multiplier=[1, 2, 3])
    attributes["filters"] = rng.randint(1, 9)
    if rng.random() < 0.6:
        attributes["strides"] = rng.randint(1, 3)
    return _layer(L.SeparableConv2D, attributes, [_map(rng, data_format)])


def _transposed(rng, name):
    attributes, data_format = _convolution(rng)
    attributes["filters"] = rng.randint(1, 9)
    _stretch(rng, attributes)
    strides = attributes.get("strides", 1)
    strides = strides if isinstance(strides, list) else [strides, strides]
    if rng.random() < 0.4:
        attributes["output_padding"] = [rng.randint(0, max(0, stride - 1)) for stride in strides]
    return _layer(L.Conv2DTranspose, attributes, [_map(rng, data_format, largest=7)])


def _pool(rng, name):
    data_format = rng.choice(FORMATS)
    # Keras's AveragePooling2D has no default size.
    attributes = {"data_format": data_format, "pool_size": rng.choice([1, 2, 3, [2, 3], [3, 1]])} | _some(
        rng, strides=[1, 2, 3, [1, 2], None], padding=["valid", "same"])
    return _layer(getattr(L, name), attributes, [_map(rng, data_format)])


def _global_pool(rng, name):
    data_format = rng.choice(FORMATS)
    return _layer(
        getattr(L, name), {"data_format": data_format, "keepdims": rng.random() < 0.5}, [_map(rng, data_format)])


def _margins(name, key):
    def make(rng, _):
        data_format = rng.choice(FORMATS)
        edge = rng.choice([
            rng.randint(0, 3), [rng.randint(0, 3), rng.randint(0, 3)],
            [[rng.randint(0, 3), rng.randint(0, 3)], [rng.randint(0, 3), rng.randint(0, 3)]]])
        return _layer(getattr(L, name), {key: edge, "data_format": data_format}, [_map(rng, data_format)])
    return make


def _sequence(rng, data_format, channels=None, largest=21):
    if getattr(rng, "shape", None):
        return list(rng.shape)
    length, channels = rng.randint(1, largest), channels or rng.choice([1, 2, 3, 4, 6, 8, 17])
    return [length, channels] if data_format == "channels_last" else [channels, length]


def _convolution1d(rng, paddings=("valid", "same"), **more):
    attributes, data_format = _convolution(rng, **more)
    if "padding" in attributes:
        attributes["padding"] = rng.choice(paddings)
    attributes["kernel_size"] = rng.randint(1, 5)
    kind = rng.random()
    if kind < 0.4 or kind > 0.95:
        attributes["strides"] = rng.randint(1, 3)
    if kind > 0.6:
        attributes["dilation_rate"] = rng.randint(1, 4)
    return attributes, data_format


def _conv1d(rng, name):
    attributes, data_format = _convolution1d(rng, ("valid", "same", "causal", "causal"))
    groups = rng.choice([1, 1, 1, 2, 3])
    attributes |= {"filters": groups * rng.randint(1, 7), "groups": groups}
    return _layer(L.Conv1D, attributes, [_sequence(rng, data_format, groups * rng.randint(1, 7))])


def _depthwise1d(rng, name):
    attributes, data_format = _convolution1d(rng, depth_multiplier=[1, 2, 3])
    return _layer(L.DepthwiseConv1D, attributes, [_sequence(rng, data_format)])


def _separable1d(rng, name):
    attributes, data_format = _convolution1d(rng, depth_multiplier=[1, 2, 3])
    attributes["filters"] = rng.randint(1, 9)
    return _layer(L.SeparableConv1D, attributes, [_sequence(rng, data_format)])


def _transposed1d(rng, name):
    attributes, data_format = _convolution1d(rng)
    attributes["filters"] = rng.randint(1, 9)
    if rng.random() < 0.4:
        attributes["output_padding"] = rng.randint(0, attributes.get("strides", 1) - 1)
    return _layer(L.Conv1DTranspose, attributes, [_sequence(rng, data_format, largest=9)])


def _pool1d(rng, name):
    data_format = rng.choice(FORMATS)
    # Keras's AveragePooling1D has no default size.
    attributes = {"data_format": data_format, "pool_size": rng.randint(1, 4)} | _some(
        rng, strides=[1, 2, 3, None], padding=["valid", "same"])
    return _layer(getattr(L, name), attributes, [_sequence(rng, data_format)])


def _global_pool1d(rng, name):
    data_format = rng.choice(FORMATS)
    return _layer(
        getattr(L, name), {"data_format": data_format, "keepdims": rng.random() < 0.5}, [_sequence(rng, data_format)])


def _ends(rng):
    return rng.choice([rng.randint(0, 3), [rng.randint(0, 3), rng.randint(0, 3)]])


def _zero_padding1d(rng, name):
    data_format = rng.choice(FORMATS)
    return _layer(
        L.ZeroPadding1D, {"padding": _ends(rng), "data_format": data_format}, [_sequence(rng, data_format)])


def _cropping1d(rng, name):
    return _layer(L.Cropping1D, {"cropping": _ends(rng)}, [_sequence(rng, "channels_last")])


def _enlargement1d(rng, name):
    return _layer(L.UpSampling1D, {"size": rng.randint(1, 4)}, [_sequence(rng, "channels_last")])


def _spatial_dropout1d(rng, name):
    return _layer(L.SpatialDropout1D, {"rate": 0.3}, [_sequence(rng, "channels_last")])


def _enlargement(rng, name):
    data_format = rng.choice(FORMATS)
    attributes = {"data_format": data_format, "size": _size(rng, 3)} | _some(rng, interpolation=INTERPOLATIONS)
    return _layer(L.UpSampling2D, attributes, [_map(rng, data_format, largest=7)])


def _any_shape(rng, least=1, most=4):
    if getattr(rng, "shape", None):
        return list(rng.shape)
    return [rng.randint(1, 7) for _ in range(rng.randint(least, most))]


def _axes(rng, rank, several=True):
    """An axis of an example or several, counted from either end."""
    axes = rng.sample(range(1, rank + 1), rng.randint(1, rank) if several else 1)
    axes = [axis - rank - 1 for axis in axes] if rng.random() < 0.5 else axes
    return axes if several and (len(axes) > 1 or rng.random() < 0.3) else axes[0]


def _simple(name, **choices):
    def make(rng, _):
        return _layer(getattr(L, name), {k: f(rng) for k, f in choices.items()}, [_any_shape(rng)])
    return make


def _activation(rng, name):
    return _layer(L.Activation, {"activation": rng.choice(ACTIVATIONS)}, [_any_shape(rng)])


def _dense(rng, name):
    attributes = {"units": rng.randint(1, 9)} | _some(rng, activation=ACTIVATIONS, use_bias=[True, False])
    return _layer(L.Dense, attributes, [_any_shape(rng)])


def _flatten(rng, name):
    return _layer(L.Flatten, _some(rng, data_format=FORMATS), [_any_shape(rng)])


def _reshape(rng, name):
    shape = _any_shape(rng, 2)
    target = [-1 if size is None else size for size in shape]
    rng.shuffle(target)
    if rng.random() < 0.6:
        first = target.pop() * target.pop()
        target.append(first)
    if rng.random() < 0.4:
        target[rng.randrange(len(target))] = -1
    if rng.random() < 0.1:
        target.append(2)
    return _layer(L.Reshape, {"target_shape": target}, [shape])


def _permute(rng, name):
    shape = _any_shape(rng)
    dims = list(range(1, len(shape) + 1))
    rng.shuffle(dims)
    if rng.random() < 0.1:
        dims[0] = 9
    return _layer(L.Permute, {"dims": dims}, [shape])


def _axis_layer(name, several, **choices):
    def make(rng, _):
        shape = _any_shape(rng)
        attributes = {k: f(rng) for k, f in choices.items() if rng.random() < 0.6}
        if rng.random() < 0.7:
            attributes["axis"] = _axes(rng, len(shape), several)
        return _layer(getattr(L, name), attributes, [shape])
    return make


def _group_normalization(rng, name):
    data_format = rng.choice(FORMATS)
    groups = rng.choice([1, 2, 3, -1])
    attributes = {"groups": groups, "axis": -1 if data_format == "channels_last" else rng.choice([1, -3])}
    attributes |= _some(rng, center=[True, False], scale=[True, False], epsilon=[1e-3, 0.1])
    return _layer(L.GroupNormalization, attributes, [_map(rng, data_format, rng.choice([2, 3, 4, 6, 12]))])


def _normalization(rng, name):
    shape = _any_shape(rng)
    first = rng.randint(1, len(shape))
    attributes = {"axis": rng.choice([first, first - len(shape) - 1, list(range(first, len(shape) + 1)), None])}
    kind = rng.random()
    if kind < 0.3:
        attributes |= {"mean": 0.5, "variance": rng.choice([0.0, 2.5]), "invert": rng.random() < 0.5}
    elif kind < 0.6 and isinstance(attributes["axis"], int):
        size = shape[first - 1]
        attributes |= {"mean": [0.5 * i for i in range(size)], "variance": [0.1 + i for i in range(size)],
                       "invert": rng.random() < 0.5}
    elif kind > 0.95:
        attributes["mean"] = 0.5
    return _layer(L.Normalization, attributes, [shape])


def _rescaling(rng, name):
    shape = _any_shape(rng)
    def number():
        return rng.choice([1 / 255, 2, -0.5] + [[0.25 * i + 1 for i in range(shape[-1])]] * 2)
    attributes = {"scale": number()}
    if rng.random() < 0.6:
        attributes["offset"] = number()
    return _layer(L.Rescaling, attributes, [shape])


def _prelu(rng, name):
    shape = _any_shape(rng)
    attributes = {"shared_axes": rng.choice([None, rng.randint(1, len(shape)), list(range(1, len(shape)))])}
    return _layer(L.PReLU, attributes, [shape])


def _layer_scale(rng, name):
    from keras.src.applications.convnext import LayerScale
    shape = _any_shape(rng)
    dimension = shape[-1]
    return _layer(LayerScale, {"init_values": 1e-6, "projection_dim": dimension}, [shape])


def _custom_scale_layer(rng, name):
    from keras.src.applications.inception_resnet_v2 import CustomScaleLayer
    shape = _any_shape(rng)
    narrow = [1 if rng.random() < 0.2 else size for size in shape]
    attributes = {"scale": rng.choice([0.17, 0.1, 1.0, 0, -2])}
    return Sample(name, attributes, lambda inputs: CustomScaleLayer(**attributes)(inputs), [shape, narrow])


def _stochastic_depth(rng, name):
    from keras.src.applications.convnext import StochasticDepth
    return _layer(StochasticDepth, {"drop_path_rate": rng.choice([0.0, 0.1, 0.5])}, [_any_shape(rng)])


def _joined_shapes(rng, count):
    """Shapes that join, or nearly: some sizes 1, some leading axes missing."""
    shape = _any_shape(rng)
    shapes = []
    for _ in range(count):
        one = [1 if rng.random() < 0.25 else size for size in shape]
        if rng.random() < 0.05:
            one[-1] += 1
        shapes.append(one[rng.randrange(len(one)):] if rng.random() < 0.2 else one)
    return shapes


def _join(rng, name):
    count = 2 if name == "Subtract" else rng.randint(2, 4)
    return _layer(JOINS[name], {}, _joined_shapes(rng, count))


def _binary(rng, name):
    """An operation of two tensors of one rank, or of a tensor and a number."""
    if name in JOINS and rng.random() < 0.5:
        return _join(rng, name)
    cls = BINARY[name]
    if rng.random() < 0.6:
        number = rng.choice([2, 0.5, 3.0])
        side = rng.choice(["left", "right"])
        if name == "Power" and side == "left":
            number = 2.5
        def call(inputs):
            return cls()(number, inputs[0]) if side == "left" else cls()(inputs[0], number)
        return Sample(name, {side: number}, call, [_any_shape(rng)])
    shape = _any_shape(rng)
    shapes = [[1 if rng.random() < 0.25 else size for size in shape] for _ in range(2)]
    return Sample(name, {}, lambda inputs: cls()(*inputs), shapes)


def _element(rng, name):
    return Sample(name, {}, lambda inputs: ELEMENTS[name]()(inputs[0]), [_any_shape(rng)])


def _clip(rng, name):
    attributes = {"x_min": rng.choice([-1, 0, 0.25]), "x_max": rng.choice([0.5, 1, 6])}
    return Sample(name, attributes, lambda inputs: numpy_ops.Clip(**attributes)(inputs[0]), [_any_shape(rng)])


def _reduction(rng, name):
    shape = _any_shape(rng)
    attributes = {"axis": _axes(rng, len(shape))} | _some(rng, keepdims=[True, False])
    return Sample(name, attributes, lambda inputs: REDUCTIONS[name](**attributes)(inputs[0]), [shape])


def _concatenate(rng, name):
    shape = _any_shape(rng)
    axis = rng.randrange(len(shape))
    shapes = []
    for _ in range(rng.randint(2, 4)):
        one = shape[:]
        one[axis] = rng.randint(1, 7)
        shapes.append(one)
    return _layer(L.Concatenate, {"axis": rng.choice([axis + 1, axis - len(shape)])}, shapes)


def _dot(rng, name):
    """Rows along any axis of tensors of any rank; both have one shape where that is given."""
    shapes = [_any_shape(rng, most=3) for _ in range(2)]
    places = [rng.randrange(len(shape)) for shape in shapes]
    if getattr(rng, "shape", None):
        places[1] = rng.choice([place for place, size in enumerate(shapes[1]) if size == shapes[0][places[0]]])
    elif rng.random() < 0.9:
        shapes[1][places[1]] = shapes[0][places[0]]
    axes = [place + 1 if rng.random() < 0.5 else place - len(shape) for place, shape in zip(places, shapes)]
    attributes = {"axes": axes[0] if axes[0] == axes[1] else axes, "normalize": rng.random() < 0.5}
    return _layer(L.Dot, attributes, shapes)


def _matmul(rng, name):
    """Matrices, those of the second tensor turned; sizes of 1 in front of them are repeated."""
    shape = _any_shape(rng, least=2)
    if len(shape) < 2:
        raise ValueError("no matrices")
    other = [1 if rng.random() < 0.2 else size for size in shape[:-2]] + [shape[-1], rng.randint(1, 7)]
    if getattr(rng, "shape", None):
        return Sample(name, {}, lambda inputs: ops.matmul(inputs[0], ops.swapaxes(inputs[1], -1, -2)), [shape, shape])
    return Sample(name, {}, lambda inputs: numpy_ops.Matmul()(*inputs), [shape, other])


def _blocks(rng, name):
    """Maps that fall into blocks as a rule."""
    data_format, size = rng.choice(FORMATS), rng.randint(1, 3)
    shape = _map(rng, data_format, largest=4)
    if rng.random() < 0.9 and not getattr(rng, "shape", None):
        factors = [1, 1, size * size] if name == "DepthToSpace" else [size, size, 1]
        shape = [a * b for a, b in zip(shape, factors if data_format == "channels_last" else factors[-1:] + factors[:2])]
    attributes = {"block_size": size, "data_format": data_format}
    return Sample(name, attributes, lambda inputs: getattr(nn_ops, name)(**attributes)(inputs[0]), [shape])


def _stack(rng, name):
    shape = _any_shape(rng)
    attributes = {"axis": rng.choice([rng.randint(1, len(shape) + 1), -rng.randint(1, len(shape) + 1)])}
    return Sample(name, attributes, lambda inputs: numpy_ops.Stack(**attributes)(inputs), [shape] * rng.randint(1, 3))


def _expand_dims(rng, name):
    shape = _any_shape(rng)
    rank = len(shape) + 1
    attributes = {"axis": rng.choice([rng.randint(1, rank), -rng.randint(1, rank - 1)])}
    return Sample(name, attributes, lambda inputs: numpy_ops.ExpandDims(**attributes)(inputs[0]), [shape])


def _slice(rng, size):
    """Part of an axis, or now and then nothing of it. Keras does not say when a part of an open size is known."""
    if size is None:
        start, stop = rng.choice([None, 1, 2]), rng.choice([None, -1, -2])
        return slice(start, stop, rng.choice([None, 2, 3])) if rng.random() < 0.8 else slice(None, None, rng.choice([-1, -2]))
    bounds = [None, None, None, 0, 1, size // 2, -1, -size, rng.randint(-size, size)]
    return slice(rng.choice(bounds), rng.choice(bounds), rng.choice([None, None, None, 2, -1, -2, 3]))


def _item(rng, name):
    """A key, written as modelc does, with the same for Python."""
    shape = _any_shape(rng)
    # From the first axis on, or to the last one.
    count, isLast = rng.randint(0, len(shape)), rng.random() < 0.5
    key = [Ellipsis] if isLast else [slice(None)]
    for size in shape[len(shape) - count:] if isLast else shape[:count]:
        if rng.random() < 0.1:
            key.append(None)
        key.append(rng.randrange(-(size or 5), size or 5) if rng.random() < 0.2 else _slice(rng, size))
    key = tuple(key)
    return Sample(name, {"key": [_key_element(part) for part in key]}, lambda inputs: numpy_ops.GetItem()(inputs[0], key),
                  [shape])


def _key_element(part):
    if part is Ellipsis:
        return "ellipsis"
    if not isinstance(part, slice):
        return part
    bounds = {key: getattr(part, key) for key in ("start", "stop", "step") if getattr(part, key) is not None}
    return {"word": "slice", "arguments": bounds} if bounds else "slice"


def _split(rng, name):
    """Parts of a tensor, of which one goes on."""
    shape = _any_shape(rng)
    axis = rng.randint(1, len(shape))
    size = shape[axis - 1] or 5
    cuts = rng.choice([1, 2, 3, size, sorted({rng.randint(1, size) for _ in range(rng.randint(1, 3))})])
    attributes = {"indices_or_sections": cuts, "axis": rng.choice([axis, axis - len(shape) - 1])}
    index = rng.randrange(cuts if isinstance(cuts, int) else len(cuts) + 1)
    return Sample(name, attributes | {"index": index},
                  lambda inputs: numpy_ops.Split(**attributes)(inputs[0])[index], [shape])


def _spatial_dropout(rng, name):
    data_format = rng.choice(FORMATS)
    return _layer(L.SpatialDropout2D, {"rate": 0.3, "data_format": data_format}, [_map(rng, data_format)])


def _image(rng, data_format, channels=None):
    """The shape of an image. What has another rank Keras leaves alone, or takes for one image without a batch."""
    shape = _map(rng, data_format, channels)
    if len(shape) != 3:
        raise ValueError("no images")
    return shape


def _image_change(name, **choices):
    """A layer that changes images in training only."""
    def make(rng, _):
        data_format = rng.choice(FORMATS)
        attributes = {key: rng.choice(values) for key, values in choices.items()}
        return _layer(getattr(L, name), attributes | {"data_format": data_format}, [_image(rng, data_format, 3)])
    return make


def _center_crop(rng, name):
    data_format = rng.choice(FORMATS)
    shape = _image(rng, data_format)
    height, width = shape[:2] if data_format == "channels_last" else shape[1:]
    attributes = {"height": rng.randint(1, height), "width": rng.randint(1, width), "data_format": data_format}
    return _layer(L.CenterCrop, attributes, [shape])


def _resizing(rng, name):
    data_format = rng.choice(FORMATS)
    shape = _image(rng, data_format)
    attributes = {"height": rng.randint(1, 15), "width": rng.randint(1, 15), "data_format": data_format} | _some(
        rng, interpolation=INTERPOLATIONS, antialias=[True, False])
    if rng.random() < 0.5 and None not in shape:
        attributes |= rng.choice([
            {"crop_to_aspect_ratio": True}, {"pad_to_aspect_ratio": True},
            {"pad_to_aspect_ratio": True, "fill_value": 0.5}])
    return _layer(L.Resizing, attributes, [shape])


def _adaptive_pool(rng, name):
    data_format = rng.choice(FORMATS)
    return _layer(
        getattr(L, name), {"output_size": _size(rng, 7), "data_format": data_format}, [_image(rng, data_format)])


def _rms_normalization(rng, name):
    shape = _any_shape(rng)
    axes = rng.randint(1, len(shape))
    axis = rng.choice([-1, len(shape), [-1]]) if axes == 1 else list(range(-axes, 0))
    return _layer(L.RMSNormalization, {"axis": axis} | _some(rng, epsilon=[1e-3, 1e-6]), [shape])


def _repetition(rng, name):
    return _layer(L.RepeatVector, {"n": rng.randint(1, 5)}, [_any_shape(rng, most=2)])


def _flag(rng):
    return rng.random() < 0.5


SAMPLERS = {
    "Activation": _activation,
    "AdaptiveAveragePooling2D": _adaptive_pool,
    "AdaptiveMaxPooling2D": _adaptive_pool,
    "ActivityRegularization": _simple("ActivityRegularization", l1=lambda r: 0.1, l2=lambda r: 0.2),
    "AlphaDropout": _simple("AlphaDropout", rate=lambda r: r.choice([0, 0.3])),
    "AveragePooling1D": _pool1d,
    "AveragePooling2D": _pool,
    "BatchNormalization": _axis_layer("BatchNormalization", False, center=_flag, scale=_flag),
    "CenterCrop": _center_crop,
    "Clip": _clip,
    "Concatenate": _concatenate,
    "Conv1D": _conv1d,
    "Conv1DTranspose": _transposed1d,
    "Conv2D": _conv2d,
    "Conv2DTranspose": _transposed,
    "Cropping1D": _cropping1d,
    "Cropping2D": _margins("Cropping2D", "cropping"),
    "CustomScaleLayer": _custom_scale_layer,
    "Dense": _dense,
    "DepthwiseConv1D": _depthwise1d,
    "DepthwiseConv2D": _depthwise,
    "DepthToSpace": _blocks,
    "Dot": _dot,
    "Dropout": _simple("Dropout", rate=lambda r: r.choice([0, 0.3, 1])),
    "ELU": _simple("ELU", alpha=lambda r: r.choice([1.0, 0.3])),
    "ExpandDims": _expand_dims,
    "Flatten": _flatten,
    "GaussianDropout": _simple("GaussianDropout", rate=lambda r: 0.3),
    "GaussianNoise": _simple("GaussianNoise", stddev=lambda r: 0.3),
    "GlobalAveragePooling1D": _global_pool1d,
    "GetItem": _item,
    "GlobalAveragePooling2D": _global_pool,
    "GlobalMaxPooling1D": _global_pool1d,
    "GlobalMaxPooling2D": _global_pool,
    "GroupNormalization": _group_normalization,
    "Identity": _simple("Identity"),
    "LayerNormalization": _axis_layer(
        "LayerNormalization", True, center=_flag, scale=_flag, epsilon=lambda r: r.choice([1e-3, 1e-6])),
    "LayerScale": _layer_scale,
    "LeakyReLU": _simple("LeakyReLU", negative_slope=lambda r: r.choice([0.3, 0, 0.01])),
    "MaxPooling1D": _pool1d,
    "Matmul": _matmul,
    "MaxPooling2D": _pool,
    "Normalization": _normalization,
    "PReLU": _prelu,
    "Permute": _permute,
    "RMSNormalization": _rms_normalization,
    "RandomBrightness": _image_change("RandomBrightness", factor=[0.2, [-0.1, 0.3]], value_range=[[0, 255], [0, 1]]),
    "RandomContrast": _image_change("RandomContrast", factor=[0.2, [0.1, 0.3]]),
    "RandomFlip": _image_change("RandomFlip", mode=["horizontal", "vertical", "horizontal_and_vertical"], seed=[None, 3]),
    "RandomGrayscale": _image_change("RandomGrayscale", factor=[0.2, 1.0]),
    "RandomHue": _image_change("RandomHue", factor=[0.2, [0.1, 0.3]]),
    "RandomRotation": _image_change("RandomRotation", factor=[0.1, [-0.2, 0.3]], fill_mode=["reflect", "wrap", "constant"]),
    "RandomSaturation": _image_change("RandomSaturation", factor=[0.2, [0.1, 0.3]]),
    "RandomShear": _image_change("RandomShear", x_factor=[[0.0, 0.1], [0.1, 0.3]], y_factor=[[0.0, 0.2]]),
    "RandomTranslation": _image_change("RandomTranslation", height_factor=[0.1, [-0.2, 0.3]], width_factor=[0.2]),
    "RandomZoom": _image_change("RandomZoom", height_factor=[0.1, [-0.2, 0.3]], width_factor=[None, 0.2], fill_value=[0.0, 1.0]),
    "RepeatVector": _repetition,
    "ReLU": _simple(
        "ReLU", max_value=lambda r: r.choice([None, 6, 0.5]), negative_slope=lambda r: r.choice([0, 0.1]),
        threshold=lambda r: r.choice([0, 0.25])),
    "Rescaling": _rescaling,
    "Reshape": _reshape,
    "Resizing": _resizing,
    "SeparableConv1D": _separable1d,
    "SeparableConv2D": _separable,
    "Softmax": _axis_layer("Softmax", True),
    "SpaceToDepth": _blocks,
    "SpatialDropout1D": _spatial_dropout1d,
    "SpatialDropout2D": _spatial_dropout,
    "Split": _split,
    "Stack": _stack,
    "StochasticDepth": _stochastic_depth,
    "UnitNormalization": _axis_layer("UnitNormalization", True),
    "UpSampling1D": _enlargement1d,
    "UpSampling2D": _enlargement,
    "ZeroPadding1D": _zero_padding1d,
    "ZeroPadding2D": _margins("ZeroPadding2D", "padding"),
    "Average": _join,
    **{name: _binary for name in BINARY},
    **{name: _element for name in ELEMENTS},
    **{name: _reduction for name in REDUCTIONS},
}
