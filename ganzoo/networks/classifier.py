"""A small residual network that turns images into features: He et al., "Deep Residual Learning for Image Recognition",
2016, arXiv:1512.03385, section 4.2.

A 3x3 convolution, then for each halving of the image a strided one and a block of two with a shortcut past them, each
followed by batch normalisation and ReLU; the mean over the pixels gives the features. Deviation: one block a size,
whose shortcut begins after the strided convolution, and a ReLU before the sum.
"""

import keras
from keras import layers

from ganzoo.layers import batch_normalization
from ganzoo.networks.shapes import check_sizes, pyramid


def classifier_body(image_shape, width=32, name="body"):
    """Images to features.

    Args:
        image_shape: (height, width, channels); sizes from 8 to 128 that halve at least once, 1 to 4 channels.
        width: channels at full size; they double with each halving.

    Returns:
        keras.Model: (batch, height, width, channels) -> (batch, channels of the last feature map), float32, at least 0.

    Raises:
        ValueError: an image shape that the pyramid does not reach, width below 1.
    """
    check_sizes(width=width)
    levels, _ = pyramid(image_shape)
    inputs = keras.Input(image_shape)
    x = _convolution(inputs, width)
    for level in range(1, levels + 1):
        x = _convolution(x, width * 2**level, strides=2)
        x = x + _convolution(_convolution(x, width * 2**level), width * 2**level)
    x = layers.GlobalAveragePooling2D(dtype="float32")(x)
    return keras.Model(inputs, x, name=name)


def _convolution(x, channels, strides=1):
    x = layers.Conv2D(channels, 3, strides, padding="same", use_bias=False, kernel_initializer="he_normal")(x)
    return layers.ReLU()(batch_normalization()(x))
