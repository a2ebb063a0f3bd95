"""Wasserstein GAN. Arjovsky, Chintala, Bottou, 2017, arXiv:1701.07875.

    min_G max_f  E_x[f(x)] - E_z[f(G(z))],    f a critic whose weights are clipped to [-c, c]      (equations 2, 3)

Algorithm 1: `critic_steps` (n_critic) updates of f for one of G, clipping after each. Clipping is a constraint on the
critic's variables, so it holds for any critic, also after loading.

Deviations: none in the objective. The critic keeps the DCGAN's batch normalisation, as in the paper's experiments,
whose gains and biases are clipped like all weights; the code's longer critic phases at the start are left out.
"""

import keras

from ganzoo import losses
from ganzoo.constraints import ClipWeights
from ganzoo.core import TwoPlayerModel
from ganzoo.networks import dcgan_discriminator, dcgan_generator


@keras.saving.register_keras_serializable("ganzoo")
class WGAN(TwoPlayerModel):
    """generator: (batch, latent_dim) -> samples; critic: samples -> (batch, 1); clip: c; critic_steps: n_critic."""

    adversary_name = "critic"

    def __init__(self, generator, critic, clip: float = 0.01, critic_steps: int = 5, **kwargs):
        self.adversary_steps = self.critic_steps = critic_steps
        super().__init__(generator, critic, **kwargs)
        if not clip > 0:
            raise ValueError(f"clip must be positive; got {clip}.")
        self.clip = clip
        for variable in critic.trainable_variables:
            variable.constraint = ClipWeights(clip)

    def adversary_loss(self, real, fake):
        return losses.wasserstein_critic(self.score(real), self.score(fake))

    def generator_loss(self, fake):
        return losses.wasserstein_generator(self.score(fake))

    def default_optimizers(self):
        """RMSProp with learning rate 5e-5 (algorithm 1)."""
        return {"critic": keras.optimizers.RMSprop(5e-5), "generator": keras.optimizers.RMSprop(5e-5)}

    @classmethod
    def for_images(cls, image_shape, latent_dim=100, width=64, **arguments):
        """The DCGAN's networks for images of shape (height, width, channels); see `dcgan_generator`."""
        return cls(
            dcgan_generator(image_shape, latent_dim, width),
            dcgan_discriminator(image_shape, width, name="critic"),
            **arguments,
        )
