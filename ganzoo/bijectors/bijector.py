"""What all bijectors are."""

import abc
import inspect
import math

import keras
from keras import ops


class Bijector(keras.layers.Layer, abc.ABC):
    """Abstract: an invertible map f from samples of `shape` to as many numbers of `latent_shape`.

    A concrete bijector keeps each constructor argument as an attribute of the same name, and gives both directions.
    It computes in float32, whatever the dtype policy; the networks inside follow theirs.

    Args:
        shape: shape of one sample.
        latent_shape: shape of f(x); by default that of the sample.

    Attributes:
        domain: (lowest, highest) value that a sample may hold.
    """

    domain = (-math.inf, math.inf)

    def __init__(self, shape, latent_shape=None, name=None, dtype="float32", **kwargs):
        super().__init__(name=name, dtype=dtype, **kwargs)
        self.shape = tuple(shape)
        self.latent_shape = self.shape if latent_shape is None else tuple(latent_shape)
        self.built = True

    @abc.abstractmethod
    def forward(self, x, training=False):
        """(f(x), log |det df/dx|), of shapes (batch, *latent_shape) and (batch,), for x of shape (batch, *shape)."""

    @abc.abstractmethod
    def inverse(self, y, training=False):
        """(x, log |det dx/dy|) for y = f(x): what `forward` undoes, with the log-determinant of the other sign."""

    def call(self, x, training=False):
        return self.forward(x, training=training)

    def get_config(self):
        """The constructor's arguments, networks and other bijectors included."""
        parameters = inspect.signature(type(self).__init__).parameters.values()
        names = [each.name for each in parameters if each.kind is not each.VAR_KEYWORD]
        return super().get_config() | {
            name: keras.saving.serialize_keras_object(getattr(self, name))
            for name in names
            if name not in ("self", "name")
        }

    @classmethod
    def from_config(cls, config):
        return cls(**{name: keras.saving.deserialize_keras_object(value) for name, value in config.items()})


def same_for_all(log_det, x):
    """A log-determinant that does not depend on the sample, one a row of x."""
    return ops.broadcast_to(ops.cast(log_det, "float32"), (ops.shape(x)[0],))


def sum_of_rows(x):
    """The sum of all that a row holds, of shape (batch,)."""
    return ops.sum(x, axis=tuple(range(1, len(x.shape))))
