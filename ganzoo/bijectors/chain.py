"""Bijectors one after the other, and a whole flow as a generator."""

import itertools

import keras

from ganzoo.bijectors.bijector import Bijector


@keras.saving.register_keras_serializable("ganzoo.bijectors")
class Chain(Bijector):
    """f = f_n ... f_2 f_1: the first of the list is next to the data; log-determinants add up.

    Dinh et al., 2017, arXiv:1605.08803, equations 10 to 12.

    Raises:
        ValueError: no bijector, or two neighbours of which one does not take what the other gives.
    """

    def __init__(self, bijectors, **kwargs):
        if not bijectors:
            raise ValueError("bijectors is empty; a chain needs at least one.")
        for first, second in itertools.pairwise(bijectors):
            if first.latent_shape != second.shape:
                raise ValueError(
                    f"{first.name} gives the shape {first.latent_shape}, and {second.name} after it takes "
                    f"{second.shape}."
                )
        super().__init__(bijectors[0].shape, bijectors[-1].latent_shape, **kwargs)
        self.bijectors = list(bijectors)
        self.domain = bijectors[0].domain

    def forward(self, x, training=False):
        total = 0.0
        for bijector in self.bijectors:
            x, log_det = bijector.forward(x, training=training)
            total = total + log_det
        return x, total

    def inverse(self, y, training=False):
        total = 0.0
        for bijector in reversed(self.bijectors):
            y, log_det = bijector.inverse(y, training=training)
            total = total + log_det
        return y, total


@keras.saving.register_keras_serializable("ganzoo.bijectors")
class Decoder(keras.layers.Layer):
    """The inverse of a flow as a layer, latent -> samples: with it a flow can be the generator of any game.

    Args:
        flow: the bijector.
        limits: (lowest, highest) value of the samples, to which what lies outside is set; None for no limits.
    """

    def __init__(self, flow, limits=None, name=None, dtype="float32", **kwargs):
        super().__init__(name=name, dtype=dtype, **kwargs)
        self.flow, self.limits = flow, limits
        self.built = True

    def call(self, latent, training=False):
        samples, _ = self.flow.inverse(latent, training=training)
        return keras.ops.clip(samples, *self.limits) if self.limits else samples

    def get_config(self):
        return super().get_config() | {
            "flow": keras.saving.serialize_keras_object(self.flow),
            "limits": self.limits,
        }

    @classmethod
    def from_config(cls, config):
        return cls(**config | {"flow": keras.saving.deserialize_keras_object(config["flow"])})
