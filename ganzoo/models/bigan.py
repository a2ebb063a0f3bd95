"""Adversarial Feature Learning (BiGAN). Donahue, Krahenbuhl, Darrell, 2017, arXiv:1605.09782.

    min_{G,E} max_D  E_x[log D(x, E(x))] + E_z[log(1 - D(G(z), z))]                                (equation 3)

The same game as "Adversarially Learned Inference" (ALI; Dumoulin et al., 2017, arXiv:1606.00704), where the encoder is
a distribution: here one that takes noise as a second input. At the optimum E inverts G (theorem 2). Generator and
encoder are one player and lower the swapped objective -E_x[log(1 - D(x, E(x)))] - E_z[log D(G(z), z)] (section 3.4).
`for_images` has the networks for permutation-invariant MNIST (section 4.1): perceptrons with two hidden layers of 1024
units for all, z uniform on [-1, 1]^50, to which the encoder's codes are squashed (the authors' code).

Deviations: both players go on with the pairs made at the round's start; tanh for a sigmoid, as images lie in [-1, 1];
dropout in D, as in ALI, for batch normalisation there and weight decay: without, D soon tells all pairs apart, and the
codes lose the class again; the schedule of the learning rate is the configs' matter. `penalty_weight`, 0 by default and
not in the paper, adds to D's loss R1 of the images, their codes held: with it the images become far better
(`zoo_configs/bigan_mnist.yaml` has the figures).
"""

import math

import keras
import numpy as np
from keras import ops

from ganzoo import losses
from ganzoo.core import JointEncodingModel, Player
from ganzoo.core.generative import rows_of, without_labels
from ganzoo.layers import batch_normalization
from ganzoo.networks import joint_mlp, mlp
from ganzoo.networks.shapes import check_weights
from ganzoo.penalties import r1_penalty


@keras.saving.register_keras_serializable("ganzoo")
class BiGAN(JointEncodingModel):
    """generator: codes -> samples; encoder: samples -> codes; discriminator: [samples, codes] -> logits (batch, 1)."""

    cross_entropy_adversaries = ("discriminator",)

    def __init__(self, generator, encoder, discriminator, penalty_weight: float = 0.0, **kwargs):
        super().__init__(generator, encoder, discriminator, **kwargs)
        check_weights(penalty_weight=penalty_weight)
        self.penalty_weight = penalty_weight

    @property
    def players(self):
        return {
            "discriminator": Player([self.discriminator], self._discriminator_loss),
            "generator": Player([self.generator, self.encoder], self._generator_loss, makes=self._pairs),
        }

    def _pairs(self, batch):
        z = self.draw_latent(rows_of(batch))
        return self.draw_code(without_labels(batch)), self.generator(z, training=self.training), z

    def _scores(self, batch, pairs):
        code, fake, z = pairs
        return self.score(without_labels(batch), code), self.score(fake, z)

    def _discriminator_loss(self, batch, pairs):
        loss = losses.minimax_discriminator(*self._scores(batch, pairs))
        if not self.penalty_weight:
            return loss
        code = pairs[0]
        return loss + self.penalty_weight * r1_penalty(lambda x: self.score(x, code), without_labels(batch))

    def _generator_loss(self, batch, pairs):
        return losses.non_saturating_pair(*self._scores(batch, pairs))

    @staticmethod
    def prior(noise):
        """Uniform on [-1, 1] (section 4.1), by the normal distribution function of the noise."""
        return ops.erf(noise / math.sqrt(2))

    def anomaly_score(self, samples, weight=0.9, *, batch_size=256):
        """How little each sample is like the data, of shape (n,): w |x - G(E(x))|_1 - (1 - w) log D(x, E(x)).

        Zenati et al., "Efficient GAN-Based Anomaly Detection", 2018, arXiv:1802.06222, section 3, alpha being w.
        """
        samples = self.as_samples(samples)
        distance = np.abs(samples - self.reconstruct(samples, averaged=False, batch_size=batch_size))
        logits = self.discriminate(samples, batch_size=batch_size)[:, 0]
        return weight * distance.reshape(len(samples), -1).sum(axis=1) + (1 - weight) * np.logaddexp(0, -logits)

    def default_optimizers(self):
        """Adam with learning rate 2e-4 and beta_1 0.5 (appendix C)."""
        return {name: keras.optimizers.Adam(2e-4, beta_1=0.5) for name in ("discriminator", "generator")}

    @classmethod
    def for_images(cls, image_shape, latent_dim=50, width=1024, dropout=0.5, **named):
        """The networks for permutation-invariant MNIST, for images of any shape (height, width, channels).

        `dropout` is that of D's hidden layers; of the images two fifths of it are left out, as in ALI (0.2 and 0.5).
        """
        pair, dropouts = [image_shape, (latent_dim,)], {"dropout": dropout, "input_dropout": 0.4 * dropout}
        return cls(
            mlp((latent_dim,), image_shape, width, 2, "relu", "tanh", batch_normalization, name="generator"),
            mlp(image_shape, (latent_dim,), width, 2, "leaky_relu", "tanh", batch_normalization, name="encoder"),
            joint_mlp(pair, (1,), width, 2, "leaky_relu", **dropouts, name="discriminator"),
            **named,
        )

    @classmethod
    def for_vectors(cls, dimensions, latent_dim=2, width=128, **named):
        """Perceptrons of three hidden layers of `width`, for vectors of shape (dimensions,), without a range.

        The encoder takes noise, as in ALI: no function spreads a few narrow modes evenly over the latent space.
        """
        pair = [(dimensions,), (latent_dim,)]
        return cls(
            mlp((latent_dim,), (dimensions,), width, name="generator"),
            joint_mlp(pair, (latent_dim,), width, name="encoder"),
            joint_mlp(pair, (1,), width, activation="leaky_relu", name="discriminator"),
            **named,
        )
