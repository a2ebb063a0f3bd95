"""Improved Training of Wasserstein GANs. Gulrajani et al., 2017, arXiv:1704.00028.

    f lowers  E_z[f(G(z))] - E_x[f(x)] + lambda E_x_hat[(|grad f(x_hat)| - 1)^2]                   (equation 3)
    G lowers  -E_z[f(G(z))]

with x_hat = epsilon x + (1 - epsilon) G(z), epsilon uniform in [0, 1), one a sample. `penalty_weight` is lambda,
`critic_steps` n_critic (algorithm 1). No batch normalisation in the critic (section 4), as each sample's gradient
counts; what the paper recommends there is `ganzoo.layers.layer_normalization`, as the `normalization` of a critic.

Deviations: none in the objective. `for_images` takes the convolutions of the DCGAN, as the authors' code does for MNIST
and CIFAR-10, its critic without normalisation; the paper's residual networks are `ganzoo.networks.resnet_generator` and
`resnet_discriminator`.
"""

import keras
from keras import ops

from ganzoo import losses
from ganzoo.core import TwoPlayerModel
from ganzoo.networks import dcgan_discriminator, dcgan_generator
from ganzoo.networks.shapes import check_weights
from ganzoo.penalties import penalized_wasserstein_critic


@keras.saving.register_keras_serializable("ganzoo")
class WGANGP(TwoPlayerModel):
    """generator: (batch, latent_dim) -> samples; critic: samples -> (batch, 1), without batch normalisation."""

    adversary_name = "critic"

    def __init__(self, generator, critic, penalty_weight: float = 10.0, critic_steps: int = 5, **kwargs):
        self.adversary_steps = self.critic_steps = critic_steps
        super().__init__(generator, critic, **kwargs)
        check_weights(penalty_weight=penalty_weight)
        self.penalty_weight = penalty_weight

    def adversary_loss(self, real, fake):
        epsilon = self.random_uniform((ops.shape(real)[0],))
        return penalized_wasserstein_critic(self.score, real, fake, epsilon, self.penalty_weight)

    def generator_loss(self, fake):
        return losses.wasserstein_generator(self.score(fake))

    def default_optimizers(self):
        """Adam with learning rate 1e-4, beta_1 0 and beta_2 0.9 (algorithm 1)."""
        return {
            "critic": keras.optimizers.Adam(1e-4, beta_1=0.0, beta_2=0.9),
            "generator": keras.optimizers.Adam(1e-4, beta_1=0.0, beta_2=0.9),
        }

    @classmethod
    def for_images(cls, image_shape, latent_dim=100, width=64, **arguments):
        """Convolutional networks for images of shape (height, width, channels); see `dcgan_generator`."""
        return cls(
            dcgan_generator(image_shape, latent_dim, width),
            dcgan_discriminator(image_shape, width, normalization=None, name="critic"),
            **arguments,
        )
