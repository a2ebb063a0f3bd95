"""The CycleGAN networks: Zhu et al., 2017, arXiv:1703.10593, appendix 7.2.

The generator is that of Johnson et al., 2016, arXiv:1603.08155:

    c7s1-64, d128, d256, R256 x 6 or 9, u128, u64, c7s1-3

c7s1-k is a 7x7 convolution, dk a 3x3 one of stride 2, Rk a residual block of two 3x3 convolutions, uk a transposed 3x3
convolution of stride 2. Instance normalisation and ReLU follow all of them but the last, which ends in tanh. Those of
stride 1 have reflection padding. The discriminator is a PatchGAN (Isola et al., 2017, arXiv:1611.07004):
C64-C128-C256-C512, 4x4 convolutions with instance normalisation (but for the first) and LeakyReLU of slope 0.2, and
then one to a map of logits, each of which judges a patch of the image. As in the authors' code the last C and the map
have stride 1.
Weights begin as N(0, 0.02^2) (appendix 7.1).

Deviations: the authors' 4x4 convolutions of stride 1 lose a row and a column each, these keep the map's size; their
strided 3x3 convolutions pad both sides by 1, these as Keras's "same" does. Convolutions that instance normalisation
follows have no bias, which it would take out again.
"""

import math
import numbers

import keras
from keras import layers

from ganzoo.layers import ReflectionPadding2D, instance_normalization
from ganzoo.networks.shapes import check_sizes

SMALLEST = 8


def cyclegan_generator(image_shape, width=64, blocks=None, name="generator"):
    """Images of one domain to images of the other.

    Args:
        image_shape: (height, width, channels) of both; height and width multiples of 4, from 8 on.
        width: channels of the first feature map; they double twice.
        blocks: residual blocks; by default 6 where the longer side has up to 128 pixels and 9 above (appendix 7.2).

    Returns:
        keras.Model: (batch, height, width, channels) -> the same shape in [-1, 1].

    Raises:
        ValueError: an image shape of another kind, width or blocks below 1.
    """
    _check_shape(image_shape)
    if blocks is None:
        blocks = 6 if max(image_shape[:2]) <= 128 else 9
    check_sizes(width=width, blocks=blocks)
    x = inputs = keras.Input(image_shape)
    x = _normalized(_c7s1(x, width, use_bias=False))  # (batch, height, width, width)
    for level in (1, 2):
        x = _normalized(_conv(width * 2**level, 3, strides=2, padding="same", use_bias=False)(x))
    for _ in range(blocks):  # (batch, height / 4, width / 4, 4 width)
        x = _residual_block(x)
    for level in (1, 0):
        x = layers.Conv2DTranspose(
            width * 2**level, 3, strides=2, padding="same", use_bias=False, kernel_initializer=_normal()
        )(x)
        x = _normalized(x)
    x = layers.Activation("tanh", dtype="float32")(_c7s1(x, image_shape[-1]))
    return keras.Model(inputs, x, name=name)


def patchgan_discriminator(image_shape, width=64, halvings=None, name="discriminator"):
    """Images to logits, one for each patch.

    Args:
        image_shape: as for `cyclegan_generator`.
        width: channels of the first feature map; they double with each layer, up to eightfold.
        halvings: convolutions of stride 2; a patch has 16, 34, 70 or 142 pixels for 1, 2, 3 or 4. By default 3 where
            the longer side has 256 pixels, as in the paper, one more or less for twice or half of that: a patch is
            about a quarter of the image. But at least 1, and no more than leave the shorter side 4 logits.

    Returns:
        keras.Model: (batch, height, width, channels) -> (batch, height / 2^halvings, width / 2^halvings, 1) logits.

    Raises:
        ValueError: an image shape of another kind, width or halvings below 1, a map of less than 4x4 logits.
    """
    _check_shape(image_shape)
    if halvings is None:
        shorter, longer = sorted(math.log2(side) for side in image_shape[:2])
        halvings = max(1, min(round(longer) - 5, int(shorter) - 2))
    check_sizes(width=width, halvings=halvings)
    if min(image_shape[:2]) < 4 * 2**halvings:  # instance normalisation leaves nothing of a single value
        raise ValueError(
            f"halvings={halvings} takes an image of {image_shape[0]}x{image_shape[1]} below 4 pixels; take fewer."
        )
    x = inputs = keras.Input(image_shape)
    x = _leaky(_conv(width, 4, strides=2, padding="same")(x))
    for level in range(1, halvings + 1):  # (batch, height / 2^level, width / 2^level, width * 2^(level - 1))
        strides = 2 if level < halvings else 1
        x = _conv(width * 2 ** min(level, 3), 4, strides=strides, padding="same", use_bias=False)(x)
        x = _leaky(instance_normalization()(x))
    x = _conv(1, 4, padding="same", dtype="float32")(x)
    return keras.Model(inputs, x, name=name)


def _check_shape(image_shape):
    if len(image_shape) != 3 or not all(isinstance(side, numbers.Integral) for side in image_shape):
        raise ValueError(f"image_shape must be three integers (height, width, channels); got {tuple(image_shape)}.")
    height, width, channels = image_shape
    if min(height, width) < SMALLEST or height % 4 or width % 4:
        raise ValueError(
            f"image_shape has the size {height}x{width}, and these networks take multiples of 4 from {SMALLEST} on; "
            f"resize the images (image_size of ganzoo.data.load)."
        )
    if not 1 <= channels <= 4:
        raise ValueError(f"image_shape has {channels} channels, and these networks take 1 to 4.")


def _normal():
    return keras.initializers.RandomNormal(stddev=0.02)


def _conv(filters, size, **arguments):
    return layers.Conv2D(filters, size, kernel_initializer=_normal(), **arguments)


def _c7s1(x, filters, **arguments):
    return _conv(filters, 7, **arguments)(ReflectionPadding2D(3)(x))


def _normalized(x):
    return layers.ReLU()(instance_normalization()(x))


def _leaky(x):
    return layers.LeakyReLU(0.2)(x)


def _residual_block(x):
    """(batch, height, width, channels) -> the same shape; no ReLU after the sum."""
    channels = x.shape[-1]
    y = _normalized(_conv(channels, 3, use_bias=False)(ReflectionPadding2D(1)(x)))
    y = instance_normalization()(_conv(channels, 3, use_bias=False)(ReflectionPadding2D(1)(y)))
    return x + y
