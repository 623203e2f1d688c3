"""What Keras says of a model, in rows that can be laid beside modelc's.

One row per layer: name (a path through models within models), class, shape of the result (unknown sizes None),
parameters, trainable ones, multiply-accumulates of one example over all calls (None where a size is unknown).
"""
import math
import os

os.environ.setdefault("KERAS_BACKEND", "jax")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras

# Their kernels have the filters before the channels.
TRANSPOSED = (keras.layers.Conv1DTranspose, keras.layers.Conv2DTranspose)


def rows(model):
    """The model's layers in Keras's order, those of models within it in their place."""
    return list(_rows(model, ""))


def totals(model):
    """Parameters, trainable ones, and multiply-accumulates (None if a size is unknown)."""
    macs = [row["macs"] for row in rows(model)]
    return {
        "total_params": model.count_params(),
        "trainable_params": _count(model.trainable_weights),
        "total_macs": None if None in macs else sum(macs),
    }


def calls_of(model):
    """Every operation of a model with the calls that belong to it, in Keras's order; a layer may be called by other
    models too."""
    functional = model._functional if isinstance(model, keras.Sequential) else model
    nodes = set(id(node) for level in functional._nodes_by_depth.values() for node in level)
    for operation in functional.operations:
        yield operation, [node for node in operation._inbound_nodes if id(node) in nodes]


def describe(operation, calls):
    """One layer as a row."""
    macs = [_macs(operation, call) for call in calls]
    return {
        "class": type(operation).__name__,
        "output_shape": list(calls[0].outputs[0].shape),
        "params": operation.count_params() if isinstance(operation, keras.Layer) else 0,
        "trainable_params": _count(getattr(operation, "trainable_weights", [])),
        "macs": None if None in macs else sum(macs),
        "calls": len(calls),
    }


def _rows(model, path):
    for operation, calls in calls_of(model):
        if isinstance(operation, (keras.Sequential, keras.models.Model)):
            inner = list(_rows(operation, f"{path}{operation.name}/"))
            for row in inner:
                if row["macs"] is not None:
                    row["macs"] *= len(calls)
                row["calls"] *= len(calls)
            yield from (row for row in inner if row["class"] != "InputLayer")
            continue
        if type(operation).__name__ == "Split":
            yield from _parts(operation, calls, model, path)
            continue
        yield {"name": path + operation.name, **describe(operation, calls)}


def _parts(operation, calls, model, path):
    """A row for each result that something reads: modelc has a layer for each."""
    read = {id(tensor) for _, nodes in calls_of(model) for node in nodes for tensor in node.input_tensors}
    read |= {id(tensor) for tensor in model.outputs}
    for number, call in enumerate(calls):
        for index, tensor in enumerate(call.outputs):
            if id(tensor) not in read:
                continue
            name = path + operation.name
            name += f":{number}" if len(calls) > 1 else ""
            alone = sum(id(result) in read for result in call.outputs) == 1
            name += "" if alone else f":{index}"
            yield {"name": name, **describe(operation, [call]), "output_shape": list(tensor.shape)}


def origin(tensor):
    """The name of the layer that makes a tensor."""
    return tensor._keras_history.operation.name


def _count(weights):
    return sum(math.prod(weight.shape) for weight in weights)


def _macs(operation, call):
    """Multiplications for one example, padding counted; 0 for what only moves, adds or compares."""
    layers, base = keras.layers, keras.src.layers.convolutional
    if isinstance(operation, layers.Dense):
        return _product(call.outputs[0].shape[1:], operation.input_spec.axes[-1])
    families = (base.base_conv.BaseConv, base.base_conv_transpose.BaseConvTranspose,
                base.base_depthwise_conv.BaseDepthwiseConv, base.base_separable_conv.BaseSeparableConv)
    if not isinstance(operation, families):
        return 0
    last = operation.data_format == "channels_last"
    shapes = (call.input_tensors[0].shape, call.outputs[0].shape)
    before, after = (shape[1:-1] if last else shape[2:] for shape in shapes)
    channels = shapes[0][-1 if last else 1]
    if isinstance(operation, base.base_conv.BaseConv):
        return _product(after, *operation.kernel_size, channels // operation.groups, operation.filters)
    if isinstance(operation, base.base_conv_transpose.BaseConvTranspose):
        return _product(before, *operation.kernel_size, channels, operation.filters)
    deep = channels * operation.depth_multiplier
    depthwise = _product(after, *operation.kernel_size, deep)
    if isinstance(operation, base.base_depthwise_conv.BaseDepthwiseConv) or depthwise is None:
        return depthwise
    return depthwise + _product(after, deep, operation.filters)


def _product(sizes, *factors):
    return None if None in sizes else math.prod(sizes) * math.prod(factors)
