"""Flow-GAN. Grover, Dhar, Ermon, 2018, arXiv:1705.08868: a flow trained as a generator and by its likelihood at once.

    min_G max_f  V(G, f) - lambda E_x[log p(x)],    p the exact density of the flow G                  (section 3.3)

The generator is the flow's inverse, so that log p(x) of its samples is known. Without the second term the flow is the
generator of a GAN and nothing else: that is `WGANGP(flow.generator, critic)`, as in Danihelka et al., "Comparison of
Maximum Likelihood and GAN-based training of Real NVPs", 2017, arXiv:1705.05263. Without the first it is `RealNVP`.

Deviations: V is the game of WGAN-GP (equation 3 of arXiv:1704.00028), with the gradient penalty for clipped weights;
log p(x) is counted in bits per dimension, with the L2 norm of RealNVP's scales; f is shown dequantised images, as by
the authors' code; the flow is that of `RealNVP`, and the critic's convolutions are the DCGAN's.
"""

import keras
from keras import ops

from ganzoo import losses
from ganzoo.core import FlowModel, Player
from ganzoo.core.checks import check_networks
from ganzoo.core.generative import rows_of, without_labels
from ganzoo.models.realnvp import RealNVP
from ganzoo.networks import dcgan_discriminator, mlp
from ganzoo.networks.shapes import check_sizes, check_weights
from ganzoo.penalties import penalized_wasserstein_critic


@keras.saving.register_keras_serializable("ganzoo")
class FlowGAN(FlowModel):
    """flow, bin_width: as for `RealNVP`; critic: samples -> (batch, 1); likelihood_weight: lambda, above 0."""

    def __init__(
        self,
        flow,
        critic,
        bin_width: float,
        likelihood_weight: float = 1.0,
        penalty_weight: float = 10.0,
        critic_steps: int = 5,
        **kwargs,
    ):
        super().__init__(flow, bin_width, **kwargs)
        check_networks(self.generator, critic, "critic")
        check_sizes(critic_steps=critic_steps)
        check_weights(likelihood_weight=likelihood_weight, penalty_weight=penalty_weight)
        if not likelihood_weight > 0:
            raise ValueError(
                f"likelihood_weight must be above 0; got {likelihood_weight}: a flow that is but a generator is "
                f"trained by WGANGP(flow.generator, critic)."
            )
        self.critic = critic
        self.likelihood_weight, self.penalty_weight, self.critic_steps = likelihood_weight, penalty_weight, critic_steps

    @property
    def players(self):
        return {
            "critic": Player([self.critic], self._critic_loss, self.critic_steps),
            "flow": Player([self.flow], self._flow_loss, makes=self._fakes),
        }

    def _fakes(self, batch):
        return self.generator(self.draw_latent(rows_of(batch)), training=self.training)

    def _score(self, samples):
        return ops.cast(self.critic(samples, training=self.training), "float32")

    def _critic_loss(self, batch, fake):
        real = self.dequantized(without_labels(batch))  # as the flow's own samples are, which have no grey levels
        epsilon = self.random_uniform((ops.shape(real)[0],))
        return penalized_wasserstein_critic(self._score, real, fake, epsilon, self.penalty_weight)

    def _flow_loss(self, batch, fake):
        likelihood = self.penalized_negative_log_likelihood(without_labels(batch))
        return losses.wasserstein_generator(self._score(fake)) + self.likelihood_weight * likelihood

    def default_optimizers(self):
        """Adam as in WGAN-GP for the critic, as in RealNVP, at a tenth of its rate, for the flow."""
        return {
            "critic": keras.optimizers.Adam(1e-4, beta_1=0.0, beta_2=0.9),
            "flow": keras.optimizers.Adam(1e-4),
        }

    @classmethod
    def for_images(
        cls, image_shape, width=32, critic_width=64, blocks=2, scales: int | None = None, alpha=0.05, **named
    ):
        """The flow of `RealNVP.for_images`, and the DCGAN's discriminator without normalisation as the critic."""
        like = RealNVP.for_images(image_shape, width, blocks, scales, alpha)
        critic = dcgan_discriminator(image_shape, critic_width, normalization=None, name="critic")
        return cls(like.flow, critic, like.bin_width, **named)

    @classmethod
    def for_vectors(cls, dimensions, width=128, couplings=8, **named):
        """The flow of `RealNVP.for_vectors`, and a perceptron of three hidden layers as the critic."""
        like = RealNVP.for_vectors(dimensions, width, couplings)
        critic = mlp((dimensions,), (1,), width, activation="leaky_relu", name="critic")
        return cls(like.flow, critic, like.bin_width, **named)
