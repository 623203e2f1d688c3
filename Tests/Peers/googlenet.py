"""GoogLeNet as models/googlenet.model has it, for engines that read ONNX: without its training heads, synthetic weights."""
import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from weight_rule import weight

# Of each module: 1x1, 3x3 reduced and full, 5x5 reduced and full, pooled.
MODULES = {
    "i3a": (64, 96, 128, 16, 32, 32), "i3b": (128, 128, 192, 32, 96, 64), "i4a": (192, 96, 208, 16, 48, 64),
    "i4b": (160, 112, 224, 24, 64, 64), "i4c": (128, 128, 256, 24, 64, 64), "i4d": (112, 144, 288, 32, 64, 64),
    "i4e": (256, 160, 320, 32, 128, 128), "i5a": (256, 160, 320, 32, 128, 128), "i5b": (384, 192, 384, 48, 128, 128),
}
POOLED_BEFORE = {"i4a", "i5a"}
INPUT_SHAPE = (1, 224, 224, 3)


class Graph:
    """ONNX nodes with channels first; `weights` lists each layer with its parameters."""

    def __init__(self):
        self.nodes, self.initializers, self.weights = [], [], {}

    def node(self, operator, inputs, name, **attributes):
        self.nodes.append(helper.make_node(operator, inputs, [name], name=name, **attributes))
        return name

    def parameter(self, layer, role, shape):
        value = weight(layer, role, shape)
        self.weights[layer] = self.weights.get(layer, 0) + value.size
        if value.ndim == 4:
            value = value.transpose(3, 2, 0, 1)
        self.initializers.append(numpy_helper.from_array(np.ascontiguousarray(value), f"{layer}/{role}"))
        return f"{layer}/{role}"

    def convolution(self, x, layer, channels, filters, size, stride=1):
        # `same` at even sizes and stride 2 has one pixel less in front.
        front = (size - 1) // 2 if stride == 1 else (size - stride) // 2
        back = size - stride - front
        y = self.node(
            "Conv", [x, self.parameter(layer, "kernel", (size, size, channels, filters)),
                     self.parameter(layer, "bias", (filters,))],
            layer, kernel_shape=[size, size], strides=[stride, stride], pads=[front, front, back, back])
        return self.node("Relu", [y], f"{layer}/relu")

    def pool(self, x, layer, stride):
        front = 1 if stride == 1 else 0
        return self.node(
            "MaxPool", [x], layer, kernel_shape=[3, 3], strides=[stride, stride], pads=[front, front, 1, 1])


def build():
    """The ONNX model, and how many parameters each layer has by modelc's path."""
    graph = Graph()
    x = graph.convolution("image", "stem/conv2d", 3, 64, 7, stride=2)
    x = graph.pool(x, "stem/max_pooling2d", 2)
    x = graph.convolution(x, "stem/conv2d_1", 64, 64, 1)
    x = graph.convolution(x, "stem/conv2d_2", 64, 192, 3)
    x = graph.pool(x, "stem/max_pooling2d_1", 2)
    channels = 192
    for name, (n1, n3_reduced, n3, n5_reduced, n5, pooled) in MODULES.items():
        if name in POOLED_BEFORE:
            x = graph.pool(x, f"{name}/max_pooling2d", 2)
        a = graph.convolution(x, f"{name}/a/conv2d", channels, n1, 1)
        b = graph.convolution(x, f"{name}/b/reduce", channels, n3_reduced, 1)
        b = graph.convolution(b, f"{name}/b/conv2d", n3_reduced, n3, 3)
        c = graph.convolution(x, f"{name}/c/reduce", channels, n5_reduced, 1)
        c = graph.convolution(c, f"{name}/c/conv2d", n5_reduced, n5, 5)
        d = graph.pool(x, f"{name}/d/max_pooling2d", 1)
        d = graph.convolution(d, f"{name}/d/conv2d", channels, pooled, 1)
        x = graph.node("Concat", [a, b, c, d], name, axis=1)
        channels = n1 + n3 + n5 + pooled
    x = graph.node("Flatten", [graph.node("GlobalAveragePool", [x], "average")], "flat", axis=1)
    layer = "probabilities/dense"
    x = graph.node(
        "Gemm", [x, graph.parameter(layer, "kernel", (channels, 1000)), graph.parameter(layer, "bias", (1000,))], layer)
    graph.node("Softmax", [x], "probabilities", axis=1)
    batch, height, width, depth = INPUT_SHAPE
    model = helper.make_model(
        helper.make_graph(
            graph.nodes, "googlenet",
            [helper.make_tensor_value_info("image", TensorProto.FLOAT, [batch, depth, height, width])],
            [helper.make_tensor_value_info("probabilities", TensorProto.FLOAT, [batch, 1000])], graph.initializers),
        opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    onnx.checker.check_model(model)
    return model, graph.weights
