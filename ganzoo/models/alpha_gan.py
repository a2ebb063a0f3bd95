"""Variational Approaches for Auto-Encoding GANs (alpha-GAN). Rosca, Lakshminarayanan, Warde-Farley, Mohamed, 2017,
arXiv:1706.04987.

The evidence lower bound E_q[log p(x|z)] - KL(q(z|x) || p(z)) with the likelihood as a reconstruction and a synthetic
likelihood, log D / (1 - D), and the prior term by a code discriminator, log C / (1 - C) (section 3). Writing x~ =
G(E(x)), the four players lower, in this order,

    E   lambda |x - x~|_1 - log C(E(x)) / (1 - C(E(x)))
    G   lambda |x - x~|_1 - log D(x~) / (1 - D(x~)) - log D(G(z)) / (1 - D(G(z)))
    D   -log D(x) - log(1 - D(x~)) - log(1 - D(G(z)))
    C   -log C(z) - log(1 - C(E(x)))                                                               (algorithm 1)

C tells codes of the prior (real) from those of the encoder; the first preprint's algorithm has its two terms swapped.
The encoder may be implicit: [samples, noise] -> codes.

Deviations: |x - x~|_1 is divided by the number of dimensions, so that `reconstruction_weight` (lambda) means the same
at every size; G, D and C go on with the codes and samples made at the round's start; one update each. G makes x~ and
G(z) in one minibatch, of which the paper says nothing: both are normalised by the statistics that `generate` uses.
"""

import keras
from keras import ops

from ganzoo import losses
from ganzoo.core import EncodingModel, Player
from ganzoo.core.checks import check_networks, check_takes
from ganzoo.core.generative import rows_of, without_labels
from ganzoo.networks import dcgan_discriminator, dcgan_encoder, dcgan_generator, mlp
from ganzoo.networks.shapes import check_weights


@keras.saving.register_keras_serializable("ganzoo")
class AlphaGAN(EncodingModel):
    """discriminator (D): samples -> logits (batch, 1); code_discriminator (C): codes -> logits (batch, 1)."""

    cross_entropy_adversaries = ("discriminator", "code_discriminator")

    def __init__(
        self, generator, encoder, discriminator, code_discriminator, reconstruction_weight: float = 10.0, **kwargs
    ):
        super().__init__(generator, encoder, **kwargs)
        check_networks(generator, discriminator, "discriminator")
        check_weights(reconstruction_weight=reconstruction_weight)
        codes = (self.latent_dim,)
        check_takes(code_discriminator, "code_discriminator", f"The codes have the shape {codes}", codes)
        self.discriminator, self.code_discriminator = discriminator, code_discriminator
        self.reconstruction_weight = reconstruction_weight

    @property
    def players(self):
        return {
            "encoder": Player([self.encoder], self._encoder_loss),
            "generator": Player([self.generator], self._generator_loss, makes=self._made),
            "discriminator": Player([self.discriminator], self._discriminator_loss),
            "code_discriminator": Player([self.code_discriminator], self._code_discriminator_loss),
        }

    def _made(self, batch):
        """z, E(x), G(z) and x~."""
        code = self.draw_code(without_labels(batch))
        z = self.draw_latent(rows_of(batch))
        return z, code, *self.decode_together(z, code)

    def score(self, samples):
        """D's logits, float32."""
        return ops.cast(self.discriminator(samples, training=self.training), "float32")

    def code_score(self, codes):
        """C's logits, float32."""
        return ops.cast(self.code_discriminator(codes, training=self.training), "float32")

    def _encoder_loss(self, batch, made):
        x = without_labels(batch)
        code = self.draw_code(x)
        _, reconstruction = self.decode_together(made[0], code)
        error = losses.absolute_error(x, reconstruction)
        return self.reconstruction_weight * error - losses.log_ratio(self.code_score(code))

    def _generator_loss(self, batch, made):
        _, _, fake, reconstruction = made
        error = losses.absolute_error(without_labels(batch), reconstruction)
        ratios = losses.log_ratio(self.score(reconstruction)) + losses.log_ratio(self.score(fake))
        return self.reconstruction_weight * error - ratios

    def _discriminator_loss(self, batch, made):
        _, _, fake, reconstruction = made
        real = self.score(without_labels(batch))
        return losses.two_fakes_discriminator(real, self.score(reconstruction), self.score(fake))

    def _code_discriminator_loss(self, batch, made):
        prior = self.draw_latent(rows_of(batch))
        return losses.minimax_discriminator(self.code_score(prior), self.code_score(made[1]))

    def discriminate(self, samples, *, batch_size=256):
        """D's logits for samples (n, ...), in inference mode: NumPy float32."""
        return self.infer(self.discriminator, self.as_samples(samples), batch_size=batch_size)

    def default_optimizers(self):
        """Adam with learning rate 2e-4, beta_1 0.5 and beta_2 0.9."""
        return {name: keras.optimizers.Adam(2e-4, beta_1=0.5, beta_2=0.9) for name in self.players}

    @classmethod
    def for_images(cls, image_shape, latent_dim=50, width=64, code_width=750, **named):
        """The DCGAN's networks, E like D with another last layer; C a perceptron of three hidden layers of `code_width`
        units, without batch normalisation.
        """
        return cls(
            dcgan_generator(image_shape, latent_dim, width),
            dcgan_encoder(image_shape, latent_dim, width),
            dcgan_discriminator(image_shape, width),
            mlp((latent_dim,), (1,), code_width, activation="leaky_relu", name="code_discriminator"),
            **named,
        )

    @classmethod
    def for_vectors(cls, dimensions, latent_dim=2, width=128, **named):
        """Perceptrons of three hidden layers of `width`, for vectors of shape (dimensions,), without a range."""
        return cls(
            mlp((latent_dim,), (dimensions,), width, name="generator"),
            mlp((dimensions,), (latent_dim,), width, name="encoder"),
            mlp((dimensions,), (1,), width, activation="leaky_relu", name="discriminator"),
            mlp((latent_dim,), (1,), width, activation="leaky_relu", name="code_discriminator"),
            **named,
        )
