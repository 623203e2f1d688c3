"""Writes a Keras model as ONNX, channels first, as exporters do: what runtimes fuse is left to them.

Convolutions, pools, normalizations, products and what stands between them in networks on images; any other layer is an
error that names it. Borders that a layer of their own adds go into the convolution that reads them.
"""
import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from keras_counts import calls_of, keras

L = keras.layers
OPSET = 17


class Unsupported(Exception):
    """What this converter cannot write."""


def convert(model, names, weights, inputs):
    """The model for a fixed batch, whose maps are channels first at the inputs and the outputs too.

    names: of each Keras layer, what its weights are called in `weights`: `names[layer]/kernel`, in Keras's layout.
    inputs: of each input layer, its name in ONNX and its shape, channels last, the batch in front.
    """
    return _Writer(names, weights, inputs).write(model)


class _Writer:
    def __init__(self, names, weights, inputs):
        self.names, self.weights, self.inputs = names, weights, inputs
        self.nodes, self.initializers, self.ports = [], [], []
        self.values = {}  # Keras tensor's id: ONNX name
        self.readers = {}  # Keras tensor's id: the layers that read it, None for an output
        self.borders = {}  # a value that is not written, for its readers add the borders: its source, and the borders

    def write(self, model):
        functional = model._functional if isinstance(model, keras.Sequential) else model
        depths = {id(node): depth for depth, nodes in functional._nodes_by_depth.items() for node in nodes}
        calls = sorted(
            ((operation, call) for operation, calls in calls_of(model) for call in calls),
            key=lambda pair: -depths[id(pair[1])])
        for operation, call in calls:
            for tensor in call.input_tensors:
                self.readers.setdefault(id(tensor), []).append(operation)
        for tensor in model.outputs:
            self.readers.setdefault(id(tensor), []).append(None)
        for index, (operation, call) in enumerate(calls):
            self._write(operation, call, f"{operation.name}/{index}")
        outputs = [
            helper.make_tensor_value_info(self.values[id(tensor)], TensorProto.FLOAT, [None] * len(tensor.shape))
            for tensor in model.outputs]
        onnx_model = helper.make_model(
            helper.make_graph(self.nodes, model.name, self.ports, outputs, self.initializers),
            opset_imports=[helper.make_opsetid("", OPSET)], ir_version=9)
        onnx.checker.check_model(onnx_model)
        return onnx_model

    def _write(self, layer, call, name):
        if isinstance(layer, L.InputLayer):
            port, shape = self.inputs[layer]
            self.ports.append(helper.make_tensor_value_info(port, TensorProto.FLOAT, channels_first(shape)))
            self.values[id(call.outputs[0])] = port
            return
        emit = WRITERS.get(type(layer)) or _operation(layer)
        if emit is None or getattr(layer, "data_format", "channels_last") != "channels_last":
            raise Unsupported(f"{layer.name}: a {type(layer).__name__} such as this has no counterpart here")
        tensors = call.input_tensors
        self.values[id(call.outputs[0])] = emit(
            self, layer, name, [self.values[id(tensor)] for tensor in tensors], [tensor.shape for tensor in tensors], call)

    def node(self, operator, inputs, name, **attributes):
        self.nodes.append(helper.make_node(operator, inputs, [name], name=name, **attributes))
        return name

    def constant(self, name, value):
        self.initializers.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def weight(self, layer, role):
        return self.weights[f"{self.names[layer]}/{role}"]

    def parameter(self, layer, name, role):
        return self.constant(f"{name}/{role}", self.weight(layer, role))

    def activate(self, function, x, name, rank):
        kind = getattr(function, "__name__", str(function))
        if kind == "linear":
            return x
        if kind in ACTIVATIONS:
            operator, attributes = ACTIVATIONS[kind]
            return self.node(operator, [x], f"{name}/{kind}", **attributes)
        if kind == "relu6":
            return self.clip(x, f"{name}/relu6", 0, 6)
        if kind in ("silu", "swish"):
            return self.node("Mul", [x, self.node("Sigmoid", [x], f"{name}/sigmoid")], f"{name}/swish")
        if kind == "softmax":
            return self.node("Softmax", [x], f"{name}/softmax", axis=1 if rank == 4 else rank - 1)
        raise Unsupported(f"{name}: activation {kind}")

    def clip(self, x, name, least, most):
        bounds = [self.constant(f"{name}/{role}", np.float32(value)) for role, value in (("min", least), ("max", most))]
        return self.node("Clip", [x, *bounds], name)

    def pads(self, layer, source, shape, size, strides, dilation=(1, 1)):
        """The value to read, and the borders around it: rows and columns in front, then behind."""
        source, around = self.pads_around(source)
        if layer.padding == "valid":
            return source, around
        if any(around):
            raise Unsupported(f"{layer.name}: borders twice")
        front, back = [], []
        for length, reach, stride, spread in zip(shape[1:3], size, strides, dilation):
            total = max((-(-length // stride) - 1) * stride + (reach - 1) * spread + 1 - length, 0)
            front.append(total // 2)
            back.append(total - total // 2)
        return source, front + back

    def pads_around(self, source):
        """What to read, and the borders that it should have had."""
        return self.borders.get(source, (source, [0, 0, 0, 0]))

    def convolve(self, layer, name, source, shape, kernel, group):
        """A convolution with the layer's geometry; its kernel is as ONNX has it."""
        size, strides, dilation = kernel.shape[2:], layer.strides, layer.dilation_rate
        x, pads = self.pads(layer, source, shape, size, strides, dilation)
        operands = [x, self.constant(f"{name}/kernel", kernel)]
        if layer.use_bias and not isinstance(layer, L.SeparableConv2D):
            operands.append(self.parameter(layer, name, "bias"))
        return self.node(
            "Conv", operands, name, kernel_shape=list(size), strides=list(strides), dilations=list(dilation), pads=pads,
            group=group)


def channels_first(shape):
    return [shape[0], shape[3], shape[1], shape[2]] if len(shape) == 4 else list(shape)


def to_channels_first(array):
    return np.ascontiguousarray(array.transpose(0, 3, 1, 2)) if array.ndim == 4 else array


def to_channels_last(array):
    return np.ascontiguousarray(array.transpose(0, 2, 3, 1)) if array.ndim == 4 else array


def _convolution(writer, layer, name, sources, shapes, call):
    kernel = writer.weight(layer, "kernel").transpose(3, 2, 0, 1)
    x = writer.convolve(layer, name, sources[0], shapes[0], kernel, layer.groups)
    return writer.activate(layer.activation, x, name, 4)


def _depthwise_kernel(writer, layer, role):
    kernel = writer.weight(layer, role).transpose(2, 3, 0, 1)
    return kernel.reshape(-1, 1, *kernel.shape[2:])


def _depthwise(writer, layer, name, sources, shapes, call):
    kernel = _depthwise_kernel(writer, layer, "kernel")
    x = writer.convolve(layer, name, sources[0], shapes[0], kernel, shapes[0][3])
    return writer.activate(layer.activation, x, name, 4)


def _separable(writer, layer, name, sources, shapes, call):
    kernel = _depthwise_kernel(writer, layer, "depthwise_kernel")
    x = writer.convolve(layer, f"{name}/depthwise", sources[0], shapes[0], kernel, shapes[0][3])
    operands = [
        x, writer.constant(f"{name}/pointwise_kernel", writer.weight(layer, "pointwise_kernel").transpose(3, 2, 0, 1))]
    if layer.use_bias:
        operands.append(writer.parameter(layer, name, "bias"))
    x = writer.node("Conv", operands, name, kernel_shape=[1, 1])
    return writer.activate(layer.activation, x, name, 4)


def _transposed(writer, layer, name, sources, shapes, call):
    if tuple(layer.dilation_rate) != (1, 1) or layer.output_padding is not None:
        raise Unsupported(f"{layer.name}: a Conv2DTranspose with dilation or output_padding has no counterpart here")
    source, around = writer.pads_around(sources[0])
    if any(around):
        raise Unsupported(f"{layer.name}: borders around what a Conv2DTranspose reads")
    # Where the window is the smaller one, what is left over lies behind; else `same` cuts off what reaches over.
    beyond = [size - stride for size, stride in zip(layer.kernel_size, layer.strides)]
    cut = [max(more, 0) if layer.padding == "same" else 0 for more in beyond]
    operands = [source, writer.constant(f"{name}/kernel", writer.weight(layer, "kernel").transpose(3, 2, 0, 1))]
    if layer.use_bias:
        operands.append(writer.parameter(layer, name, "bias"))
    x = writer.node(
        "ConvTranspose", operands, name, kernel_shape=list(layer.kernel_size), strides=list(layer.strides),
        pads=[all // 2 for all in cut] + [all - all // 2 for all in cut], output_padding=[max(-more, 0) for more in beyond])
    return writer.activate(layer.activation, x, name, 4)


def _dense(writer, layer, name, sources, shapes, call):
    rank = len(shapes[0])
    bias = [writer.parameter(layer, name, "bias")] if layer.use_bias else []
    if rank == 4:
        kernel = writer.constant(f"{name}/kernel", writer.weight(layer, "kernel").T[:, :, None, None])
        x = writer.node("Conv", [sources[0], kernel, *bias], name, kernel_shape=[1, 1])
    elif rank == 2:
        x = writer.node("Gemm", [sources[0], writer.parameter(layer, name, "kernel"), *bias], name)
    else:
        x = writer.node("MatMul", [sources[0], writer.parameter(layer, name, "kernel")], name)
        x = writer.node("Add", [x, *bias], f"{name}/biased") if bias else x
    return writer.activate(layer.activation, x, name, rank)


def _normalization(writer, layer, name, sources, shapes, call):
    rank = len(shapes[0])
    axis = layer.axis[0] if isinstance(layer.axis, (list, tuple)) else layer.axis
    if axis not in (-1, rank - 1):
        raise Unsupported(f"{name}: BatchNormalization along axis {axis}")
    variance = writer.weight(layer, "moving_variance")
    gamma = writer.weight(layer, "gamma") if layer.scale else np.ones_like(variance)
    beta = writer.weight(layer, "beta") if layer.center else np.zeros_like(variance)
    operands = [writer.constant(f"{name}/gamma", gamma), writer.constant(f"{name}/beta", beta),
                writer.parameter(layer, name, "moving_mean"), writer.parameter(layer, name, "moving_variance")]
    return writer.node("BatchNormalization", [sources[0], *operands], name, epsilon=layer.epsilon)


def _standardization(writer, layer, name, sources, shapes, call):
    """Normalization: from the mean, by the root of the variance, or by Keras's least value where that is less."""
    rank = len(shapes[0])
    if tuple(layer._keep_axis) != (rank - 1,) or layer.invert:
        raise Unsupported(f"{name}: Normalization other than by channel")
    shape = (1, -1, 1, 1) if rank == 4 else (1, -1)
    if layer.input_mean is not None:
        mean, variance = np.asarray(layer.mean, np.float32), np.asarray(layer.variance, np.float32)
    else:
        mean, variance = writer.weight(layer, "mean"), writer.weight(layer, "variance")
    mean = writer.constant(f"{name}/mean", mean.reshape(shape).astype(np.float32))
    factor = 1 / np.maximum(np.sqrt(variance.reshape(shape).astype(np.float32)), np.float32(keras.backend.epsilon()))
    return writer.node(
        "Mul", [writer.node("Sub", [sources[0], mean], f"{name}/centered"), writer.constant(f"{name}/factor", factor)], name)


def _rescaling(writer, layer, name, sources, shapes, call):
    shape = (1, -1, 1, 1) if len(shapes[0]) == 4 else (1, -1)

    def constant(role):
        return writer.constant(f"{name}/{role}", np.asarray(getattr(layer, role), np.float32).reshape(shape))

    x = writer.node("Mul", [sources[0], constant("scale")], f"{name}/scaled")
    return writer.node("Add", [x, constant("offset")], name)


def _zero_padding(writer, layer, name, sources, shapes, call):
    (top, bottom), (left, right) = layer.padding
    pads = [top, left, bottom, right]
    readers = writer.readers[id(call.outputs[0])]
    if all(isinstance(reader, (L.Conv2D, L.DepthwiseConv2D, L.SeparableConv2D)) and reader.padding == "valid"
           for reader in readers):
        writer.borders[name] = (sources[0], pads)
        return name
    amounts = writer.constant(f"{name}/pads", np.array([0, 0, top, left, 0, 0, bottom, right], np.int64))
    return writer.node("Pad", [sources[0], amounts], name)


def _pool(operator):
    def emit(writer, layer, name, sources, shapes, call):
        x, pads = writer.pads(layer, sources[0], shapes[0], layer.pool_size, layer.strides)
        return writer.node(operator, [x], name, kernel_shape=list(layer.pool_size), strides=list(layer.strides), pads=pads)
    return emit


def _global_pool(operator):
    def emit(writer, layer, name, sources, shapes, call):
        x = writer.node(operator, sources, f"{name}/map")
        return x if layer.keepdims else writer.node("Flatten", [x], name, axis=1)
    return emit


def _join(operator):
    def emit(writer, layer, name, sources, shapes, call):
        if len({len(shape) for shape in shapes}) > 1:
            raise Unsupported(f"{name}: operands of different ranks")
        while len(sources) > 2:
            sources = [writer.node(operator, sources[:2], f"{name}/{len(sources)}"), *sources[2:]]
        return writer.node(operator, sources, name)
    return emit


def _concatenate(writer, layer, name, sources, shapes, call):
    rank = len(shapes[0])
    axis = layer.axis % rank
    return writer.node("Concat", sources, name, axis={0: 0, 3: 1, 1: 2, 2: 3}[axis] if rank == 4 else axis)


def _reshape(writer, layer, name, sources, shapes, call):
    """Values stand in the order of channels last: where that differs, they are brought into it and back."""
    before, after = shapes[0], call.outputs[0].shape
    x = sources[0]
    if len(before) == 4 and 1 not in (before[3], before[1] * before[2]):
        x = writer.node("Transpose", [x], f"{name}/last", perm=[0, 2, 3, 1])
    is_mixed = len(after) == 4 and 1 not in (after[3], after[1] * after[2])
    sizes = list(after) if is_mixed else channels_first(after)
    shape = writer.constant(f"{name}/shape", np.array([0, *sizes[1:]], np.int64))
    x = writer.node("Reshape", [x, shape], f"{name}/reshaped" if is_mixed else name)
    return writer.node("Transpose", [x], name, perm=[0, 3, 1, 2]) if is_mixed else x


def _activation(writer, layer, name, sources, shapes, call):
    return writer.activate(layer.activation, sources[0], name, len(shapes[0]))


def _average(writer, layer, name, sources, shapes, call):
    if len({len(shape) for shape in shapes}) > 1:
        raise Unsupported(f"{name}: operands of different ranks")
    return writer.node("Mean", sources, name)


def _enlargement(writer, layer, name, sources, shapes, call):
    scales = writer.constant(f"{name}/scales", np.array([1, 1, *layer.size], np.float32))
    if layer.interpolation not in ("nearest", "bilinear"):
        raise Unsupported(f"{name}: UpSampling2D by {layer.interpolation}")
    nearest = layer.interpolation == "nearest"
    settings = {"coordinate_transformation_mode": "asymmetric", "nearest_mode": "floor"} if nearest else {}
    return writer.node("Resize", [sources[0], "", scales], name, mode="nearest" if nearest else "linear", **settings)


def _cropping(writer, layer, name, sources, shapes, call):
    (top, bottom), (left, right) = layer.cropping
    bounds = {"starts": [top, left], "ends": [shapes[0][1] - bottom, shapes[0][2] - right], "axes": [2, 3]}
    operands = [writer.constant(f"{name}/{role}", np.array(values, np.int64)) for role, values in bounds.items()]
    return writer.node("Slice", [sources[0], *operands], name)


def _leaky(writer, layer, name, sources, shapes, call):
    return writer.node("LeakyRelu", sources, name, alpha=layer.negative_slope)


def _elu(writer, layer, name, sources, shapes, call):
    return writer.node("Elu", sources, name, alpha=layer.alpha)


def _parametric(writer, layer, name, sources, shapes, call):
    alpha = writer.weight(layer, "alpha")
    slope = alpha.transpose(2, 0, 1) if alpha.ndim == 3 else alpha
    return writer.node("PRelu", [sources[0], writer.constant(f"{name}/alpha", slope)], name)


def _layer_normalization(writer, layer, name, sources, shapes, call):
    rank = len(shapes[0])
    axes = [axis % rank for axis in (layer.axis if isinstance(layer.axis, (list, tuple)) else [layer.axis])]
    if axes != [rank - 1] or rank == 4 or not (layer.scale and layer.center):
        raise Unsupported(f"{name}: a LayerNormalization such as this has no counterpart here")
    operands = [writer.parameter(layer, name, "gamma"), writer.parameter(layer, name, "beta")]
    return writer.node("LayerNormalization", [sources[0], *operands], name, axis=-1, epsilon=layer.epsilon)


def _operation(operation):
    """The writer of an operation on one tensor, element by element; None if this is none."""
    operator = UNARY.get(type(operation).__name__) if not isinstance(operation, keras.Layer) else None
    return operator and (lambda writer, layer, name, sources, shapes, call: writer.node(operator, sources, name))


def _relu(writer, layer, name, sources, shapes, call):
    if layer.negative_slope or layer.threshold:
        raise Unsupported(f"{name}: ReLU with a slope or a threshold")
    if layer.max_value is None:
        return writer.node("Relu", sources, name)
    return writer.clip(sources[0], name, 0, layer.max_value)


def _softmax(writer, layer, name, sources, shapes, call):
    rank = len(shapes[0])
    if layer.axis not in (-1, rank - 1):
        raise Unsupported(f"{name}: Softmax along axis {layer.axis}")
    return writer.activate("softmax", sources[0], name, rank)


def _nothing(writer, layer, name, sources, shapes, call):
    return sources[0]


# Functions that are one operator.
ACTIVATIONS = {
    "relu": ("Relu", {}), "sigmoid": ("Sigmoid", {}), "tanh": ("Tanh", {}), "elu": ("Elu", {}), "selu": ("Selu", {}),
    "softplus": ("Softplus", {}), "softsign": ("Softsign", {}), "exponential": ("Exp", {}),
    "hard_sigmoid": ("HardSigmoid", {"alpha": 1 / 6}), "hard_silu": ("HardSwish", {}), "leaky_relu": ("LeakyRelu", {"alpha": 0.2}),
}
UNARY = {
    "Absolute": "Abs", "Negative": "Neg", "Exp": "Exp", "Log": "Log", "Sqrt": "Sqrt", "Tanh": "Tanh", "Sigmoid": "Sigmoid",
    "Relu": "Relu",
}

WRITERS = {
    L.Conv2D: _convolution, L.DepthwiseConv2D: _depthwise, L.SeparableConv2D: _separable, L.Dense: _dense,
    L.Conv2DTranspose: _transposed, L.UpSampling2D: _enlargement, L.Cropping2D: _cropping,
    L.LeakyReLU: _leaky, L.ELU: _elu, L.PReLU: _parametric, L.LayerNormalization: _layer_normalization,
    L.BatchNormalization: _normalization, L.Normalization: _standardization, L.Rescaling: _rescaling,
    L.ZeroPadding2D: _zero_padding, L.MaxPooling2D: _pool("MaxPool"), L.AveragePooling2D: _pool("AveragePool"),
    L.GlobalAveragePooling2D: _global_pool("GlobalAveragePool"), L.GlobalMaxPooling2D: _global_pool("GlobalMaxPool"),
    L.Add: _join("Add"), L.Multiply: _join("Mul"), L.Subtract: _join("Sub"), L.Maximum: _join("Max"),
    L.Minimum: _join("Min"), L.Average: _average, L.Concatenate: _concatenate,
    L.Flatten: _reshape, L.Reshape: _reshape, L.Activation: _activation, L.ReLU: _relu, L.Softmax: _softmax,
    L.Dropout: _nothing, L.SpatialDropout2D: _nothing, L.GaussianNoise: _nothing, L.GaussianDropout: _nothing,
}
