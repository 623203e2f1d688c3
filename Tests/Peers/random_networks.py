"""Random Keras networks from a seed: branches, shared layers, models within models, operations on tensors.

`network(seed)` gives a keras.Model. Layers are those of layer_samples.py, each made for a tensor that is there already;
what Keras refuses is tried again with other settings.
"""
import json
import math

from keras_counts import keras
from layer_samples import BINARY, ELEMENTS, JOINS, SAMPLERS, ShapedRandom, sample

L, ops = keras.layers, keras.ops

# The most values that a tensor of one example may have; a size that is not known counts as this many.
LARGEST, UNKNOWN = 3000, 13
# What a layer of these takes is first brought between 0 and 1, and where it has to be positive between 0.5 and 1.5:
# their results would grow or shrink from layer to layer until no digit is left to compare.
BOUNDED = {"Exp", "Square", "Multiply", "Dot", "Matmul", "Normalization", "Var"}
POSITIVE = {"Log", "Sqrt", "Rsqrt", "Power", "Reciprocal", "Divide"}
# Layers for sequences [length, channels], of which one in two steps on such a tensor is.
SEQUENCES = sorted(name for name in SAMPLERS if name.endswith("1D") or name == "Conv1DTranspose")
SEVERAL = set(JOINS) | {"Concatenate", "Dot", "CustomScaleLayer", "Matmul", "Stack"}
# Names that a file, a shell or the language may stumble over.
ODD_NAMES = ["block", "model", "input", "repeat", "layer", "a b", "x.y", "conv-1", "größe", "N", "H", "1st", "relu",
             "true", "none", "it's", 'say "so"', "tab\there", "名前", "..", "con", "Dense", "Add", "Conv2D", "Sequential"]


def _map(x):
    if len(x.shape) != 4:
        raise ValueError("no map")
    return x


def _long(x, axis):
    """A tensor of which something is left without its first index."""
    if x.shape[axis] == 1:
        raise ValueError("nothing would be left")
    return x


def _attend(x):
    """Rows weighted by how much they have in common; those of a batch stay apart."""
    if len(x.shape) < 3:
        raise ValueError("no matrices")
    return ops.matmul(ops.softmax(ops.matmul(ops.tanh(x), ops.swapaxes(ops.tanh(x), -1, -2))), x)


OPERATIONS = [
    lambda rng, x: x + rng.choice([1, 0.5, -2]),
    lambda rng, x: rng.choice([1, 0.25]) - x,
    lambda rng, x: x * rng.choice([2, 0.5, -1.5]),
    lambda rng, x: x / rng.choice([2, 4.0]),
    lambda rng, x: -x,
    lambda rng, x: x + x,
    lambda rng, x: ops.tanh(x) * x,
    lambda rng, x: ops.tanh(x) ** 2,
    lambda rng, x: ops.abs(x),
    lambda rng, x: ops.maximum(x, rng.choice([0, 0.1])),
    lambda rng, x: ops.minimum(rng.choice([1, 0.5]), x),
    lambda rng, x: ops.clip(x, -1, rng.choice([1, 2.5])),
    lambda rng, x: getattr(ops, rng.choice([
        "relu", "relu6", "sigmoid", "silu", "softplus", "softsign", "selu", "hard_sigmoid", "hard_silu", "hard_tanh",
        "log_sigmoid", "tanh", "tanh_shrink", "squareplus", "sparse_plus", "sparse_sigmoid"]))(x),
    lambda rng, x: ops.leaky_relu(x, rng.choice([0.2, 0.01])),
    lambda rng, x: ops.elu(x, rng.choice([1.0, 0.5])),
    lambda rng, x: ops.celu(x, rng.choice([1.0, 0.5])),
    lambda rng, x: ops.gelu(x, approximate=rng.random() < 0.5),
    lambda rng, x: ops.softmax(x, axis=rng.choice([-1, len(x.shape) - 1])),
    lambda rng, x: ops.log_softmax(x),
    lambda rng, x: ops.soft_shrink(x, rng.choice([0.5, 0.25])),
    lambda rng, x: ops.hard_shrink(x),
    lambda rng, x: getattr(ops, rng.choice(["mean", "sum", "max", "min"]))(
        x, axis=rng.randrange(1, len(x.shape)), keepdims=rng.random() < 0.7),
    lambda rng, x: ops.mean(x, axis=list(range(1, len(x.shape) - 1)) or 1, keepdims=rng.random() < 0.5),
    lambda rng, x: ops.reshape(x, (-1, math.prod(x.shape[1:]))),
    lambda rng, x: ops.reshape(x, (-1, *reversed([1 * size for size in x.shape[1:]]))),
    lambda rng, x: ops.transpose(x, [0, *rng.sample(range(1, len(x.shape)), len(x.shape) - 1)]),
    lambda rng, x: ops.expand_dims(x, rng.randrange(1, len(x.shape) + 1)),
    lambda rng, x: ops.squeeze(x, x.shape.index(1, 1)),
    lambda rng, x: ops.concatenate([x, -x], axis=rng.choice([-1, 1])),
    lambda rng, x: ops.stack([x, -x, x], axis=rng.choice([-1, 1])),
    lambda rng, x: ops.multiply(*ops.split(x, 2, axis=rng.randrange(1, len(x.shape)))),
    lambda rng, x: ops.concatenate(ops.split(x, 2, axis=-1)[::-1], axis=-1),
    lambda rng, x: ops.concatenate([_long(x, -1)[..., 0::2], x[..., 1::2]], axis=-1),
    lambda rng, x: x[..., ::-1],
    lambda rng, x: x[:, ::2],
    lambda rng, x: _long(x, 1)[:, 1:] - x[:, :-1],
    lambda rng, x: ops.flip(x, axis=rng.choice([1, -1])),
    lambda rng, x: ops.swapaxes(x, 1, -1),
    lambda rng, x: ops.pad(x, [[0, 0], [0, 1], [2, 0], [0, 0]]),
    lambda rng, x: ops.pad(x, [[0, 0], [0, 0], [1, 1], [0, 3]], constant_values=0),
    lambda rng, x: ops.stop_gradient(x),
    # What it wrote of an average pool, or with a number for each side, Keras cannot run.
    lambda rng, x: ops.max_pool(_map(x), 2, 1, "same"),
    lambda rng, x: ops.depth_to_space(x, 2),
    lambda rng, x: ops.space_to_depth(x, rng.choice([1, 2])),
    lambda rng, x: ops.space_to_depth(ops.pad(_map(x), [[0, 0], [0, -x.shape[1] % 2], [0, -x.shape[2] % 2], [0, 0]]), 2),
    lambda rng, x: _attend(x),
    lambda rng, x: ops.var(x, axis=list(range(1, len(x.shape))), keepdims=True),
    lambda rng, x: ops.std(x + 0.01 * ops.tanh(x), axis=-1, keepdims=rng.random() < 0.5),
]


class Network:
    """Tensors that grow out of inputs."""

    def __init__(self, rng, inputs, depth):
        self.rng, self.depth = rng, depth
        self.tensors = list(inputs)
        self.used = set()
        # Layers with the shapes that they were called on, and how often they were.
        self.layers = []

    def grow(self, steps):
        kinds = {self.layer: 10, self.operation: 3, self.branches: 2, self.shared: 2}
        if self.depth < 2:
            kinds |= {self.nested: 1, self.sequential: 1}
        for _ in range(steps):
            step, = self.rng.choices(list(kinds), list(kinds.values()))
            for _ in range(12):
                # What Keras refuses, or what leaves no values or too many, is tried again.
                try:
                    if step():
                        break
                except (ValueError, TypeError, IndexError, AttributeError, ZeroDivisionError, NotImplementedError):
                    continue

    def outputs(self):
        """What nothing has used, the last first, and now and then a tensor on the way."""
        loose = [tensor for tensor in reversed(self.tensors) if id(tensor) not in self.used]
        chosen = loose[:self.rng.choice([1, 1, 2, 3])]
        if self.rng.random() < 0.15:
            chosen.append(self.rng.choice(self.tensors))
        unique = {id(tensor): tensor for tensor in chosen if _origin(tensor).__class__ is not L.InputLayer}
        return list(unique.values())

    # Steps: each adds a tensor, or says that it could not.

    def layer(self):
        x = self.recent()
        fits = len(x.shape) == 3 and self.rng.random() < 0.5
        return self.add(self.call(self.rng.choice(SEQUENCES if fits else sorted(SAMPLERS)), x))

    def operation(self):
        x = self.recent()
        return self.add(self.rng.choice(OPERATIONS)(self.rng, x), [x])

    def branches(self):
        """Several ways from one tensor that come together again."""
        x = self.recent()
        ways = []
        for _ in range(self.rng.randint(2, 4)):
            way = x
            for _ in range(self.rng.randint(1, 2)):
                name = self.rng.choice(["Activation", "BatchNormalization", "Dense", "ELU", "LayerNormalization", "ReLU"])
                way = self.call(name, way)
            ways.append(way)
        if len({tuple(way.shape) for way in ways}) > 1:
            return self.add(L.Concatenate()(ways), [x])
        join = self.rng.choice([L.Add, L.Average, L.Maximum, L.Minimum, L.Concatenate])
        return self.add(join()(ways), [x])

    def shared(self):
        """A layer, or a model, called once more."""
        layer, shapes = self.rng.choice(self.layers)
        operands = [self.rng.choice([x for x in self.tensors if tuple(x.shape) == shape]) for shape in shapes]
        settings = {"training": False} if isinstance(layer, L.BatchNormalization) and self.rng.random() < 0.5 else {}
        several = len(operands) > 1 and isinstance(layer, L.Layer)
        results = layer(operands, **settings) if several else layer(*operands, **settings)
        return all([self.add(result, operands) for result in _flat(results)])

    def nested(self):
        operands = [self.recent() for _ in range(self.rng.choice([1, 1, 2]))]
        inner = _functional(self.rng, [x.shape[1:] for x in operands], self.depth + 1, self.rng.randint(1, 5))
        return self.add_model(inner, operands)

    def sequential(self):
        x = self.recent()
        inner = _sequential(self.rng, x.shape[1:], self.depth + 1)
        return self.add_model(inner, [x])

    def add_model(self, model, operands):
        if model is None:
            return False
        if self.rng.random() < 0.15:
            model.trainable = False
        results = _flat(model(operands if len(operands) > 1 else operands[0]))
        self.layers += [(model, [tuple(x.shape) for x in operands])] * 2
        return all([self.add(result, operands) for result in results])

    # The ways of adding.

    def recent(self):
        return self.rng.choice(self.tensors[-5:])

    def call(self, name, x):
        """The result of a random layer of a class on a tensor, and on others if it takes several."""
        if name in BOUNDED | POSITIVE:
            x = L.Activation("sigmoid")(x)
            if name in POSITIVE:
                x = x + 0.5
        self.rng.shape = x.shape[1:]
        made = sample(self.rng, name)
        if made.attributes.get("variance") == 0 or made.attributes.get("left") == 0:
            raise ValueError("a result without bounds")
        operands = [x]
        while len(operands) < len(made.shapes):
            # Mostly tensors that fit.
            fitting = [t for t in self.tensors if t.shape == x.shape]
            other = self.rng.choice(fitting if fitting and self.rng.random() < 0.8 else self.tensors)
            if name in BOUNDED | POSITIVE:
                other = L.Activation("sigmoid")(other) + 0.5
            operands.append(other)
        result = made.call(operands)
        layer = _origin(result)
        # This layer adds as an operation does.
        is_operation = not isinstance(layer, L.Layer) or name == "CustomScaleLayer"
        if is_operation and len({len(t.shape) for t in operands}) > 1:
            raise ValueError("operations lay the batch of one against a size of the other")
        if self.rng.random() < 0.08 and isinstance(layer, L.Layer):
            layer.trainable = False
        if name not in BOUNDED | POSITIVE | {"Clip"} and isinstance(layer, L.Layer):
            self.layers.append((layer, [tuple(t.shape) for t in operands]))
        self.used.update(id(t) for t in operands)
        return result

    def add(self, tensor, operands=()):
        size = math.prod(UNKNOWN if size is None else size for size in tensor.shape[1:])
        if not 0 < size <= LARGEST or not 2 <= len(tensor.shape) <= 6:
            return False
        self.used.update(id(x) for x in operands)
        self.tensors.append(tensor)
        return True


def _origin(tensor):
    return tensor._keras_history.operation


def _flat(results):
    return list(results) if isinstance(results, (list, tuple)) else [results]


def _input_shape(rng, is_open):
    rank = rng.choice([1, 2, 2, 2, 3, 3, 3, 3, 4])
    channels = rng.choice([1, 3, 4, 6, 17])
    if rank == 2:
        length = None if is_open else rng.randint(1, 40)
        return [length, channels] if rng.random() < 0.7 else [channels, length]
    if rank != 3:
        return [rng.randint(1, 9) for _ in range(rank)]
    height, width = (None, None) if is_open else (rng.randint(1, 19), rng.randint(1, 19))
    return [height, width, channels] if rng.random() < 0.7 else [channels, height, width]


def _functional(rng, shapes, depth, steps, names=None):
    inputs = [keras.Input(shape, name=name) for shape, name in zip(shapes, names or [None] * len(shapes))]
    network = Network(rng, inputs, depth)
    network.grow(steps)
    outputs = network.outputs()
    if not outputs:
        return None
    if depth == 0:
        outputs = [_named(rng, output) for output in outputs]
    one = len(inputs) == 1 and rng.random() < 0.7
    model = keras.Model(inputs[0] if one else inputs, outputs[0] if len(outputs) == 1 else outputs)
    _rename(rng, model)
    return model


def _named(rng, tensor):
    """Outputs are plain layers of a plain name: no model, and no operation, which has no layer's name."""
    layer = _origin(tensor)
    if isinstance(layer, (keras.Model, L.InputLayer)) or not isinstance(layer, L.Layer) or len(layer._inbound_nodes) > 1:
        return L.Activation("linear")(tensor)
    return tensor


def _rename(rng, model):
    """Now and then an odd name for a layer within."""
    outputs = {id(_origin(tensor)) for tensor in model.outputs}
    if rng.random() < 0.2:
        layer = rng.choice(model.operations)
        if not isinstance(layer, L.InputLayer) and id(layer) not in outputs:
            layer.name = rng.choice(ODD_NAMES)


def _sequential(rng, shape, depth):
    """A chain, with another one in it now and then."""
    layers = [keras.Input(shape)]
    x = layers[0]
    network = Network(rng, [x], 2)
    for _ in range(rng.randint(1, 4)):
        if depth < 2 and rng.random() < 0.15:
            inner = _sequential(rng, x.shape[1:], depth + 1)
            if inner is not None:
                layers.append(inner)
                x = inner(x)
            continue
        for _ in range(12):
            name = rng.choice(sorted(set(SAMPLERS) - SEVERAL - BOUNDED - POSITIVE - set(BINARY) - set(ELEMENTS)))
            try:
                result = network.call(name, x)
            except (ValueError, TypeError, IndexError):
                continue
            if isinstance(_origin(result), L.Layer) and network.add(result):
                x = result
                layers.append(_origin(result))
                break
    return keras.Sequential(layers) if len(layers) > 1 else None


def network(seed):
    """A model of 3 to 25 or so layers, the same for the same seed; sizes that are not known may be UNKNOWN."""
    rng = ShapedRandom(f"network {seed}")
    while True:
        keras.backend.clear_session()
        is_open = rng.random() < 0.2
        if rng.random() < 0.1:
            model = _sequential(rng, _input_shape(rng, is_open), 0)
        else:
            shapes = [_input_shape(rng, is_open) for _ in range(rng.choice([1, 1, 1, 2, 3]))]
            names = [f"x{place}" for place in range(len(shapes))]
            model = _functional(rng, shapes, 0, rng.randint(3, 14), names)
        if model is not None and (not is_open or _holds(model)):
            return model


def _holds(model):
    """Whether what was joined fits: Keras lets sizes pass that it does not know."""
    try:
        read(json.dumps(_with_sizes(json.loads(model.to_json()))))
    except (ValueError, TypeError):
        return False
    return True


def _with_sizes(node):
    """A model's JSON with UNKNOWN for each size that it leaves open."""
    if isinstance(node, list):
        return [_with_sizes(element) for element in node]
    if not isinstance(node, dict):
        return node
    return {
        key: [value[0]] + [UNKNOWN if size is None else size for size in value[1:]]
        if key in ("batch_shape", "build_input_shape") and value else _with_sizes(value)
        for key, value in node.items() if key != "build_config"}


def read(text):
    """The model that a JSON describes."""
    from keras.src.applications.convnext import LayerScale, StochasticDepth
    from keras.src.applications.inception_resnet_v2 import CustomScaleLayer
    return keras.models.model_from_json(
        text, custom_objects={cls.__name__: cls for cls in (LayerScale, StochasticDepth, CustomScaleLayer)})
