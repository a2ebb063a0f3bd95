"""Two players over samples: a generator, and an adversary that tells its samples from the data."""

import abc

from keras import ops

from ganzoo.core.checks import check_networks
from ganzoo.core.generative import GenerativeModel, rows_of, without_labels
from ganzoo.core.player import Player
from ganzoo.networks.mlp import mlp
from ganzoo.networks.shapes import check_sizes


class TwoPlayerModel(GenerativeModel):
    """Abstract base of the games of a generator against a discriminator or critic.

    A concrete model gives the two losses, `adversary_loss` and `generator_loss`, and names its adversary by
    `adversary_name`: the network is the attribute of that name. In a round the adversary moves first, `adversary_steps`
    times, each on fakes of its own, then the generator once. Deviation from the algorithms of the papers, which draw
    new noise for the generator's turn: it goes on with the first fakes of the round, as the DCGAN's authors do in their
    Torch code, since its weights have not changed.

    Args:
        generator: Keras model, latent (batch, latent_dim) -> samples (batch, ...).
        adversary: Keras model, samples (batch, ...) -> logits.

    Attributes:
        adversary_steps: updates of the adversary for one of the generator.

    Raises:
        ValueError: a generator that is not built, samples that the adversary does not take, steps below 1.
    """

    adversary_name = "discriminator"
    adversary_steps = 1

    def __init__(self, generator, adversary, **kwargs):
        super().__init__(**kwargs)
        check_networks(generator, adversary, self.adversary_name)
        check_sizes(**{f"{self.adversary_name}_steps": self.adversary_steps})
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

    def score(self, samples):
        """The adversary's logits, float32, in the mode of the step that is being computed."""
        return ops.cast(self.adversary(samples, training=self.training), "float32")

    def _fakes(self, batch):
        return self.generator(self.draw_latent(rows_of(batch)), training=self.training)

    def _adversary_turn(self, batch, fake):
        return self.adversary_loss(without_labels(batch), fake)

    def _generator_turn(self, batch, fake):
        return self.generator_loss(fake)

    def discriminate(self, samples, *, batch_size=256):
        """The adversary's logits for samples (n, ...), in inference mode: NumPy float32, as it gives them.

        Raises:
            ValueError: samples of another shape, images outside [-1, 1], NaN.
        """
        return self.infer(self.adversary, self.as_samples(samples), batch_size=batch_size)
