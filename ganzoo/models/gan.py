"""Generative Adversarial Nets. Goodfellow et al., 2014, arXiv:1406.2661.

    min_G max_D  E_x[log D(x)] + E_z[log(1 - D(G(z)))]                                            (equation 1)

`MinimaxGAN` plays this game as it stands. `GAN` is what the paper uses in practice (section 3): the generator raises
E_z[log D(G(z))] instead, which has the same fixed point and a gradient that does not vanish when D is sure.

Deviations: hidden layers of ReLU in G and LeakyReLU in D, where the paper has rectifiers with sigmoids, and maxout;
batch normalisation in a G of images, without which MNIST comes down to a few shapes; D returns logits; the prior is a
standard normal, the paper leaves it open; Adam(2e-4, beta_1 0.5) for the paper's unspecified momentum ("any standard
gradient-based learning rule"); tanh for a sigmoid, as images lie in [-1, 1].
"""

import keras

from ganzoo import losses
from ganzoo.core import TwoPlayerModel
from ganzoo.layers import batch_normalization
from ganzoo.networks import mlp


class _MLPGame(TwoPlayerModel):
    """Abstract: the networks and optimizers that the two games of the paper share."""

    cross_entropy_adversaries = ("discriminator",)

    def __init__(self, generator, discriminator, **kwargs):
        super().__init__(generator, discriminator, **kwargs)

    def adversary_loss(self, real, fake):
        return losses.minimax_discriminator(self.score(real), self.score(fake))

    def default_optimizers(self):
        return {
            "discriminator": keras.optimizers.Adam(2e-4, beta_1=0.5),
            "generator": keras.optimizers.Adam(2e-4, beta_1=0.5),
        }

    @classmethod
    def for_images(cls, image_shape, latent_dim=100, width=256, dropout=0.3, **arguments):
        """Perceptrons for images (height, width, channels) in [-1, 1]; `width` units in three hidden layers.

        `dropout` is that of D's hidden layers.
        """
        return cls(
            mlp((latent_dim,), image_shape, width, 3, "relu", "tanh", batch_normalization, name="generator"),
            mlp(image_shape, (1,), width, 3, "leaky_relu", dropout=dropout, name="discriminator"),
            **arguments,
        )


@keras.saving.register_keras_serializable("ganzoo")
class GAN(_MLPGame):
    """The non-saturating game. generator: (batch, latent_dim) -> samples; discriminator: samples -> (batch, 1)."""

    def generator_loss(self, fake):
        return losses.non_saturating_generator(self.score(fake))


@keras.saving.register_keras_serializable("ganzoo")
class MinimaxGAN(_MLPGame):
    """The game of equation 1 as it stands; arguments as for `GAN`."""

    def generator_loss(self, fake):
        return losses.minimax_generator(self.score(fake))
