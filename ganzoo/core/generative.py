"""Models whose generator makes samples of latent vectors, one for each seed."""

import numpy as np
from keras import ops

from ganzoo.core import backend
from ganzoo.core.checks import as_samples, check_shape
from ganzoo.core.model import AdversarialModel


class GenerativeModel(AdversarialModel):
    """Abstract base of the models with a `generator`: latent (batch, latent_dim) -> samples (batch, ...)."""

    @property
    def averaged_networks(self):
        return {"generator": "generator"}

    @property
    def latent_dim(self):
        """Dimension of the latent space, as the generator takes it."""
        return self.generator.inputs[0].shape[-1]

    @staticmethod
    def prior(noise):
        """Latent vectors from standard normal noise of their shape. Here the prior is the standard normal itself."""
        return noise

    def draw_latent(self, rows):
        """So many latent vectors from the prior, by the model's own noise."""
        return self.prior(self.random_normal((rows, self.latent_dim)))

    def call(self, latent, training=False):
        """Samples from latent vectors."""
        return self.generator(latent, training=training)

    def check_samples(self, spec):
        check_shape(without_labels(spec), self.generator.output_shape[1:])

    def as_samples(self, samples):
        """The samples that a user gave as float32; ValueError where `fit` would not take them: shape, range, NaN."""
        return as_samples(samples, self.generator.output_shape[1:])

    def latent(self, seeds):
        """Latent vectors (n, latent_dim) from the prior, one for each of the int64 seeds (n,)."""
        return self.prior(backend.row_noise(seeds, (self.latent_dim,)))

    def generate(self, n=None, *, seed=0, seeds=None, averaged=None, batch_size=256):
        """Samples of the model.

        Args:
            n: how many; row i has the seed `seed + i`.
            seed: integer, the seed of the first row.
            seeds: integers, one a row, in place of `n` and `seed`.
            averaged: whether to use the average of the generator's weights; by default where there is one.
            batch_size: how many are made at a time; it changes nothing but the memory taken.

        Returns:
            NumPy float32 array of shape (n, ...); images lie in [-1, 1]. A row depends on its own seed alone.

        Raises:
            ValueError: neither or both of n and seeds, n below 1, an average that was not compiled.
        """
        return self.decode(self.latent(row_seeds(n, seed, seeds)), averaged=averaged, batch_size=batch_size)

    def decode(self, latent, *, averaged=None, batch_size=256):
        """The samples of latent vectors (n, latent_dim), NumPy float32; the rest as for `generate`."""
        return self.infer(self.network("generator", averaged), self.check_latent(latent), batch_size=batch_size)

    def check_latent(self, latent, name="latent"):
        """The latent vectors as float32; ValueError where they have another shape than (n, latent_dim)."""
        latent = np.asarray(latent, "float32")
        if latent.shape[1:] != (self.latent_dim,):
            raise ValueError(f"{name} must have the shape (n, {self.latent_dim}); got {latent.shape}.")
        return latent


def without_labels(batch):
    """The samples of a batch that may be a (samples, labels) pair."""
    return batch[0] if isinstance(batch, tuple | list) else batch


def rows_of(batch):
    """The number of rows of a batch."""
    return ops.shape(without_labels(batch))[0]


def row_seeds(n, seed, seeds):
    """One int64 seed a row, of shape (n,): `seeds` as they are, or seed, seed + 1, ..., seed + n - 1."""
    if (n is None) == (seeds is None):
        raise ValueError(f"Give either n or seeds; got n={n} and seeds={seeds}.")
    try:
        rows = np.asarray(range(seed, seed + n) if seeds is None else seeds)
    except TypeError:
        raise ValueError(f"n and seed must be integers; got n={n}, seed={seed}.") from None
    if rows.ndim != 1 or not len(rows):
        raise ValueError(f"There must be at least one row, and seeds a list of integers; got n={n}, seeds={seeds}.")
    if rows.dtype.kind not in "iu" or rows.max() >= 2**63:
        raise ValueError(f"n and seeds must be integers below 2^63; got n={n}, seed={seed}, seeds={seeds}.")
    return rows.astype("int64")
