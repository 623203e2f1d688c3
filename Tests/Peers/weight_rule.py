"""The weights and inputs of `--weights synthetic`: each value is computed from its name and place (see Grammar.md)."""
import math

import numpy as np

# Role: offset and scale; a kernel's scale depends on its shape.
ROLES = {
    "bias": (0.0, 0.1), "beta": (0.0, 0.1), "gamma": (1.0, 0.25), "moving_mean": (0.0, 0.1),
    "moving_variance": (1.0, 0.5), "mean": (0.0, 0.1), "variance": (1.0, 0.5), "alpha": (0.25, 0.125), "count": (0.0, 0.0),
    "scale": (1.0, 0.25),
}


def key(path):
    """FNV-1a of the path's UTF-8 bytes, 64 bits."""
    value = 0xCBF29CE484222325
    for byte in path.encode():
        value = (value ^ byte) * 0x100000001B3 % 2**64
    return value


def unit_values(path, count):
    """`count` numbers in [-1, 1): SplitMix64 seeded by the path's key, the upper 24 bits of each."""
    with np.errstate(over="ignore"):
        z = np.uint64(key(path)) + np.arange(1, count + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        z ^= z >> np.uint64(31)
    return ((z >> np.uint64(40)).astype(np.int64) - 2**23).astype(np.float32) / np.float32(2**23)


def weight(layer, role, shape, kernel_gain=1.0, fan_in=None):
    """A weight in Keras's layout: kernels [height, width, in, out], dense ones [in, out].

    `fan_in` is that of a transposed convolution, whose kernel has its channels the other way round.
    """
    if role.endswith("kernel"):
        fan_in = fan_in or math.prod(shape[:-2] if role == "depthwise_kernel" else shape[:-1])
        offset, scale = 0.0, kernel_gain * math.sqrt(6.0 / fan_in)
    else:
        offset, scale = ROLES[role]
    values = unit_values(f"{layer}/{role}", math.prod(shape))
    return (np.float32(offset) + np.float32(scale) * values).reshape(shape)


def model_input(name, shape):
    return unit_values(f"input/{name}", math.prod(shape)).reshape(shape)
