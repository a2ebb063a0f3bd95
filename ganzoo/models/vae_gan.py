"""Autoencoding beyond pixels using a learned similarity metric (VAE-GAN). Larsen, Sonderby, Larochelle, Winther, 2016,
arXiv:1512.09300.

The observer of the VAE looks at D's features f(x) in place of x: -log p(f(x)|z) = |f(x) - f(x~)|^2 / 2 and a constant,
with x~ = G(z), z ~ q(z|x) (equation 7). The players lower, in this order (algorithm 1),

    E   KL(q(z|x) || p(z)) + |f(x) - f(x~)|^2 / 2
    G   gamma |f(x) - f(x~)|^2 / 2 - log D(x~) - log D(G(z))
    D   -log D(x) - log(1 - D(x~)) - log(1 - D(G(z)))

with f what enters D's last dense layer and gamma the `likelihood_weight`.

Deviations: G lowers -log D(.) where the algorithm has log(1 - D(.)), as is usual; |.|^2 is divided by the number of
features, and the divergence by that of the codes, so that neither drowns the other at any size; G and D go on with the
samples made at the round's start; x~ and G(z) are made in one minibatch, as in the authors' code, and so they are for
the encoder, where that normalises x~ by itself; Adam for RMSProp.
"""

import functools

import keras
from keras import ops

from ganzoo import losses
from ganzoo.core import GaussianEncodingModel, Player
from ganzoo.core.checks import check_networks
from ganzoo.core.generative import rows_of, without_labels
from ganzoo.networks import dcgan_discriminator, dcgan_encoder, dcgan_generator, mlp
from ganzoo.networks.shapes import check_weights


@keras.saving.register_keras_serializable("ganzoo")
class VAEGAN(GaussianEncodingModel):
    """discriminator: samples -> logits (batch, 1), a functional or Sequential model that ends in a dense layer,
    which Reshape, Flatten and Activation may follow.
    """

    cross_entropy_adversaries = ("discriminator",)

    def __init__(self, generator, encoder, discriminator, likelihood_weight: float = 1.0, **kwargs):
        super().__init__(generator, encoder, **kwargs)
        check_networks(generator, discriminator, "discriminator")
        check_weights(likelihood_weight=likelihood_weight)
        self.discriminator, self.likelihood_weight = discriminator, likelihood_weight
        if not self._last_dense_layer:
            raise ValueError(
                "discriminator must end in a dense layer, whose inputs are its features; nothing but Reshape, Flatten "
                "and Activation may follow."
            )

    @property
    def _last_dense_layer(self):
        """The dense layer that the discriminator ends in; None where it ends in another one."""
        after = (keras.layers.Reshape, keras.layers.Flatten, keras.layers.Activation)
        last = next((layer for layer in reversed(self.discriminator.layers) if not isinstance(layer, after)), None)
        return last if isinstance(last, keras.layers.Dense) else None

    @functools.cached_property
    def _features_and_logits(self):
        network = self.discriminator
        return keras.Model(network.inputs[0], [self._last_dense_layer.input, network.outputs[0]])

    @property
    def players(self):
        return {
            "encoder": Player([self.encoder], self._encoder_loss),
            "generator": Player([self.generator], self._generator_loss, makes=self._made),
            "discriminator": Player([self.discriminator], self._discriminator_loss),
        }

    def _made(self, batch):
        """z, G(z) and x~."""
        z = self.draw_latent(rows_of(batch))
        return z, *self.decode_together(z, self.draw_code(without_labels(batch)))

    def look(self, samples):
        """(f, D's logits) of samples, float32."""
        return [ops.cast(x, "float32") for x in self._features_and_logits(samples, training=self.training)]

    def _encoder_loss(self, batch, made):
        x = without_labels(batch)
        mean, log_variance = self.posterior(x)
        _, reconstruction = self.decode_together(made[0], self.draw(mean, log_variance))
        divergence = losses.kl_from_standard_normal(mean, log_variance) / self.latent_dim
        return divergence + losses.half_squared_error(self.look(x)[0], self.look(reconstruction)[0])

    def _generator_loss(self, batch, made):
        _, fake, reconstruction = made
        features, logits = self.look(reconstruction)
        error = losses.half_squared_error(self.look(without_labels(batch))[0], features)
        fooled = losses.non_saturating_generator(logits) + losses.non_saturating_generator(self.look(fake)[1])
        return self.likelihood_weight * error + fooled

    def _discriminator_loss(self, batch, made):
        real, fake, reconstruction = (self.look(samples)[1] for samples in (without_labels(batch), *made[1:]))
        return losses.two_fakes_discriminator(real, reconstruction, fake)

    def discriminate(self, samples, *, batch_size=256):
        """D's logits for samples (n, ...), in inference mode: NumPy float32."""
        return self.infer(self.discriminator, self.as_samples(samples), batch_size=batch_size)

    def default_optimizers(self):
        """Adam with learning rate 2e-4 and beta_1 0.5."""
        return {name: keras.optimizers.Adam(2e-4, beta_1=0.5) for name in self.players}

    @classmethod
    def for_images(cls, image_shape, latent_dim=50, width=64, **named):
        """The DCGAN's networks, and its discriminator with another last layer as the encoder."""
        return cls(
            dcgan_generator(image_shape, latent_dim, width),
            dcgan_encoder(image_shape, 2 * latent_dim, width),
            dcgan_discriminator(image_shape, width),
            **named,
        )

    @classmethod
    def for_vectors(cls, dimensions, latent_dim=2, width=128, **named):
        """Perceptrons of three hidden layers of `width`, for vectors of shape (dimensions,), without a range."""
        return cls(
            mlp((latent_dim,), (dimensions,), width, name="generator"),
            mlp((dimensions,), (2 * latent_dim,), width, name="encoder"),
            mlp((dimensions,), (1,), width, activation="leaky_relu", name="discriminator"),
            **named,
        )
