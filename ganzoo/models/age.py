"""It Takes (Only) Two: Adversarial Generator-Encoder Networks (AGE). Ulyanov, Vedaldi, Lempitsky, 2018,
arXiv:1704.02304.

No discriminator: with Delta(.) the divergence KL(. || p(z)) of the codes, taken of their mean and variance in the
minibatch (equation 7), the players lower, in this order (equations 13, 14),

    E   Delta(E(x)) - Delta(E(G(z))) + mu |x - G(E(x))|_1
    G   Delta(E(G(z))) + lambda |z - E(G(z))|^2

Codes and latent vectors lie on a sphere (section 4), here of the radius sqrt(latent_dim), so that each of their
components has variance 1 as under the standard normal.

Delta and both norms are divided by their number of dimensions, as in the authors' code, so that `reconstruction_weight`
(mu) and `code_weight` (lambda) mean the same at every size (with the sum in Delta the encoder wins: on digits 16 codes
made all reconstructions alike). mu = 10 is that of the authors' commands. lambda = 10 stands for their 1000, which
weighs codes on the sphere of the radius 1: the same at 100 dimensions.

Deviations: the radius, with the authors' 1 the variances cannot be the prior's; |z - E(G(z))|^2 for one minus the
cosine, half of it on the sphere, in the authors' commands; one update of G for one of E, where these have two or three;
G goes on with the samples made at the round's start. All minibatches are normalised by themselves, as in the authors'
code, but what `generate` and `encode` normalise by are averages over G(z) and E(x) alone; there G's are over G(E(x)) as
well, and E always normalises by the minibatch.
"""

import math

import keras
from keras import ops

from ganzoo import losses
from ganzoo.core import EncodingModel, Player
from ganzoo.core.generative import rows_of, without_labels
from ganzoo.layers import statistics_kept
from ganzoo.networks import dcgan_encoder, dcgan_generator, mlp
from ganzoo.networks.shapes import check_weights


@keras.saving.register_keras_serializable("ganzoo")
class AGE(EncodingModel):
    """generator: codes -> samples; encoder: samples -> vectors, of which the codes are the directions."""

    def __init__(self, generator, encoder, reconstruction_weight: float = 10.0, code_weight: float = 10.0, **kwargs):
        super().__init__(generator, encoder, **kwargs)
        check_weights(reconstruction_weight=reconstruction_weight, code_weight=code_weight)
        self.reconstruction_weight, self.code_weight = reconstruction_weight, code_weight

    @property
    def players(self):
        return {
            "encoder": Player([self.encoder], self._encoder_loss),
            "generator": Player([self.generator], self._generator_loss, makes=self._made),
        }

    def _made(self, batch):
        z = self.draw_latent(rows_of(batch))
        return self.generator(z, training=self.training), z

    def _encoder_loss(self, batch, made):
        x, (fake, _) = without_labels(batch), made
        code = self.draw_code(x)
        with statistics_kept(self.generator):
            error = losses.absolute_error(x, self.generator(code, training=self.training))
        divergence = losses.kl_of_moments(code) - losses.kl_of_moments(self._code_of_fake(fake))
        return divergence + self.reconstruction_weight * error

    def _generator_loss(self, batch, made):
        fake, z = made
        code = self._code_of_fake(fake)
        return losses.kl_of_moments(code) + self.code_weight * ops.mean(ops.square(z - code))

    def _code_of_fake(self, fake):
        with statistics_kept(self.encoder):
            return self.draw_code(fake)

    @staticmethod
    def prior(noise):
        """Uniform on the sphere."""
        return _on_sphere(noise)

    def draw_code(self, samples):
        return _on_sphere(super().draw_code(samples))

    def code_of(self, encoded):
        """Its direction."""
        return _on_sphere(encoded)

    def default_optimizers(self):
        """Adam with learning rate 2e-4 and beta_1 0.5."""
        return {name: keras.optimizers.Adam(2e-4, beta_1=0.5) for name in self.players}

    @classmethod
    def for_images(cls, image_shape, latent_dim=50, width=64, **named):
        """The DCGAN's generator, and its discriminator with another last layer as the encoder."""
        encoder = dcgan_encoder(image_shape, latent_dim, width)
        return cls(dcgan_generator(image_shape, latent_dim, width), encoder, **named)

    @classmethod
    def for_vectors(cls, dimensions, latent_dim=2, width=128, **named):
        """Perceptrons of three hidden layers of `width`, for vectors of shape (dimensions,), without a range."""
        generator = mlp((latent_dim,), (dimensions,), width, name="generator")
        return cls(generator, mlp((dimensions,), (latent_dim,), width, name="encoder"), **named)


def _on_sphere(vectors):
    """Vectors (batch, d) of their directions, whose squares sum to d."""
    # Inside the root, as the gradient of a norm is NaN at zero, where a dead encoder begins.
    square = ops.sum(ops.square(vectors), axis=-1, keepdims=True)
    return math.sqrt(vectors.shape[-1]) * vectors * ops.rsqrt(square + 1e-12)
