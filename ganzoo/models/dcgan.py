"""Unsupervised Representation Learning with Deep Convolutional GANs. Radford, Metz, Chintala, 2016, arXiv:1511.06434.

The objective is the non-saturating game of Goodfellow et al. (2014); the paper's matter is the networks
(`ganzoo.networks.dcgan`): strided convolutions, batch normalisation in both, ReLU in G, LeakyReLU in D.

    D lowers  -E_x[log D(x)] - E_z[log(1 - D(G(z)))],    G lowers  -E_z[log D(G(z))],    z uniform on [-1, 1]^100

Deviations: 4x4 kernels for 5x5 and a default width of 64 for 128 (see the networks); batch normalisation has no say in
`for_vectors`, where the networks are perceptrons, since the paper has none for vectors.
"""

import math

import keras
from keras import ops

from ganzoo import losses
from ganzoo.core import TwoPlayerModel
from ganzoo.networks import dcgan_discriminator, dcgan_generator


@keras.saving.register_keras_serializable("ganzoo")
class DCGAN(TwoPlayerModel):
    """generator: (batch, latent_dim) -> images; discriminator: images -> logits (batch, 1)."""

    cross_entropy_adversaries = ("discriminator",)

    def __init__(self, generator, discriminator, **kwargs):
        super().__init__(generator, discriminator, **kwargs)

    def adversary_loss(self, real, fake):
        return losses.minimax_discriminator(self.score(real), self.score(fake))

    def generator_loss(self, fake):
        return losses.non_saturating_generator(self.score(fake))

    @staticmethod
    def prior(noise):
        """Uniform on [-1, 1] (figure 1), by the normal distribution function of the noise."""
        return ops.erf(noise / math.sqrt(2))

    def default_optimizers(self):
        """Adam with learning rate 2e-4 and beta_1 0.5 (section 4)."""
        return {
            "discriminator": keras.optimizers.Adam(2e-4, beta_1=0.5),
            "generator": keras.optimizers.Adam(2e-4, beta_1=0.5),
        }

    @classmethod
    def for_images(cls, image_shape, latent_dim=100, width=64, **arguments):
        """The paper's networks for images of shape (height, width, channels) from 8 to 128; see `dcgan_generator`."""
        return cls(
            dcgan_generator(image_shape, latent_dim, width), dcgan_discriminator(image_shape, width), **arguments
        )
