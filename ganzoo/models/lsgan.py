"""Least Squares Generative Adversarial Networks. Mao et al., 2017, arXiv:1611.04076.

    D lowers  1/2 E_x[(D(x) - b)^2] + 1/2 E_z[(D(G(z)) - a)^2]                                     (equation 2)
    G lowers  1/2 E_z[(D(G(z)) - c)^2]

with a the target of fakes, b of real samples, and c what G wants D to believe. The default a = 0, b = c = 1 is
equation 9; a = -1, b = 1, c = 0 is equation 8, the Pearson chi-squared divergence. D has no sigmoid.

Deviations: the DCGAN's networks for the paper's, which follow VGG at 112x112; a standard normal prior, the paper names
none; Adam at 2e-4, the smaller of the paper's two learning rates, beta_1 0.5.
"""

import keras

from ganzoo import losses
from ganzoo.core import TwoPlayerModel
from ganzoo.networks import dcgan_discriminator, dcgan_generator


@keras.saving.register_keras_serializable("ganzoo")
class LSGAN(TwoPlayerModel):
    """generator: (batch, latent_dim) -> samples; discriminator: samples -> (batch, 1); a, b, c: the three targets."""

    def __init__(self, generator, discriminator, a: float = 0.0, b: float = 1.0, c: float = 1.0, **kwargs):
        super().__init__(generator, discriminator, **kwargs)
        self.a, self.b, self.c = a, b, c

    def adversary_loss(self, real, fake):
        return losses.least_squares_discriminator(self.score(real), self.score(fake), self.a, self.b)

    def generator_loss(self, fake):
        return losses.least_squares_generator(self.score(fake), self.c)

    def default_optimizers(self):
        return {
            "discriminator": keras.optimizers.Adam(2e-4, beta_1=0.5),
            "generator": keras.optimizers.Adam(2e-4, beta_1=0.5),
        }

    @classmethod
    def for_images(cls, image_shape, latent_dim=100, width=64, **arguments):
        """The DCGAN's networks for images of shape (height, width, channels); see `dcgan_generator`."""
        return cls(
            dcgan_generator(image_shape, latent_dim, width), dcgan_discriminator(image_shape, width), **arguments
        )
