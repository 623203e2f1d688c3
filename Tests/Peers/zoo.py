"""The networks of models/ in Keras: those of keras.applications as they are, the others written here from their papers.

Each is built without weights; what of them differs from the description on purpose stands in `DIFFERENCES`.
"""
from pathlib import Path

from keras_counts import keras

L, ops = keras.layers, keras.ops
A = keras.applications

FIXTURES = Path(__file__).resolve().parents[1] / "InterchangeTests" / "Fixtures"

# What a description has otherwise than Keras on purpose, by model, for RESULTS.md.
DIFFERENCES = {
    "vgg16": "the paper's dropout, which Keras leaves out",
    "mobilenetv2": "`padding: same`, where Keras pads in a layer of its own: the same zeros",
    "efficientnetb0": "`padding: same` and `keepdims: true`, where Keras has layers that pad and reshape",
    "googlenet_lrn": "borders as attributes, where Keras needs layers that pad",
}


class LocalResponseNormalization(L.Layer):
    """x / (bias + alpha * sum of squares over channels at most `radius` away) ^ beta, which Keras does not have."""

    def __init__(self, radius, bias, alpha, beta):
        super().__init__()
        self.radius, self.bias, self.alpha, self.beta = radius, bias, alpha, beta

    def call(self, x):
        channels = x.shape[-1]
        squares = ops.pad(ops.square(x), [[0, 0]] * 3 + [[self.radius, self.radius]])
        total = sum(squares[..., k:k + channels] for k in range(2 * self.radius + 1))
        return x / ops.power(self.bias + self.alpha * total, self.beta)

    def compute_output_shape(self, shape):
        return shape


def alexnet():
    def normalized(x):
        return L.MaxPooling2D(3, strides=2)(LocalResponseNormalization(2, 2.0, 1e-4, 0.75)(x))

    image = L.Input((227, 227, 3))
    x = normalized(L.Conv2D(96, 11, strides=4, activation="relu")(image))
    x = normalized(L.Conv2D(256, 5, padding="same", groups=2, activation="relu")(x))
    for filters, groups in ((384, 1), (384, 2), (256, 2)):
        x = L.Conv2D(filters, 3, padding="same", groups=groups, activation="relu")(x)
    x = L.Flatten()(L.MaxPooling2D(3, strides=2)(x))
    for _ in range(2):
        x = L.Dropout(0.5)(L.Dense(4096, activation="relu")(x))
    return keras.Model(image, L.Dense(1000, activation="softmax")(x))


def googlenet():
    return keras.models.model_from_json((FIXTURES / "googlenet" / "model.json").read_text())


def googlenet_lrn():
    def conv(x, filters, size, **settings):
        return L.Conv2D(filters, size, **{"padding": "same", "activation": "relu", **settings})(x)

    def pool(x):
        # Caffe's ceiling of even sizes: `same` looks over the same edge.
        return L.MaxPooling2D(3, strides=2, padding="same")(x)

    def normalize(x):
        return LocalResponseNormalization(2, 1.0, 1e-4 / 5, 0.75)(x)

    def inception(x, n1, n3r, n3, n5r, n5, np):
        pooled = L.MaxPooling2D(3, strides=1, padding="same")(x)
        return L.Concatenate()([
            conv(x, n1, 1), conv(conv(x, n3r, 1), n3, 3), conv(conv(x, n5r, 1), n5, 5), conv(pooled, np, 1)])

    image = L.Input((224, 224, 3))
    x = normalize(pool(conv(L.ZeroPadding2D(3)(image), 64, 7, strides=2, padding="valid")))
    x = pool(normalize(conv(conv(x, 64, 1), 192, 3)))
    x = inception(inception(x, 64, 96, 128, 16, 32, 32), 128, 128, 192, 32, 96, 64)
    x = pool(x)
    for widths in [(192, 96, 208, 16, 48, 64), (160, 112, 224, 24, 64, 64), (128, 128, 256, 24, 64, 64),
                   (112, 144, 288, 32, 64, 64), (256, 160, 320, 32, 128, 128)]:
        x = inception(x, *widths)
    x = inception(inception(pool(x), 256, 160, 320, 32, 128, 128), 384, 192, 384, 48, 128, 128)
    x = L.Flatten()(L.Dropout(0.4)(L.AveragePooling2D(7, strides=1)(x)))
    return keras.Model(image, L.Dense(1000, activation="softmax")(x))


def siamese():
    def twin():
        layers = []
        for filters, size in ((64, 10), (128, 7), (128, 4)):
            layers += [L.Conv2D(filters, size, activation="relu"), L.MaxPooling2D(2)]
        layers += [L.Conv2D(256, 4, activation="relu"), L.Flatten(), L.Dense(4096, activation="sigmoid")]

        def call(x):
            for layer in layers:
                x = layer(x)
            return x
        return call

    left, right, tower = L.Input((105, 105, 1)), L.Input((105, 105, 1)), twin()
    distance = ops.absolute(L.Subtract()([tower(left), tower(right)]))
    return keras.Model([left, right], L.Dense(1, activation="sigmoid")(distance))


def unet(size=64, padding="same"):
    def double(x, filters):
        for _ in range(2):
            x = L.Conv2D(filters, 3, padding=padding, activation="relu")(x)
        return x

    x = image = L.Input((size, size, 1))
    skips = []
    for filters in (64, 128, 256, 512):
        skips.append(double(x, filters))
        x = L.MaxPooling2D(2)(skips[-1])
    x = L.Dropout(0.5)(double(x, 1024))
    for filters in (512, 256, 128, 64):
        skip, x = skips.pop(), L.Conv2DTranspose(filters, 2, strides=2)(x)
        if padding == "valid":
            skip = L.Cropping2D((skip.shape[1] - x.shape[1]) // 2)(skip)
        x = double(L.Concatenate()([skip, x]), filters)
    return keras.Model(image, L.Conv2D(2, 1, activation="softmax")(x))


def lenet5():
    x = image = L.Input((32, 32, 1))
    for filters in (6, 16):
        x = L.AveragePooling2D(2)(L.Conv2D(filters, 5, activation="tanh")(x))
    x = L.Flatten()(L.Conv2D(120, 5, activation="tanh")(x))
    return keras.Model(image, L.Dense(10, activation="softmax")(L.Dense(84, activation="tanh")(x)))


def squeezenet():
    def fire(x, squeeze, expand):
        x = L.Conv2D(squeeze, 1, activation="relu")(x)
        wide = L.Conv2D(expand, 3, padding="same", activation="relu")
        return L.Concatenate()([L.Conv2D(expand, 1, activation="relu")(x), wide(x)])

    image = L.Input((227, 227, 3))
    x = L.Conv2D(96, 7, strides=2, activation="relu")(image)
    for stage in [[(16, 64), (16, 64), (32, 128)], [(32, 128), (48, 192), (48, 192), (64, 256)], [(64, 256)]]:
        x = L.MaxPooling2D(3, strides=2)(x)
        for squeeze, expand in stage:
            x = fire(x, squeeze, expand)
    x = L.Conv2D(1000, 1, activation="relu")(L.Dropout(0.5)(x))
    return keras.Model(image, L.Activation("softmax")(L.GlobalAveragePooling2D()(x)))


# File in models/: how Keras builds it, the gain of the made-up kernels that keeps values in a sensible range, and the
# sizes to use where the description leaves them open.
NETWORKS = {
    "alexnet": (alexnet, 1.0, []),
    "densenet121": (lambda: A.DenseNet121(weights=None), 1.0, []),
    "efficientnetb0": (lambda: A.EfficientNetB0(weights=None), 1.0, []),
    "googlenet": (googlenet, 1.0, []),
    "googlenet_lrn": (googlenet_lrn, 1.0, []),
    "inceptionv3": (lambda: A.InceptionV3(weights=None), 1.0, []),
    "lenet5": (lenet5, 1.0, []),
    "mobilenetv2": (lambda: A.MobileNetV2(weights=None), 1.0, []),
    "resnet50": (lambda: A.ResNet50(weights=None), 0.7, []),
    "siamese": (siamese, 1.0, []),
    "squeezenet": (squeezenet, 1.0, []),
    "unet": (unet, 1.0, ["--shape", "image=64x64"]),
    "unet_valid": (lambda: unet(220, "valid"), 1.0, ["--shape", "image=220x220"]),
    "vgg16": (lambda: A.VGG16(weights=None), 1.0, []),
    "xception": (lambda: A.Xception(weights=None), 0.7, []),
}
