"""Two players over samples: a generator, and an adversary that tells its samples from the data."""

import abc
import functools

import keras
import numpy as np
from keras import ops

from ganzoo.core import backend
from ganzoo.core.model import AdversarialModel
from ganzoo.core.player import Player
from ganzoo.networks.mlp import mlp


class TwoPlayerModel(AdversarialModel):
    """Abstract base of the games of a generator against a discriminator or critic.

    A concrete model gives the two losses, `adversary_loss` and `generator_loss`, and names its adversary by
    `adversary_name`: the network is the attribute of that name. In a round the adversary moves first, `adversary_steps`
    times, each on fakes of its own, then the generator once. Deviation from the algorithms of the papers, which draw
    new noise for the generator's turn: it goes on with the first fakes of the round, as the DCGAN's authors do in their
    Torch code, since its weights have not changed.

    Args:
        generator: Keras model, latent (batch, latent_dim) -> samples (batch, ...).
        adversary: Keras model, samples (batch, ...) -> logits.
        adversary_steps: updates of the adversary for one of the generator.

    Raises:
        ValueError: a generator that is not built, samples that the adversary does not take, steps below 1.
    """

    adversary_name = "discriminator"
    adversary_steps = 1

    def __init__(self, generator, adversary, **kwargs):
        super().__init__(**kwargs)
        check_networks(generator, adversary, self.adversary_name)
        if self.adversary_steps < 1:
            raise ValueError(f"{self.adversary_name}_steps must be a positive integer; got {self.adversary_steps}.")
        self.generator = generator
        setattr(self, self.adversary_name, adversary)

    @classmethod
    def for_vectors(cls, dimensions, latent_dim=2, width=128, **arguments):
        """The game on vectors of shape (dimensions,), without a range: perceptrons of three hidden layers of `width`.

        No paper of this family has networks for vectors, so all have these: ReLU in G, LeakyReLU in the adversary.
        """
        return cls(
            mlp((latent_dim,), (dimensions,), width, name="generator"),
            mlp((dimensions,), (1,), width, activation="leaky_relu", name=cls.adversary_name),
            **arguments,
        )

    @abc.abstractmethod
    def adversary_loss(self, real, fake):
        """Scalar that the adversary lowers; `real` and `fake` are samples of the same shape."""

    @abc.abstractmethod
    def generator_loss(self, fake):
        """Scalar that the generator lowers."""

    @property
    def players(self):
        return {
            self.adversary_name: Player([self.adversary], self._adversary_turn, self.adversary_steps),
            "generator": Player([self.generator], self._generator_turn, makes=self._fakes),
        }

    @property
    def adversary(self):
        return getattr(self, self.adversary_name)

    @property
    def averaged_networks(self):
        return {"generator": "generator"}

    @property
    def latent_dim(self):
        """Dimension of the latent space, as the generator takes it."""
        return self.generator.input_shape[-1]

    def compile(self, *arguments, **named):
        super().compile(*arguments, **named)
        self.__dict__.pop("_averaged_samples_of", None)  # of the averages before

    def prior(self, noise):
        """Latent vectors from standard normal noise of their shape. Here the prior is the standard normal itself."""
        return noise

    def score(self, samples):
        """The adversary's logits, float32, in the mode of the step that is being computed."""
        return ops.cast(self.adversary(samples, training=self.training), "float32")

    def call(self, latent, training=False):
        """Samples from latent vectors."""
        return self.generator(latent, training=training)

    def _fakes(self, batch):
        rows = ops.shape(without_labels(batch))[0]
        return self.generator(self.prior(self.random_normal((rows, self.latent_dim))), training=self.training)

    def _adversary_turn(self, batch, fake):
        return self.adversary_loss(without_labels(batch), fake)

    def _generator_turn(self, batch, fake):
        return self.generator_loss(fake)

    def check_samples(self, spec):
        made = self.generator.output_shape[1:]
        given = tuple(without_labels(spec).shape)[1:]
        if len(given) != len(made) or any(a != b for a, b in zip(given, made, strict=True) if None not in (a, b)):
            raise ValueError(f"The samples have the shape {given}, and the networks are made for {made}.")

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
        seeds = row_seeds(n, seed, seeds)
        there = self.compiled and "generator" in self.averages
        if averaged and not there:
            raise ValueError(
                "averaged=True needs averages, and the model was compiled without; compile(average=0.999)."
            )
        samples_of = self._averaged_samples_of if there and averaged is not False else self._samples_of
        chunks = [seeds[first : first + batch_size] for first in range(0, len(seeds), batch_size)]
        return np.concatenate([ops.convert_to_numpy(samples_of(self.latent(chunk))) for chunk in chunks])

    def discriminate(self, samples, *, batch_size=256):
        """The adversary's logits for samples (n, ...), in inference mode: NumPy float32, as it gives them."""
        samples = np.asarray(samples, "float32")
        chunks = [samples[first : first + batch_size] for first in range(0, len(samples), batch_size)]
        self.check_samples(samples)
        return np.concatenate([ops.convert_to_numpy(self._logits_of(chunk)) for chunk in chunks])

    @functools.cached_property
    def _samples_of(self):
        return self._inference(self.generator)

    @functools.cached_property
    def _averaged_samples_of(self):
        return self._inference(self.averages["generator"])

    def _inference(self, generator):
        def samples_of(latent):
            return ops.cast(generator(latent, training=False), "float32")

        return backend.compiled(samples_of, generator.variables, (None, self.latent_dim), "float32")

    @functools.cached_property
    def _logits_of(self):
        shape = (None, *self.generator.output_shape[1:])
        return backend.compiled(self.score, self.adversary.variables, shape, "float32")


def without_labels(batch):
    """The samples of a batch that may be a (samples, labels) pair."""
    return batch[0] if isinstance(batch, tuple | list) else batch


def row_seeds(n, seed, seeds):
    """One int64 seed a row, of shape (n,): `seeds` as they are, or seed, seed + 1, ..., seed + n - 1."""
    if (n is None) == (seeds is None):
        raise ValueError(f"Give either n or seeds; got n={n} and seeds={seeds}.")
    try:
        rows = np.asarray(range(seed, seed + n) if seeds is None else seeds, "int64")
    except (TypeError, OverflowError):
        raise ValueError(f"n and seeds must be integers below 2^63; got n={n}, seed={seed}, seeds={seeds}.") from None
    if rows.ndim != 1 or not len(rows):
        raise ValueError(f"There must be at least one row, and seeds a list of integers; got n={n}, seeds={seeds}.")
    return rows


def check_networks(generator, adversary, adversary_name):
    """ValueError where the generator has no known shapes, or the adversary does not take its samples."""
    for name, network in (("generator", generator), (adversary_name, adversary)):
        if not isinstance(network, keras.Model):
            raise ValueError(f"{name} must be a Keras model; got {type(network).__name__}.")
    if not (generator.built and hasattr(generator, "input_shape")):
        raise ValueError(
            "generator has no known input and output shapes; make it a functional or Sequential model that begins "
            "with keras.Input."
        )
    samples = keras.KerasTensor((None, *generator.output_shape[1:]))
    try:
        adversary(samples)
    except Exception as error:
        taken = f" (it takes {adversary.input_shape[1:]})" if hasattr(adversary, "input_shape") else ""
        raise ValueError(
            f"The generator gives samples of shape {samples.shape[1:]}, which the {adversary_name} does not take"
            f"{taken}."
        ) from error
