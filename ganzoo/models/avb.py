"""Adversarial Variational Bayes (AVB). Mescheder, Nowozin, Geiger, 2017, arXiv:1701.04722.

The evidence lower bound of the VAE, for an encoder z = E(x, noise) whose density is not known: a discriminator T of
pairs gives T(x, z) = log q(z|x) - log p(z), whose mean under q is the divergence. The players lower, in this order,

    E and G   E_q[T(x, z)] - E_q[log p(x|z)]                                                       (equation 3.7)
    T         -E[log sigmoid(T(x, z))], z ~ q(z|x),  - E[log(1 - sigmoid(T(x, z)))], z ~ p(z)      (equation 3.3)

Deviations: p(x|z) is the Laplace distribution around G(z) with one fixed scale b, as in `VAE`; T goes on with the codes
made at the round's start; no adaptive contrast (section 4).
"""

import keras

from ganzoo import losses
from ganzoo.core import JointEncodingModel, Player
from ganzoo.core.generative import rows_of, without_labels
from ganzoo.networks import dcgan_generator, dcgan_joint, joint_mlp, mlp


@keras.saving.register_keras_serializable("ganzoo")
class AVB(JointEncodingModel):
    """generator: codes -> samples; encoder: [samples, noise] -> codes; discriminator (T): [samples, codes] ->
    (batch, 1); scale: b, above 0.
    """

    cross_entropy_adversaries = ("discriminator",)

    def __init__(self, generator, encoder, discriminator, scale: float = 0.1, **kwargs):
        super().__init__(generator, encoder, discriminator, **kwargs)
        if not self.noise_shapes:
            raise ValueError(
                "encoder must take [samples, noise]; of one without noise, q(z|x) has no density whose divergence from "
                "p(z) the discriminator could learn."
            )
        if not scale > 0:
            raise ValueError(f"scale must be above 0; got {scale}.")
        self.scale = scale

    @property
    def players(self):
        return {
            "autoencoder": Player([self.encoder, self.generator], self._autoencoder_loss, makes=self._codes),
            "discriminator": Player([self.discriminator], self._discriminator_loss),
        }

    def _codes(self, batch):
        return self.draw_code(without_labels(batch))

    def _autoencoder_loss(self, batch, code):
        x = without_labels(batch)
        center = self.generator(code, training=self.training)
        likelihood = losses.laplace_negative_log_likelihood(x, center, self.scale)
        return losses.log_ratio(self.score(x, code)) + likelihood

    def _discriminator_loss(self, batch, code):
        x, z = without_labels(batch), self.draw_latent(rows_of(batch))
        return losses.minimax_discriminator(self.score(x, code), self.score(x, z))

    def default_optimizers(self):
        """Adam with learning rate 1e-4, and ten times that for T, which must follow E closely."""
        return {"autoencoder": keras.optimizers.Adam(1e-4), "discriminator": keras.optimizers.Adam(1e-3)}

    @classmethod
    def for_images(cls, image_shape, latent_dim=50, width=64, **named):
        """The DCGAN's networks; E and T have one hidden layer more, which noise and codes enter."""
        return cls(
            dcgan_generator(image_shape, latent_dim, width),
            dcgan_joint(image_shape, latent_dim, latent_dim, width, name="encoder"),
            dcgan_joint(image_shape, latent_dim, 1, width, normalization=None),
            **named,
        )

    @classmethod
    def for_vectors(cls, dimensions, latent_dim=2, width=128, **named):
        """Perceptrons of three hidden layers of `width`, for vectors of shape (dimensions,), without a range."""
        inputs = [(dimensions,), (latent_dim,)]
        return cls(
            mlp((latent_dim,), (dimensions,), width, name="generator"),
            joint_mlp(inputs, (latent_dim,), width, name="encoder"),
            joint_mlp(inputs, (1,), width, activation="leaky_relu", name="discriminator"),
            **named,
        )
