"""Residual networks of WGAN-GP (Gulrajani et al., 2017, arXiv:1704.00028, appendix F) and SNGAN (Miyato et al., 2018,
arXiv:1802.05957, appendix B.4).

Pre-activation blocks of two 3x3 convolutions with ReLU. The generator doubles the size by nearest-neighbour upsampling
before the first convolution, the critic halves it by mean pooling after the second; the shortcut is resampled alike.
The number of channels is the same throughout. The two papers' blocks differ in the critic's layers alone: plain ones in
WGAN-GP, spectrally normalised ones (`ganzoo.layers.SpectralConv2D`, `SpectralDense`) and sum pooling in SNGAN.
Deviation: a critic halves the image as often as the pyramid allows, for any image size, and ends in two blocks more.
"""

import math

import keras
from keras import layers, ops

from ganzoo.layers import DoubleSize, SpectralConv2D, SpectralDense, batch_normalization
from ganzoo.networks.shapes import check_sizes, pyramid


def _up_block(x, width, normalization):
    """(batch, height, width, channels) -> (batch, 2 height, 2 width, width)"""
    shortcut = layers.Conv2D(width, 1)(DoubleSize()(x))
    x = _pre_activation(x, normalization)
    x = layers.Conv2D(width, 3, padding="same", kernel_initializer="he_uniform")(DoubleSize()(x))
    x = _pre_activation(x, normalization)
    x = layers.Conv2D(width, 3, padding="same", kernel_initializer="he_uniform")(x)
    return x + shortcut


def _pre_activation(x, normalization):
    return layers.ReLU()(normalization()(x) if normalization else x)


def _block(x, width, conv, normalization):
    """(batch, height, width, width) -> the same shape"""
    shortcut = x
    for _ in range(2):
        x = _pre_activation(x, normalization)
        x = conv(width, 3, padding="same", kernel_initializer="he_uniform")(x)
    return x + shortcut


def _down_block(x, width, conv, normalization, first):
    """(batch, height, width, channels) -> (batch, height / 2, width / 2, width); the first has no ReLU before it."""
    shortcut = layers.AveragePooling2D(2)(conv(width, 1)(x))
    if not first:
        x = _pre_activation(x, normalization)
    x = conv(width, 3, padding="same", kernel_initializer="he_uniform")(x)
    x = _pre_activation(x, normalization)
    x = conv(width, 3, padding="same", kernel_initializer="he_uniform")(x)
    return layers.AveragePooling2D(2)(x) + shortcut


def resnet_generator(image_shape, latent_dim=128, width=128, normalization=batch_normalization, name="generator"):
    """Latent vectors to images; arguments, shapes, ranges and errors as for `dcgan_generator`, `width` everywhere."""
    check_sizes(latent_dim=latent_dim, width=width)
    latent = keras.Input((latent_dim,))
    return keras.Model(latent, image_of(latent, image_shape, width, normalization), name=name)


def image_of(latent, image_shape, width, normalization):
    """The generator as a function of the tensor `latent` (batch, latent_dim)."""
    levels, base = pyramid(image_shape)
    x = layers.Reshape((*base, width))(layers.Dense(math.prod(base) * width)(latent))
    for _ in range(levels):
        x = _up_block(x, width, normalization)
    x = layers.Conv2D(image_shape[-1], 3, padding="same")(_pre_activation(x, normalization))
    return layers.Activation("tanh", dtype="float32")(x)


def resnet_discriminator(image_shape, width=128, normalization=None, name="critic"):
    """The critic of WGAN-GP: images to logits of shape (batch, 1); errors as for `dcgan_discriminator`."""
    features = resnet_features(image_shape, width, layers.Conv2D, normalization)
    x = layers.GlobalAveragePooling2D()(features.output)
    x = layers.Dense(1, dtype="float32")(x)
    return keras.Model(features.input, x, name=name)


def sngan_discriminator(image_shape, width=128, name="discriminator"):
    """The discriminator of SNGAN: images to logits of shape (batch, 1); errors as for `dcgan_discriminator`."""
    features = resnet_features(image_shape, width, SpectralConv2D, None)
    x = ops.sum(features.output, axis=(1, 2))
    x = SpectralDense(1, dtype="float32")(x)
    return keras.Model(features.input, x, name=name)


def resnet_features(image_shape, width, conv, normalization):
    """Images to features (batch, base height, base width, width), by convolutions of the kind `conv`."""
    check_sizes(width=width)
    levels, _ = pyramid(image_shape)
    x = inputs = keras.Input(image_shape)
    for level in range(levels):
        x = _down_block(x, width, conv, normalization, first=level == 0)
    for _ in range(2):
        x = _block(x, width, conv, normalization)
    return keras.Model(inputs, layers.ReLU()(x))
