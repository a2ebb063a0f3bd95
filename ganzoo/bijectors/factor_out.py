"""The multi-scale architecture: Dinh et al., 2017, arXiv:1605.08803, section 3.6."""

import math

import keras
from keras import ops

from ganzoo.bijectors.bijector import Bijector, same_for_all


@keras.saving.register_keras_serializable("ganzoo.bijectors")
class FactorOut(Bijector):
    """(z, h) -> (z, f(h)): half of the channels are latent variables already, the other half goes on into f.

    Equations 14 to 16, (z^(i), h^(i)) being what goes in, f the scales after it.

    Args:
        rest: bijector of h, (height, width, channels) -> latent vectors.

    The shape is (height, width, 2 channels), the latent shape (height * width * 2 channels,), z before f(h).
    """

    def __init__(self, rest, **kwargs):
        *sides, channels = rest.shape
        super().__init__((*sides, 2 * channels), (2 * math.prod(rest.shape),), **kwargs)
        self.rest = rest

    def forward(self, x, training=False):
        z, h = ops.split(x, 2, axis=-1)
        latent, log_det = self.rest.forward(h, training=training)
        return ops.concatenate([ops.reshape(z, (-1, math.prod(self.rest.shape))), latent], axis=-1), log_det

    def inverse(self, y, training=False):
        z, latent = ops.split(y, 2, axis=-1)
        h, log_det = self.rest.inverse(latent, training=training)
        return ops.concatenate([ops.reshape(z, (-1, *self.rest.shape)), h], axis=-1), log_det


@keras.saving.register_keras_serializable("ganzoo.bijectors")
class Flatten(Bijector):
    """Samples of any shape as vectors."""

    def __init__(self, shape, **kwargs):
        super().__init__(shape, (math.prod(shape),), **kwargs)

    def forward(self, x, training=False):
        return ops.reshape(x, (-1, *self.latent_shape)), same_for_all(0.0, x)

    def inverse(self, y, training=False):
        return ops.reshape(y, (-1, *self.shape)), same_for_all(0.0, y)
