"""Masks b of a coupling: 1 where a value is passed on and conditions the others, 0 where it is transformed.

Dinh et al., 2017, arXiv:1605.08803, section 3.4 and figure 3.
"""

import keras
import numpy as np


@keras.saving.register_keras_serializable("ganzoo.bijectors")
def checkerboard(shape):
    """1 where row + column is odd: float32 of shape (height, width, 1).

    Raises:
        ValueError: a shape that is not (height, width, channels), or has a single pixel.
    """
    if len(shape) != 3 or shape[0] * shape[1] < 2:
        raise ValueError(
            f"A checkerboard mask cannot split samples of shape {tuple(shape)}: it takes images (height, width, "
            f"channels) of at least two pixels."
        )
    rows, columns = np.indices(shape[:2])
    return ((rows + columns) % 2).astype("float32")[..., None]


@keras.saving.register_keras_serializable("ganzoo.bijectors")
def channels(shape):
    """1 in the first half of the last axis: float32 of shape (channels,). For images and for vectors.

    Raises:
        ValueError: a last axis of less than two.
    """
    if not shape or shape[-1] < 2:
        raise ValueError(
            f"A mask of channels cannot split samples of shape {tuple(shape)}: it takes at least two channels, or "
            f"vectors of at least two dimensions."
        )
    return (np.arange(shape[-1]) < shape[-1] // 2).astype("float32")
