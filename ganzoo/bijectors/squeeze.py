"""The squeezing operation: Dinh et al., 2017, arXiv:1605.08803, section 3.6 and figure 3."""

import keras
from keras import ops

from ganzoo.bijectors.bijector import Bijector, same_for_all


def squeeze(x):
    """(batch, 2 h, 2 w, c) -> (batch, h, w, 4 c): each block of 2x2 pixels, row by row, becomes channels."""
    _, height, width, channels = x.shape
    x = ops.reshape(x, (-1, height // 2, 2, width // 2, 2, channels))
    return ops.reshape(ops.transpose(x, (0, 1, 3, 2, 4, 5)), (-1, height // 2, width // 2, 4 * channels))


def unsqueeze(x):
    """(batch, h, w, 4 c) -> (batch, 2 h, 2 w, c), the inverse of `squeeze`."""
    _, height, width, channels = x.shape
    x = ops.reshape(x, (-1, height, width, 2, 2, channels // 4))
    return ops.reshape(ops.transpose(x, (0, 1, 3, 2, 4, 5)), (-1, 2 * height, 2 * width, channels // 4))


@keras.saving.register_keras_serializable("ganzoo.bijectors")
class Squeeze(Bijector):
    """(height, width, channels) -> (height / 2, width / 2, 4 channels).

    The first half of the channels is then the upper row of each block, so that a mask of channels after it splits the
    pixels otherwise than a checkerboard before it.

    Raises:
        ValueError: an odd height or width.
    """

    def __init__(self, shape, **kwargs):
        if len(shape) != 3 or shape[0] % 2 or shape[1] % 2:
            raise ValueError(f"Squeeze takes images (height, width, channels) with even sides; got {tuple(shape)}.")
        height, width, channels = shape
        super().__init__(shape, (height // 2, width // 2, 4 * channels), **kwargs)

    def forward(self, x, training=False):
        return squeeze(x), same_for_all(0.0, x)

    def inverse(self, y, training=False):
        return unsqueeze(y), same_for_all(0.0, y)
