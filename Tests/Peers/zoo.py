"""The networks of models/ in Keras: those of keras.applications as they are, the others written here from their papers.

Each is built without weights; what of them differs from the description on purpose stands in `DIFFERENCES`.
"""
from keras_counts import keras

L, ops = keras.layers, keras.ops
A = keras.applications

# What a description has otherwise than Keras, by model, for RESULTS.md. Classes of layers that only one side has pass
# every value on; the comparison steps over them.
DIFFERENCES = {
    "vgg16": "the paper's dropout, which Keras leaves out",
    "mobilenetv2": "`padding: same` where Keras pads in a layer of its own: the same zeros",
    "efficientnetb0": "`padding: same` and `keepdims: true` where Keras has layers that pad and reshape",
}


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


# File in models/: how Keras builds it, and the gain of the made-up kernels that keeps values in a sensible range.
NETWORKS = {
    "densenet121": (lambda: A.DenseNet121(weights=None), 1.0),
    "efficientnetb0": (lambda: A.EfficientNetB0(weights=None), 1.0),
    "inceptionv3": (lambda: A.InceptionV3(weights=None), 1.0),
    "lenet5": (lenet5, 1.0),
    "mobilenetv2": (lambda: A.MobileNetV2(weights=None), 1.0),
    "resnet50": (lambda: A.ResNet50(weights=None), 0.7),
    "squeezenet": (squeezenet, 1.0),
    "vgg16": (lambda: A.VGG16(weights=None), 1.0),
    "xception": (lambda: A.Xception(weights=None), 0.7),
}
