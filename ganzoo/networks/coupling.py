"""The residual network in RealNVP's couplings: Dinh et al., 2017, arXiv:1605.08803, sections 3.4 and 4.1.

Blocks of ReLU and 3x3 convolution, twice, with weight normalisation; the output begins at zero, so that a coupling
begins as the identity. Deviations: no batch normalisation here, so that the density of a sample never hangs on the
others of its batch; no skip connection from each block to the output. `stride` 2 is ours: the network sees the image
squeezed, half as high and wide, and its output is unsqueezed, at a quarter of the cost.
"""

import keras
from keras import layers

from ganzoo.bijectors.squeeze import squeeze, unsqueeze
from ganzoo.layers import WeightNormConv2D
from ganzoo.networks.shapes import check_sizes


def coupling_resnet(shape, width=32, blocks=2, stride=1, regularizer=None, name=None):
    """Images to the two maps s and t of a coupling.

    Args:
        shape: (height, width, channels) of one image.
        width: channels of the hidden feature maps.
        blocks: residual blocks.
        stride: 1, or 2 for images with even sides.
        regularizer: Keras regularizer of the convolutions' scales g.

    Returns:
        keras.Model: (batch, height, width, channels) -> (batch, height, width, 2 channels), float32.

    Raises:
        ValueError: width or blocks below 1.
    """
    check_sizes(width=width, blocks=blocks)

    def conv(x, filters, size, scale="ones"):
        return WeightNormConv2D(filters, size, padding="same", scale_initializer=scale, scale_regularizer=regularizer)(
            x
        )

    inputs = keras.Input(shape)
    x = conv(squeeze(inputs) if stride == 2 else inputs, width, 3)
    for _ in range(blocks):
        h = conv(layers.ReLU()(x), width, 3)
        h = conv(layers.ReLU()(h), width, 3)
        x = x + h  # (batch, height / stride, width / stride, width)
    x = conv(layers.ReLU()(x), 2 * shape[-1] * stride**2, 1, scale="zeros")
    x = layers.Activation("linear", dtype="float32")(x)
    return keras.Model(inputs, unsqueeze(x) if stride == 2 else x, name=name)
