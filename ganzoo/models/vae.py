"""Auto-Encoding Variational Bayes (VAE). Kingma, Welling, 2014, arXiv:1312.6114.

    log p(x) >= E_q[log p(x|z)] - KL(q(z|x) || p(z)),    q(z|x) = N(mean(x), variance(x))          (equations 3, 9, 10)

is raised over the data. In the terms of "Variational Approaches for Auto-Encoding GANs" (Rosca et al., 2017,
arXiv:1706.04987, table 1) the likelihood is an observer's and the prior term an analytic divergence.

Deviations: p(x|z) is the Laplace distribution around G(z) with one fixed scale b, so that -log p(x|z) is a constant and
|x - G(z)|_1 / b, as in that paper, where this one has Gaussian and Bernoulli distributions; `for_images` takes the
DCGAN's networks for perceptrons; Adam for AdaGrad.
"""

import keras

from ganzoo import losses
from ganzoo.core import GaussianEncodingModel, Player
from ganzoo.core.generative import without_labels
from ganzoo.networks import dcgan_encoder, dcgan_generator, mlp


@keras.saving.register_keras_serializable("ganzoo")
class VAE(GaussianEncodingModel):
    """generator: codes -> samples; encoder: samples -> mean and log variance, joined; scale: b, above 0."""

    def __init__(self, generator, encoder, scale: float = 0.1, **kwargs):
        super().__init__(generator, encoder, **kwargs)
        if not scale > 0:
            raise ValueError(f"scale must be above 0; got {scale}.")
        self.scale = scale

    @property
    def players(self):
        return {"autoencoder": Player([self.encoder, self.generator], self._loss)}

    def _loss(self, batch):
        x = without_labels(batch)
        mean, log_variance = self.posterior(x)
        center = self.generator(self.draw(mean, log_variance), training=self.training)
        likelihood = losses.laplace_negative_log_likelihood(x, center, self.scale)
        return likelihood + losses.kl_from_standard_normal(mean, log_variance)

    def default_optimizers(self):
        """Adam with its default constants, learning rate 1e-3."""
        return {"autoencoder": keras.optimizers.Adam(1e-3)}

    @classmethod
    def for_images(cls, image_shape, latent_dim=50, width=64, **named):
        """The DCGAN's generator, and its discriminator with another last layer as the encoder."""
        encoder = dcgan_encoder(image_shape, 2 * latent_dim, width)
        return cls(dcgan_generator(image_shape, latent_dim, width), encoder, **named)

    @classmethod
    def for_vectors(cls, dimensions, latent_dim=2, width=128, **named):
        """Perceptrons of three hidden layers of `width`, for vectors of shape (dimensions,), without a range."""
        generator = mlp((latent_dim,), (dimensions,), width, name="generator")
        return cls(generator, mlp((dimensions,), (2 * latent_dim,), width, name="encoder"), **named)
