"""The DCGAN networks: Radford, Metz and Chintala, 2016, arXiv:1511.06434, section 3 and figure 1.

Strided convolutions, no pooling, no hidden dense layers; the number of channels doubles as the image halves, down to
4x4: from 28x28 by 14x14 and 7x7, after which a row and a column are cut from what a generator makes of 4x4. Weights
begin as N(0, 0.02^2) (section 4). Deviations: 4x4 kernels for 5x5, as in the authors' Torch code, since a kernel that
the stride divides leaves no checkerboard; `width` is 64 by default, as in that code, and 128 in figure 1.
"""

import math

import keras
from keras import layers

from ganzoo.layers import LeakyReLU, batch_normalization
from ganzoo.networks.shapes import check_sizes, halvings


def _normal():
    return keras.initializers.RandomNormal(stddev=0.02)


def dcgan_generator(image_shape, latent_dim=100, width=64, normalization=batch_normalization, name="generator"):
    """Latent vectors to images.

    Args:
        image_shape: (height, width, channels); sizes from 8 to 128 that halve at least once, 1 to 4 channels.
        latent_dim: dimension of the latent vectors.
        width: channels of the largest feature map in height and width; they double with each halving.
        normalization: function that returns a normalisation layer, or None for none.

    Returns:
        keras.Model: (batch, latent_dim) -> (batch, height, width, channels) in [-1, 1].

    Raises:
        ValueError: an image shape that the pyramid does not reach, latent_dim or width below 1.
    """
    check_sizes(latent_dim=latent_dim, width=width)
    *sizes, base = halvings(image_shape)
    channels = width * 2 ** (len(sizes) - 1)
    x = inputs = keras.Input((latent_dim,))
    x = layers.Dense(math.prod(base) * channels, use_bias=normalization is None, kernel_initializer=_normal())(x)
    x = layers.Reshape((*base, channels))(x)
    for level, size in reversed([*enumerate(sizes)]):
        if normalization:
            x = normalization()(x)
        x = layers.ReLU()(x)  # (batch, height / 2^(level+1), width / 2^(level+1), width * 2^level)
        last = level == 0
        x = layers.Conv2DTranspose(
            image_shape[-1] if last else width * 2 ** (level - 1),
            kernel_size=4,
            strides=2,
            padding="same",
            use_bias=last or normalization is None,
            kernel_initializer=_normal(),
        )(x)
        if x.shape[1:3] != size:  # odd sides
            x = layers.Cropping2D([(0, twice - side) for twice, side in zip(x.shape[1:3], size, strict=True)])(x)
    x = layers.Activation("tanh", dtype="float32")(x)
    return keras.Model(inputs, x, name=name)


def dcgan_discriminator(image_shape, width=64, normalization=batch_normalization, name="discriminator"):
    """Images to logits; the first layer is not normalised (section 3.2).

    Args:
        image_shape, width, normalization: as for `dcgan_generator`.

    Returns:
        keras.Model: (batch, height, width, channels) -> (batch, 1) logits.

    Raises:
        ValueError: an image shape that the pyramid does not reach, width below 1.
    """
    return dcgan_encoder(image_shape, 1, width, normalization, name)


def dcgan_encoder(image_shape, latent_dim=100, width=64, normalization=batch_normalization, name="encoder"):
    """Images to vectors (batch, latent_dim): the discriminator with another last layer, arguments and errors alike."""
    inputs, x = _features(image_shape, width, normalization)
    x = layers.Dense(latent_dim, kernel_initializer=_normal(), dtype="float32")(x)
    return keras.Model(inputs, x, name=name)


def dcgan_joint(image_shape, vector_dim, units=1, width=64, normalization=batch_normalization, name="discriminator"):
    """[images, vectors (batch, vector_dim)] -> (batch, units): the discriminator's features beside a dense layer of the
    vectors, through one hidden layer; arguments and errors as for `dcgan_discriminator`.
    """
    check_sizes(vector_dim=vector_dim, units=units)
    images, x = _features(image_shape, width, normalization)
    vectors = keras.Input((vector_dim,))
    x = layers.Concatenate()([x, layers.Dense(8 * width, kernel_initializer=_normal())(vectors)])
    x = LeakyReLU(0.2)(layers.Dense(8 * width, kernel_initializer=_normal())(x))
    x = layers.Dense(units, kernel_initializer=_normal(), dtype="float32")(x)
    return keras.Model([images, vectors], x, name=name)


def _features(image_shape, width, normalization):
    """The images, and the pyramid's flat features of them."""
    check_sizes(width=width)
    levels = len(halvings(image_shape)) - 1
    inputs = keras.Input(image_shape)
    return inputs, pyramid_of(inputs, levels, width, normalization)


def pyramid_of(x, levels, width, normalization):
    """Flat features of the tensor x (batch, height, width, channels), halved so many times."""
    for level in range(levels):
        normalized = normalization is not None and level > 0
        x = layers.Conv2D(
            width * 2**level,
            kernel_size=4,
            strides=2,
            padding="same",
            use_bias=not normalized,
            kernel_initializer=_normal(),
        )(x)
        if normalized:
            x = normalization()(x)
        x = LeakyReLU(0.2)(x)  # (batch, height / 2^(level+1), width / 2^(level+1), width * 2^level)
    return layers.Flatten()(x)
